"""Secrets stand where tests/secret-sinks.yaml says, and nowhere else: files, logs, command lines, what was printed."""

from __future__ import annotations

import os
import stat
import subprocess
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import canary
import pytest
import yaml

from toolkit.rehearsal import lab
from toolkit.secrets.embedded import EmbeddedStore

pytestmark = [pytest.mark.engine, pytest.mark.lab, pytest.mark.slow]
SINKS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parents[1] / "secret-sinks.yaml").read_text())["sinks"]


@dataclass(frozen=True)
class Place:
    """A file system to search: ``root`` as we see it; ``shown`` gives a file's name as its own machine has it."""

    machine: str
    root: Path
    within: str = "/"

    def shown(self, path: Path) -> str:
        return str(Path(self.within) / path.relative_to(self.root))


@pytest.fixture(scope="module")
def known(rehearsed) -> dict[str, list[bytes]]:
    """Every secret of the rehearsal by what it is; the store gave the passwords and pre-shared keys."""
    folder = rehearsed.desk.rehearsal
    own = folder / "home/.config/onboarding-toolkit"
    store = EmbeddedStore(path=folder / "secrets.store", customer="acme", key_file=own / "acme.key")
    found: dict[str, list[bytes]] = {}
    for name in store.names():
        found.setdefault(name.split("/")[0], []).append(store.get(name).encode())
    # Each private key by a line of its own that is not in the public part.
    found["signing"] = [own.joinpath("rehearsal.pem").read_bytes().splitlines()[1]]
    found["store"] = [own.joinpath("acme.key").read_bytes()]
    found["login"] = [folder.joinpath("lab/ssh/id_ed25519").read_bytes().splitlines()[4]]
    return found


@pytest.fixture(scope="module")
def state(rehearsed):
    found = lab.load(rehearsed.desk.rehearsal / "lab")
    assert found is not None
    return found


@pytest.fixture(scope="module")
def places(rehearsed, state) -> list[Place]:
    """The controller's folders, and of every machine what it wrote: its own layer, and what it keeps in memory."""
    from toolkit.rehearsal.lab.lifecycle import open_podman

    desk = rehearsed.desk
    found = [
        Place("controller", desk.workspace, str(desk.workspace)),
        Place("controller", Path(desk.environment["HOME"]), desk.environment["HOME"]),
        Place("controller", Path("/run", f"onboard-{state.id}"), f"/run/onboard-{state.id}"),
    ]
    podman = open_podman(state)
    for node in state.topology.nodes:
        upper = podman.run("inspect", "--format", "{{.GraphDriver.Data.UpperDir}}", node.name).strip()
        found.append(Place(node.role, Path(upper)))
        root = Path(f"/proc/{state.machines[node.name].pid}/root")
        found += [Place(node.role, root / name, f"/{name}") for name in ("run", "tmp", "dev/shm")]
    return found


def test_every_kind_of_secret_was_made(known):
    assert {kind: len(values) for kind, values in known.items()} == {
        "evidence": 1, "psk": 3, "pulumi": 1, "restic": 2, "signing": 1, "store": 1, "login": 1,
    }  # fmt: skip


def test_secrets_are_in_the_declared_sinks_only(rehearsed, state, known, places):
    hits: dict[tuple[str, str], set[str]] = {}
    for kind, values in known.items():
        for place in places:
            for path in searched(values, place):
                hits.setdefault((place.machine, path), set()).add(kind)
    strange = {where: kinds for where, kinds in hits.items() if not kinds <= allowed(rehearsed, *where)}
    assert strange == {}
    # Each sink was found to hold what it is for: the search sees what there is, and the list has no dead entry.
    for sink in SINKS:
        inside = [kinds for where, kinds in hits.items() if matches(rehearsed, sink, *where)]
        assert inside, sink
        assert set().union(*inside) == set(sink["holds"]), sink


def test_sinks_have_the_declared_owner_and_mode(rehearsed, places):
    seen = 0
    for place in places:
        for path in [path for path in walk(place) if path.is_file() and not path.is_symlink()]:
            for sink in SINKS:
                if matches(rehearsed, sink, place.machine, place.shown(path)):
                    status = path.lstat()
                    assert stat.S_IMODE(status.st_mode) == int(sink["mode"], 8), path
                    assert status.st_uid == (os.geteuid() if sink["owner"] == "operator" else 0), path
                    seen += 1
    assert seen >= len(SINKS)


def test_no_secret_is_in_a_journal(state, known):
    needles = [value for values in known.values() for value in values]
    for node in state.topology.nodes:
        said = subprocess.run(
            lab.console(state, node.name, "journalctl", "--all", "--output=export"), capture_output=True, check=True
        ).stdout
        assert len(said) > 1000
        assert not any(form in said for value in needles for form in canary.forms(value)), node.name


def test_no_secret_was_printed_or_in_a_command_line(rehearsed, known):
    needles = [value for values in known.values() for value in values]
    needles.append(rehearsed.planted.token.encode())
    forms = frozenset().union(*(canary.forms(value) for value in needles))
    assert not any(form in rehearsed.said.encode() for form in forms)
    commands = rehearsed.processes.commands
    # The watcher saw the engine, ssh and the machines at work: it would have seen a secret too.
    for program in (b"pulumi", b"ssh\0", b"ansible", b"podman"):
        assert any(program in line for line in commands), program
    assert [line for line in commands if any(form in line for form in forms)] == []


def test_credentials_of_the_user_are_nowhere(rehearsed, places):
    token = rehearsed.planted.token.encode()
    home = Path(rehearsed.desk.environment["HOME"])
    for place in places:
        found = searched([token], place)
        planted = {str(file) for file in rehearsed.planted.files} if place.root == home else set()
        assert set(found) == planted, place
    tagged = rehearsed.processes.of(rehearsed.desk.current["id"])
    assert len(tagged) > 50
    assert [one.command for one in tagged if any(token in line for line in one.environment)] == []


def searched(values: list[bytes], place: Place) -> list[str]:
    """The files of a place that hold one of the values, as their own machine names them."""
    found = canary.search_for(values, walk(place))
    return sorted({place.shown(Path(name.partition("!")[0])) for name in found})


def walk(place: Place) -> list[Path]:
    """The files of a place; the machines' layers are places of their own, not parts of the workspace."""
    found = []
    for folder, names, files in os.walk(place.root):
        if place.machine == "controller":
            names[:] = [name for name in names if not (name in {"diff", "merged"} and "/overlay/" in folder)]
        found += [Path(folder, name) for name in files]
    return found


def allowed(rehearsed: Any, machine: str, path: str) -> set[str]:
    return {kind for sink in SINKS if matches(rehearsed, sink, machine, path) for kind in sink["holds"]}


def matches(rehearsed: Any, sink: dict[str, Any], machine: str, path: str) -> bool:
    folder = rehearsed.desk.rehearsal
    places = {"workspace": rehearsed.desk.workspace, "home": folder / "home", "lab": folder / "lab"}
    return sink["machine"] == machine and fnmatchcase(path, sink["path"].format_map(places))
