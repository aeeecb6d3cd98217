"""Two versions of an inventory compared by meaning: order, layout and spelled-out defaults do not count. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from toolkit.canonical import canonical_bytes
from toolkit.inventory.readers.place import pointer
from toolkit.inventory.schema_files import per_catalogue, references
from toolkit.model.inventory import Component, Inventory
from toolkit.model.inventory_diff import FieldChange, InventoryDiff, Item, ItemChange, Rename
from toolkit.model.ordered import ordered

Key = tuple[str, str]
"""Section and id; the id is empty where the section is one thing."""
Items = Mapping[Key, dict[str, Any]]

TOP = "inventory"
LISTED = ("tenants", "sites", "links", "applications", "components")
PLACING = ("tenant", "site", "application", "hosted_on")
"""Fields that say where a component belongs: another value moves it."""

_ENDS = {"tenant": "tenants", "site": "sites"}
_HEADER_REFERS: dict[str, dict[str, tuple[str, ...]]] = {
    "links": {"from": ("tenants", "sites"), "to": ("tenants", "sites")},
    "order": {"authorises": ("components",), "documents": ("components",)},
}


def compare(old: Inventory, new: Inventory) -> InventoryDiff:
    """What differs, without places and decisions."""
    before, after = items_of(old), items_of(new)
    gone = [key for key in before if key not in after]
    come = [key for key in after if key not in before]
    renames = _renames(before, after, gone=gone, come=come)
    names = {key: other[1] for key, other in renames.items()}
    renamed_to = set(renames.values())
    moved: list[ItemChange] = []
    changed: list[ItemChange] = []
    for key in before:
        fields = _fields(key[0], before[key], after[key], names) if key in after else ()
        placing = tuple(
            field for field in fields if key[0] == "components" and field.path[1:] in PLACING and not field.follows
        )
        others = tuple(field for field in fields if field not in placing)
        kind = _kind(key, after.get(key, {}))
        if placing:
            moved.append(ItemChange(section=key[0], id=key[1], kind=kind, fields=placing))
        if others:
            changed.append(ItemChange(section=key[0], id=key[1], kind=kind, fields=others))
    return InventoryDiff(
        added=tuple(_item(key, after[key]) for key in come if key not in renamed_to),
        removed=tuple(_item(key, before[key]) for key in gone if key not in renames),
        renamed=tuple(
            Rename(
                section=key[0],
                old_id=key[1],
                new_id=other[1],
                kind=_kind(key, after[other]),
                fields=_fields(key[0], before[key], after[other], names),
            )
            for key, other in renames.items()
        ),
        moved=tuple(moved),
        changed=tuple(changed),
    )


def items_of(inventory: Inventory) -> dict[Key, dict[str, Any]]:
    """Every item with its plain value without the id, defaults spelled out and what is not given left out.

    What stands alone (``service``) is the item of section ``inventory``.
    """
    whole = meaning_of(ordered(inventory))
    found: dict[Key, dict[str, Any]] = {(TOP, ""): {"service": whole["service"]}}
    for section, value in whole.items():
        if section in LISTED:
            found.update({(section, item["id"]): {k: v for k, v in item.items() if k != "id"} for item in value})
        elif isinstance(value, dict):
            found[section, ""] = value
    return found


def meaning_of(noun: Any) -> Any:
    """The plain value of a noun as its file says it; what is not given is left out."""
    if isinstance(noun, msgspec.Struct):
        value: dict[str, Any] = {}
        for written, field in zip(noun.__struct_encode_fields__, noun.__struct_fields__, strict=True):
            inner = getattr(noun, field)
            if inner is not None and inner != () and (inner != "" or field not in ("tenant", "application")):
                value[written] = meaning_of(inner)
        if isinstance(noun, Component):
            value |= value.pop("attributes")
        return value
    if isinstance(noun, tuple):
        return [meaning_of(one) for one in noun]
    return msgspec.to_builtins(noun)


def _item(key: Key, value: dict[str, Any]) -> Item:
    return Item(section=key[0], id=key[1], kind=_kind(key, value))


def _kind(key: Key, value: dict[str, Any]) -> str | None:
    return value.get("kind") if key[0] == "components" else None


def _fields(
    section: str, old: dict[str, Any], new: dict[str, Any], names: Mapping[Key, str]
) -> tuple[FieldChange, ...]:
    return tuple(_differences(old, new, _renamed(section, old, names), ()))


def _differences(
    old: dict[str, Any], new: dict[str, Any], renamed: dict[str, Any], steps: tuple[str, ...]
) -> Iterator[FieldChange]:
    for name in dict.fromkeys([*old, *new]):
        was, becomes = old.get(name), new.get(name)
        if was == becomes and type(was) is type(becomes):
            continue
        if isinstance(was, dict) and isinstance(becomes, dict):
            yield from _differences(was, becomes, renamed, (*steps, name))
            continue
        followed = not steps and was is not None and renamed.get(name) == becomes
        yield FieldChange(path=pointer(*steps, name), old=was, new=becomes, follows=followed)


def _renames(before: Items, after: Items, *, gone: list[Key], come: list[Key]) -> dict[Key, Key]:
    """What looks like a rename, old key to new; first what others refer to, then those others, until nothing is added."""
    found: dict[Key, Key] = {}
    if not gone or not come:
        return found
    # a content that another item has too proves nothing
    fresh = Counter(_content(key, value) for key, value in after.items())
    by_content = {_content(key, after[key]): key for key in come}
    while True:
        names = {key: other[1] for key, other in found.items()}
        known = {key: _content(key, _renamed(key[0], value, names)) for key, value in before.items()}
        stale = Counter(known.values())
        more = {
            key: by_content[known[key]]
            for key in gone
            if key not in found and known[key] in by_content and stale[known[key]] == fresh[known[key]] == 1
        }
        if not more:
            return found
        found |= more


def _content(key: Key, value: dict[str, Any]) -> bytes:
    return key[0].encode() + msgspec.json.encode(value, order="deterministic")


def _renamed(section: str, value: dict[str, Any], names: Mapping[Key, str]) -> dict[str, Any]:
    """The value with every reference to a renamed item by its new name."""
    if not names:
        return value
    other = dict(value)
    for name, sections in _refers(section, value.get("kind", "")).items():
        if name in value:
            other[name] = _new_name(value[name], sections, names)
    return other


def _new_name(value: Any, sections: tuple[str, ...], names: Mapping[Key, str]) -> Any:
    if isinstance(value, list):
        # sorted as the meaning of a list is
        return sorted((_new_name(one, sections, names) for one in value), key=canonical_bytes)
    for key in _named(value, sections):
        if key in names:
            return value.removesuffix(key[1]) + names[key]
    return value


def _named(value: Any, sections: tuple[str, ...]) -> Iterator[Key]:
    """What a reference may name; a link's ends say of which section it is."""
    for one in value if isinstance(value, list) else [value]:
        end, slash, id_ = str(one).partition("/")
        yield from ((section, id_ if slash else one) for section in sections if not slash or _ENDS.get(end) == section)


@per_catalogue
def _refers(section: str, kind: str) -> dict[str, tuple[str, ...]]:
    """The fields of an item that name other items, and the sections that these may be of."""
    if section != "components":
        return _HEADER_REFERS.get(section, {})
    found: dict[str, tuple[str, ...]] = {}
    for reference in references(kind):
        name, *below = reference.steps
        if below in ([], ["*"]):
            found[name] = tuple(target.partition("/")[0] for target in reference.targets)
    return found
