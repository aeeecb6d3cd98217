"""The one error tree of the toolkit; every class owns the exit code of the command line.

    OnboardError                1   internal error
    ├── UsageError              2   wrong arguments, missing path
    ├── InventoryInvalid        3   the inventory has problems (listed)
    │   └── RecordsInvalid      3   records of the service have problems (listed)
    ├── Undecided               4   no build model fits: bespoke scope of work
    ├── PlanRefused             5   unapproved, altered, stale, not rehearsed where required
    ├── ProvisionFailed         6   the engine or the cloud refused
    ├── ConfigureFailed         7   a playbook failed, or matched no host
    ├── RegisterFailed          8   monitoring refused its configuration
    ├── VerifyFailed            9   a running thing is not what was asked for
    ├── ChangesFound           10   changes or drift found
    ├── EvidenceInvalid        11   an evidence bundle is not consistent
    ├── Locked                 12   another run holds the lease
    ├── PrerequisiteMissing    13   tool, privilege or extra is missing
    ├── IdentityWrong          14   credentials of another account
    ├── ResultIncomplete       15   the answer was denied or truncated
    │   └── GateWaiting        15   a gate waits for a person; the run goes on after it
    └── Interrupted           130   stopped by a signal, resumable

Foreign exceptions are translated into this tree in the adapter that met them.
"""

from __future__ import annotations

from typing import Any, ClassVar


class OnboardError(Exception):
    """Something the user must know: what happened, where, and what mends it.

    ``message`` says what is wrong, ``fix`` what to do about it, ``details`` carries
    JSON-ready facts (never a secret).
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, fix: str = "", details: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix
        self.details: dict[str, Any] = details or {}

    def to_json(self) -> dict[str, Any]:
        """The error as the object that ``--format json`` prints."""
        return {
            "schema": "onboarding/error/v1",
            "error": type(self).__name__,
            "exit_code": self.exit_code,
            "message": self.message,
            "fix": self.fix,
            "details": self.details,
        }


class UsageError(OnboardError):
    """Wrong arguments, or a path that does not exist."""

    exit_code = 2


class InventoryInvalid(OnboardError):
    """The inventory has problems; ``details["problems"]`` holds each as a JSON object."""

    exit_code = 3


class RecordsInvalid(InventoryInvalid):
    """Records of incidents, outages, changes … have problems; ``details["problems"]`` holds each as a JSON object."""


class Undecided(OnboardError):
    """No rule matches a component: a bespoke scope of work is needed, never a default."""

    exit_code = 4


class PlanRefused(OnboardError):
    """The plan may not be applied: unapproved, altered, stale, or not rehearsed where required."""

    exit_code = 5


class ProvisionFailed(OnboardError):
    """The engine or the cloud refused a resource."""

    exit_code = 6


class ConfigureFailed(OnboardError):
    """A playbook failed, matched no host, or its inventory did not parse."""

    exit_code = 7


class RegisterFailed(OnboardError):
    """Monitoring refused its configuration, or could not be reached."""

    exit_code = 8


class VerifyFailed(OnboardError):
    """A running thing is not what was asked for."""

    exit_code = 9


class ChangesFound(OnboardError):
    """Changes or drift were found where none were wanted."""

    exit_code = 10


class EvidenceInvalid(OnboardError):
    """An evidence bundle is not consistent, or not signed by a trusted key."""

    exit_code = 11


class Locked(OnboardError):
    """Another run holds the lease."""

    exit_code = 12


class PrerequisiteMissing(OnboardError):
    """A tool, a privilege or an installation extra is missing."""

    exit_code = 13


class IdentityWrong(OnboardError):
    """The credentials belong to another account than the inventory names."""

    exit_code = 14


class ResultIncomplete(OnboardError):
    """An answer was denied or truncated, so nothing can be concluded from it."""

    exit_code = 15


class GateWaiting(ResultIncomplete):
    """A gate waits for a person or another system; the run can be resumed once it is passed."""


class Interrupted(OnboardError):
    """Stopped by a signal at a step's boundary; the run can be resumed."""

    exit_code = 130


def by_name(name: str) -> type[OnboardError]:
    """The error class of that name, or ``OnboardError``: turns a worker's JSON back into an error."""
    found = globals().get(name)
    if isinstance(found, type) and issubclass(found, OnboardError):
        return found
    return OnboardError
