"""Where things lie on this machine: a workspace's own folder, the user's settings and caches, short-lived folders.

Ground floor: each place is spelled here once, so that who writes and who looks, or removes, never differ.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from toolkit.errors import PrerequisiteMissing

OWN = ".onboard"
SETTINGS = Path(".config") / "onboarding-toolkit"
"""The user's trust file and keys, below a home: outside of every workspace."""


def own(workspace: Path) -> Path:
    """The toolkit's part of a workspace."""
    return workspace / OWN


def ledger(workspace: Path) -> Path:
    """The ledger of a workspace's runs."""
    return own(workspace) / "store.db"


def settings() -> Path:
    """The settings and keys of the user who runs this."""
    return Path.home() / SETTINGS


def caches(environment: Mapping[str, str] | None = None) -> Path:
    """Where programs keep what they can make again: ``$XDG_CACHE_HOME``, else ``~/.cache`` (XDG Base Directory)."""
    given = os.environ if environment is None else environment
    home = given.get("HOME")
    return Path(given.get("XDG_CACHE_HOME") or (Path(home) if home else Path.home()) / ".cache")


def cache(environment: Mapping[str, str] | None = None) -> Path:
    """Where the toolkit keeps engine, images and packages, shared by all workspaces of this user."""
    return caches(environment) / "onboarding-toolkit"


def fleeting(name: str) -> Path:
    """``onboard-<name>`` where folders do not outlive the machine's boot: in ``/run``, or ``/tmp`` for who may not write there.

    The same whatever the environment says, so that another process finds it. Short, because sockets live below (a
    socket's path has 107 bytes at most). Not ``$XDG_RUNTIME_DIR``: that one goes with its user's login, which a run may
    outlive.
    """
    parent = "/run" if os.access("/run", os.W_OK) else "/tmp"  # noqa: S108 - see make_fleeting
    return Path(parent) / f"onboard-{name}"


def make_fleeting(folder: Path) -> None:
    """Make a fleeting folder (0700), or find our own; PrerequisiteMissing (13) for a link or another user's folder."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
            raise PrerequisiteMissing(
                f"{folder} is not a private folder of this user", fix=f"see who made it: ls -ld {folder}; remove it"
            ) from None
