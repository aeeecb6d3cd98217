"""The peers of the benchmark: where they are installed from the registries, and how each is called."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

CACHE = Path.home() / ".cache/onboarding-toolkit/benchmarks"
"""Outside of every checkout; what is there is not installed again."""


class Peer(msgspec.Struct, frozen=True, kw_only=True):
    """A tool, how it is installed, and its command for a folder with the inventory and the schemas (see ``peers``)."""

    name: str
    package: str
    client: str
    formats: tuple[str, ...]
    finds: str
    """What it says of what is wrong: how many problems, and where."""
    command: Callable[[Path, str], list[str]]


def python_tool(package: str, program: str) -> str:
    """The program of a package in an environment of its own."""
    return str(CACHE / package / "bin" / program)


def node_tool(program: str) -> str:
    """The program of a package of npm."""
    return str(CACHE / "node/node_modules/.bin" / program)


PEERS = (
    Peer(
        name="check-jsonschema",
        package="check-jsonschema",
        client="uv",
        formats=("yaml", "json"),
        finds="all, no lines",
        command=lambda folder, name: [
            python_tool("check-jsonschema", "check-jsonschema"),
            *("--schemafile", str(folder / "schema.json"), "--output-format", "json", name),
        ],
    ),
    Peer(
        name="yamale",
        package="yamale",
        client="uv",
        formats=("yaml",),
        finds="all, no lines",
        command=lambda folder, name: [python_tool("yamale", "yamale"), "-s", str(folder / "yamale.yaml"), name],
    ),
    Peer(
        name="schema-enforcer",
        package="schema-enforcer",
        client="uv",
        formats=("yaml",),
        finds="all, no lines",
        command=lambda folder, name: [python_tool("schema-enforcer", "schema-enforcer"), "validate"],
    ),
    Peer(
        name="Spectral",
        package="@stoplight/spectral-cli",
        client="npm",
        formats=("yaml", "json"),
        finds="all, with lines",
        command=lambda folder, name: [
            node_tool("spectral"),
            *("lint", "--ruleset", str(folder / "spectral.json"), "--format", "json", "--quiet", name),
        ],
    ),
    Peer(
        name="Sourcemeta jsonschema",
        package="@sourcemeta/jsonschema",
        client="npm",
        formats=("json",),
        finds="the first alone",
        command=lambda folder, name: [node_tool("jsonschema"), "validate", str(folder / "schema.json"), name],
    ),
)


def install(peer: Peer) -> str:
    """The version of a peer that is installed, from now or before; OSError or CalledProcessError says why it is not."""
    if peer.client == "uv":
        return _install_python(peer.package)
    return _install_node(peer.package)


def _install_python(package: str) -> str:
    folder = CACHE / package
    python = folder / "bin/python"
    if not python.exists() or not (folder / "ready").exists():
        beside = Path(sys.executable).with_name("uv")
        uv = str(beside) if beside.exists() else shutil.which("uv") or "uv"
        run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)])
        run([uv, "pip", "install", "--quiet", "--python", str(python), package])
        (folder / "ready").touch()
    asked = "import sys, importlib.metadata as m; print(m.version(sys.argv[1]))"
    return run([str(python), "-c", asked, package]).strip()


def _install_node(package: str) -> str:
    folder = CACHE / "node"
    described = folder / "node_modules" / package / "package.json"
    if not described.exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true}\n')
        options = ("--ignore-scripts", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error")
        run(
            [
                "npm",
                "install",
                "--prefix",
                str(folder),
                *options,
                *(one.package for one in PEERS if one.client == "npm"),
            ]
        )
    return str(json.loads(described.read_text())["version"])


def run(command: list[str]) -> str:
    """What a command prints; CalledProcessError where it fails."""
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=600).stdout
