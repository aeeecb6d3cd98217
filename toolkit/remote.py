"""Commands on a host over OpenSSH, with its host key pinned and nothing of the user's own configuration read.

Ground floor: every stage that talks to a host uses it. Options are those of ssh_config(5).
"""

from __future__ import annotations

import ipaddress
import os
import re
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec

from toolkit.canonical import write_atomic
from toolkit.errors import ConfigureFailed, OnboardError, PrerequisiteMissing
from toolkit.model.bindings import Bindings, HostBinding
from toolkit.processes import dying_with_parent

CONNECT_TIMEOUT = 10
"""Seconds for the TCP connection and key exchange."""

TAGS = ("ONBOARD_REHEARSAL", "ONBOARD_RUN")
"""Variables by which what a run started is found and ended, should it outlive its parent."""

_Host = TypeVar("_Host")
_HOST_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")
_USER = re.compile(r"[a-z_][a-z0-9_-]{0,31}")
_HOST_KEY = re.compile(
    r"(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)|sk-ssh-ed25519@openssh\.com) ([A-Za-z0-9+/]+={0,2})( .*)?"
)
_TAIL = 2000
_KEY_REFUSED = ("Host key verification failed", "REMOTE HOST IDENTIFICATION HAS CHANGED", "No matching host key")
_LOGIN_REFUSED = ("Permission denied (", "Too many authentication failures", "Load key ")


def tool_environment(home: Path) -> dict[str, str]:
    """The whole environment of a started tool: nothing of clouds, agents or other tools is inherited."""
    kept = {name: os.environ[name] for name in ("PATH", *TAGS) if name in os.environ}
    return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", **kept, "HOME": str(home), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}


def pinned(name: str, host: HostBinding) -> str:
    """The known_hosts line of one host, without the key's comment.

    Raises ConfigureFailed where address, user or key have another form than OpenSSH's: such a value could carry options.
    """
    try:
        ipaddress.ip_address(host.address)
    except ValueError:
        if not _HOST_NAME.fullmatch(host.address):
            raise ConfigureFailed(f"{name}: {host.address!r} is no address", fix="correct the address") from None
    if not _USER.fullmatch(host.user) or not 0 < host.port < 65536:
        raise ConfigureFailed(f"{name}: user {host.user!r} or port {host.port} is not valid", fix="correct the access")
    key = _HOST_KEY.fullmatch(host.host_key.strip())
    if not key:
        raise ConfigureFailed(
            f"{name}: no host key is pinned",
            fix="give the host's public key line (ssh-ed25519 AAAA…); keys are never accepted blindly",
        )
    where = host.address if host.port == 22 else f"[{host.address}]:{host.port}"
    return f"{where} {key[1]} {key[2]}\n"


def ssh_options(*, key: Path, known_hosts: Path) -> list[str]:
    """The options that pin host and identity; also Ansible's ``ansible_ssh_common_args``."""
    settings = {
        "BatchMode": "yes",
        "StrictHostKeyChecking": "yes",
        "UserKnownHostsFile": _file(known_hosts),
        "GlobalKnownHostsFile": "/dev/null",
        "UpdateHostKeys": "no",
        "CheckHostIP": "no",
        "IdentitiesOnly": "yes",
        "IdentityAgent": "none",
        "IdentityFile": _file(key),
        "PreferredAuthentications": "publickey",
        "ForwardAgent": "no",
        "ConnectTimeout": str(CONNECT_TIMEOUT),
        "ServerAliveInterval": "5",
        "ServerAliveCountMax": "6",
        "LogLevel": "ERROR",
    }
    return ["-F", "none", *(part for name, value in settings.items() for part in ("-o", f"{name}={value}"))]


def _file(path: Path) -> str:
    """A path as ssh_config(5) reads it: white space parts file names, and a percent sign begins a token."""
    return '"' + str(path).replace("%", "%%") + '"'


class Shell(Protocol):
    """Runs a program on a host, as root unless told otherwise; ``Remote`` does it over SSH."""

    def run(
        self,
        command: Sequence[str],
        *,
        input: bytes = b"",  # noqa: A002 - the word of subprocess.run
        timeout: float = 60,
        sudo: bool = True,
        check: bool = True,
    ) -> subprocess.CompletedProcess[bytes]: ...


class Remote(msgspec.Struct, frozen=True, kw_only=True):
    """One reachable host; ``key`` is the private key's file, ``known_hosts`` the pinned keys' file.

    ``error`` is the class of the failures that ``run`` raises: the stage's own.
    """

    name: str = "host"
    host: HostBinding
    key: Path
    known_hosts: Path
    error: type[OnboardError] = ConfigureFailed

    def argv(self, command: Sequence[str], *, sudo: bool = True) -> list[str]:
        """The local command line that runs ``command`` on the host (no word of it is read by a remote shell)."""
        words = ["sudo", "-n", "--", *command] if sudo and self.host.user != "root" else list(command)
        options = ssh_options(key=self.key, known_hosts=self.known_hosts)
        target = ["-p", str(self.host.port), "-l", self.host.user, "--", self.host.address]
        return ["ssh", "-T", *options, *target, shlex.join(words)]

    def run(
        self,
        command: Sequence[str],
        *,
        input: bytes = b"",  # noqa: A002 - the word of subprocess.run
        timeout: float = 60,
        sudo: bool = True,
        check: bool = True,
    ) -> subprocess.CompletedProcess[bytes]:
        """Run ``command`` with ``input`` on its standard input; ``timeout`` in seconds, as root by sudo.

        Raises ``error`` when the key does not match, the host does not answer or (with ``check``) the command fails.
        """
        try:
            result = subprocess.run(
                dying_with_parent(self.argv(command, sudo=sudo)),
                input=input,
                capture_output=True,
                timeout=timeout,
                check=False,
                env=tool_environment(self.known_hosts.parent),
            )
        except subprocess.TimeoutExpired as late:
            raise self.error(
                f"{self.name}: {command[0]} did not finish in {timeout:g} s", fix="look at the host"
            ) from late
        except OSError as missing:
            raise PrerequisiteMissing(f"ssh cannot be started: {missing}", fix="install openssh-client") from missing
        if result.returncode == 255:
            self._connection_failed(result.stderr.decode(errors="replace"))
        if check and result.returncode:
            tail = result.stderr.decode(errors="replace")[-_TAIL:].strip()
            raise self.error(
                f"{self.name}: {shlex.join(command[:3])} failed with status {result.returncode}: {tail}",
                fix="look at the host's own message",
                details={"host": self.name, "status": result.returncode},
            )
        return result

    def _connection_failed(self, stderr: str) -> None:
        tail, details = stderr[-_TAIL:].strip(), {"host": self.name, "address": self.host.address}
        if any(sign in stderr for sign in _KEY_REFUSED):
            raise self.error(
                f"{self.name} at {self.host.address} shows another host key than the pinned one",
                fix="find out why: a new installation (pin its key) or another machine at this address",
                details=details,
            )
        if any(sign in stderr for sign in _LOGIN_REFUSED):
            raise self.error(
                f"{self.name}: login as {self.host.user} was refused: {tail}",
                fix="put the operator's public key into that account",
                details=details,
            )
        raise self.error(
            f"{self.name} at {self.host.address} port {self.host.port} cannot be reached: {tail}",
            fix="check that the management link is up and that the host runs",
            details=details,
        )


def bound(hosts: Mapping[str, _Host], name: str, error: type[OnboardError]) -> _Host:
    """The entry of ``hosts``, which follow the bindings, for ``name``; raises ``error`` where there is none."""
    if name not in hosts:
        raise error(
            f"the bindings do not say how {name} is reached", fix="add its address, user and host key to the bindings"
        )
    return hosts[name]


def write_known_hosts(hosts: Mapping[str, HostBinding], path: Path) -> Path:
    """Write every host's pinned key to ``path`` (0600) and return it."""
    write_atomic(path, "".join(pinned(name, host) for name, host in sorted(hosts.items())).encode())
    return path


def open_remotes(bindings: Bindings, scratch: Path, error: type[OnboardError] = ConfigureFailed) -> dict[str, Remote]:
    """Every host of the bindings by its name, its key pinned in ``scratch/known_hosts``.

    Raises PrerequisiteMissing when the bindings name no SSH key or it cannot be read.
    """
    if not bindings.ssh_key or not os.access(bindings.ssh_key, os.R_OK):
        raise PrerequisiteMissing(
            f"the operator's SSH key {bindings.ssh_key!r} cannot be read",
            fix="name a private key file in the bindings: ssh_key",
        )
    known_hosts = write_known_hosts(bindings.host_bindings, scratch / "known_hosts")
    return {
        name: Remote(name=name, host=host, key=Path(bindings.ssh_key), known_hosts=known_hosts, error=error)
        for name, host in bindings.host_bindings.items()
    }
