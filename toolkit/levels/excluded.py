"""Which periods do not count, and for what: exclusions by kind, component and tenant (SD-1 §1.10)."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from toolkit.clocks import Clock, Window, at
from toolkit.levels.records.kinds import Exclusion
from toolkit.levels.spans import Spans, intersection, union
from toolkit.levels.units import Scope

Guarantee = Literal["availability", "restore", "change"]

APPLIES: dict[str, frozenset[Guarantee]] = {
    "planned-work": frozenset(("availability", "restore")),
    "customer-iaas": frozenset(("availability", "restore", "change")),
    "customer-waiting": frozenset(("restore", "change")),
    "customer-involved": frozenset(("availability", "restore")),
    "exit": frozenset(("restore",)),
    "other": frozenset(("availability", "restore")),
}
"""What each kind of exclusion takes out: §1.10 excludes what the contract does, the exit ends the restore guarantee only,
and nothing counts while the customer's IaaS is down."""
CO_MANAGED_ONLY = frozenset(("customer-involved",))


class Excluded:
    """The exclusions of one tenant; ``until`` is where an open one ends: the month's end."""

    def __init__(self, scope: Scope, exclusions: tuple[Exclusion, ...], *, until: int) -> None:
        self._until = until
        self.of_tenant = tuple(one for one in exclusions if self._touches(scope, one))
        self._kinds = frozenset(one.kind for one in self.of_tenant)
        self.spans = lru_cache(maxsize=None)(self._spans)
        self.clock = lru_cache(maxsize=None)(self._clock)
        self.named = lru_cache(maxsize=None)(self._named)
        self._components = frozenset(part for one in self.of_tenant for part in one.components)

    def _named(self, components: tuple[str, ...]) -> tuple[str, ...]:
        """Those of ``components`` that an exclusion names: all others are excluded alike."""
        some = tuple(sorted(set(components) & self._components))
        return some if len(some) == len(set(components)) else (*some, "")

    def of(self, guarantee: Guarantee, component: str, start: int, end: int) -> tuple[str, ...]:
        """The ids of the exclusions of a component that touch a period."""
        return tuple(
            one.id
            for one in self.of_tenant
            if guarantee in APPLIES[one.kind]
            and (not one.components or component in one.components)
            and one.start < end
            and start < self.end_of(one)
        )

    def kinds_over(self, kind: str, components: tuple[str, ...], start: int, end: int) -> bool:
        """Whether exclusions of one kind cover all of a period (of none, its first second), for every component."""
        if kind not in self._kinds:
            return False
        covered = self._common(tuple(self._kind_spans(kind, one) for one in self.named(components)))
        return any(first <= start and max(end, start + 1) <= last for first, last in covered)

    def began_in(self, kind: str, components: tuple[str, ...], moment: int) -> bool:
        """Whether the second that begins at ``moment`` lies in an exclusion of one kind of every component."""
        return self.kinds_over(kind, components, moment, moment)

    def whole(self, window: Window, start: int, end: int) -> int:
        """Seconds of a window without any exclusion."""
        clock = self.clock("restore", (), window)  # of no component at all: nothing is excluded
        return clock.run(end) - clock.run(start)

    def end_of(self, exclusion: Exclusion) -> int:
        return max(exclusion.start, self._until) if exclusion.end is None else exclusion.end

    def _spans(self, guarantee: Guarantee, components: tuple[str, ...]) -> Spans:
        """What is excluded for every one of ``components`` (as ``named`` gives them)."""
        return self._common(
            tuple(
                union(
                    (one.start, self.end_of(one))
                    for one in self.of_tenant
                    if guarantee in APPLIES[one.kind] and (not one.components or component in one.components)
                )
                for component in components
            )
        )

    def _clock(self, guarantee: Guarantee, components: tuple[str, ...], window: Window) -> Clock:
        """The clock of a window that stops in what is excluded for every one of ``components``."""
        return Clock(window, [(at(start), at(end)) for start, end in self.spans(guarantee, components)])

    def _kind_spans(self, kind: str, component: str) -> Spans:
        return union(
            (one.start, self.end_of(one))
            for one in self.of_tenant
            if one.kind == kind and (not one.components or component in one.components)
        )

    @staticmethod
    def _common(several: tuple[Spans, ...]) -> Spans:
        found = several[0] if several else ()
        for one in several[1:]:
            found = intersection(found, one)
        return found

    @staticmethod
    def _touches(scope: Scope, exclusion: Exclusion) -> bool:
        if exclusion.kind in CO_MANAGED_ONLY and not scope.co_managed:
            return False
        if exclusion.components:
            return any(one in scope.components for one in exclusion.components)
        return exclusion.tenant == scope.tenant.id
