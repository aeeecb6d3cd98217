"""Large inventories, 1 % of the components invalid, each in a process of its own: python -m tests.benchmarks.inventory

Beside each time stands what plain json.loads and python-jsonschema take for the same components, measured on a sample
in the same run. On a busy machine the processor time says more than the time. Memory is the sum of the largest sizes of both processes.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks.goals import judged
from tests.benchmarks.memory import Peak

ROOT = Path(__file__).parents[2]
SAMPLE = 2000
LEVELS = ["os", "database", "middleware", "application"]
PARTIES = {"infrastructure": "provider", "operations": "provider", "backend": "provider", "software": "customer"}
CASES = (
    ("100,000 in JSON: every error with its place", "check", "json", 100_000, 1.5, 300),
    ("1,000,000 in NDJSON: checked, decided, explained, hashed", "decide", "ndjson", 1_000_000, 10.0, 500),
)


def main() -> None:
    """One line for each case."""
    if len(sys.argv) > 1:
        print(json.dumps(measured(sys.argv[1], Path(sys.argv[2]))))
        return
    print(f"{'case':58}{'time':>9}{'cpu':>9}{'memory':>9}{'problems':>10}{'plain':>10}{'faster':>8}")
    with tempfile.TemporaryDirectory(prefix="ob-") as scratch:
        each = plain_seconds(SAMPLE)
        for name, what, suffix, count, seconds, memory in CASES:
            path = Path(scratch, f"inventory.{suffix}")
            write(path, count)
            done = subprocess.run(
                [sys.executable, "-m", "tests.benchmarks.inventory", what, path],
                cwd=ROOT,
                check=True,
                capture_output=True,
            )
            found = json.loads(done.stdout)
            for written in Path(scratch).iterdir():
                written.unlink()
            assert found["components"] == count
            assert found["problems"] == count // 100, found
            print(
                f"{name:58}{found['seconds']:8.2f}s{found['cpu']:8.2f}s{found['memory']:6.0f} MB{found['problems']:10}"
                f"{each * count:9.1f}s{each * count / found['seconds']:7.0f}x"
                f"  {judged(found['seconds'], seconds)}, {judged(found['memory'], memory, 'MB')}"
            )


def measured(what: str, path: Path) -> dict[str, Any]:
    """Seconds, megabytes and counts of one case, in this process and those that it starts."""
    from toolkit.collector import without_collection
    from toolkit.inventory.load import check
    from toolkit.inventory.source import Source
    from toolkit.pipeline.decided_lines import decided_source

    with Peak() as peak:
        began = time.perf_counter()
        if what == "check":
            report = check([path])
            components, problems = report.components, len(report.problems)
        else:
            with path.with_suffix(".decided").open("wb") as out, without_collection():
                source = Source([path])
                found, written, _ = decided_source(source, out)
            components, problems = written.components, len(found)
        seconds = time.perf_counter() - began
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = sum(one.ru_utime + one.ru_stime for one in used)
    return {"seconds": seconds, "cpu": cpu, "memory": peak.megabytes, "components": components, "problems": problems}


def plain_seconds(count: int) -> float:
    """Seconds that json.loads and python-jsonschema take for one component, without places, references or rules."""
    import jsonschema

    from toolkit.inventory.schema_files import whole

    text = json.dumps([component(number) for number in range(count)])
    began = time.perf_counter()
    items = json.loads(text)
    validators = {kind: jsonschema.Draft202012Validator(whole(kind)) for kind in ("vm", "database", "native-service")}
    found = sum(1 for item in items for _ in validators[item["kind"]].iter_errors(item))
    assert found == count // 100
    return (time.perf_counter() - began) / count


def write(path: Path, count: int) -> None:
    """An inventory of so many components."""
    with path.open("w") as out:
        if path.suffix == ".ndjson":
            out.write(json.dumps(header(), separators=(",", ":")) + "\n")
            out.writelines(json.dumps(component(number), separators=(",", ":")) + "\n" for number in range(count))
        else:
            out.write(json.dumps(header())[:-1] + ', "components": [\n')
            out.writelines(lines_of(count))
            out.write("]}\n")


def lines_of(count: int) -> Iterator[str]:
    """The components, one on each line, with commas."""
    for number in range(count):
        yield json.dumps(component(number)) + ("" if number == count - 1 else ",") + "\n"


def header() -> dict[str, Any]:
    """50 tenants and 200 applications."""
    inputs = "architecture_diagram deployment_plan environments security_policies topology component_inventory sow_raci"
    person = {"role": "technical", "name": "Ops", "email": "ops@acme.example"}
    return {
        "schema": "onboarding/inventory/v1",
        "build_inputs": {name: {"reference": "DOC-1", "date": "2026-10-01"} for name in inputs.split()},
        "service": "managed-applications",
        "customer": {
            "id": "acme",
            "name": "Acme",
            "language": "fr",
            "contacts": [person],
            "commitment": {"start": "2027-01-01", "months": 36},
        },
        "provider": {"profile": "paris-1"},
        "tenants": [tenant(number) for number in range(50)],
        "applications": [
            {"id": f"app-{number}", "criticality": "standard", "responsibility": PARTIES} for number in range(200)
        ],
    }


def tenant(number: int) -> dict[str, Any]:
    return {
        "id": f"t-{number}",
        "environment": "production",
        "support_level": "standard",
        "support_chain": "offshore",
        "management": "managed",
        "subscribed_levels": LEVELS,
        "platform": {"kind": "provider-public", "account": "a-1", "region": "paris"},
        "landing_zone": {"state": "managed", "cidr": f"{20 + number}.0.0.0/8", "zones": 2},
    }


def component(number: int) -> dict[str, Any]:
    """Of ten, seven vms, two databases on the first of them, and a native service; one of a hundred is misspelt."""
    place, group = number % 10, number // 10
    own, application = group % 50, f"app-{number % 200}"
    item: dict[str, Any] = {"tenant": f"t-{own}", "application": application, "owner": "dba@acme.example"}
    if place < 7:
        host = group // 50 * 7 + place + 1
        item |= {
            "id": f"vm-{number}",
            "kind": "vm",
            "management_level": LEVELS[number % 4] if number % 100 else "datbase",
            "os": {"family": "debian", "version": "12"},
            "address": f"{20 + own}.{host >> 16 & 255}.{host >> 8 & 255}.{host & 255}",
            "security_updates": True,
            "licence": {"support_contract": "SC-1001", "ends": "2028-12-31"},
            "backup": {"policies": ["WEEKLY-1"], "paths": ["/srv/files"]},
        }
    elif place < 9:
        first = f"vm-{group * 10}"
        item |= {
            "id": f"db-{number}",
            "kind": "database",
            "technology": "postgresql",
            "hosted_on": first,
            "backup": {"policies": ["WEEKLY-2", "MONTHLY-12"], "paths": ["/srv/erp"]},
            "depends_on": [first],
        }
    else:
        item |= {"id": f"ns-{number}", "kind": "native-service", "service": "rds", "supervised": False}
    return item


if __name__ == "__main__":
    main()
