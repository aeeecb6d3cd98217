"""Which engine is used, and what a machine without one is told."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from toolkit.errors import PrerequisiteMissing
from toolkit.provision.command import run_until_end
from toolkit.provision.engine import VERSION, cache_path, compatible, find_engine, obtain, version_of


def program(path: Path, version: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho v{version}\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        (VERSION, True),
        ("3.300.1", True),
        ("3.258.9", False),
        ("4.0.0", False),
        ("2.99.0", False),
        ("3.260.0-alpha.1", True),
        ("nonsense", False),
    ],
)
def test_compatible(version: str, expected: bool) -> None:
    assert compatible(version) is expected


def test_order(tmp_path: Path) -> None:
    environment = {"PATH": str(tmp_path / "path"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    cached = program(cache_path(environment), VERSION)
    assert find_engine(environment).path == cached
    on_path = program(tmp_path / "path" / "pulumi", "3.1.0")
    assert find_engine(environment).path == cached
    program(on_path, "3.999.0")
    assert find_engine(environment).path == on_path
    named = program(tmp_path / "named", VERSION)
    assert find_engine({**environment, "ONBOARD_ENGINE": str(named)}).path == named


def test_none_says_what_to_do(tmp_path: Path) -> None:
    program(tmp_path / "pulumi", "3.1.0")
    environment = {"PATH": str(tmp_path), "HOME": str(tmp_path)}
    with pytest.raises(PrerequisiteMissing, match=r"pulumi \(3\.1\.0\)") as caught:
        find_engine(environment)
    assert "make onboard" in caught.value.fix


def test_without_go_it_cannot_be_built(tmp_path: Path) -> None:
    environment = {"PATH": str(tmp_path), "HOME": str(tmp_path)}
    with pytest.raises(PrerequisiteMissing, match=r"Go 1\.25"):
        obtain(say=lambda _line: None, environment=environment)


def test_two_that_obtain_at_once_build_once(tmp_path: Path) -> None:
    """The build is Go's command line, so a program of that name stands for it: one line for each build."""
    builds = tmp_path / "builds"
    go = tmp_path / "bin" / "go"
    go.parent.mkdir()
    go.write_text(
        "#!/bin/sh\n"
        'if [ "$1" = env ]; then echo go1.26.0; exit; fi\n'
        f'echo "$@" >> {builds}\n'
        "sleep 0.5\n"
        'while [ "$1" != -o ]; do shift; done\n'
        f'printf "#!/bin/sh\\necho v{VERSION}\\n" > "$2"; chmod 755 "$2"\n'
    )
    go.chmod(0o755)
    environment = {"PATH": f"{go.parent}:{os.defpath}", "XDG_CACHE_HOME": str(tmp_path / "cache")}
    said: list[str] = []
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(obtain(say=said.append, environment=environment)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [engine.path for engine in found] == [cache_path(environment)] * 2
    (build,) = builds.read_text().splitlines()
    assert "-mod=readonly -trimpath -tags osusergo,grpcnotrace" in build
    assert any("waiting" in line for line in said)
    assert not list(cache_path(environment).parent.glob(".build-*"))


@pytest.mark.engine
def test_the_module_prints_the_path() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "toolkit.provision.engine"], capture_output=True, text=True, check=True, timeout=120
    )
    assert version_of(Path(done.stdout.strip()))


def test_output_is_streamed_and_kept() -> None:
    lines: list[str] = []
    code, stdout, stderr = run_until_end(
        ["sh", "-c", "echo one; echo two; echo bad >&2; exit 3"],
        cwd="/",
        environment={"PATH": os.defpath},
        on_output=lines.append,
    )
    assert (code, stdout, stderr, lines) == (3, "one\ntwo", "bad", ["one", "two"])


def test_the_environment_is_not_inherited() -> None:
    code, stdout, _ = run_until_end(["/usr/bin/env"], cwd="/", environment={"ONLY": "this"})
    assert (code, stdout) == (0, "ONLY=this")
