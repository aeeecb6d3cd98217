"""The wheel, installed in an environment of its own, does without the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``onboard`` from the wheel; the dependencies are those of this environment."""
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
    ours = next(path for path in sys.path if path.endswith("site-packages"))
    # a .pth file adds the folder, but does not run the .pth of an editable checkout that may lie in it
    (libraries / "dependencies.pth").write_text(ours + "\n")
    return folder / "env/bin/onboard"


def run(command: Path, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LANG": "C.UTF-8"}
    return subprocess.run(
        [str(command), *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_the_wheel_validates_decides_and_plans(installed: Path, tmp_path: Path) -> None:
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
