"""The adapter over ansible-runner with the real ansible-playbook on this machine: what it refuses and what it hides."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from toolkit.configure import ansible, documents
from toolkit.errors import ConfigureFailed

pytestmark = pytest.mark.slow
HERE = {"all": {"hosts": {"here": {"ansible_connection": "local"}}}}


def play(folder: Path, tasks: str, *, hosts: str = "all", document: Any = HERE, **changed: Any) -> ansible.Play:
    path = folder / "play.yml"
    path.write_text(f"- hosts: {hosts}\n  gather_facts: false\n  tasks:\n{tasks}")
    return ansible.Play(
        **{"playbook": str(path), "hosts": documents.render(document), "expected": ("here",), **changed}
    )


def run(folder: Path, wanted: ansible.Play) -> ansible.Outcome:
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    try:
        return ansible.run(wanted, scratch, lambda _: None)
    finally:
        assert not list(scratch.iterdir())


def test_counts_changes_by_task(tmp_path: Path) -> None:
    tasks = "    - {name: One, ansible.builtin.command: 'true'}\n    - {name: Two, ansible.builtin.ping: }\n"
    found = run(tmp_path, play(tmp_path, tasks))
    assert found == ansible.Outcome(changed=1, hosts=("here",), changed_tasks=("here: One",))
    assert run(tmp_path, play(tmp_path, tasks, check=True)).changed == 0


def test_a_play_that_matches_no_host_fails(tmp_path: Path) -> None:
    with pytest.raises(ConfigureFailed, match="it ran on no here"):
        run(tmp_path, play(tmp_path, "    - ansible.builtin.ping:\n", hosts="nobody"))


def test_an_inventory_that_does_not_parse_fails(tmp_path: Path) -> None:
    with pytest.raises(ConfigureFailed):
        run(tmp_path, play(tmp_path, "    - ansible.builtin.ping:\n", hosts="all", expected=("here",)).__class__(
            playbook=str(tmp_path / "play.yml"), hosts=b"{ not an inventory", expected=("here",)))  # fmt: skip


def test_no_expected_hosts_fails(tmp_path: Path) -> None:
    with pytest.raises(ConfigureFailed, match="it ran on no host"):
        run(tmp_path, play(tmp_path, "    - ansible.builtin.ping:\n", expected=()))


def test_a_playbook_without_plays_fails(tmp_path: Path) -> None:
    (tmp_path / "play.yml").write_text("[]\n")
    with pytest.raises(ConfigureFailed):
        run(
            tmp_path,
            ansible.Play(playbook=str(tmp_path / "play.yml"), hosts=documents.render(HERE), expected=("here",)),
        )


def test_failures_name_host_task_and_message_without_secrets(tmp_path: Path) -> None:
    tasks = "    - {name: Break it, ansible.builtin.fail: {msg: 'the key canary-value-1 is wrong'}}\n"
    with pytest.raises(ConfigureFailed) as caught:
        run(tmp_path, play(tmp_path, tasks, secrets=("canary-value-1",)))
    assert "here: task 'Break it' failed" in caught.value.message
    assert "the key [redacted] is wrong" in caught.value.message
    assert caught.value.details["host"] == "here"


def test_an_unreachable_host_is_named(tmp_path: Path) -> None:
    document = {"all": {"hosts": {"here": {"ansible_host": "127.0.0.1", "ansible_port": 9}}}}
    with pytest.raises(ConfigureFailed, match=r"here: task .* cannot be reached"):
        run(tmp_path, play(tmp_path, "    - ansible.builtin.ping:\n", document=document))


def test_time_is_limited_and_everything_ends(tmp_path: Path) -> None:
    wanted = play(tmp_path, "    - ansible.builtin.command: sleep 4321.5\n", timeout=6)
    with pytest.raises(ConfigureFailed, match="did not finish in 6 s"):
        run(tmp_path, wanted)
    time.sleep(0.5)
    assert not running("4321.5")


def test_nothing_of_the_users_environment_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_SECRET_ACCESS_KEY", "PULUMI_CONFIG_PASSPHRASE", "SSH_AUTH_SOCK", "ANSIBLE_VAULT_PASSWORD_FILE"):
        monkeypatch.setenv(name, "/planted")
    tasks = f"    - ansible.builtin.shell: env > {tmp_path}/env\n"
    run(tmp_path, play(tmp_path, tasks))
    seen = (tmp_path / "env").read_text()
    assert "planted" not in seen
    assert f"HOME={tmp_path}/scratch/" in seen


def running(mark: str) -> list[str]:
    """Command lines of living processes that carry ``mark``."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            text = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if mark in text and "pytest" not in text:
            found.append(text)
    return found


def test_ansible_dies_with_its_parent(tmp_path: Path, need_tool) -> None:
    need_tool("unshare")  # only root's children share one fate, through a process namespace
    wanted = play(tmp_path, "    - ansible.builtin.command: sleep 5432.25\n")
    script = (
        "import json, sys\nfrom pathlib import Path\nfrom toolkit.configure import ansible\n"
        "given = json.load(sys.stdin)\n"
        "ansible.run(ansible.Play(playbook=given['playbook'], hosts=given['hosts'].encode(), expected=('here',)),"
        " Path(given['scratch']), lambda _: None)\n"
    )
    given = json.dumps({"playbook": wanted.playbook, "hosts": wanted.hosts.decode(), "scratch": str(tmp_path)})
    parent = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, cwd=Path(__file__).resolve().parents[3], text=True
    )
    assert parent.stdin is not None
    parent.stdin.write(given)
    parent.stdin.close()
    try:
        deadline = time.monotonic() + 60
        while not running("5432.25") and time.monotonic() < deadline:
            time.sleep(0.2)
        assert running("5432.25")
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    deadline = time.monotonic() + 10
    while running("5432.25") and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not running("5432.25")
