"""Finds the Pulumi engine, or obtains it: the program that the Python packages do not contain.

Order: ``ONBOARD_ENGINE``, a compatible one on PATH, the toolkit's cache. ``obtain`` fills the cache by building the
pinned version with Go, or by the official installer. ``python -m toolkit.provision.engine`` prints the path.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from toolkit import places, processes, resources
from toolkit.errors import OnboardError, PrerequisiteMissing

VERSION = "3.259.0"
"""The pinned engine, and the oldest that is accepted."""
GO_MINIMUM = (1, 25)
_PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
_FLAGS = f"-w -s -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v{VERSION}"
_FIX = (
    "run `make onboard`, or `python -m toolkit.provision.engine`, or install it: https://www.pulumi.com/docs/install/"
)

Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Engine:
    """A program that can run the stacks: its absolute path and its version (``3.259.0``)."""

    path: Path
    version: str


def cache_path(environment: Mapping[str, str]) -> Path:
    """Where the toolkit keeps the engine that it obtained: one folder for each version."""
    return places.cache(environment) / "engine" / f"v{VERSION}" / "pulumi"


def find_engine(environment: Mapping[str, str] | None = None) -> Engine:
    """The engine to use; raises PrerequisiteMissing when there is none, or only one that is too old."""
    environment = os.environ if environment is None else environment
    too_old = []
    for candidate in _candidates(environment):
        version = version_of(candidate)
        if version and compatible(version):
            return Engine(path=candidate, version=version)
        too_old.append(f"{candidate} ({version or 'does not run'})")
    found = f"; found {', '.join(too_old)}" if too_old else ""
    raise PrerequisiteMissing(f"the Pulumi engine {VERSION} or newer is missing{found}", fix=_FIX)


def _candidates(environment: Mapping[str, str]) -> Iterator[Path]:
    named = environment.get("ONBOARD_ENGINE")
    if named:
        yield Path(named)
    on_path = shutil.which("pulumi", path=environment.get("PATH", ""))
    if on_path:
        yield Path(on_path).absolute()
    cached = cache_path(environment)
    if cached.is_file():
        yield cached


def version_of(program: Path) -> str | None:
    """The version that a program says it has, without ``v``; None when it does not run."""
    quiet = {"PULUMI_SKIP_UPDATE_CHECK": "true", "HOME": tempfile.gettempdir(), "PATH": os.defpath}
    try:
        said = subprocess.run(
            [str(program), "version"], capture_output=True, text=True, timeout=60, env=quiet, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return said.stdout.strip().removeprefix("v")


def compatible(version: str) -> bool:
    """Whether an engine of this version runs the stacks: the pinned one, or newer within the major version."""
    wanted, found = (re.match(r"(\d+)\.(\d+)\.(\d+)", text) for text in (VERSION, version))
    if wanted is None or found is None:
        return False
    numbers = [tuple(int(part) for part in match.groups()) for match in (wanted, found)]
    return numbers[1][0] == numbers[0][0] and numbers[1] >= numbers[0]


def obtain(*, say: Say, official: bool = False, environment: Mapping[str, str] | None = None) -> Engine:
    """The engine that is there, else one built with Go into the cache; ``official`` permits the vendor's installer.

    Two callers at once build once. Raises PrerequisiteMissing when neither way is open, or the build fails.
    """
    environment = os.environ if environment is None else environment
    with contextlib.suppress(PrerequisiteMissing):
        return find_engine(environment)
    target = cache_path(environment)
    target.parent.mkdir(parents=True, exist_ok=True)
    with processes.locked(
        target.parent / "lock", on_wait=lambda: say("another process obtains the engine; waiting for it")
    ):
        with contextlib.suppress(PrerequisiteMissing):
            return find_engine(environment)
        if official:
            _install(target, say)
        else:
            _build(target, say, environment)
    return find_engine(environment)


def _go(environment: Mapping[str, str]) -> str:
    go = shutil.which("go", path=environment.get("PATH", ""))
    said = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, check=False) if go else None
    match = re.match(r"go(\d+)\.(\d+)", said.stdout) if said else None
    if go is None or match is None or (int(match[1]), int(match[2])) < GO_MINIMUM:
        wanted = ".".join(map(str, GO_MINIMUM))
        raise PrerequisiteMissing(
            f"the Pulumi engine is missing, and Go {wanted} or newer to build it is missing too",
            fix="install Pulumi (https://www.pulumi.com/docs/install/), or run "
            "`python -m toolkit.provision.engine --official`, or install Go",
        )
    return go


def _build(target: Path, say: Say, environment: Mapping[str, str]) -> None:
    """Build the pinned version from package data; the result appears in the cache whole or not at all."""
    go = _go(environment)
    say(f"building the Pulumi engine {VERSION} with Go, once on this machine (about 4 minutes on 2 cores)")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".build-") as folder:
        source = Path(folder) / "source"
        shutil.copytree(resources.folder("engine"), source)
        built = Path(folder) / "pulumi"
        command = [go, "build", "-mod=readonly", "-trimpath", "-tags", "osusergo,grpcnotrace", "-ldflags", _FLAGS]
        with _heartbeat(say):
            done = subprocess.run(
                [*command, "-o", str(built), _PACKAGE],
                cwd=source,
                env={**environment, "CGO_ENABLED": "0", "GOWORK": "off"},
                capture_output=True,
                text=True,
                check=False,
            )
        if done.returncode:
            raise PrerequisiteMissing(
                "Go could not build the Pulumi engine",
                fix="install Pulumi instead: https://www.pulumi.com/docs/install/",
                details={"stderr": done.stderr[-2000:]},
            )
        built.replace(target)
    say(f"the engine is at {target}")


@contextlib.contextmanager
def _heartbeat(say: Say, seconds: float = 20.0) -> Iterator[None]:
    """A line every ``seconds`` while something long runs."""
    ended, began = threading.Event(), time.monotonic()

    def beat() -> None:
        while not ended.wait(seconds):
            say(f"still building the engine ({int(time.monotonic() - began)} s)")

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _install(target: Path, say: Say) -> None:
    """Pulumi's own installer, into the toolkit's cache."""
    from pulumi.automation import PulumiCommand
    from semver import VersionInfo

    say(f"installing Pulumi {VERSION} by its official installer")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".install-") as folder:
            PulumiCommand.install(root=folder, version=VersionInfo.parse(VERSION))
            for program in (Path(folder) / "bin").iterdir():
                program.replace(target.parent / program.name)
    except Exception as error:
        raise PrerequisiteMissing(f"Pulumi's installer failed: {error}", fix=_FIX) from error


def main() -> int:
    """Print the engine's path on stdout, obtaining it if need be; progress on stderr."""
    parser = argparse.ArgumentParser(prog="python -m toolkit.provision.engine", description=main.__doc__)
    parser.add_argument("--official", action="store_true", help="use Pulumi's installer instead of building with Go")
    arguments = parser.parse_args()
    try:
        engine = obtain(say=lambda line: print(line, file=sys.stderr, flush=True), official=arguments.official)
    except OnboardError as error:
        print(f"{error.message}\nfix: {error.fix}", file=sys.stderr)
        return error.exit_code
    print(engine.path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
