"""Golden documents of examples/acme in both languages, reviewed like text that a customer signs."""

import pytest

from toolkit.documents.make import make

# the SDK imports its own deprecated modules
pytestmark = pytest.mark.filterwarnings("ignore:.* has been deprecated in favor of :DeprecationWarning")


@pytest.mark.slow
def test_the_documents_are_the_golden_ones(golden):
    kept = {path.name: path.read_bytes() for path in golden.HERE.iterdir() if path.suffix in {".md", ".svg"}}
    made = golden.made()
    assert made.keys() == kept.keys()
    for name, content in made.items():
        assert content == kept[name], f"{name}: if it is meant: python tests/golden/documents/regenerate.py"


@pytest.mark.slow
def test_unchanged_input_gives_the_same_bytes_in_every_format(acme):
    def once():
        formats = ("md", "html", "docx")
        return [one.files for one in make(acme, only=(), languages=("fr",), formats=formats)]

    assert once() == once()
