"""Which function carries out which action of a plan's step: the one place where names meet code.

Functions are named as text and imported in the step's own process, so that no stage is loaded that does not run.
"""

from __future__ import annotations

import importlib
from typing import cast

from toolkit.errors import PlanRefused
from toolkit.model.run import StageFunction

ACTIONS: dict[str, str] = {
    "provision.stack": "toolkit.provision.step:run",
    "configure.hub": "toolkit.configure.step:hub",
    "configure.bundle": "toolkit.configure.step:bundle",
    "configure.console": "toolkit.configure.step:console",
    "configure.endpoint": "toolkit.configure.step:endpoint",
    "configure.hosts": "toolkit.configure.step:hosts",
    "register.site": "toolkit.register.step:run",
    "verify.tenant": "toolkit.verify.step:tenant",
    "verify.site": "toolkit.verify.step:site",
}

NEEDS_HOSTS = frozenset(
    name for name in ACTIONS if name.startswith(("configure.", "register.")) or name == "verify.site"
)
"""Actions that reach a host or the hub; a world without hosts leaves them out and says so."""


def resolve(action: str) -> StageFunction:
    """The function of an action; PlanRefused for a name that this version does not know."""
    target = ACTIONS.get(action)
    if target is None:
        raise PlanRefused(
            f"the plan asks for the unknown action {action!r}", fix="make the plan again with this version"
        )
    module, _, name = target.partition(":")
    return cast("StageFunction", getattr(importlib.import_module(module), name))
