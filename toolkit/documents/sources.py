"""All that documents are made from, gathered by the pipeline: typed where the ground floor has a noun, else plain rows."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from toolkit.model.decision import Decision
from toolkit.model.inventory import Inventory
from toolkit.model.plan import Plan
from toolkit.model.profile import ProviderProfile
from toolkit.model.service import Service

Row = dict[str, Any]


class Sources(msgspec.Struct, frozen=True, kw_only=True):
    """What is None was not there; the facts then hold a Missing in its place.

    ``digest`` is the inventory's. ``terms`` by component: ``management``, ``supervision`` and ``windows`` (by activity),
    as words of the decision tables. ``raci``: ``source``, ``sample`` and ``situations``. ``alerts``: ``name``, ``level``,
    ``priority``, ``site``, ``criticality``, ``environment``, ``runbook``. ``tests``: ``run``, ``world``, ``result``,
    ``verdict``, ``rehearsed``, ``faulted``, ``earlier`` (of another inventory), ``checks``, ``passed``, ``failed`` and
    ``not_proven`` of the newest evidence. ``backups``:
    cadence and retention of each policy. ``warnings``: rule and subject of what validation warns of. ``months``: the
    report of ``onboard levels``
    as plain JSON, by language. ``event`` and ``calendar``: the plan and the entries of ``onboard event`` and ``calendar``
    as plain values that keep their days and instants. ``passed``: ``stage``, ``by``, ``forced`` and ``unmet`` of each gate
    that a person passed, None where the newest run's plan cannot be read; ``delivered``: the rows of ``deliveries.yaml``.
    """

    inventory: Inventory
    digest: str
    service: Service
    decisions: tuple[Decision, ...] = ()
    terms: dict[str, Row] = {}
    assumptions: tuple[Row, ...] = ()
    raci: Row | None = None
    plan: Plan | None = None
    tests: Row | None = None
    alerts: tuple[Row, ...] = ()
    backups: tuple[Row, ...] = ()
    profile: ProviderProfile | None = None
    warnings: tuple[Row, ...] = ()
    months: dict[str, Row] = {}
    event: Row | None = None
    calendar: tuple[Row, ...] | None = None
    passed: tuple[Row, ...] | None = ()
    delivered: tuple[Row, ...] = ()
    date: dt.date | None = None
