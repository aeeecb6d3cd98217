"""What the provider needs to know about a resource type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from toolkit.rehearsal.standin.clients import Cloud

Props = dict[str, Any]


def nothing_to_settle(_cloud: Cloud, _identity: str, _old: Props, _new: Props) -> None:
    """The create call took everything."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One resource type.

    ``create`` makes the one call that commits the object and returns its id; ``settle`` sends what further calls carry,
    comparing old and new properties (``old`` is empty after a create), and is also the update; ``read`` returns the
    properties that the world holds, or None when the object is gone (it gets the inputs as last known, none in an import); ``delete`` gets id and last known state.
    In ``create`` and ``settle``, ``tags`` holds the object's tags and the provider's default tags together.
    """

    type: str
    create: Callable[[Cloud, Props], str]
    read: Callable[[Cloud, str, Props], Props | None]
    delete: Callable[[Cloud, str, Props], None]
    settle: Callable[[Cloud, str, Props, Props], None] = nothing_to_settle


def changed(old: Mapping[str, Any], new: Mapping[str, Any], *names: str) -> bool:
    """Whether one of the named properties differs."""
    return any(old.get(name) != new.get(name) for name in names)


def pairs(tags: Mapping[str, str] | None, key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """Tags as AWS's list of pairs."""
    return [{key: name, value: text} for name, text in sorted((tags or {}).items())]


def mapping(tags: list[dict[str, str]] | None, key: str = "Key", value: str = "Value") -> dict[str, str]:
    """AWS's list of pairs as a mapping."""
    return {tag[key]: tag[value] for tag in tags or []}


def tag_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[dict[str, str], list[str]]:
    """(tags to set, names of tags to remove) between two property sets."""
    before, after = old.get("tags") or {}, new.get("tags") or {}
    return {k: v for k, v in after.items() if before.get(k) != v}, [k for k in before if k not in after]


def given(**named: Any) -> dict[str, Any]:
    """The arguments that are not None: boto3 refuses None."""
    return {name: value for name, value in named.items() if value is not None}
