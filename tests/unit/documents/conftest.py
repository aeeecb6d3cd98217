"""Facts of examples/acme, gathered once for the tests of the documents."""

import datetime as dt
import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def acme():
    from toolkit.pipeline import workspace
    from toolkit.pipeline.document_sources import gather

    return gather(
        workspace.find(ROOT / "examples/acme"),
        matrix=ROOT / "schemas/samples/raci.sample.yaml",
        date=dt.date(2026, 12, 1),
    )


@pytest.fixture(scope="session")
def golden():
    """The module that makes the golden documents."""
    spec = importlib.util.spec_from_file_location("regenerate_documents", ROOT / "tests/golden/documents/regenerate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
