"""A customer's workspace: where the inventory stands and where the toolkit writes (``.onboard/``, mode 0700)."""

from __future__ import annotations

import contextlib
from pathlib import Path

import msgspec
import yaml

from toolkit import places
from toolkit.errors import UsageError
from toolkit.run.store import SqliteStore
from toolkit.strict_yaml import read_yaml


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``onboard.yaml``: what a workspace may set about the real world. Paths may start with ``~``; others are the workspace's.

    ``ssh_key``: the operator's private key file. ``hub_host_key``: the hub's pinned public key line. ``state``: the
    folder of the engine's state. ``receiver_log``: the file on this machine in which the receiver of Alertmanager's
    webhooks keeps each as a line ``{"received": seconds, "path": …, "body": …}``; without it no alert is proven. The
    trust file is not named here: who edits an inventory does not choose who approves it.
    """

    schema: str = "onboarding/settings/v1"
    ssh_key: str | None = None
    hub_host_key: str | None = None
    state: str | None = None
    receiver_log: str | None = None


class Workspace(msgspec.Struct, frozen=True, kw_only=True):
    """A folder with an inventory; ``own`` is the toolkit's part of it."""

    root: Path

    @property
    def own(self) -> Path:
        return places.own(self.root)

    @property
    def shown(self) -> str:
        """The workspace as a user would name it here."""
        with contextlib.suppress(ValueError):
            return str(self.root.relative_to(Path.cwd()))
        return str(self.root)

    @property
    def plans(self) -> Path:
        return self.own / "plans"

    @property
    def evidence(self) -> Path:
        return self.own / "evidence"

    @property
    def rehearsal(self) -> Path:
        return self.own / "rehearsal"

    def report(self, run: str) -> Path:
        return self.own / "report" / f"{run}.html"

    def run_logs(self, run: str) -> Path:
        return self.own / "log" / run

    def store(self) -> SqliteStore:
        """The ledger of this workspace's runs."""
        self.own.mkdir(mode=0o700, exist_ok=True)
        self.own.chmod(0o700)
        return SqliteStore(places.ledger(self.root))

    def ledger(self) -> SqliteStore:
        """The ledger, for who only reads; UsageError where nothing was ever run, and then nothing is written."""
        if not places.ledger(self.root).is_file():
            raise UsageError(f"no runs in {self.root}", fix="name another workspace: --workspace PATH")
        return self.store()

    def settings(self) -> Settings:
        """``onboard.yaml``, or its defaults; UsageError for a field it does not know."""
        path = self.root / "onboard.yaml"
        if not path.is_file():
            return Settings()
        try:
            return msgspec.convert(read_yaml(path) or {}, Settings)
        except (yaml.YAMLError, ValueError) as error:
            raise UsageError(f"{path}: {error}", fix="see 'A customer's workspace' in the README") from None

    def trust_file(self) -> Path:
        """Which keys may approve: the user's own file, outside every workspace."""
        return places.settings() / "trust.yaml"


def find(path: Path) -> Workspace:
    """The workspace of a folder, of its inventory file, or of a piece of it; UsageError for any other file."""
    from toolkit.inventory.files import find_root

    return Workspace(root=find_root(path))


def of_plan(plan: Path) -> Workspace:
    """The workspace that a plan's folder lies in (``<workspace>/.onboard/plans/<plan>``), else the current folder."""
    parents = plan.resolve().parents
    if len(parents) > 2 and parents[1].name == places.OWN:
        return Workspace(root=parents[2])
    return find(Path())
