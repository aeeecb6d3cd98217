"""Components of partners' sites: what the order allows and the agreements that each needs (SD-2 §2)."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.inventory.finding import Finding, Mapping, text
from toolkit.inventory.rules.header import PARTNERS, Header, day
from toolkit.inventory.rules.rule_kinds import ComponentRule, broken
from toolkit.inventory.schema_files import definition, kinds_of

_STATES = {"end_of_life": "end-of-life", "grey_market": "grey-market", "third_party": "third-party"}


def _is(item: Mapping, field: str) -> bool:
    lifecycle = item.get("lifecycle")
    return isinstance(lifecycle, dict) and lifecycle.get(field) is True


def _ordered(item: Mapping, header: Header) -> Iterator[Finding]:
    """What the order says of components that are not sound ones of the platform: authorised, documented, neither."""
    states = [field for field in _STATES if _is(item, field)]
    if not states:
        return
    name, said = text(item, "id"), " and ".join(_STATES[field] for field in states)
    authorised = _is(item, "authorised_in_order") or name in header.authorised
    documented = _is(item, "documented_in_order") or name in header.documented
    path = f"/lifecycle/{states[0]}"
    if not authorised and states != ["third_party"]:
        message = f"a component that is {said} gets no service unless the order authorises it"
        yield broken("INV-110", path, message, key=True)
    elif not documented and states != ["grey_market"]:
        message = f"the order does not document this {said} component: only events, tickets and standard reports"
        yield broken("INV-111", path, message, key=True)


def _agency(item: Mapping, header: Header) -> Iterator[Finding]:
    if _is(item, "third_party"):
        yield from _agreement(item, header, "letter_of_agency", rule="INV-112", who="a third-party component")


def _support(item: Mapping, header: Header) -> Iterator[Finding]:
    who = "a third-party component" if _is(item, "third_party") else "a component"
    yield from _agreement(item, header, "support_contract", rule="INV-113", who=who)


def _licence(item: Mapping, header: Header) -> Iterator[Finding]:
    yield from _agreement(item, header, "vendor_licence", rule="INV-114", who="a component")


def _agreement(item: Mapping, header: Header, field: str, *, rule: str, who: str) -> Iterator[Finding]:
    """One finding unless the agreement is there and holds on the day of activation."""
    noun = field.replace("_", " ")
    if field not in item:
        yield broken(rule, "", f"{who} needs a valid {noun}")
        return
    ends = day(text(item, field, "ends"))
    if ends is not None and header.activation is not None and ends < header.activation:
        message = f"the {noun} ends on {ends}, before the activation on {header.activation}"
        yield broken(rule, f"/{field}/ends", message, fix="renew it")


def _monitoring(item: Mapping, header: Header) -> Iterator[Finding]:  # noqa: ARG001 - the shape of all
    if text(item, "monitoring") == "up-down" and not _is(item, "third_party"):
        message = "some third-party components are monitored for up and down only; this is no third-party one"
        yield broken("INV-115", "/monitoring", message)


def _storage(item: Mapping, header: Header) -> Iterator[Finding]:  # noqa: ARG001 - the shape of all
    if "configuration_backup" not in item:
        message = "a component's configuration is backed up to the partner's storage; none is named"
        yield broken("INV-116", "", message)


def _with(field: str) -> tuple[str, ...]:
    return tuple(kind for kind in kinds_of(PARTNERS) if field in definition(kind)["properties"])


HEADER = ()
COMPONENT = (
    ComponentRule(_ordered, _with("lifecycle"), ("id", "lifecycle")),
    ComponentRule(_agency, _with("letter_of_agency"), ("lifecycle", "letter_of_agency")),
    ComponentRule(_support, _with("support_contract"), ("lifecycle", "support_contract")),
    ComponentRule(_licence, _with("vendor_licence"), ("vendor_licence",)),
    ComponentRule(_monitoring, _with("monitoring"), ("lifecycle", "monitoring")),
    ComponentRule(_storage, _with("configuration_backup"), ("configuration_backup",)),
)
ACROSS = ()
