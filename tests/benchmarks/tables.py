"""A workbook and a CSV file of many rows, every problem with its place: python -m tests.benchmarks.tables [N]

N rows (100,000 unless said), of which one in a hundred is wrong. Beside each stands what openpyxl, or the csv module,
takes to read the cells alone. Each measurement is a process of its own.
"""

from __future__ import annotations

import csv
import subprocess
import sys
import tempfile
from pathlib import Path

import xlsxwriter

from tests.benchmarks.goals import judged

ROOT = Path(__file__).parents[2]
ROWS = 100_000
AIMS = {"xlsx": 4.0}
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
OURS = """
from pathlib import Path
from toolkit.inventory import check
report = check([Path(sys.argv[1])])
wrong = [one for one in report.problems if one.component and one.rule == "INV-014"]
assert all(one.line and one.column and (one.cell or one.sheet is None) for one in wrong)
assert len(wrong) == report.components // 100
count = report.components
"""
CELLS = {
    "xlsx": (
        "openpyxl, cells alone",
        """
import openpyxl
sheet = openpyxl.load_workbook(sys.argv[1] + "/components.xlsx", read_only=True)["vm"]
count = sum(1 for _ in sheet.iter_rows(values_only=True)) - 1
""",
    ),
    "csv": (
        "csv.DictReader, cells alone",
        """
import csv
with open(sys.argv[1] + "/vm.csv", newline="") as stream:
    count = sum(1 for _ in csv.DictReader(stream))
""",
    ),
}


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


TOLD = """
seconds, busy = time.perf_counter() - began, time.process_time()
from tests.benchmarks.memory import peak
print(seconds, busy, peak(), count)
"""


def timed(program: str, path: Path, count: int) -> tuple[float, float, float]:
    """Seconds on the clock, seconds on the processors, megabytes."""
    command = [sys.executable, "-c", f"import sys, time\nbegan = time.perf_counter(){program}{TOLD}", str(path)]
    told = subprocess.run(command, capture_output=True, check=True, text=True, cwd=ROOT).stdout
    seconds, busy, megabytes, found = told.split()
    assert int(found) == count
    return float(seconds), float(busy), float(megabytes)


def main() -> None:
    """Two lines for each format."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory() as folder:
        print(f"{'format':8}{'':30}{'rows':>10}{'seconds':>10}{'of CPU':>9}{'memory':>11}{'to ours':>9}")
        for path in write(Path(folder), count):
            form, ours = path.parent.name, 0.0
            for name, program in (("all problems with places", OURS), CELLS[form]):
                seconds, busy, megabytes = timed(program, path, count)
                ours = ours or seconds
                aimed = form in AIMS and count == ROWS and program == OURS
                print(
                    f"{form:8}{name:30}{count:10,}{seconds:9.2f}s{busy:8.2f}s{megabytes:8.0f} MB{seconds / ours:8.2f}x"
                    f"{f'  {judged(seconds, AIMS[form])}' if aimed else ''}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
