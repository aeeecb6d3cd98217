"""The wheel, in an environment that has its base requirements only, does without the checkout and without an extra."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from email import message_from_bytes
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


def base_requirements(wheel: Path) -> list[Requirement]:
    """What the wheel's own METADATA demands when no extra is asked for."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        declared = message_from_bytes(archive.read(name)).get_all("Requires-Dist", [])
    return list(applicable([Requirement(text) for text in declared], {""}))


def applicable(requirements: list[Requirement], extras: set[str]) -> Iterator[Requirement]:
    for requirement in requirements:
        if not requirement.marker or any(requirement.marker.evaluate({"extra": extra}) for extra in extras):
            yield requirement


def closure(requirements: list[Requirement]) -> dict[str, metadata.Distribution]:
    """Those distributions of this environment, and what they demand in turn."""
    found: dict[str, metadata.Distribution] = {}
    seen, waiting = set(), list(requirements)
    while waiting:
        requirement = waiting.pop()
        if str(requirement) in seen:
            continue
        seen.add(str(requirement))
        distribution = metadata.distribution(requirement.name)
        assert requirement.specifier.contains(distribution.version, prereleases=True), requirement
        found[requirement.name.lower()] = distribution
        demanded = [Requirement(text) for text in distribution.requires or []]
        waiting += applicable(demanded, {"", *requirement.extras})
    return found


def lend(distribution: metadata.Distribution, libraries: Path) -> None:
    """Link a distribution's folders and modules into another environment."""
    for file in distribution.files or []:
        top = file.parts[0]
        if top in {"..", "__pycache__"} or (libraries / top).exists():
            continue
        (libraries / top).symlink_to(Path(str(distribution.locate_file(top))))


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``onboard`` from the wheel as ``pip install onboarding-toolkit`` gives it; the versions are this environment's."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    shutil.copytree(
        ROOT, source, ignore=shutil.ignore_patterns(".git", ".venv*", ".onboard", "__pycache__", ".*_cache")
    )
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(folder), str(source)],
        check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = folder.glob("*.whl")
    shutil.rmtree(source)
    venv.create(folder / "env", with_pip=True)
    python = folder / "env/bin/python"
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", str(wheel)], check=True)
    (libraries,) = (folder / "env").glob("lib/python*/site-packages")
    for distribution in closure(base_requirements(wheel)).values():
        lend(distribution, libraries)
    return folder / "env/bin/onboard"


def run(command: Path, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LANG": "C.UTF-8"}
    return subprocess.run(
        [str(command), *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_the_wheel_validates_decides_plans_and_approves(installed: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples/acme", tmp_path / "acme", ignore=shutil.ignore_patterns(".onboard"))
    where = subprocess.run(
        [str(installed.with_name("python")), "-c", "import toolkit; print(toolkit.__file__)"],
        cwd=tmp_path, env={"PATH": os.defpath}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert str(ROOT) not in where.stdout
    for arguments in (("validate", "acme"), ("decide", "acme"), ("plan", "acme", "-o", "plan")):
        done = run(installed, *arguments, folder=tmp_path)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "plan/index.json").is_file()
    done = run(installed, "documents", "acme", "--as", "md", "--as", "html", "--output", "out", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "out").glob("*.html"))) > 5
    # without the extra: the fix is told, and nothing is written
    done = run(installed, "documents", "acme", "--output", "word", folder=tmp_path)
    assert done.returncode == 13
    assert "onboarding-toolkit[documents]" in done.stderr
    assert not (tmp_path / "word").exists()
    done = subprocess.run(
        [sys.executable, "-m", "toolkit.cli.main", "plan", "acme", "-o", "checkout"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    bound, ours = (json.loads((tmp_path / name / "index.json").read_bytes())["bound"] for name in ("plan", "checkout"))
    assert {name for name in bound if bound[name] == "absent"} == {
        "sdk:ansible-core",
        "sdk:ansible-runner",
        "sdk:boto3",
    }
    here = {name: value for name, value in ours.items() if bound[name] != "absent"}
    assert {name: bound[name] for name in here} == here, "the wheel holds what its checkout holds"
    done = run(installed, "approve", "plan", "--key", "file:ada.pem", "--create-key", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    done = run(installed, "plan", "acme", "--against", "plan", "--detailed-exitcode", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_auditors_side_needs_no_extra(installed: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "tests/golden/evidence/passed", tmp_path / "bundle")
    for arguments in (("evidence", "verify", "bundle"), ("evidence", "show", "bundle"), ("report", "bundle")):
        done = run(installed, *arguments, folder=tmp_path)
        assert done.returncode == 0, done.stderr
    assert "<html" in (tmp_path / "bundle.html").read_text()
    (tmp_path / "bundle/coverage.json").write_text("{}")
    assert run(installed, "evidence", "verify", "bundle", folder=tmp_path).returncode == 11


def test_an_extra_is_really_left_out(installed: Path, tmp_path: Path) -> None:
    """Otherwise the tests above would say nothing about the base requirements."""
    for module in ("boto3", "ansible_runner", "moto", "docx", "PIL", "pytest"):
        found = subprocess.run(
            [str(installed.with_name("python")), "-c", f"import {module}"],
            cwd=tmp_path,
            capture_output=True,
            check=False,
        )
        assert b"ModuleNotFoundError" in found.stderr, module
