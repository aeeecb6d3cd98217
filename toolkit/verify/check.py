"""One acceptance check: what is claimed of which running thing, how it was looked at, and what was seen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import msgspec

from toolkit.errors import VerifyFailed


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """``id`` is stable (``kms.rotation``), ``subject`` the thing that was looked at, ``how`` the way of looking.

    ``proves`` says what a passed check stands for and no more. Nothing here is secret.
    """

    id: str
    subject: str
    claim: str
    how: str
    result: Literal["passed", "failed"]
    expected: Any
    observed: Any
    proves: str

    def fact(self) -> dict[str, Any]:
        """The check as a fact for the evidence."""
        return {"kind": "check", **msgspec.to_builtins(self)}


def equal(
    id_: str, *, subject: str, claim: str, how: str, expected: Any, observed: Any, proves: str = "as observed, now"
) -> Check:
    """A check that passes when ``observed`` equals ``expected`` (both JSON values)."""
    return Check(
        id=id_,
        subject=subject,
        claim=claim,
        how=how,
        result="passed" if expected == observed else "failed",
        expected=expected,
        observed=observed,
        proves=proves,
    )


def holds(
    id_: str, *, subject: str, claim: str, how: str, truth: bool, observed: Any, proves: str = "as observed, now"
) -> Check:
    """A check that passes when ``truth``; ``observed`` is what was seen."""
    return Check(
        id=id_,
        subject=subject,
        claim=claim,
        how=how,
        result="passed" if truth else "failed",
        expected=claim,
        observed=observed,
        proves=proves,
    )


def failures(checks: Iterable[Check]) -> tuple[Check, ...]:
    """The checks that failed."""
    return tuple(check for check in checks if check.result == "failed")


def refuse_failures(checks: Iterable[Check], *, of: str) -> None:
    """Raise VerifyFailed that lists every failed check with what was expected and what was observed."""
    failed = failures(checks)
    if not failed:
        return
    lines = "".join(
        f"\n  {check.id} {check.subject}: expected {check.expected!r}, observed {check.observed!r}" for check in failed
    )
    raise VerifyFailed(
        f"{len(failed)} checks of {of} failed:{lines}",
        fix="put the named things right (or apply the plan again), then verify again",
        details={"failed": [check.fact() for check in failed]},
    )
