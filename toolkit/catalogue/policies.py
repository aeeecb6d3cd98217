"""Backup policies of SD-1 §1.7, and the custom ones that the provider approves one by one."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

import msgspec

from toolkit.catalogue.data_files import FOLDER, read, typed

_CUSTOM = re.compile(r"CUSTOM-(DAILY|WEEKLY|MONTHLY)-([1-9][0-9]{0,2})")
_UNITS: dict[str, Literal["day", "week", "month"]] = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month"}
_CADENCES: dict[str, Literal["daily", "weekly", "monthly"]] = {
    "DAILY": "daily",
    "WEEKLY": "weekly",
    "MONTHLY": "monthly",
}


class BackupPolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How often a backup is taken and for how many ``unit``s it is kept; ``kinds``: ``file``, ``office-365``.

    A ``custom`` policy is none of the document's: it needs the provider's approval and a quote of its own.
    """

    name: str
    cadence: Literal["daily", "weekly", "monthly"]
    kept: int
    unit: Literal["day", "week", "month"]
    kinds: tuple[str, ...]
    custom: bool = False


@cache
def backup_policies() -> dict[str, BackupPolicy]:
    """The table of SD-1 §1.7, by name, in its order."""
    listed = typed(read(FOLDER / "backup-policies.yaml")["policies"], tuple[BackupPolicy, ...], "backup-policies.yaml")
    return {policy.name: policy for policy in listed}


def backup_policy(name: str) -> BackupPolicy | None:
    """The policy of that name: of the table, or ``CUSTOM-<DAILY|WEEKLY|MONTHLY>-<number kept>``; None if neither."""
    listed = backup_policies().get(name)
    if listed is not None:
        return listed
    custom = _CUSTOM.fullmatch(name)
    if custom is None:
        return None
    return BackupPolicy(
        name=name,
        cadence=_CADENCES[custom[1]],
        kept=int(custom[2]),
        unit=_UNITS[custom[1]],
        kinds=("file",),
        custom=True,
    )
