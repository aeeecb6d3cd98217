"""Every example has its documents in both languages; results come from evidence that holds, and from no other."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from toolkit.cli.main import cli
from toolkit.documents.make import make
from toolkit.documents.markdown import escaped
from toolkit.errors import EvidenceInvalid
from toolkit.pipeline import workspace
from toolkit.pipeline.document_sources import gather

ROOT = Path(__file__).parents[3]
EXAMPLES = sorted(path.name for path in (ROOT / "examples").iterdir() if path.is_dir())
# the SDK imports its own deprecated modules
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:.* has been deprecated in favor of :DeprecationWarning"),
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_documented_in_both_languages(example):
    sources = gather(workspace.find(ROOT / "examples" / example))
    made = list(make(sources, only=(), languages=("fr", "en"), formats=("md",)))
    assert len({one.id for one in made}) * 2 == len(made)
    for one in made:
        text = one.files[f"{one.id}.{one.language}.md"].decode()
        assert escaped(sources.inventory.customer.name) in text
        assert re.findall(r"Missing\(|Gap\(|Code\(|\bNone\b(?!\.)|\{\{|%\}", text) == [], one.id
        prose = re.sub(r"`[^`]*`|\(#[^)]*\)|<[^>]*>", "", text)
        assert one.language == "en" or re.findall(r".{20}[ \u00a0][;:!?%»]", prose) == [], one.id
        # nothing of a row is lost, and no row is another table's
        rows = [line for line in text.split("\n") if line.startswith("|")]
        assert all(line.endswith("|") for line in rows)


def evidenced(tmp_path: Path) -> Path:
    """A workspace with a bundle of evidence."""
    folder = tmp_path / "acme"
    shutil.copytree(ROOT / "examples/acme", folder, ignore=shutil.ignore_patterns(".onboard"))
    shutil.copytree(ROOT / "tests/golden/evidence/passed", folder / ".onboard/evidence/run-1")
    return folder


def report(folder: Path):
    arguments = ["documents", str(folder), "--only", "test-report", "--as", "md", "--language", "en"]
    return CliRunner().invoke(cli, arguments, standalone_mode=False)


def test_a_test_report_has_the_checks_of_the_newest_evidence(tmp_path):
    folder = evidenced(tmp_path)
    result = report(folder)
    assert result.return_value == 0, result.exception
    text = (folder / ".onboard/documents/test-report.en.md").read_text()
    assert "results of the tests" not in text
    assert re.search(r"\| Run \| \d{8}-\d{6}-\w+ \|", text)
    assert "These results come from a rehearsal" in text
    assert "These results are of another version of the inventory" in text
    assert "No check was made: nothing can be concluded." in text


def test_nothing_is_reported_from_evidence_that_does_not_hold(tmp_path):
    folder = evidenced(tmp_path)
    (folder / ".onboard/evidence/run-1/coverage.json").write_text("{}")
    result = report(folder)
    assert isinstance(result.exception, EvidenceInvalid)
    assert not (folder / ".onboard/documents").exists()


def test_a_plan_that_is_refused_is_a_gap(tmp_path):
    folder = tmp_path / "acme"
    shutil.copytree(ROOT / "examples/acme", folder, ignore=shutil.ignore_patterns(".onboard"))
    inventory = folder / "inventory.yaml"
    inventory.write_text(inventory.read_text().replace("routing: static", "routing: bgp"))
    arguments = ["documents", str(folder), "--only", "transition-plan", "--as", "md", "--language", "en", "-v"]
    result = CliRunner().invoke(cli, arguments, standalone_mode=False)
    assert result.return_value == 0, result.exception
    assert "tasks of the plan: from the command line: onboard plan PATH [work]" in result.output


def test_hash_seed_clock_language_and_folder_of_the_machine_change_no_byte(tmp_path):
    """Two processes with another environment write the same files."""
    shutil.copytree(ROOT / "examples/acme", tmp_path / "acme", ignore=shutil.ignore_patterns(".onboard"))
    places = {
        "one": (ROOT, tmp_path / "acme", {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8"}),
        "other": (tmp_path / "acme", ".", {"PYTHONHASHSEED": "77", "TZ": "America/New_York", "LC_ALL": "fr_FR.UTF-8"}),
    }
    only = [part for id_ in ("monthly-report", "credit-claim", "initial-inventory") for part in ("--only", id_)]
    for name, (folder, path, environment) in places.items():
        arguments = ["documents", str(path), "--month", "2027-03", *only, "--output", str(tmp_path / name)]
        subprocess.run(
            [sys.executable, "-c", "from toolkit.cli.main import main; main()", *arguments],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
            check=True,
            capture_output=True,
        )
    one, other = ({file.name: file.read_bytes() for file in (tmp_path / name).iterdir()} for name in places)
    assert one
    assert one == other
