"""One workspace per service: validated, decided, planned, documented as its build engineer would do it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.unit.cli.shell import loaded, onboard
from toolkit.catalogue import services
from toolkit.inventory.load import load

EXAMPLES = Path(__file__).parents[3] / "examples"
WORKSPACES = sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir())


@pytest.fixture
def workspace(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return Path(
        shutil.copytree(EXAMPLES / request.param, tmp_path / request.param, ignore=shutil.ignore_patterns(".onboard"))
    )


def test_every_service_has_one() -> None:
    assert {load(EXAMPLES / name).service for name in WORKSPACES} == set(services())


@pytest.mark.slow
@pytest.mark.parametrize("workspace", WORKSPACES, indirect=True)
def test_it_goes_the_whole_way(workspace: Path) -> None:
    def call(*words: str, code: int = 0) -> str:
        done = onboard(*words, cwd=workspace.parent)
        assert done.returncode == code, done.stderr
        return done.stdout

    assert json.loads(call("validate", workspace.name, "--format", "json"))["summary"]["problems"] == 0
    call("decide", workspace.name)
    index = json.loads(call("plan", workspace.name, "--format", "json"))
    service = services()[load(workspace).service]
    folder = Path(index["folder"])
    gates = json.loads((folder / f"service-{service.id}.json").read_text())["gates"]
    assert list(gates) == sorted(f"transition/{stage.id}" for stage in service.stages if stage.gate)
    told = loaded(onboard("status", workspace.name, "--format", "json", cwd=workspace.parent))
    assert [stage["stage"] for stage in told["stages"]] == [stage.id for stage in service.stages]
    assert service.title.en in call("catalogue", "show", service.description)
    words = ("--language", "fr", "--language", "en", "--format", "json")
    written = json.loads(call("documents", workspace.name, *words))
    made = {(file["document"], file["language"], Path(file["path"]).suffix) for file in written["files"]}
    wanted = {one.document for one in service.deliverables if one.document} - {"monthly-report", "credit-claim"}
    for document in wanted:
        for language in ("fr", "en"):
            for suffix in (".md", ".html", ".docx"):
                assert (document, language, suffix) in made
    assert all(gap["what"] and gap["where"] for gap in written["gaps"])
