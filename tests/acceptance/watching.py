"""Watches a machine while a rehearsal runs: every command line, the rehearsal's own processes, planted credentials."""

from __future__ import annotations

import contextlib
import ctypes
import os
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

IN_OPEN = 0x20
IN_ISDIR = 0x40000000
CREDENTIALS = (
    ".aws/credentials", ".aws/config", ".azure/accessTokens.json", ".azure/msal_token_cache.json", ".boto",
    ".config/gcloud/application_default_credentials.json", ".config/gcloud/credentials.db", ".config/containers/auth.json",
    ".docker/config.json", ".kube/config", ".netrc", ".pulumi/credentials.json", ".ansible.cfg", ".ansible/vault",
    ".ssh/config", ".ssh/id_ed25519", ".ssh/id_rsa", ".ssh/known_hosts", ".config/onboarding-toolkit/acme.key",
)  # fmt: skip
"""Files below a user's home that hold credentials, or say how to use them; the last is of the user's real customer."""
VARIABLES = (
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "ARM_CLIENT_SECRET", "AZURE_CLIENT_SECRET",
    "GOOGLE_CREDENTIALS", "GITHUB_TOKEN", "PULUMI_ACCESS_TOKEN", "PULUMI_CONFIG_PASSPHRASE", "RESTIC_PASSWORD",
    "ANSIBLE_BECOME_PASS", "VAULT_TOKEN", "SOME_OTHER_TOKEN",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One process at one moment: its command line, network namespace (inode) and environment."""

    pid: int
    command: tuple[str, ...]
    network: int
    environment: frozenset[bytes]

    def tagged(self, rehearsal: str) -> bool:
        """Whether it says that it belongs to the rehearsal."""
        return any(f"{name}={rehearsal}".encode() in self.environment for name in ("ONBOARD_REHEARSAL", "ONBOARD_LAB"))


class Processes(threading.Thread):
    """Looks at new processes every 20 ms, several times each, and at all of them every second.

    ``networks`` is the network namespace (inode) that each was in last.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.commands: set[bytes] = set()
        self.seen: dict[tuple[int, bytes], Seen] = {}
        self.networks: dict[int, int] = {}
        self._over = threading.Event()

    def run(self) -> None:
        looks: dict[str, int] = {}
        while not self._over.is_set():
            alive = [path.name for path in Path("/proc").iterdir() if path.name.isdigit()]
            looks = {name: looks.get(name, 0) + 1 for name in alive}
            for name in alive:
                if looks[name] < 6 or looks[name] % 50 == 0:
                    self._look(name)
            time.sleep(0.02)

    def stop(self) -> None:
        self._over.set()
        self.join(10)

    def of(self, rehearsal: str) -> list[Seen]:
        """The processes that carried the rehearsal's tag."""
        return [one for one in self.seen.values() if one.tagged(rehearsal)]

    def _look(self, name: str) -> None:
        with contextlib.suppress(OSError):
            line = Path("/proc", name, "cmdline").read_bytes()
            self.commands.add(line)
            network = self.networks[int(name)] = Path(f"/proc/{name}/ns/net").stat().st_ino
            if (int(name), line) not in self.seen:
                environment = frozenset(Path("/proc", name, "environ").read_bytes().split(b"\0"))
                words = tuple(line.decode("utf-8", "replace").split("\0")[:-1])
                self.seen[int(name), line] = Seen(
                    pid=int(name), command=words, network=network, environment=environment
                )


class Opened:
    """Which of some files were opened, by whomever, as the kernel tells it (inotify(7))."""

    def __init__(self, files: list[Path]) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._descriptor = self._libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        self._names = {}
        for file in files:
            watch = self._libc.inotify_add_watch(self._descriptor, os.fsencode(file), IN_OPEN)
            assert watch >= 0, f"{file}: {os.strerror(ctypes.get_errno())}"
            self._names[watch] = file

    def read(self) -> list[Path]:
        """The files opened since the last call."""
        found, content = [], b""
        with contextlib.suppress(BlockingIOError):
            while True:
                content += os.read(self._descriptor, 1 << 16)
        while content:
            watch, mask, _, length = struct.unpack_from("iIII", content)
            assert watch >= 0, "the kernel's queue ran over"
            content = content[16 + length :]
            if not mask & IN_ISDIR:
                found.append(self._names[watch])
        return found

    def close(self) -> None:
        os.close(self._descriptor)


class Listener(threading.Thread):
    """Counts connections to a listening socket, and ends each at once."""

    def __init__(self, listening: socket.socket) -> None:
        super().__init__(daemon=True)
        self.connections = 0
        self._socket = listening
        self.start()

    def run(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                self._socket.accept()[0].close()
                self.connections += 1

    def stop(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self.join(5)


@dataclass
class Planted:
    """Credentials in a home and an environment; every value begins with ``token``, which stands nowhere else."""

    home: Path
    token: str
    environment: dict[str, str]
    files: list[Path]
    agent: Listener
    opened: Opened = field(init=False)

    def __post_init__(self) -> None:
        self.opened = Opened(self.files)

    def close(self) -> None:
        self.agent.stop()
        self.opened.close()


def plant(home: Path) -> Planted:
    """Fill a home as a cloud engineer's is filled, and an environment to go with it."""
    token, files = f"PLANTED{os.urandom(12).hex()}", []
    for name in CREDENTIALS:
        file = home / name
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.write_text(f"[default]\naws_access_key_id = AKIA0000\naws_secret_access_key = {token}{file.name}\n")
        file.chmod(0o600)
        files.append(file)
    environment = {name: f"{token}{name}" for name in VARIABLES}
    agent = socket.socket(socket.AF_UNIX)
    path = home / "agent"
    # A socket's name has 107 bytes at most, and the home of a test may lie deep.
    with contextlib.chdir(home):
        agent.bind("agent")
    agent.listen(16)
    environment |= {
        "SSH_AUTH_SOCK": str(path),
        "GOOGLE_APPLICATION_CREDENTIALS": str(home / ".config/gcloud/application_default_credentials.json"),
        "AWS_SHARED_CREDENTIALS_FILE": str(home / ".aws/credentials"),
        "AWS_CONFIG_FILE": str(home / ".aws/config"),
        "KUBECONFIG": str(home / ".kube/config"),
        "ANSIBLE_CONFIG": str(home / ".ansible.cfg"),
    }
    return Planted(home=home, token=token, environment=environment, files=files, agent=Listener(agent))
