"""The adapter over ansible-runner: one play in a child process that sees nothing of the user's environment.

The child has its own HOME, ansible.cfg and temporary folders, dies with us, and leaves no artifact. That a play matched no
host, or that its inventory did not parse, ends in success for Ansible and in ConfigureFailed here.
"""

from __future__ import annotations

import importlib.util
import json
import queue
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from toolkit import remote, resources
from toolkit.canonical import write_atomic
from toolkit.errors import ConfigureFailed, PrerequisiteMissing
from toolkit.processes import dying_with_parent, own_processes

_PLAY = Path(__file__).with_name("play.py")
_CONFIG = """\
[defaults]
forks = 10
gathering = explicit
host_key_checking = True
interpreter_python = /usr/bin/python3
localhost_warning = False
nocows = True
retry_files_enabled = False
roles_path = {empty}
local_tmp = {tmp}
timeout = 20

[inventory]
enable_plugins = ansible.builtin.yaml
unparsed_is_failed = True
any_unparsed_is_failed = True

[ssh_connection]
pipelining = True
ssh_args = {multiplex}
"""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What one play did: number of changed tasks, and names of the hosts that it ran on."""

    changed: int
    hosts: tuple[str, ...]
    changed_tasks: tuple[str, ...] = ()


class Play(msgspec.Struct, frozen=True, kw_only=True):
    """One play: ``playbook`` by its collection name, ``hosts`` the YAML inventory, ``expected`` the hosts it must reach.

    ``secrets`` are values that no message may show; ``timeout`` is in seconds.
    """

    playbook: str
    hosts: bytes
    expected: tuple[str, ...]
    check: bool = False
    secrets: tuple[str, ...] = ()
    timeout: float = 1800


def run(play: Play, scratch: Path, emit: Callable[[str], None]) -> Outcome:
    """Run the play; raises ConfigureFailed with host, task and the task's own message, redacted.

    Whatever is written lies in one folder below ``scratch`` (mode 0700), which is removed.
    """
    if importlib.util.find_spec("ansible_runner") is None or importlib.util.find_spec("ansible") is None:
        raise PrerequisiteMissing("ansible is not installed", fix="pip install 'onboarding-toolkit[hosts]'")
    with _folder(scratch) as folder:
        write_atomic(folder / "hosts.yml", play.hosts)
        request = {
            "folder": str(folder),
            "playbook": play.playbook,
            "hosts": str(folder / "hosts.yml"),
            "check": play.check,
        }
        events = list(_events(_command(), request, folder, play=play, emit=emit))
    return judge(play, events)


def judge(play: Play, events: Sequence[dict[str, Any]]) -> Outcome:
    """The outcome that the events of a play amount to; raises ConfigureFailed for every kind of failure. Pure."""
    for event in events:
        if event["event"] in ("runner_on_failed", "runner_on_unreachable") and not event.get("ignore_errors"):
            raise _task_failed(play, event, events)
    stats: dict[str, dict[str, int]] = next(
        (event for event in reversed(events) if event["event"] == "playbook_on_stats"), {}
    )
    reached = {host for name in ("ok", "changed") for host in stats.get(name, {})}
    missing = [host for host in play.expected if host not in reached]
    end = next((event for event in reversed(events) if event["event"] == "end"), {"status": "died", "rc": None})
    if missing or not play.expected or end["status"] != "successful" or stats.get("failures") or stats.get("dark"):
        said = " ".join(event["text"] for event in events if event["event"] == "output")
        why = f"it ran on no {', '.join(missing) or 'host'}" if missing or not play.expected else f"it {end['status']}"
        raise ConfigureFailed(
            redact(f"{play.playbook}: {why}. {said}".strip(), play.secrets),
            fix="check that the hosts of the site are up and named as in the plan",
            details={"playbook": play.playbook, "missing": missing, "status": end["rc"]},
        )
    changed = [event for event in events if event["event"] == "runner_on_ok" and event.get("changed")]
    return Outcome(
        changed=sum(stats.get("changed", {}).values()),
        hosts=tuple(sorted(reached & set(play.expected))),
        changed_tasks=tuple(f"{event.get('host')}: {event.get('task')}" for event in changed),
    )


def _task_failed(play: Play, event: dict[str, Any], events: Sequence[dict[str, Any]]) -> ConfigureFailed:
    host, task = str(event.get("host")), str(event.get("task"))
    items = [one for one in events if one["event"] == "runner_item_on_failed" and one.get("host") == host]
    source = items[-1] if items and items[-1].get("task") == task else event
    words = [source[name] for name in ("msg", "stderr", "module_stderr", "reason") if source.get(name)]
    verb = "cannot be reached" if event["event"] == "runner_on_unreachable" else "failed"
    return ConfigureFailed(
        redact(f"{host}: task {task!r} {verb}: {' | '.join(words)}", play.secrets),
        fix="mend what the task's own message names; the play repeats without harm",
        details={"playbook": play.playbook, "host": host, "task": task, "check": play.check},
    )


def redact(text: str, secrets: Sequence[str]) -> str:
    """``text`` without the given values."""
    for secret in sorted(secrets, key=len, reverse=True):
        if secret:
            text = text.replace(secret, "[redacted]")
    return text


@contextmanager
def _folder(scratch: Path) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="ansible-", dir=scratch))
    try:
        for name in ("home", "tmp", "empty", "project", "project/c"):
            (folder / name).mkdir(mode=0o700)
        # A connection kept open outlives the play, so it is kept only where it ends with the child. Its socket's name is
        # relative to Ansible's working folder, because a socket's name has at most 108 bytes.
        kept = "-o ControlMaster=auto -o ControlPersist=60s -o ControlPath=c/%C"
        multiplex = kept if own_processes() else "-o ControlMaster=no"
        config = _CONFIG.format(empty=folder / "empty", tmp=folder / "tmp", multiplex=multiplex)
        write_atomic(folder / "ansible.cfg", config.encode())
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _command() -> list[str]:
    # -I: no user site, no PYTHON* variables, and this package's folder (whose modules have other packages' names) stays
    # out of the path.
    return dying_with_parent([*own_processes(), sys.executable, "-I", str(_PLAY)])


def _environment(folder: Path) -> dict[str, str]:
    environment = remote.tool_environment(folder / "home")
    return environment | {
        "PATH": f"{sysconfig.get_path('scripts')}:{environment['PATH']}",
        "TMPDIR": str(folder / "tmp"),
        "ANSIBLE_CONFIG": str(folder / "ansible.cfg"),
        "ANSIBLE_COLLECTIONS_PATH": str(resources.folder("playbooks")),
        "ANSIBLE_HOME": str(folder / "home"),
        "ANSIBLE_NOCOLOR": "1",
    }


def _events(
    command: list[str], request: dict[str, Any], folder: Path, *, play: Play, emit: Callable[[str], None]
) -> Iterator[dict[str, Any]]:
    child = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment(folder),
        cwd=folder,
        start_new_session=True,
    )
    stdin, stdout, stderr = child.stdin, child.stdout, child.stderr
    assert stdin is not None
    assert stdout is not None
    assert stderr is not None
    lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    noise: list[bytes] = []

    def read() -> None:
        for line in stdout:
            lines.put(line)
        lines.put(None)

    readers = [
        threading.Thread(target=read, daemon=True),
        threading.Thread(target=lambda: noise.extend(stderr), daemon=True),
    ]
    try:
        for reader in readers:
            reader.start()
        stdin.write(json.dumps(request).encode())
        stdin.close()
        for line in _until(lines, play):
            event = json.loads(line)
            if event["event"] == "playbook_on_task_start":
                emit(f"{'checking' if play.check else 'doing'}: {event.get('task')}")
            yield event
        child.wait(timeout=30)
        # the last word where the child died without one: judge sees no end
        yield {"event": "output", "text": b"".join(noise)[-4000:].decode(errors="replace")}
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
        for reader in readers:
            reader.join(timeout=5)
        for stream in (stdout, stderr):
            stream.close()


def _until(lines: queue.SimpleQueue[bytes | None], play: Play) -> Iterator[bytes]:
    """Lines until the child closes its output; raises ConfigureFailed when the play's time is over."""
    deadline = time.monotonic() + play.timeout
    while True:
        try:
            line = lines.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            raise ConfigureFailed(
                f"{play.playbook} did not finish in {play.timeout:g} s", fix="look at the hosts"
            ) from None
        if line is None:
            return
        yield line
