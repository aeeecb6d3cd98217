"""All problems of a large YAML inventory beside PyYAML's own reading of it: python -m tests.benchmarks.yaml [N]

N components (10,000 and then 100,000 unless said), of which one in a hundred is invalid, in four styles: blocks as people write them, a
flow mapping on each line, one flow list, and blocks with anchors, merges and texts of several lines. Each measurement
is a process of its own; ratios are of its processor time, which others on the machine disturb least, and what it peaks
at in memory is the kernel's own figure (VmHWM).
"""

from __future__ import annotations

import gc
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.benchmarks.goals import judged
from tests.benchmarks.memory import peak
from toolkit.inventory.load import check
from toolkit.inventory.readers import open_piece

CHECK = "our check, all problems with places"
AIMS = {("blocks", 10_000): 1.0, ("blocks", 100_000): 4.0}
AIM_OF_ANY = {10_000: 1.0, 100_000: 9.0}
EXAMPLE = Path(__file__).parents[2] / "examples/acme/inventory.yaml"


def header() -> str:
    """The example's, with room for every address beside the provider's networks."""
    text = EXAMPLE.read_text(encoding="utf-8").partition("\ncomponents:")[0] + "\n"
    text = text.replace("10.20.0.0/16", "172.20.0.0/16").replace("10.60.0.0/24", "10.60.0.0/24, 10.128.0.0/9")
    return text.replace("[os, database]", "[os, database, native-services]")


def component(number: int) -> dict[str, Any]:
    """Seven machines, two databases on them and a service, again and again."""
    part, vm = number % 10, number - number % 10
    shared = {"tenant": "acme-prod", "application": "erp", "owner": "dba@acme.example"}
    if part < 7:
        host = number + 1  # the first address is the network's own
        address = f"10.{128 + (host >> 16)}.{host >> 8 & 255}.{host & 255}"
        found = {"id": f"vm-{number}", "kind": "vm", **shared, "site": "acme-hq"}
        found |= {"management_level": "database" if part == 0 else "os", "os": {"family": "debian", "version": "12"}}
        found |= {"address": address, "ssh_host_key": "secretref://lab", "security_updates": True}
        found |= {"licence": {"support_contract": "SC-1001", "ends": "2028-12-31"}}
        found |= {"backup": {"policies": ["WEEKLY-1"], "paths": ["/srv/files"]}}
    elif part < 9:
        found = {
            "id": f"db-{number}",
            "kind": "database",
            "technology": "postgresql",
            **shared,
            "hosted_on": f"vm-{vm}",
        }
        found |= {"backup": {"policies": ["WEEKLY-2", "MONTHLY-12"], "paths": ["/srv/erp"]}, "depends_on": [f"vm-{vm}"]}
    else:
        found = {"id": f"bucket-{number}", "kind": "native-service", "service": "s3", **shared, "supervised": False}
        found |= {part: {"reference": "DOC-9", "date": "2026-10-01"} for part in ("audit", "high_level_design")}
    return found | ({"owner": 12} if number % 100 == 0 else {})


def flow(value: Any) -> str:
    """A value in flow style, plain where it can be."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    return (
        str(value).lower()
        if isinstance(value, bool)
        else f'"{value}"'
        if str(value) == "12" and value != 12
        else str(value)
    )


def block(value: dict[str, Any], indent: str) -> Iterator[str]:
    """A mapping in block style; what has two parts at most stands on one line."""
    for key, item in value.items():
        if isinstance(item, dict) and key == "backup":
            yield f"{indent}{key}:"
            yield from block(item, indent + "  ")
        elif isinstance(item, list) and key == "policies":
            yield f"{indent}{key}:"
            yield from (f"{indent}  - {flow(one)}" for one in item)
        else:
            yield f"{indent}{key}: {flow(item)}"


def blocks(count: int) -> Iterator[str]:
    """``  - id: vm-1`` and what belongs to it below."""
    yield "components:"
    for number in range(count):
        first, *rest = block(component(number), "    ")
        yield f"  - {first[4:]}"
        yield from rest


def flow_lines(count: int) -> Iterator[str]:
    """``  - {id: vm-1, …}``."""
    yield "components:"
    yield from (f"  - {flow(component(number))}" for number in range(count))


def flow_list(count: int) -> Iterator[str]:
    """One list in brackets, as JSON has it."""
    yield "components: ["
    yield from (f"  {flow(component(number))}," for number in range(count))
    yield "]"


def anchors(count: int) -> Iterator[str]:
    """Each tenth component merges what the first one names."""
    yield "components:"
    for number in range(count):
        value = component(number)
        first, *rest = block(value, "    ")
        yield f"  - {first[4:]}"
        if number == 0:
            yield from (line.replace("licence: ", "licence: &licence ") for line in rest)
        elif number % 10 == 0:
            yield from (line for line in rest if "licence:" not in line)
            yield "    licence:\n      <<: *licence"
        else:
            yield from rest


STYLES: dict[str, Callable[[int], Iterator[str]]] = {
    "blocks": blocks,
    "flow on each line": flow_lines,
    "one flow list": flow_list,
    "anchors and merges": anchors,
}


def by_pyyaml(path: Path) -> str:
    """PyYAML with libyaml, as most programs read YAML: no places, the last of two keys, nothing checked."""
    with path.open("rb") as stream:
        return f"{len(yaml.load(stream, Loader=yaml.CSafeLoader)['components'])} components"


def by_reader(path: Path) -> str:
    """Every component as a plain value, repeated keys refused."""
    return f"{sum(map(len, open_piece(path, str(path)).batches()))} components"


def by_check(path: Path) -> str:
    """Schema, secrets, references, service rules, and the place of every problem."""
    return f"{len(check([path]).problems)} problems"


MEASURED: dict[str, Callable[[Path], str]] = {
    "PyYAML CSafeLoader": by_pyyaml,
    "our values": by_reader,
    CHECK: by_check,
}


def measure(name: str, path: Path) -> None:
    """In a process of its own: print seconds, peak memory in MB and what was found."""
    gc.disable()  # PyYAML is given the same advantage
    began, worked = time.perf_counter(), time.process_time()
    found = MEASURED[name](path)
    worked, took = time.process_time() - worked, time.perf_counter() - began
    print(f"{took}|{worked}|{peak()}|{found}")


def main(count: int) -> None:
    """Print one line for each style and way."""
    print(f"{count} components, one in a hundred invalid")
    print(f"{'':60}{'seconds':>8}{'of CPU':>8}{'beside':>8}{'memory':>9}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "inventory.yaml")
        for style, write in STYLES.items():
            with path.open("w", encoding="utf-8") as stream:
                stream.write(header())
                stream.writelines(f"{line}\n" for line in write(count))
            base = 0.0
            for name in MEASURED:
                command = [sys.executable, "-m", "tests.benchmarks.yaml", "--measure", name, str(path)]
                answer = subprocess.run(command, capture_output=True, check=True, text=True).stdout
                took, worked, largest, found = answer.strip().split("|")
                base = base or float(worked)
                row = f"{style:20}{name:40}{float(took):7.2f}s{float(worked):7.2f}s{float(worked) / base:7.2f}x"
                row += f"{float(largest):6.0f} MB"
                aim = AIMS.get((style, count), AIM_OF_ANY.get(count)) if name == CHECK else None
                print(f"{row}  {found}{f'  {judged(float(took), aim)}' if aim else ''}", flush=True)


if __name__ == "__main__":
    if "--measure" in sys.argv:
        measure(sys.argv[2], Path(sys.argv[3]))
    else:
        for number in map(int, sys.argv[1:] or (10_000, 100_000)):
            main(number)
