"""The provider's own data that an inventory points to: the hub's networks, addresses, services and suites."""

from __future__ import annotations

import msgspec


class HubServices(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ports at the hub's management address; ``receiver`` is at the controller's."""

    prometheus: int
    alertmanager: int
    blackbox: int
    syslog: int
    receiver: int


class Hub(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The provider's service zone; ``gateway`` is the hub host, ``controller`` where the toolkit runs."""

    networks: tuple[str, ...]
    public_address: str
    gateway: str
    controller: str
    user: str
    port: int
    services: HubServices


class Ike(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One suite, in swanctl's notation."""

    proposal: str
    esp_proposal: str


class ProviderProfile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``operator_principals`` maps a platform to who may assume the operator role there (AWS: an ARN)."""

    schema: str
    id: str
    hub: Hub
    ike: Ike
    runbooks: str
    operator_principals: dict[str, str] = {}
