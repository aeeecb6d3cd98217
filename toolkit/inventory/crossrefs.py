"""References that must resolve, ids that must be unique, circles that must not be.

Every check works on plain values and steps around parts that are unsound: the schema says what is wrong with those.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from toolkit import catalogue
from toolkit.inventory.finding import Finding, Mapping, did_you_mean, listed, shown, strings, text

SECTIONS = ("tenants", "sites", "links", "applications", "components")
_NOUN = {"tenants": "tenant", "sites": "site", "applications": "application", "components": "component"}


def check_references(value: Any) -> list[Finding]:
    """Every finding about ids, references, links and dependencies."""
    return [
        *_duplicate_ids(value),
        *_profile(value),
        *_components(value),
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
    for path, item in listed(value, "components"):
        for field, section in (("tenant", "tenants"), ("site", "sites"), ("application", "applications")):
            name = text(item, field)
            if name is not None and name not in known[section] and whole(value, section):
                yield _unresolved(f"{path}/{field}", _NOUN[section], name, known[section])
        yield from _host(value, path, item, known["components"])
        if whole(value, "components") and whole(value, "links"):
            for index, name in strings(item, "depends_on"):
                if name not in known["components"] and name not in known["links"]:
                    both = [*known["components"], *known["links"]]
                    yield _unresolved(f"{path}/depends_on/{index}", "component or link", name, both)


def _host(value: Any, path: str, item: Mapping, known: dict[str, Mapping]) -> Iterator[Finding]:
    name = text(item, "hosted_on")
    if name is None:
        return
    host = known.get(name)
    vms = [vm for vm, found in known.items() if text(found, "kind") == "vm"]
    if host is None:
        if whole(value, "components"):
            yield _unresolved(f"{path}/hosted_on", "vm", name, vms)
        return
    if text(host, "kind") not in ("vm", None):
        message = f"{shown(name)} is a {text(host, 'kind')}, not a vm"
        yield Finding(rule="INV-024", path=f"{path}/hosted_on", message=message)
    elif None not in (text(host, "tenant"), text(item, "tenant")) and text(host, "tenant") != text(item, "tenant"):
        message = f"{shown(name)} is on the tenant {shown(host['tenant'])}, this component on {shown(item['tenant'])}"
        yield Finding(rule="INV-024", path=f"{path}/hosted_on", message=message)


def _links(value: Any) -> Iterator[Finding]:
    ends = {"tenant": ids(value, "tenants"), "site": ids(value, "sites")}
    pairs: dict[frozenset[str], str] = {}
    managed: set[str] = set()
    for path, item in listed(value, "links"):
        both = [text(item, "from"), text(item, "to")]
        for field, end in zip(("from", "to"), both, strict=True):
            noun, _, name = (end or "").partition("/")
            if noun in ends and name and name not in ends[noun] and whole(value, noun + "s"):
                yield _unresolved(f"{path}/{field}", noun, name, ends[noun])
        if both[0] is None or both[1] is None:
            continue
        pair = frozenset((both[0], both[1]))
        if len(pair) == 1:
            yield Finding(rule="INV-025", path=f"{path}/to", message=f"the link joins {shown(both[0])} with itself")
        elif pair in pairs:
            message = f"{shown(both[0])} and {shown(both[1])} are joined by the link {shown(pairs[pair])} already"
            yield Finding(rule="INV-025", path=path, message=message)
        pairs.setdefault(pair, text(item, "id") or "?")
        if "provider" in pair:
            managed.update(end.removeprefix("site/") for end in pair)
    if whole(value, "links"):
        used = {site for _, item in listed(value, "components") if (site := text(item, "site"))}
        for path, site in listed(value, "sites"):
            name = text(site, "id")
            if name in used and name not in managed:
                message = f"the site {shown(name)} has vms but no link to the provider: they cannot be configured"
                yield Finding(rule="INV-026", path=path, message=message, severity="warning")


def _circles(value: Any) -> Iterator[Finding]:
    """One finding per circle of depends_on and hosted_on, at the dependency that closes it (without recursion)."""
    needs: dict[str, list[tuple[str, str]]] = {}
    for path, item in listed(value, "components"):
        name = text(item, "id")
        if name is None or name in needs:
            continue
        edges = [(f"{path}/depends_on/{index}", other) for index, other in strings(item, "depends_on")]
        host = text(item, "hosted_on")
        needs[name] = edges + ([(f"{path}/hosted_on", host)] if host else [])
    done: set[str] = set()
    for start in needs:
        trail: list[str] = []
        on_trail: set[str] = set()
        stack: list[tuple[str, Iterator[tuple[str, str]]]] = []
        if start not in done:
            stack.append((start, iter(needs[start])))
            trail.append(start)
            on_trail.add(start)
        while stack:
            name, edges_left = stack[-1]
            for path, other in edges_left:
                if other in on_trail:
                    circle = [*trail[trail.index(other) :], other]
                    said = " → ".join(circle[:8]) + (" → …" if len(circle) > 8 else "")
                    yield Finding(rule="INV-022", path=path, message=f"a circle of dependencies: {said}")
                elif other in needs and other not in done:
                    stack.append((other, iter(needs[other])))
                    trail.append(other)
                    on_trail.add(other)
                    break
            else:
                stack.pop()
                done.add(name)
                on_trail.discard(trail.pop())
