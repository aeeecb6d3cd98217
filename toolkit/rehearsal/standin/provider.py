"""The stand-in's rules, apart from the wire: what is refused, what changes mean, what the world must have taken."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from toolkit.rehearsal.property_map import Property, TypeMap, load_map
from toolkit.rehearsal.standin.clients import Cloud, is_gone
from toolkit.rehearsal.standin.kinds import KINDS, Kind
from toolkit.rehearsal.standin.values import UNKNOWN, Props, is_unknown, same


class Refused(Exception):
    """The stand-in does not know, or the world did not take, what was asked."""


@dataclass(kw_only=True)
class HalfMade(Exception):
    """The object exists but is not what was asked for: the engine must keep it in the state."""

    identity: str
    state: Props
    reason: str
    inputs: Props = field(default_factory=dict)

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True, kw_only=True)
class Diff:
    """Names of changed properties and, of these, those that demand a replacement."""

    changed: tuple[str, ...]
    replace: tuple[str, ...]


def lookup(token: str) -> tuple[Kind, TypeMap]:
    """Handler and map of a type; unknown types are refused."""
    kind, known = KINDS.get(token), load_map().get(token)
    if kind is None or known is None:
        raise Refused(f"unknown resource type {token}: the stand-in has no entry for it in its property map")
    return kind, known


class Provider:
    """One configured provider: a cloud and its default tags."""

    def __init__(self, cloud: Cloud, default_tags: dict[str, str]) -> None:
        self.cloud = cloud
        self.default_tags = default_tags

    def check(self, token: str, olds: Props, news: Props, urn_name: str) -> tuple[Props, list[tuple[str, str]]]:
        """(inputs with the provider's defaults, failures as (property, reason)).

        An absent physical name gets an automatic one, kept from ``olds`` where there is one, as the real provider does.
        """
        _, known = lookup(token)
        inputs = {name: value for name, value in news.items() if name != "__defaults"}
        for name in sorted(inputs):
            if name not in known.properties:
                raise Refused(f"unknown property {name} of {token}: it has no entry in the property map")
        failures = [
            (name, f"Missing required property '{name}'")
            for name, entry in known.properties.items()
            if entry.required and name not in inputs
        ]
        region = inputs.get("region", self.cloud.region)
        if region not in (self.cloud.region, UNKNOWN):
            failures.append(("region", f"the rehearsal's world is in {self.cloud.region} only, not {region}"))
        for name, entry in known.properties.items():
            if name in inputs:
                continue
            if entry.physical:
                inputs[name] = olds.get(name) or automatic_name(urn_name)
            elif entry.default is not None:
                inputs[name] = copy.deepcopy(entry.default)
        return inputs, failures

    def diff(self, token: str, old_inputs: Props, old_state: Props, news: Props) -> Diff:
        """What changed between the old and the new inputs; what may be left to the cloud is no change when left."""
        _, known = lookup(token)
        changed: list[str] = []
        for name, entry in known.properties.items():
            old, new = old_inputs.get(name), news.get(name)
            if name not in news and (entry.computed or name not in old_inputs):
                continue
            if is_unknown(new) or not (same(entry, new, old) and same(entry, old, new)):
                changed.append(name)
        if known.taggable and "tags" not in changed and not is_unknown(news.get("tags")):
            held = old_state.get("tagsAll")
            if held is not None and held != self._all_tags(news):
                changed.append("tags")
        replace = tuple(name for name in changed if known.properties[name].replace)
        return Diff(changed=tuple(changed), replace=replace)

    def create(self, token: str, inputs: Props) -> tuple[str, Props]:
        """(id, state) of a new object; HalfMade when it exists but did not become what was asked for."""
        kind, known = lookup(token)
        wanted = self._wanted(known, inputs)
        identity = kind.create(self.cloud, wanted)
        try:
            kind.settle(self.cloud, identity, {}, wanted)
            state = self._made(kind, known, identity, inputs)
        except Exception as error:
            state = {**inputs, **(self._read_or_nothing(kind, known, identity, inputs))}
            raise HalfMade(identity=identity, state=state, reason=str(error), inputs=inputs) from error
        return str(state.pop("id", identity)), state

    def _made(self, kind: Kind, known: TypeMap, identity: str, inputs: Props) -> Props:
        state = self._state(kind, known, identity, inputs)
        if state is None:
            raise Refused(f"{kind.type} {identity} cannot be read back after its creation")
        lost = self._not_taken(known, inputs, state, set(inputs))
        if lost:
            raise Refused(f"the world holds something else than was sent: {', '.join(lost)}")
        return state

    def read(self, token: str, identity: str, old_inputs: Props) -> tuple[Props, Props] | None:
        """(state, inputs) of a living object; without old inputs (an import) the inputs come from the world alone."""
        kind, known = lookup(token)
        state = self._state(kind, known, identity, old_inputs)
        if state is None:
            return None
        return state, self._inputs(known, old_inputs, state)

    def update(self, token: str, identity: str, old: Props, new: Props) -> Props:
        """The new state; refused when the world reads back as if nothing had been asked."""
        kind, known = lookup(token)
        if self._state(kind, known, identity, old) is None:
            raise Refused(f"{token} {identity} does not exist (any more)")
        change = self.diff(token, old, {}, new)
        kind.settle(self.cloud, identity, self._wanted(known, old), self._wanted(known, new))
        state = self._state(kind, known, identity, new)
        if state is None:
            raise Refused(f"{token} {identity} vanished while it was changed")
        lost = self._not_taken(known, new, state, set(change.changed))
        if lost:
            raise Refused(f"the world did not take the change of {', '.join(lost)}")
        state.pop("id", None)
        return state

    def delete(self, token: str, identity: str, state: Props) -> None:
        """Remove an object; one that is gone already is fine."""
        kind, _ = lookup(token)
        try:
            kind.delete(self.cloud, identity, state)
        except Exception as error:
            if not is_gone(error):
                raise

    def preview(self, token: str, inputs: Props, state: Props | None = None) -> Props:
        """The state that an apply would leave, as far as it is known: the rest is marked unknown."""
        _, known = lookup(token)
        guessed: Props = dict.fromkeys(
            (*known.outputs, *(n for n, p in known.properties.items() if p.computed)), UNKNOWN
        )
        if known.taggable:
            guessed["tagsAll"] = self._all_tags(inputs)
        return {**guessed, **(state or {}), **inputs, **({"tagsAll": guessed["tagsAll"]} if known.taggable else {})}

    def _wanted(self, known: TypeMap, inputs: Props) -> Props:
        return {**inputs, "tags": self._all_tags(inputs)} if known.taggable else dict(inputs)

    def _all_tags(self, inputs: Props) -> Any:
        tags = inputs.get("tags") or {}
        return tags if tags == UNKNOWN else {**self.default_tags, **tags}

    def _state(self, kind: Kind, known: TypeMap, identity: str, inputs: Props) -> Props | None:
        try:
            found = kind.read(self.cloud, identity, inputs)
        except Exception as error:
            if is_gone(error):
                return None
            raise
        if found is None:
            return None
        state = {name: value for name, value in found.items() if value is not None}
        if known.taggable:
            state["tagsAll"] = found.get("tags") or {}
            own = inputs.get("tags") or {}
            state["tags"] = {
                name: value
                for name, value in state["tagsAll"].items()
                if name in own or self.default_tags.get(name) != value
            }
        if "region" in known.properties:
            state["region"] = self.cloud.region
        for name, entry in known.properties.items():
            if entry.local and name in inputs:
                state[name] = inputs[name]
        return state

    def _inputs(self, known: TypeMap, old_inputs: Props, state: Props) -> Props:
        if not old_inputs:
            assumed = {name: entry.default for name, entry in known.properties.items() if entry.local}
            found = {**assumed, **{name: state.get(name) for name in known.properties if name != "region"}}
            return {name: value for name, value in found.items() if value is not None}
        fresh = {}
        for name, old in old_inputs.items():
            entry = known.properties.get(name)
            if entry is None or entry.local or same(entry, old, state.get(name)):
                fresh[name] = old
            elif state.get(name) is not None:
                fresh[name] = state[name]
        return fresh

    def _not_taken(self, known: TypeMap, asked: Props, state: Props, names: set[str]) -> list[str]:
        return [
            name
            for name in sorted(names)
            if _is_kept(known.properties[name]) and not same(known.properties[name], asked.get(name), state.get(name))
            and (name in asked or not known.properties[name].computed)
        ]  # fmt: skip

    def _read_or_nothing(self, kind: Kind, known: TypeMap, identity: str, inputs: Props) -> Props:
        try:
            return self._state(kind, known, identity, inputs) or {}
        except Exception:  # noqa: BLE001 the first error is the one to tell
            return {}


def automatic_name(urn_name: str) -> str:
    """The resource's name and seven random hex digits, as Pulumi names what is not named."""
    import secrets

    return f"{urn_name}-{secrets.token_hex(4)[:7]}"


def _is_kept(entry: Property) -> bool:
    return entry.by != "not verified" and not entry.local
