"""podman with configuration and storage of its own: the pure text of its files beside the thin runner.

Nothing of the machine's podman is read or written: images come from a read-only store, containers live in the
rehearsal's folder, sockets in a short path below /run (containers.conf(5), containers-storage.conf(5)).
"""

from __future__ import annotations

import os
import resource
import shlex
import shutil
import subprocess
from pathlib import Path

import msgspec

from toolkit import processes
from toolkit.errors import OnboardError, PrerequisiteMissing
from toolkit.rehearsal import namespace
from toolkit.rehearsal.namespace import search_path

TAG = "ONBOARD_LAB"
"""Environment variable that every process which the lab itself starts carries, with the rehearsal's id."""
REHEARSAL = "ONBOARD_REHEARSAL"
_KEPT = frozenset({"http_proxy", "https_proxy", "no_proxy", "ssl_cert_file", "ssl_cert_dir"})
"""Of the user's environment, in any case: how the outside is reached. The rest, credentials too, stays with the user."""
PACKAGES = ("podman", "runc", "conmon", "mmdebstrap", "nftables", "iproute2", "openssh-client", "uidmap")


class PodmanPaths(msgspec.Struct, frozen=True, kw_only=True):
    """Absolute paths: ``configuration`` holds both files, ``images`` is an image store to read from, or None.

    ``runtime`` is a script that calls runc with its state below ``tmp``, not in the machine-wide /run/runc, where a
    killed call would leave it. It is not in /run, which is often mounted noexec.
    """

    configuration: str
    runtime: str
    graphroot: str
    runroot: str
    tmp: str
    images: str | None = None


def containers_conf(paths: PodmanPaths, *, nofile: int, tags: dict[str, str]) -> str:
    """``nofile``: this process's hard limit; without CAP_SYS_RESOURCE a container may not ask for more."""
    # conmon calls podman again when a container ends: with these settings, or it would use the machine's.
    monitored = {"PATH": search_path(), **environment(paths), **tags}
    monitor = ", ".join(_quoted(f"{key}={value}") for key, value in monitored.items())
    return "\n".join(
        [
            "[containers]",
            'base_hosts_file = "none"',
            'host_containers_internal_ip = "none"',
            # podman caps nproc at the kernel's pid_max, which may be below the hard limit: 4096 is below both
            f'default_ulimits = ["nofile={nofile}:{nofile}", "nproc=4096:4096"]',
            'log_driver = "k8s-file"',
            "[engine]",
            'runtime = "runc"',
            'cgroup_manager = "cgroupfs"',
            'events_logger = "none"',
            # The default is one table in shared memory for every podman of the machine.
            'lock_type = "file"',
            f"tmp_dir = {_quoted(paths.tmp)}",
            f"conmon_env_vars = [{monitor}]",
            "[engine.runtimes]",
            f"runc = [{_quoted(paths.runtime)}]",
            "[network]",
            f"network_config_dir = {_quoted(paths.tmp + '/networks')}",
            "",
        ]
    )


def storage_conf(paths: PodmanPaths) -> str:
    """Overlay storage of the rehearsal's own over the shared images."""
    lines = [
        "[storage]",
        'driver = "overlay"',
        f"graphroot = {_quoted(paths.graphroot)}",
        f"runroot = {_quoted(paths.runroot)}",
    ]
    if paths.images:
        lines += ["[storage.options]", f"additionalimagestores = [{_quoted(paths.images)}]"]
    return "\n".join([*lines, ""])


def environment(paths: PodmanPaths) -> dict[str, str]:
    """What selects this podman: the two configuration files, by their environment variables."""
    return {
        "CONTAINERS_CONF": f"{paths.configuration}/containers.conf",
        "CONTAINERS_STORAGE_CONF": f"{paths.configuration}/storage.conf",
    }


def tool_environment(scratch: str) -> dict[str, str]:
    """What a tool of the lab sees of the user's environment; ``scratch`` is its home and temporary folder."""
    kept = {key: value for key, value in os.environ.items() if key.lower() in _KEPT}
    return {**kept, "PATH": search_path(), "HOME": scratch, "TMPDIR": scratch}


class Podman:
    """Runs podman for one storage; ``tags`` are set in the environment of everything that it starts.

    ``netns`` names the network namespace that it and its monitors live in, where that exists; None: the machine's.
    """

    def __init__(self, paths: PodmanPaths, *, tags: dict[str, str], netns: str | None = None) -> None:
        self.paths = paths
        self.tags = tags
        self.netns = netns

    def prepare(self) -> None:
        """Write the two configuration files, the runtime script, and the folders that they name."""
        nofile = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        for folder in (self.paths.configuration, self.paths.graphroot, self.paths.runroot, self.paths.tmp):
            Path(folder).mkdir(parents=True, exist_ok=True, mode=0o700)
        conf = containers_conf(self.paths, nofile=min(nofile, 1_048_576), tags=self.tags)
        runc = shutil.which("runc", path=search_path())
        if runc is None:
            raise PrerequisiteMissing("runc is not installed", fix=f"apt-get install {' '.join(PACKAGES)}")
        script = Path(self.paths.runtime)
        script.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        script.write_text(f'#!/bin/sh\nexec {shlex.quote(runc)} --root {shlex.quote(self.paths.tmp)}/runc "$@"\n')
        script.chmod(0o700)
        Path(self.paths.configuration, "containers.conf").write_text(conf)
        Path(self.paths.configuration, "storage.conf").write_text(storage_conf(self.paths))

    def run(
        self, *arguments: str, stdin: bytes = b"", timeout: float = 120, check: bool = True, bound: bool = False
    ) -> str:
        """Standard output of ``podman <arguments>``; raises OnboardError with podman's own words when it fails.

        ``bound``: podman and all that it started end when this thread does.
        """
        command = self._command(*arguments)
        if bound:
            command = processes.dying_with_parent([*processes.own_processes(own_mounts=True), *command])
        try:
            done = subprocess.run(
                command,
                input=stdin,
                capture_output=True,
                env=self._environment(),
                timeout=timeout,
                check=False,
            )
        except FileNotFoundError as error:
            raise PrerequisiteMissing("podman is not installed", fix=f"apt-get install {' '.join(PACKAGES)}") from error
        except subprocess.TimeoutExpired as error:
            raise OnboardError(f"podman {arguments[0]} gave no answer within {timeout:.0f} s") from error
        if check and done.returncode:
            words = done.stderr.decode(errors="replace").strip().splitlines()
            raise OnboardError(
                f"podman {arguments[0]} failed: {' / '.join(words[-4:])}", details={"rc": done.returncode}
            )
        return done.stdout.decode(errors="replace")

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """``podman <arguments>``, running: its standard input and output are the caller's."""
        return subprocess.Popen(
            self._command(*arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=self._environment(),
            text=True,
        )

    def _command(self, *arguments: str) -> list[str]:
        inside = namespace.enter(self.netns) if self.netns and namespace.exists(self.netns) else []
        return [*inside, "podman", *arguments]

    def _environment(self) -> dict[str, str]:
        return tool_environment(self.paths.tmp) | environment(self.paths) | self.tags


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
