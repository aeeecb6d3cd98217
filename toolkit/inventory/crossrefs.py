"""Ids, references and links of the header; those between components are in ``index``.

Every check works on plain values and steps around parts that are unsound: the schema says what is wrong with those.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from toolkit import catalogue
from toolkit.inventory.finding import Finding, Mapping, did_you_mean, listed, shown, text
from toolkit.inventory.readers.place import pointer
from toolkit.inventory.schema_files import kinds, references
from toolkit.inventory.spelling import Words
from toolkit.model.inventory import COMPONENT_FIELDS

_LONGEST_LAYER = "foundation"
_STACK_NAME = 100
"""Pulumi, "Stacks": a stack's name has at most 100 characters; ours are ``<customer>-<tenant>-<layer>``."""


def check_references(value: Any) -> list[Finding]:
    """Every finding about ids, names, the profile and the links of a header."""
    return [*_duplicate_ids(value), *_long_names(value), *_profile(value), *_links(value)]


def ids(value: Any, section: str) -> dict[str, Mapping]:
    """The sound items of a section by id; of several with one id, the first."""
    found: dict[str, Mapping] = {}
    for _, item in listed(value, section):
        name = text(item, "id")
        if name is not None:
            found.setdefault(name, item)
    return found


def whole(value: Any, section: str) -> bool:
    """Whether a section can be judged: absent, or a list of mappings."""
    items = value.get(section, []) if isinstance(value, dict) else None
    return isinstance(items, list) and all(isinstance(item, dict) for item in items)


def _duplicate_ids(value: Any) -> Iterator[Finding]:
    for section in ("tenants", "sites", "applications", "links"):
        seen: set[str] = set()
        for path, item in listed(value, section):
            name = text(item, "id")
            if name is not None and name in seen:
                yield taken(f"{path}/id", name, section.removesuffix("s"))
            elif name is not None:
                seen.add(name)


def taken(path: str, name: str, noun: str) -> Finding:
    """That an id stands twice; ``noun`` says what has it already."""
    return Finding(rule="INV-021", path=path, message=f"the id {shown(name)} belongs to a {noun} already")


def _long_names(value: Any) -> Iterator[Finding]:
    """Tenants whose stacks would have a name that the engine refuses."""
    customer = text(value, "customer", "id")
    for path, tenant in listed(value, "tenants"):
        name = text(tenant, "id")
        length = len(f"{customer}-{name}-{_LONGEST_LAYER}")
        if customer is not None and name is not None and length > _STACK_NAME:
            message = f"the engine's stack {_LONGEST_LAYER} of this tenant would have a name of {length} characters"
            fix = f"shorten the ids of customer and tenant by {length - _STACK_NAME} characters together"
            yield Finding(rule="INV-027", path=f"{path}/id", message=f"{message}, more than {_STACK_NAME}", fix=fix)


def _profile(value: Any) -> Iterator[Finding]:
    profile = text(value, "provider", "profile")
    if profile is not None and profile not in catalogue.profile_ids():
        yield Finding(
            rule="INV-023",
            path="/provider/profile",
            message=f"no provider profile {shown(profile)}",
            fix=did_you_mean(profile, catalogue.profile_ids()),
        )


def unresolved(path: str, noun: str, name: str, known: Iterable[str] | Words) -> Finding:
    """That nothing has the name that a reference gives; the nearest of the known ones is proposed."""
    known = known if isinstance(known, Words) else Words(sorted(known))
    fix = did_you_mean(name, known) if known.choices else f"describe the {noun}, or remove the reference"
    return Finding(rule="INV-020", path=path, message=f"no {noun} {shown(name)}", fix=fix)


def referred(item: Mapping) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """What only a component's kind refers to, a cluster for one: pointer inside it, id, and what that may be of."""
    kind = text(item, "kind")
    for reference in references(kind) if kind in kinds() else ():
        if reference.steps[0] not in COMPONENT_FIELDS:
            for steps, name in _at(item, reference.steps):
                yield pointer(*steps), name, reference.targets


def _at(value: Any, steps: tuple[str, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The strings at steps, ``*`` for each item of a list, with the way to each."""
    if not steps:
        if isinstance(value, str):
            yield (), value
        return
    first, *rest = steps
    inner: Iterable[tuple[str | int, Any]] = ()
    if first == "*":
        inner = enumerate(value) if isinstance(value, list) else ()
    elif isinstance(value, dict) and first in value:
        inner = ((first, value[first]),)
    for key, item in inner:
        for below, name in _at(item, tuple(rest)):
            yield (key, *below), name


def _links(value: Any) -> Iterator[Finding]:
    ends = {"tenant": ids(value, "tenants"), "site": ids(value, "sites")}
    sound = {noun: whole(value, noun + "s") for noun in ends}
    pairs: dict[frozenset[str], str] = {}
    for path, item in listed(value, "links"):
        start, end = text(item, "from"), text(item, "to")
        for field, written in (("from", start), ("to", end)):
            noun, _, name = (written or "").partition("/")
            if name and noun in ends and name not in ends[noun] and sound[noun]:
                yield unresolved(f"{path}/{field}", noun, name, ends[noun])
        if start is None or end is None:
            continue
        pair = frozenset((start, end))
        if start == end:
            yield Finding(rule="INV-025", path=f"{path}/to", message=f"the link joins {shown(start)} with itself")
        elif pair in pairs:
            message = f"{shown(start)} and {shown(end)} are joined by the link {shown(pairs[pair])} already"
            yield Finding(rule="INV-025", path=path, message=message)
        pairs.setdefault(pair, text(item, "id") or "?")


def unmanaged_sites(value: Any, used: set[str]) -> Iterator[Finding]:
    """Sites whose components nobody can reach: everything is managed through the link to the provider.

    ``used`` names the sites that components stand at.
    """
    if not whole(value, "links"):
        return
    ends = ((text(item, "from"), text(item, "to")) for _, item in listed(value, "links"))
    managed = {end for pair in ends if "provider" in pair and None not in pair for end in pair}
    for path, place in listed(value, "sites"):
        name = text(place, "id")
        if name in used and f"site/{name}" not in managed:
            message = f"the site {shown(name)} has components but no link to the provider: they cannot be managed"
            yield Finding(rule="INV-026", path=path, message=message, severity="warning")
