"""Validation beside the peers, on one inventory in the same run: python -m tests.benchmarks.peers [YAML [JSON]]

YAML components (10,000 unless said) and JSON components (100,000), one in a hundred invalid. The peers come from the
registries by their ordinary clients, once, into a cache of the user's; what cannot be installed or does not end is
said and left out. They check the schema alone, ours also references, networks and the rules of the service. Every
line is a process of its own: time on the clock, processor time, and peak memory of it and what it started.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import yaml

from tests.benchmarks.peer_tools import PEERS, install
from tests.benchmarks.yaml import component, header
from toolkit.inventory.schema_files import whole

LONGEST = 600
"""Seconds after which a peer is stopped."""
ROOT = Path(__file__).parents[2]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One tool on one file; ``found`` counts the components that it says are wrong."""

    tool: str
    seconds: float
    processor: float
    megabytes: float
    found: int
    finds: str


def main() -> None:
    """Print a table for each format."""
    counts = {"yaml": 10_000, "json": 100_000}
    counts.update(zip(counts, map(int, sys.argv[1:]), strict=False))
    versions = dict(_installed())
    with tempfile.TemporaryDirectory(prefix="ob-peers-") as scratch:
        for form, count in counts.items():
            folder = Path(scratch, form)
            # elsewhere: a process that is started from a large one is said to have been as large
            command = [sys.executable, "-m", "tests.benchmarks.peers", "--write", str(folder), form, str(count)]
            subprocess.run(command, cwd=ROOT, check=True)
            print(f"\n{count:,} components of {form.upper()}, {-(-count // 100):,} invalid")
            print(f"{'tool':32}{'clock':>9}{'processor':>11}{'memory':>10}{'found':>10}  {'finds':18}{'to ours':>8}")
            ours: Row | None = None
            for row in rows(folder, form, versions):
                ours = ours or row
                print(
                    f"{row.tool:32}{row.seconds:8.2f}s{row.processor:10.2f}s{row.megabytes:7.0f} MB{row.found:10,}"
                    f"  {row.finds:18}{row.processor / ours.processor:7.1f}x",
                    flush=True,
                )


def rows(folder: Path, form: str, versions: dict[str, str]) -> Iterator[Row]:
    """Ours first, then every peer that is installed and reads the format."""
    name = f"inventory.{form}"
    ours = [sys.executable, "-m", "toolkit.cli.main", "validate", str(folder / name), "--format", "ndjson"]
    yield measure("onboard validate", ours, cwd=ROOT, finds="all, with columns")
    for peer in PEERS:
        if peer.name not in versions or form not in peer.formats:
            continue
        try:
            yield measure(
                f"{peer.name} {versions[peer.name]}", peer.command(folder, name), cwd=folder, finds=peer.finds
            )
        except TimeoutError:
            print(f"{peer.name}: stopped after {LONGEST} s")
        except RuntimeError as error:
            print(f"{peer.name}: left out, {error}")


def measure(tool: str, command: list[str], *, cwd: Path, finds: str) -> Row:
    """One process, waited for with its resource usage; it must have named a component that is wrong."""
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complained:
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=cwd, stdout=said, stderr=complained)
        try:
            status, usage = _waited(process.pid, began + LONGEST)
        except TimeoutError:
            process.kill()
            process.wait()
            raise
        seconds = time.perf_counter() - began
        said.seek(0)
        complained.seek(0)
        output = said.read() + complained.read()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode <= 0:
        raise RuntimeError(f"it says that nothing is wrong, or was stopped ({process.returncode})")
    found = components_in(output)
    if not found:
        raise RuntimeError(f"it does not say which component is wrong: {output[:200].decode(errors='replace')}")
    return Row(
        tool=tool,
        seconds=seconds,
        processor=usage.ru_utime + usage.ru_stime,
        megabytes=usage.ru_maxrss / 1024,
        found=found,
        finds=finds,
    )


def _waited(pid: int, until: float) -> tuple[int, Any]:
    while time.perf_counter() < until:
        done, status, usage = os.wait4(pid, os.WNOHANG)
        if done:
            return status, usage
        time.sleep(0.005)
    raise TimeoutError


def components_in(output: bytes) -> int:
    """How many components a tool's words point at, in whatever notation: /components/7, components.7, [7], "7"."""
    return len(set(re.findall(rb'components[\s"\'\\\],./:[]*([0-9]+)', output)))


def write_inputs(folder: Path, form: str, count: int) -> None:
    """The inventory, its schema as one file, the same in yamale's notation, and what the others must be told."""
    folder.mkdir(parents=True)
    value = {**yaml.load(header(), Loader=yaml.CBaseLoader), "components": [component(at) for at in range(count)]}
    commitment = value["customer"]["commitment"]
    commitment["months"] = int(commitment["months"])
    for tenant in value["tenants"]:
        tenant["landing_zone"]["zones"] = int(tenant["landing_zone"]["zones"])
    for site in value["sites"]:
        site["access"]["port"] = int(site["access"]["port"])
        site["vpn_endpoint"]["bandwidth_mbps"] = int(site["vpn_endpoint"]["bandwidth_mbps"])
    path = folder / f"inventory.{form}"
    if form == "json":
        path.write_text(json.dumps(value, indent=1))
    else:
        text = yaml.dump(value, Dumper=yaml.CSafeDumper, sort_keys=False)
        path.write_text("# jsonschema: schemas/inventory\n---\n" + text)
    schema = whole("inventory")
    (folder / "schema.json").write_text(json.dumps(schema))
    rule = {
        "given": "$",
        "severity": "error",
        "then": {
            "function": "schema",
            "functionOptions": {"schema": schema, "dialect": "draft2020-12", "allErrors": True},
        },
    }
    (folder / "spectral.json").write_text(json.dumps({"rules": {"inventory": rule}}))
    (folder / "yamale.yaml").write_text(YAMALE)
    enforced = folder / "schema/schemas"
    enforced.mkdir(parents=True)
    (enforced / "inventory.json").write_text(json.dumps({**schema, "$id": "schemas/inventory"}))
    (folder / "pyproject.toml").write_text(
        '[tool.schema_enforcer]\nmain_directory = "schema"\ndata_file_search_directories = ["' + str(folder) + '"]\n'
        'data_file_extensions = [".yaml"]\ndata_file_exclude_filenames = ["yamale.yaml"]\n'
    )


YAMALE = """\
schema: str()
service: str()
customer: any()
provider: any()
tenants: any()
sites: any()
links: any()
applications: any()
components: list(include('vm'), include('database'), include('native'))
---
vm:
  id: str()
  kind: enum('vm')
  tenant: str()
  application: str()
  owner: regex('^[^@ ]+@[^@ ]+$')
  site: str()
  management_level: enum('os', 'database', 'middleware', 'application')
  os: map()
  address: ip(version=4)
  ssh_host_key: str()
  security_updates: bool()
  licence: map()
  backup: include('backup')
database:
  id: str()
  kind: enum('database')
  technology: str()
  tenant: str()
  application: str()
  owner: regex('^[^@ ]+@[^@ ]+$')
  hosted_on: str()
  backup: include('backup')
  depends_on: list(str())
native:
  id: str()
  kind: enum('native-service')
  service: str()
  tenant: str()
  application: str()
  owner: regex('^[^@ ]+@[^@ ]+$')
  supervised: bool()
  audit: map()
  high_level_design: map()
backup:
  policies: list(str())
  paths: list(str())
"""
"""What of the schema these components need, in yamale's own notation."""


def _installed() -> Iterator[tuple[str, str]]:
    for peer in PEERS:
        try:
            yield peer.name, install(peer)
        except (OSError, subprocess.SubprocessError) as error:
            print(f"{peer.name}: left out, {peer.client} does not install it here ({type(error).__name__})")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--write"]:
        write_inputs(Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
    else:
        main()
