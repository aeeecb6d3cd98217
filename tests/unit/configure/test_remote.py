"""SSH to a host: what the command line says, what is refused before ssh starts, and how failures are told."""

from __future__ import annotations

import shlex
import socket
from pathlib import Path

import configure_case as case
import pytest

from toolkit import remote
from toolkit.errors import ConfigureFailed, PrerequisiteMissing, VerifyFailed
from toolkit.model.bindings import HostBinding


def host(**changed: object) -> HostBinding:
    facts = {"address": "10.60.0.11", "port": 22, "user": "onboard", "host_key": case.HOST_KEY}
    return HostBinding(**{**facts, **changed})


def machine(folder: Path, **changed: object) -> remote.Remote:
    return remote.Remote(name="here", host=host(**changed), key=folder / "id", known_hosts=folder / "known_hosts")


def test_nothing_of_the_user_is_read_and_the_key_is_pinned(tmp_path: Path) -> None:
    found = machine(tmp_path).argv(["true"])
    options = {found[at + 1] for at, word in enumerate(found) if word == "-o"}
    assert found[found.index("-F") + 1] == "none"
    assert {"StrictHostKeyChecking=yes", "GlobalKnownHostsFile=/dev/null", "IdentitiesOnly=yes"} <= options
    assert {"IdentityAgent=none", "BatchMode=yes", "ForwardAgent=no"} <= options
    assert f'UserKnownHostsFile="{tmp_path}/known_hosts"' in options


@pytest.mark.parametrize("text", case.HOSTILE)
def test_no_word_is_read_by_the_remote_shell(tmp_path: Path, text: str) -> None:
    command = machine(tmp_path).argv(["printf", "%s", text])[-1]
    assert shlex.split(command) == ["sudo", "-n", "--", "printf", "%s", text]


@pytest.mark.parametrize("text", case.HOSTILE)
def test_hostile_bindings_are_refused(text: str) -> None:
    for field in ("address", "user", "host_key"):
        # these two are words that mean no harm there
        if (field, text) in {("address", "true"), ("address", "0600"), ("user", "true")}:
            continue
        with pytest.raises(ConfigureFailed):
            remote.pinned("here", host(**{field: text}))


def test_pinned_lines_name_the_port_and_drop_the_comment() -> None:
    line = remote.pinned("here", host(port=2222, host_key=case.HOST_KEY + " root@somewhere"))
    assert line == f"[10.60.0.11]:2222 {case.HOST_KEY}\n"


def test_an_unpinned_host_is_refused() -> None:
    with pytest.raises(ConfigureFailed, match="no host key is pinned"):
        remote.pinned("here", host(host_key="secretref://lab"))


def test_a_missing_key_file_is_a_prerequisite(tmp_path: Path) -> None:
    with pytest.raises(PrerequisiteMissing, match="SSH key"):
        remote.open_remotes(case.bindings(tmp_path), tmp_path)


def test_a_refused_connection_raises_the_callers_class(tmp_path: Path) -> None:
    (tmp_path / "id").touch(mode=0o600)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        here = {"here": host(address="127.0.0.1", port=closed.getsockname()[1])}
        opened = remote.open_remotes(case.bindings(tmp_path, host_bindings=here), tmp_path, VerifyFailed)
        with pytest.raises(VerifyFailed, match="cannot be reached"):
            opened["here"].run(["true"])
    assert (tmp_path / "known_hosts").stat().st_mode & 0o777 == 0o600


def test_a_host_that_is_not_bound_is_refused_in_the_callers_class() -> None:
    assert remote.bound({"a": 1}, "a", VerifyFailed) == 1
    with pytest.raises(VerifyFailed, match="do not say how b is reached") as refused:
        remote.bound({"a": 1}, "b", VerifyFailed)
    assert "host key" in refused.value.fix
