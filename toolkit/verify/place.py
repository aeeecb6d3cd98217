"""What the checks of a site share: its hosts, how they are reached, how long to wait, and what this run may disturb."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import msgspec

from toolkit.errors import OnboardError, VerifyFailed
from toolkit.model.inventory import Component, Site
from toolkit.model.run import Emit, StepRequest
from toolkit.prometheus_api import Prometheus, Unanswered
from toolkit.remote import Shell, bound
from toolkit.verify.check import Check, holds


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds to wait for something to be seen; ``backup`` is for one run of a backup unit."""

    scrape: float
    log: float
    alert: float
    backup: float


PATIENCE = {
    "fast": Patience(scrape=30, log=30, alert=60, backup=300),
    "real": Patience(scrape=120, log=120, alert=600, backup=4 * 3600),
}
"""By ``Bindings.time_scale``."""
PAUSE = 0.3


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """One site of a run; ``hosts`` are the virtual machines that the run set up there."""

    request: StepRequest
    site: Site
    hosts: tuple[Component, ...]
    shells: dict[str, Shell]
    prometheus: Prometheus
    patience: Patience
    emit: Emit

    @property
    def customer(self) -> str:
        """The customer's id."""
        return self.request.inventory.customer.id

    @property
    def supervised(self) -> tuple[Component, ...]:
        """The hosts that the provider's monitoring watches (SD-1 §1.2)."""
        return tuple(host for host in self.hosts if host.supervised)

    @property
    def may_disturb(self) -> bool:
        """Whether agents may be stopped and backups started and restored."""
        return self.request.bindings.world == "rehearsal" or self.request.bindings.intrusive

    def shell(self, host: str) -> Shell:
        """How ``host`` is reached; VerifyFailed when the bindings do not say."""
        return bound(self.shells, host, VerifyFailed)

    def text(self, host: str, *argv: str, timeout: float = 60) -> str:
        """What ``argv`` prints on ``host``; VerifyFailed when it fails."""
        return self.shell(host).run(argv, timeout=timeout).stdout.decode(errors="replace")

    def selector(self, component: str) -> str:
        """PromQL labels of one component of this site; ids have no character that a string must escape."""
        return f'customer="{self.customer}",site="{self.site.id}",component="{component}"'

    def value(self, expression: str) -> float | None:
        """The single value of an instant query, None when there is none yet or Prometheus does not answer."""
        try:
            found = self.prometheus.query(expression)
        except Unanswered:
            return None
        return float(found[0]["value"][1]) if found else None


def wait_until(seen: Callable[[], bool], *, seconds: float, emit: Emit, what: str) -> float | None:
    """Seconds until ``seen`` is true, None when it is not within ``seconds``; says every 5 s what it waits for."""
    start, said = time.monotonic(), 0.0
    while True:
        if seen():
            return time.monotonic() - start
        waited = time.monotonic() - start
        if waited > seconds:
            return None
        if waited - said >= 5:
            said = waited
            emit(f"waiting for {what}", waited=round(waited))
        time.sleep(PAUSE)


def guarded(id_: str, subject: str, checks: Iterator[Check]) -> list[Check]:
    """The checks, and a failed one instead of the rest when what they look at cannot be reached: others still run."""
    found: list[Check] = []
    try:
        found.extend(checks)
    except OnboardError as error:
        found.append(
            holds(
                id_, subject=subject, claim="it can be looked at", how="ssh", truth=False, observed=error.message[-500:]
            )
        )
    return found
