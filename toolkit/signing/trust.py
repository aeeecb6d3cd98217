"""The trust file: whose signatures count, for what; it stands outside every workspace."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from toolkit.errors import UsageError
from toolkit.signing.keys import keyid_of

_PEM = ("-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----")

Role = Literal["approver", "rehearser", "operator", "witness"]
"""``approver`` signs plans, ``rehearser`` evidence of rehearsals, ``operator`` evidence of real runs; ``witness``
countersigns evidence and so anchors it."""


class TrustedKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One key: its id, its public half in PEM, what it may sign, and the person or system that holds it."""

    keyid: str
    public: str
    roles: tuple[Role, ...]
    name: str


class RequireRehearsal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The coverage that the evidence of a rehearsal must hold before a real apply (names as in a plan's index)."""

    coverage: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]


class Trust(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A trust file's content (schemas/trust.schema.json).

    ``require_rehearsal`` is left out where no rehearsal is asked for: an empty entry is refused, since it asks for
    one and does not say of what.
    """

    schema: Literal["onboarding/trust/v1"] = "onboarding/trust/v1"
    keys: tuple[TrustedKey, ...] = ()
    require_rehearsal: RequireRehearsal | msgspec.UnsetType = msgspec.UNSET

    def key(self, keyid: str) -> TrustedKey | None:
        """The key of that id, if it is trusted for anything."""
        return next((key for key in self.keys if key.keyid == keyid), None)

    def with_role(self, role: Role) -> tuple[TrustedKey, ...]:
        """The keys that may sign as ``role``."""
        return tuple(key for key in self.keys if role in key.roles)


def parse_trust(value: Any, *, source: str) -> Trust:
    """A trust model from plain JSON; ``source`` names it in errors. Raises UsageError.

    A PEM counts whatever white space parts its three pieces: YAML folds what is pasted between braces into one line.
    """
    fix = "compare it with schemas/trust.schema.json"
    try:
        trust = msgspec.convert(value, Trust)
    except msgspec.ValidationError as error:
        raise UsageError(f"not a trust file: {source}: {error}", fix=fix) from None
    trust = msgspec.structs.replace(
        trust, keys=tuple(msgspec.structs.replace(key, public=_unfolded(key.public)) for key in trust.keys)
    )
    for key in trust.keys:
        try:
            found = keyid_of(key.public)
        except ValueError as error:
            raise UsageError(f"not a trust file: {source}: key {key.keyid}: {error}", fix=fix) from None
        if found != key.keyid:
            raise UsageError(f"not a trust file: {source}: key {key.keyid} has the id {found}", fix=fix)
    if len({key.keyid for key in trust.keys}) != len(trust.keys):
        raise UsageError(f"not a trust file: {source}: a key stands there twice", fix="give one entry all its roles")
    return trust


def _unfolded(public: str) -> str:
    """The PEM with each of its pieces on a line of its own; any other text as it is, ``keyid_of`` refuses it."""
    begin, end = _PEM
    text = public.strip()
    if not (text.startswith(begin) and text.endswith(end)):
        return public
    return f"{begin}\n{''.join(text[len(begin) : -len(end)].split())}\n{end}\n"


def read_trust(path: Path) -> Trust:
    """The trust file at ``path`` (YAML or JSON); no key may stand there twice, the second would silently win.

    Raises UsageError: absent, malformed, writable by every user.
    """
    import yaml

    from toolkit.strict_yaml import fault_of, parse_yaml

    try:
        with path.open("rb") as stream:
            if os.fstat(stream.fileno()).st_mode & 0o002:
                raise UsageError(f"the trust file can be written by every user: {path}", fix=f"chmod o-w {path}")
            value = parse_yaml(stream.read())
    except OSError as error:
        raise UsageError(f"the trust file cannot be read: {path}: {error.strerror}", fix="name another file") from None
    except (yaml.YAMLError, ValueError) as error:
        told = fault_of(error).at(str(path))
        raise UsageError(f"not a trust file: {told}", fix="write it as YAML or JSON") from None
    return parse_trust(value, source=str(path))
