"""Starts the engine's program: with exactly the given environment, and never outliving the process that started it."""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Callable, Mapping
from typing import IO, Any

from toolkit.processes import dying_with_parent
from toolkit.provision.engine import Engine

Output = Callable[[str], Any]


def engine_command(engine: Engine, environment: Mapping[str, str]) -> Any:
    """A ``pulumi.automation.PulumiCommand`` that runs ``engine``."""
    from pulumi.automation import CommandResult, PulumiCommand
    from pulumi.automation.errors import create_command_error
    from semver import VersionInfo

    class Command(PulumiCommand):
        def __init__(self) -> None:  # no super().__init__: the engine's version is known, asking costs a start
            self.command = str(engine.path)
            self.version = VersionInfo.parse(engine.version)

        def run(
            self,
            args: list[str],
            cwd: str,
            additional_env: Mapping[str, str],
            on_output: Output | None = None,
            on_error: Output | None = None,
        ) -> CommandResult:
            command = dying_with_parent([self.command, "--non-interactive", *args])
            # the environment is built, not inherited: nothing of os.environ is added
            code, stdout, stderr = run_until_end(
                command, cwd=cwd, environment={**environment, **additional_env}, on_output=on_output, on_error=on_error
            )
            result = CommandResult(stdout=stdout, stderr=stderr, code=code)
            if code:
                raise create_command_error(result)
            return result

    return Command()


def run_until_end(
    command: list[str],
    *,
    cwd: str,
    environment: Mapping[str, str],
    on_output: Output | None = None,
    on_error: Output | None = None,
) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command.

    A KeyboardInterrupt is passed on to the command once, so that it ends at a resource's boundary, and raised after.
    """
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=cwd,
        env=dict(environment),
        encoding="utf-8",
        errors="replace",
    ) as running:
        lines: tuple[list[str], list[str]] = ([], [])
        readers = [
            threading.Thread(target=_read, args=(stream, callback, kept), daemon=True)
            for stream, callback, kept in zip(
                (running.stdout, running.stderr), (on_output, on_error), lines, strict=True
            )
        ]
        for reader in readers:
            reader.start()
        interrupted = False
        try:
            running.wait()
        except KeyboardInterrupt:
            interrupted = True
            running.send_signal(signal.SIGINT)
            running.wait()
        for reader in readers:
            reader.join()
    if interrupted:
        raise KeyboardInterrupt
    return running.returncode, "\n".join(lines[0]), "\n".join(lines[1])


def _read(stream: IO[str], callback: Output | None, kept: list[str]) -> None:
    for line in stream:
        kept.append(line.rstrip())
        if callback:
            callback(kept[-1])
