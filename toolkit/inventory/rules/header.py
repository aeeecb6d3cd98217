"""What service rules ask of a header, tolerant of unsound parts: the schema says what is wrong with those."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any

from toolkit.inventory.crossrefs import ids
from toolkit.inventory.finding import Mapping, strings, text
from toolkit.model.activation import activation_date

PUBLIC_CLOUDS = ("aws", "azure", "gcp")
APPLICATIONS = "managed-applications"
"""SD-1."""
PARTNERS = "ucaas-partners"
"""SD-2."""
SUPPORT = "collaboration-support"
"""SD-4."""
EVENTS = "event-support"
"""SD-5."""


class Header:
    """Tenants, applications and order by what is asked of them; ``today`` decides what lies in the future."""

    def __init__(self, value: Any, *, today: dt.date | None = None) -> None:
        self.value = value
        self.today = today or dt.datetime.now(dt.UTC).date()
        self.tenants = ids(value, "tenants")
        self._applications = ids(value, "applications")
        self._levels = {
            name: frozenset(level for _, level in strings(tenant, "subscribed_levels"))
            for name, tenant in self.tenants.items()
        }

    @property
    def service(self) -> str | None:
        return text(self.value, "service")

    def levels(self, tenant: str | None) -> frozenset[str]:
        """The levels that a tenant subscribes; none for an unknown one."""
        return self._levels.get(tenant or "", frozenset())

    def on_public_cloud(self, tenant: str | None) -> str | None:
        """The public cloud that a tenant stands on, else None."""
        kind = text(self.tenants.get(tenant or ""), "platform", "kind")
        return kind if kind in PUBLIC_CLOUDS else None

    def managed_tenant(self, tenant: str | None) -> bool:
        """Whether the provider manages the tenant, wholly."""
        return text(self.tenants.get(tenant or ""), "management") == "managed"

    def responsible(self, item: Mapping, layer: str) -> str | None:
        """Who answers for a layer of a component: its own word before its application's."""
        if "responsibility" in item:
            return text(item, "responsibility", layer)
        return text(self._applications.get(text(item, "application") or ""), "responsibility", layer)

    def managed(self, item: Mapping) -> bool:
        """Whether the component's back office integration is the provider's: every model but No Build (SD-1 §1.1)."""
        return self.responsible(item, "backend") == "provider"

    def no_build(self, item: Mapping) -> bool:
        """Whether the component is the customer's altogether: the model No Build (SD-1 §1.1)."""
        who = [self.responsible(item, layer) for layer in ("infrastructure", "operations", "backend")]
        return who == ["customer", "customer", "none"]

    @cached_property
    def starts(self) -> dt.date | None:
        """First day of the service."""
        return day(text(self.value, "customer", "commitment", "start"))

    @cached_property
    def effective(self) -> dt.date | None:
        """First day of the order (SD-2)."""
        return day(text(self.value, "order", "effective"))

    @cached_property
    def planned_activation(self) -> dt.date | None:
        return day(text(self.value, "order", "planned_activation"))

    @cached_property
    def actual_activation(self) -> dt.date | None:
        return day(text(self.value, "order", "activation"))

    @cached_property
    def activation(self) -> dt.date | None:
        """The day from which activation counts (SD-2 §2); None without a sound order."""
        if self.effective is None:
            return None
        return activation_date(self.effective, planned=self.planned_activation, actual=self.actual_activation)

    @cached_property
    def authorised(self) -> frozenset[str]:
        """Ids of the components that the order authorises."""
        return self._of_order("authorises")

    @cached_property
    def documented(self) -> frozenset[str]:
        """Ids of the components that the order documents."""
        return self._of_order("documents")

    def _of_order(self, field: str) -> frozenset[str]:
        order = self.value.get("order") if isinstance(self.value, dict) else None
        return frozenset(name for _, name in strings(order, field))


def day(written: str | None) -> dt.date | None:
    """A date as it stands in an inventory; None where it is none."""
    try:
        return dt.date.fromisoformat(written) if written is not None else None
    except ValueError:
        return None
