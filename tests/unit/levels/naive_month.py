"""A month of SD-1's levels by counting: half-hours in sets, every assignment tried, nothing shared with the engine.

Written from SD-1 §1.8 to §1.11 and §1.16 and the choices of tests/golden/levels/worked-month alone. Units, windows, targets,
scales and holidays stand here once more, by hand. All times of its records lie on whole half-hours.
"""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from toolkit.levels.records.kinds import Change, Exclusion, Incident, Records

SLOT = 1800
PARIS = ZoneInfo("Europe/Paris")
HOLIDAYS = {
    dt.date.fromisoformat(day)
    for day in [
        "2026-12-25",
        "2027-01-01",
        "2027-03-29",
        "2027-05-01",
        "2027-05-06",
        "2027-05-08",
        "2027-05-17",
        "2027-07-14",
        "2027-08-15",
        "2027-11-01",
        "2027-11-11",
        "2027-12-25",
        "2028-01-01",
        "2028-04-17",
    ]
}
LEVEL = {
    "nova-erp": "premium",
    "nova-web": "standard",
    "nova-test": "standard",
    "nova-data": "standard",
    "nova-desk": "initial",
    "nova-old": "standard",
}
UNITS: dict[str, dict[str, tuple[str, ...]]] = {
    "nova-erp": {
        "os": ("erp-vm-1", "erp-vm-2", "erp-vm-3"),
        "database": ("erp-db-1", "erp-db-2"),
        "kubernetes": ("erp-k8s",),
        "native-services": ("erp-files",),
        "backup": ("backup/erp-db-1",),
    },
    "nova-web": {
        "os": ("web-vm-1", "web-vm-2", "web-vm-3"),
        "application/shop": ("application/shop",),
        "application/crm": ("application/crm",),
        "kubernetes": ("web-k8s",),
        "computer-vision": ("web-vision",),
    },
    "nova-test": {"os": ("test-vm",)},
    "nova-data": {"kubernetes": ("data-k8s-1", "data-k8s-2"), "native-services": ("data-files", "data-queue")},
    "nova-desk": {"os": ("desk-vm",)},
    "nova-old": {"os": ("old-vm",)},
}
"""The guaranteed units of each function."""
OTHERS = {"nova-erp": ("erp-queue",), "nova-web": ("shop-orders",)}
"""Components that are no guaranteed unit: one is not supervised, one is a business function."""
RESTORE = {
    "initial": {"P1": (9, "business")},
    "standard": {"P1": (8, ""), "P2": (24, ""), "P3": (48, "")},
    "premium": {"P1": (4, ""), "P2": (8, ""), "P3": (32, "")},
}
CHANGE = {
    "initial": {},
    "standard": {"simple": 24, "simple+": 12, "complex": 72, "complex+": 36, "quote": 45},
    "premium": {"simple": 8, "simple+": 4, "complex": 48, "complex+": 24, "quote": 27},
}
STOPS = {
    "availability": {"planned-work", "customer-iaas", "customer-involved", "other"},
    "restore": {"planned-work", "customer-iaas", "customer-waiting", "customer-involved", "exit", "other"},
    "change": {"customer-iaas", "customer-waiting"},
}
GAP_STEPS = ((0, 2), (1, 5), (2, 10))
LATE_STEPS = ((5, 2), (25, 5), (50, 10))

Slots = frozenset[int]


def components(tenant: str) -> tuple[str, ...]:
    """Everything that a record of the tenant may name."""
    return (*(unit for some in UNITS[tenant].values() for unit in some), *OTHERS.get(tenant, ()))


def bounds(year: int, number: int) -> tuple[int, int]:
    """First half-hour of the month, and the one after its last."""
    first = dt.datetime(year, number, 1, tzinfo=PARIS)
    after = dt.datetime(year + number // 12, number % 12 + 1, 1, tzinfo=PARIS)
    return int(first.timestamp()) // SLOT, int(after.timestamp()) // SLOT


def open_in_business_hours(slot: int) -> bool:
    face = dt.datetime.fromtimestamp(slot * SLOT, PARIS)
    return face.weekday() < 5 and face.date() not in HOLIDAYS and 9 <= face.hour < 18


def percent_of(steps: tuple[tuple[int, int], ...], gap: Fraction) -> int:
    return max((percent for above, percent in steps if gap > above), default=0)


class NaiveMonth:
    """``records`` of the month [first, after), in half-hours; ``tenant(id)`` says what its figures must be."""

    def __init__(self, records: Records, year: int, number: int) -> None:
        self.records, self.name = records, f"{year}-{number:02d}"
        self.first, self.after = bounds(year, number)
        self.month: Slots = frozenset(range(self.first, self.after))

    def span(self, start: int, end: int | None) -> Slots:
        return frozenset(range(start // SLOT, self.after if end is None else end // SLOT))

    def excluded(self, tenant: str, component: str, kinds: set[str]) -> Slots:
        """The half-hours in which one of ``kinds`` holds for a component."""
        return frozenset().union(*(self.span(one.start, one.end) for one in self.exclusions(tenant, component, kinds)))

    def exclusions(self, tenant: str, component: str, kinds: set[str]) -> list[Exclusion]:
        found = []
        for one in self.records.exclusions:
            if one.kind not in kinds or (one.kind == "customer-involved" and tenant != "nova-data"):
                continue
            if component in one.components if one.components else one.tenant == tenant:
                found.append(one)
        return found

    def all_excluded(self, tenant: str, some: list[str], kinds: set[str]) -> Slots:
        """The half-hours that are excluded for every one of some components."""
        each = [self.excluded(tenant, one, kinds) for one in some]
        return frozenset.intersection(*each) if each else frozenset()

    def excuse(self, tenant: str, incident: Incident) -> bool:
        return incident.cause == "customer" or (tenant == "nova-data" and incident.co_management)

    def interruptions(self, tenant: str, function: str, unit: str) -> dict[str, Slots]:
        """By incident: the half-hours that count against a unit."""
        by_id = {one.id: one for one in self.records.incidents}
        told = [
            (one.incident or one.id, by_id.get(one.incident or ""), one.start, one.end)
            for one in self.records.outages
            if one.component == unit
        ]
        with_outage = {one.incident for one in self.records.outages}
        told += [
            (one.id, one, one.opened, one.resolved)
            for one in self.records.incidents
            if one.interruption and one.id not in with_outage and unit in one.components
        ]  # fmt: skip
        out = self.excluded(tenant, unit, STOPS["availability"])
        found: dict[str, Slots] = {}
        for key, incident, start, end in told:
            if incident is not None and self.excuse(tenant, incident):
                continue
            if incident is not None and incident.cause == "vendor-ai" and function == "computer-vision":
                continue
            left = (self.span(start, end) & self.month) - out
            if left:
                found[key] = found.get(key, frozenset()) | left
        return found

    def rate(self, tenant: str, function: str, without: frozenset[str] = frozenset()) -> Fraction:
        rates = []
        for unit in UNITS[tenant][function]:
            down = self.interruptions(tenant, function, unit)
            lost = frozenset().union(*(slots for key, slots in down.items() if key not in without))
            rates.append(Fraction(len(self.month) - len(lost), len(self.month)))
        return sum(rates, Fraction()) / len(rates)

    def left_out(self, tenant: str, incident: Incident, own: list[str]) -> bool:
        """An incident that counts for no restore gap of this month."""
        if incident.priority not in RESTORE[LEVEL[tenant]]:
            return True
        if incident.resolved is None or not self.first <= incident.resolved // SLOT < self.after:
            return True
        if self.excuse(tenant, incident) or (tenant == "nova-data" and incident.l3 == "customer"):
            return True
        if incident.cause == "vendor-ai" and set(own) <= {"web-vision"}:
            return True
        lasted = self.span(incident.opened, incident.resolved) or {incident.opened // SLOT}
        down = self.all_excluded(tenant, own, {"customer-iaas"})
        if lasted <= down:
            return True
        return incident.opened // SLOT in self.all_excluded(tenant, own, {"exit"})

    def elapsed(self, tenant: str, incident: Incident, own: list[str]) -> int:
        """Half-hours of the restore clock."""
        named = RESTORE[LEVEL[tenant]][incident.priority][1]
        always = not named and tenant != "nova-test" and incident.priority in {"P1", "P2"}
        ran = self.span(incident.opened, incident.resolved) - self.all_excluded(tenant, own, STOPS["restore"])
        return len(ran) if always else sum(map(open_in_business_hours, ran))

    def changes(self, tenant: str) -> dict[str, tuple[int, bool, Fraction]]:
        """Of each change that is judged: half-hours, late, credit."""
        found = {}
        for one in self.records.changes:
            kind = one.catalogue + ("+" if one.accelerated and one.catalogue != "quote" else "")
            target = CHANGE[LEVEL[tenant]].get(kind)
            if one.tenant != tenant or target is None or not one.validated or one.notified is None:
                continue
            if self.first <= one.notified // SLOT < self.after:
                found[one.id] = self.changed(tenant, one, target)
        return found

    def changed(self, tenant: str, one: Change, target: int) -> tuple[int, bool, Fraction]:
        out = self.excluded(tenant, one.component or "", STOPS["change"])
        ran = sum(map(open_in_business_hours, self.span(one.requested, one.notified) - out))
        late = 2 * target < ran
        earns = late and tenant != "nova-test" and one.catalogue != "quote"
        return ran, late, (one.price_eur or Fraction()) / 2 if earns else Fraction()

    def tenant(self, id_: str) -> dict[str, Any]:
        """Rates, the restore count, changes, the best assignment of all, and the credit after the cap."""
        counted, late = {}, []
        for one in self.records.incidents:
            own = [part for part in one.components if part in components(id_)]
            if own and not self.left_out(id_, one, own):
                counted[one.id] = self.elapsed(id_, one, own)
                if counted[one.id] > 2 * RESTORE[LEVEL[id_]][one.priority][0]:
                    late.append(one)
        charges = {
            one.function: one.amount_eur or Fraction()
            for one in self.records.charges
            if one.month == self.name and one.tenant == id_
        }
        touching = {
            key
            for function, some in UNITS[id_].items()
            for unit in some
            for key in self.interruptions(id_, function, unit)
        }
        production = id_ != "nova-test"
        shared = [one.id for one in sorted(late, key=lambda one: (one.opened, one.id)) if one.id in touching]
        shared = shared if production else []
        base = sum((charges.get(one, Fraction()) for one in UNITS[id_]), Fraction())
        ways = []
        for size in range(len(shared) + 1):
            for moved in itertools.combinations(shared, size):
                kept = [one for one in shared if one not in moved]
                available = sum(
                    (
                        percent_of(GAP_STEPS, self.guaranteed(id_, one) - 100 * self.rate(id_, one, frozenset(moved)))
                        * charges.get(one, Fraction()) / 100
                        for one in UNITS[id_]
                    ),
                    Fraction(),
                )  # fmt: skip
                gap = Fraction(len(late) - len(kept), max(len(counted), 5))
                ways.append((available + percent_of(LATE_STEPS, 100 * gap) * base / 100, kept, available))
        # the most; of equal ones that with the most on availability, of those the one that keeps the earliest there
        total, kept, available = min(
            ways, key=lambda way: (-way[0], -len(way[1]), [shared.index(one) for one in way[1]])
        )
        changes = self.changes(id_)
        before = total + sum((credit for _, _, credit in changes.values()), Fraction()) if production else Fraction()
        cap = Fraction(15, 100) * sum(charges.values(), Fraction())
        exact = min(before, cap)
        cents = Decimal(exact.numerator) / Decimal(exact.denominator)
        return {
            "rates": {one: self.rate(id_, one) for one in UNITS[id_]},
            "elapsed": counted,
            "late": sorted(one.id for one in late),
            "met": 20 * len(late) <= len(counted) if counted else None,
            "on_availability": kept if production else [],
            "availability_credit": available if production else Fraction(),
            "changes": changes,
            "before_cap": before,
            "exact": exact,
            "payable": str(cents.quantize(Decimal("0.01"), ROUND_HALF_UP)),
        }

    @staticmethod
    def guaranteed(tenant: str, function: str) -> Fraction:
        premium = LEVEL[tenant] == "premium"
        return Fraction("99.9" if premium and function == "kubernetes" else "99.5" if premium else "98.5")
