"""References that must resolve, ids that must be unique, circles that must not be.

Every check works on plain values and steps around parts that are unsound: the schema says what is wrong with those.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from toolkit import catalogue
from toolkit.inventory.finding import Finding, Mapping, did_you_mean, listed, shown, strings, text
from toolkit.inventory.readers.place import pointer
from toolkit.inventory.schema_files import kinds, references
from toolkit.model.inventory import COMPONENT_FIELDS

SECTIONS = ("tenants", "sites", "links", "applications", "components")
_LONGEST_LAYER = "foundation"
_STACK_NAME = 100
"""Pulumi, "Stacks": a stack's name has at most 100 characters; ours are ``<customer>-<tenant>-<layer>``."""
_NOUN = {"tenants": "tenant", "sites": "site", "applications": "application", "components": "component"}


def check_references(value: Any) -> list[Finding]:
    """Every finding about ids, references, links and dependencies."""
    return [
        *_duplicate_ids(value),
        *_long_names(value),
        *_profile(value),
        *_components(value),
        *_order(value),
        *_links(value),
        *_circles(value),
    ]


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
    # depends_on names components and links alike, so those two share their names
    for group in (("tenants",), ("sites",), ("applications",), ("components", "links")):
        seen: dict[str, str] = {}
        for section in group:
            for path, item in listed(value, section):
                name = text(item, "id")
                if name is not None and name in seen:
                    message = f"the id {shown(name)} belongs to a {seen[name]} already"
                    yield Finding(rule="INV-021", path=f"{path}/id", message=message)
                elif name is not None:
                    seen[name] = section.removesuffix("s")


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


def _unresolved(path: str, noun: str, name: str, known: Iterable[str]) -> Finding:
    known = sorted(known)
    return Finding(
        rule="INV-020",
        path=path,
        message=f"no {noun} {shown(name)}",
        fix=did_you_mean(name, known) if known else f"describe the {noun}, or remove the reference",
    )


def _components(value: Any) -> Iterator[Finding]:
    known = {section: ids(value, section) for section in SECTIONS}
    sound = {section: whole(value, section) for section in SECTIONS}
    for path, item in listed(value, "components"):
        for field, section in (("tenant", "tenants"), ("site", "sites"), ("application", "applications")):
            name = text(item, field)
            if name is not None and name not in known[section] and sound[section]:
                yield _unresolved(f"{path}/{field}", _NOUN[section], name, known[section])
        yield from _host(path, item, known, sound=sound["components"])
        if sound["components"]:
            for below, name, targets in referred(item):
                yield from _of_kind(path + below, name, targets[0].removeprefix("components/"), known["components"])
        if sound["components"] and sound["links"]:
            for index, name in strings(item, "depends_on"):
                if name not in known["components"] and name not in known["links"]:
                    both = [*known["components"], *known["links"]]
                    yield _unresolved(f"{path}/depends_on/{index}", "component or link", name, both)


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


def _of_kind(path: str, name: str, kind: str, known: dict[str, Mapping]) -> Iterator[Finding]:
    """One finding unless ``name`` is a component of that kind."""
    found = text(known.get(name), "kind")
    if found != kind and not (name in known and found is None):
        right = sorted(other for other, item in known.items() if text(item, "kind") == kind)
        if name not in known:
            yield _unresolved(path, kind, name, right)
        else:
            message = f"{shown(name)} is a {found}, not a {kind}"
            yield Finding(rule="INV-020", path=path, message=message, fix=did_you_mean(name, right) if right else "")


def _order(value: Any) -> Iterator[Finding]:
    order, known = value.get("order") if isinstance(value, dict) else None, ids(value, "components")
    for field in ("authorises", "documents"):
        for index, name in strings(order, field):
            if name not in known and whole(value, "components"):
                yield _unresolved(f"/order/{field}/{index}", "component", name, known)


def _host(path: str, item: Mapping, every: dict[str, dict[str, Mapping]], *, sound: bool) -> Iterator[Finding]:
    name = text(item, "hosted_on")
    if name is None:
        return
    known = every["components"]
    host = known.get(name)
    if host is None:
        if sound:
            vms = [vm for vm, found in known.items() if text(found, "kind") == "vm"]
            yield _unresolved(f"{path}/hosted_on", "vm", name, vms)
        return
    kind, there, here = text(host, "kind"), text(host, "tenant"), text(item, "tenant")
    if kind not in ("vm", None):
        message = f"{shown(name)} is a {kind}, not a vm"
        yield Finding(rule="INV-024", path=f"{path}/hosted_on", message=message)
    elif there in every["tenants"] and here in every["tenants"] and there != here:
        message = f"{shown(name)} is on the tenant {shown(there)}, this component on {shown(here)}"
        yield Finding(rule="INV-024", path=f"{path}/hosted_on", message=message)


def _links(value: Any) -> Iterator[Finding]:
    ends = {"tenant": ids(value, "tenants"), "site": ids(value, "sites")}
    sound = {noun: whole(value, noun + "s") for noun in ends}
    pairs: dict[frozenset[str], str] = {}
    for path, item in listed(value, "links"):
        start, end = text(item, "from"), text(item, "to")
        for field, written in (("from", start), ("to", end)):
            noun, _, name = (written or "").partition("/")
            if name and noun in ends and name not in ends[noun] and sound[noun]:
                yield _unresolved(f"{path}/{field}", noun, name, ends[noun])
        if start is None or end is None:
            continue
        pair = frozenset((start, end))
        if start == end:
            yield Finding(rule="INV-025", path=f"{path}/to", message=f"the link joins {shown(start)} with itself")
        elif pair in pairs:
            message = f"{shown(start)} and {shown(end)} are joined by the link {shown(pairs[pair])} already"
            yield Finding(rule="INV-025", path=path, message=message)
        pairs.setdefault(pair, text(item, "id") or "?")
    if whole(value, "links"):
        yield from _unmanaged_sites(value, {end for pair in pairs if "provider" in pair for end in pair})


def _unmanaged_sites(value: Any, managed: set[str]) -> Iterator[Finding]:
    """Sites whose vms nobody can reach: everything is configured through the link to the provider."""
    used = {site for _, item in listed(value, "components") if (site := text(item, "site"))}
    for path, place in listed(value, "sites"):
        name = text(place, "id")
        if name in used and f"site/{name}" not in managed:
            message = f"the site {shown(name)} has vms but no link to the provider: they cannot be configured"
            yield Finding(rule="INV-026", path=path, message=message, severity="warning")


def _circles(value: Any) -> Iterator[Finding]:
    """One finding per dependency (depends_on, hosted_on, what a kind refers to) that closes a circle."""
    needs: dict[str, list[tuple[str, str]]] = {}
    for path, item in listed(value, "components"):
        name = text(item, "id")
        if name is None or name in needs:
            continue
        edges = [(f"{path}/depends_on/{index}", other) for index, other in strings(item, "depends_on")]
        edges += [(path + below, other) for below, other, _ in referred(item)]
        host = text(item, "hosted_on")
        needs[name] = edges + ([(f"{path}/hosted_on", host)] if host else [])
    done: set[str] = set()
    for start in list(needs):
        yield from _walk(start, needs, done)


def _walk(start: str, needs: dict[str, list[tuple[str, str]]], done: set[str]) -> Iterator[Finding]:
    """Depth first without recursion, so that a chain of any length is walked; ``done`` keeps it linear."""
    trail: dict[str, Iterator[tuple[str, str]]] = {} if start in done else {start: iter(needs[start])}
    while trail:
        name = next(reversed(trail))
        path, other = next(trail[name], ("", ""))
        if not path:
            del trail[name]
            done.add(name)
        elif other in trail:
            names = list(trail)
            circle = [*names[names.index(other) :], other]
            said = " → ".join(circle[:8]) + (" → …" if len(circle) > 8 else "")
            yield Finding(rule="INV-022", path=path, message=f"a circle of dependencies: {said}")
        elif other in needs and other not in done:
            trail[other] = iter(needs[other])
