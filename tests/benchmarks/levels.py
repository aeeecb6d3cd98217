"""A month of many incidents, from the CSV file to every figure with its explanation: python -m tests.benchmarks.levels [N]

N incidents (100,000 unless said), a third of them with an outage record, on 2,000 virtual machines. Beside ours stands a
plain evaluator that parses the same file and walks every incident through its window day by day, without exclusions,
checks, assignment or explanation. Each measurement is a process of its own, from the start of Python.
"""

from __future__ import annotations

import csv
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.goals import judged

ROOT = Path(__file__).parents[2]
INCIDENTS = 100_000
AIM = 3.0
MACHINES = 2000
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
  - id: globex-prod
    environment: production
    support_level: premium
    support_chain: full_france
    management: managed
    subscribed_levels: [os]
    platform: {kind: aws, account: "222233334444", region: eu-west-3}
    landing_zone: {state: managed, cidr: 10.20.0.0/16, zones: 2}
applications:
  - id: shop
    criticality: critical
    responsibility: {infrastructure: provider, operations: provider, backend: provider, software: customer}
components:
"""
MACHINE = """  - {{id: vm-{0}, kind: vm, tenant: globex-prod, application: shop, owner: ops@globex.example, management_level: os, os: {{family: debian, version: "12"}}}}
"""
OURS = """
from pathlib import Path
from toolkit.pipeline import levelling, workspace
report = levelling.levels(workspace.find(Path(sys.argv[1])), levelling.Asked(month="2027-03")).report
restore = report.tenants[0].restore
count = len(restore.incidents) + len(restore.left_out)
"""
PLAIN = """
import csv, datetime as dt, zoneinfo, holidays
paris, france = zoneinfo.ZoneInfo("Europe/Paris"), holidays.country_holidays("FR")
def ran(start, end):
    total, day = dt.timedelta(), start.date()
    while day <= end.date():
        if day.weekday() < 5 and day not in france:
            opens, closes = (dt.datetime.combine(day, dt.time(hour), paris) for hour in (9, 18))
            total += max(dt.timedelta(), min(end, closes) - max(start, opens))
        day += dt.timedelta(days=1)
    return total
late = count = 0
hours = {"P1": 4, "P2": 8, "P3": 32}
for row in csv.DictReader(open(sys.argv[1] + "/records/incidents.csv")):
    count += 1
    if row["priority"] in hours:
        start, end = (dt.datetime.fromisoformat(row[name]).astimezone(paris) for name in ("opened", "resolved"))
        took = ran(start, end) if row["priority"] == "P3" else end - start
        late += took > dt.timedelta(hours=hours[row["priority"]])
"""
TOLD = """
seconds, busy = time.perf_counter() - began, time.process_time()
from tests.benchmarks.memory import peak
print(seconds, busy, peak(), count)
"""


def write(folder: Path, count: int) -> None:
    """An inventory and a month's records; the same every time."""
    chance = random.Random(20270301)
    (folder / "records").mkdir()
    (folder / "inventory.yaml").write_text(HEADER + "".join(MACHINE.format(number) for number in range(MACHINES)))
    with (
        (folder / "records/incidents.csv").open("w", newline="") as incidents,
        (folder / "records/outages.csv").open("w", newline="") as outages,
    ):
        tickets, periods = csv.writer(incidents), csv.writer(outages)
        tickets.writerow(("id", "priority", "opened", "resolved", "components", "interruption", "cause"))
        periods.writerow(("id", "component", "start", "end", "incident"))
        for number in range(count):
            machine, day, hour = chance.randrange(MACHINES), chance.randint(1, 25), chance.randrange(24)
            start, length = 1440 * day + 60 * hour + chance.randrange(60), chance.randint(1, 600)
            opened, resolved = (
                f"2027-03-{at // 1440:02}T{at // 60 % 24:02}:{at % 60:02}:00+01:00" for at in (start, start + length)
            )
            priority = "P1" if number % 3 == 0 else chance.choice(("P2", "P3", "P4"))
            interrupts = number % 3 == 0
            tickets.writerow(
                (f"I-{number}", priority, opened, resolved, f"vm-{machine}", "yes" if interrupts else "no", "provider")
            )
            if interrupts:
                periods.writerow((f"O-{number}", f"vm-{machine}", opened, resolved, f"I-{number}"))
    lines = "month,tenant,function,amount_eur,sample\n2027-03,globex-prod,os,50000,yes\n"
    (folder / "records/charges.csv").write_text(lines)


def timed(program: str, folder: Path, count: int) -> tuple[float, float, float]:
    """Seconds on the clock, seconds on the processors, megabytes."""
    command = [sys.executable, "-c", f"import sys, time\nbegan = time.perf_counter(){program}{TOLD}", str(folder)]
    seconds, busy, megabytes, found = subprocess.run(
        command, capture_output=True, check=True, text=True, cwd=ROOT
    ).stdout.split()
    assert int(found) == count
    return float(seconds), float(busy), float(megabytes)


def main() -> None:
    """A line for ours, and one for the plain evaluator."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else INCIDENTS
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), count)
        print(f"{'a month of service levels':34}{'incidents':>10}{'seconds':>10}{'of CPU':>9}{'memory':>11}")
        for name, program in (("checked, computed, explained", OURS), ("plain, clocks alone", PLAIN)):
            seconds, busy, megabytes = timed(program, Path(folder), count)
            aim = f"  {judged(seconds, AIM)}" if program == OURS and count == INCIDENTS else ""
            print(f"{name:34}{count:10,}{seconds:9.2f}s{busy:8.2f}s{megabytes:8.0f} MB{aim}", flush=True)


if __name__ == "__main__":
    main()
