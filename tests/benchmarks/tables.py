"""How long a workbook and a CSV file of many rows take, every problem with its place: python -m tests.benchmarks.tables

One in a hundred rows is wrong. With a number, so many rows.
"""

from __future__ import annotations

import csv
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import xlsxwriter

ROWS = 100_000
HEADINGS = (
    "id", "tenant", "application", "owner", "management_level", "family", "version", "security_updates",
    "support_contract", "ends", "policies", "paths",
)  # fmt: skip
LEVELS = ("os", "database", "middleware", "application")
HEADER = """schema: onboarding/inventory/v1
service: managed-applications
customer:
  id: globex
  name: Globex SAS
  language: en
  contacts: [{role: technical, name: Operations, email: ops@globex.example}]
  commitment: {start: 2027-01-01, months: 12}
provider: {profile: paris-1, service_delivery_manager: sdm@provider.example, contract_manager: cm@provider.example}
tenants:
"""
TENANT = """  - id: t-{0}
    environment: production
    support_level: premium
    support_chain: full_france
    management: managed
    subscribed_levels: [os, database, middleware, application]
    platform: {{kind: aws, account: "222233334444", region: eu-west-3}}
    landing_zone: {{state: managed, cidr: 10.{0}.0.0/16, zones: 2}}
"""
APPLICATION = """  - id: app-{0}
    criticality: critical
    responsibility: {{infrastructure: provider, operations: provider, backend: provider, software: customer}}
"""
TIMED = """
import sys, time
began = time.perf_counter()
from pathlib import Path
from toolkit.inventory import check
report = check([Path(sys.argv[1])])
wrong = [one for one in report.problems if one.component and one.rule == "INV-014"]
assert all(one.line and one.column and (one.cell or one.sheet is None) for one in wrong)
print(time.perf_counter() - began, time.process_time(), report.components, len(wrong), len(report.problems))
"""


def rows(count: int) -> list[list[str | bool]]:
    """Virtual machines; of each hundred, one has a misspelt level."""
    return [
        [
            f"vm-{number}", f"t-{number % 50}", f"app-{number % 200}", "dba@acme.example",
            "datbase" if number % 100 == 0 else LEVELS[number % 4], "debian", "12",
            True, "SC-1001", "2028-12-31", "WEEKLY-1",
            "/srv/files; /srv/more",
        ]
        for number in range(count)
    ]  # fmt: skip


def write(folder: Path, count: int) -> tuple[Path, Path]:
    """The same components as a workbook and as CSV, each beside a header."""
    listed = rows(count)
    tenants = "".join(TENANT.format(number) for number in range(50))
    header = f"{HEADER}{tenants}applications:\n" + "".join(APPLICATION.format(number) for number in range(200))
    paths = folder / "xlsx" / "inventory", folder / "csv" / "inventory"
    for path in paths:
        path.mkdir(parents=True)
        (path / "header.yaml").write_text(header)
    book = xlsxwriter.Workbook(paths[0] / "components.xlsx", {"constant_memory": True})
    sheet = book.add_worksheet("vm")
    sheet.write_row(0, 0, HEADINGS)
    for number, row in enumerate(listed, 1):
        for column, cell in enumerate(row):
            (sheet.write_boolean if cell is True else sheet.write_string)(number, column, cell)
    book.close()
    with (paths[1] / "vm.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows([HEADINGS, *([str(cell) for cell in row] for row in listed)])
    return paths


def main() -> None:
    """Each in a process of its own; busy is its time on the processors, whole its start and end included."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory() as folder:
        print(f"{'format':8}{'rows':>10}{'wrong':>8}{'told':>8}{'seconds':>10}{'busy':>10}{'whole':>10}")
        for path in write(Path(folder), count):
            began = time.perf_counter()
            done = subprocess.run([sys.executable, "-c", TIMED, str(path)], capture_output=True, check=True, text=True)
            seconds, busy, found, wrong, told = done.stdout.split()
            whole = time.perf_counter() - began
            print(
                f"{path.parent.name:8}{found:>10}{wrong:>8}{told:>8}{float(seconds):10.2f}{float(busy):10.2f}{whole:10.2f}"
            )
    print(f"most memory: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
