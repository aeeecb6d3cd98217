"""What the readers are fed: the seeds, and strategies that make others of them, by suffix."""

from __future__ import annotations

import io
import json
import zipfile
from functools import cache
from pathlib import Path

from hypothesis import strategies as st

from tests.fuzz.large_seeds import LARGE, packed
from toolkit.inventory.readers import OPENERS

ROOT = Path(__file__).parents[2]
STORED = ROOT / "tests/fuzz/seeds"
FOUND = ROOT / "tests/fuzz/found"
EXAMPLES = (ROOT / "tests/examples/valid", ROOT / "tests/examples/invalid", ROOT / "examples/acme")
FORMATS = tuple(suffix for suffix in sorted(OPENERS) if any(name.endswith(suffix) for name in LARGE))
"""One suffix of every reader."""

_SLICED = b" " * 512 * 1024
"""Before JSON of this size a file is read by slices."""
_MARKS = [
    *(b": |- |\n|  |{|}|[|]|,|\"|'|&x |*x|<<: |!!str |!!int |1|null|>\n|# |---\n|...\n|%YAML 1.2\n|? |\t|\r|~|true".split(b"|")),
    *(b'|\n;\r\n;\\u0041;\\ud800;\xff;\x00;.inf;NaN;0x;1e999;{"id": "a"};"components": [;"kind": "vm"'.split(b";")),
    *("\ufeff|\u2028|\x85|é|\U0001f600".encode().split(b"|")),
    b";", b'""', b"=1+1", b"id;kind\n", b"<c ", b'r="A1"', b"</row>", b"&#0;", b"<![CDATA[", b"9" * 40,
]  # fmt: skip
_KEYS = [
    "id",
    "kind",
    "tenant",
    "site",
    "networks",
    "address",
    "backup",
    "components",
    "tenants",
    "service",
    "depends_on",
]


def seeds(suffix: str) -> list[tuple[str, bytes]]:
    """Name and content of every small seed of a format, of what was found before, and of the examples that it reads."""
    found = [
        path for folder in (STORED, FOUND, *EXAMPLES) for path in sorted(folder.glob(f"*{suffix}")) if path.is_file()
    ]
    return [(path.name, path.read_bytes()) for path in found]


def large(suffix: str) -> list[str]:
    """The names in ``LARGE`` of a format."""
    return [name for name in LARGE if name.endswith(suffix)]


def inputs(suffix: str) -> st.SearchStrategy[bytes]:
    """Bytes for the reader of a suffix."""
    if suffix == ".xlsx":
        return st.binary(max_size=200) | _edited(_workbook()) | _repacked()
    made = [st.binary(max_size=200), st.lists(st.sampled_from(_MARKS), max_size=40).map(b"".join), _values(suffix)]
    bases = [content for _, content in seeds(suffix) if len(content) < 20_000]
    if bases:
        made.append(_edited(st.sampled_from(bases)))
    if suffix == ".json":
        made = [*made, *made, st.one_of(made).map(lambda content: _SLICED + content)]
    return st.one_of(made)


def _values(suffix: str) -> st.SearchStrategy[bytes]:
    """Sound text of any meaning: what comes after the readers is met too."""
    scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10) | st.sampled_from(_KEYS)
    keys = st.sampled_from(_KEYS) | st.text(max_size=5)
    items = st.dictionaries(keys, scalars | st.lists(scalars, max_size=3), max_size=5)
    if suffix in (".ndjson", ".jsonl"):
        return st.lists(items | scalars, max_size=10).map(
            lambda lines: b"\n".join(json.dumps(line).encode() for line in lines)
        )
    if suffix == ".csv":
        cells = st.lists(scalars.map(str), min_size=1, max_size=5)
        return st.tuples(st.lists(cells, max_size=8), st.sampled_from(",;\t|")).map(
            lambda made: "\n".join(made[1].join(row) for row in made[0]).encode("utf-8", "surrogatepass")
        )
    nested = st.recursive(
        scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4), max_leaves=20
    )
    whole = st.dictionaries(st.sampled_from(_KEYS), nested | st.lists(items, max_size=4), max_size=5)
    return whole.map(lambda value: json.dumps(value, indent=1).encode())


@st.composite
def _edited(draw: st.DrawFn, bases: st.SearchStrategy[bytes]) -> bytes:
    """A seed with some bytes cut, put in, repeated or moved."""
    content = draw(bases)
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, max(len(content) - 1, 0)))
        end = min(at + draw(st.integers(0, 30)), len(content))
        put = draw(st.sampled_from(_MARKS) | st.binary(max_size=4) | st.just(content[at:end] * 2) | st.just(b""))
        content = content[:at] + put + content[end:]
    return content


def _workbook() -> st.SearchStrategy[bytes]:
    small = [name for name in large(".xlsx") if not name.startswith(("zip-bomb", "far", "beyond"))]
    return st.sampled_from(small).map(_built)


@cache
def _built(name: str) -> bytes:
    return LARGE[name]()


@st.composite
def _repacked(draw: st.DrawFn) -> bytes:
    """A sound zip file whose members are edited."""
    names = ["plain.xlsx", "formulas.xlsx", "merged.xlsx", "dates-and-errors.xlsx"]
    with zipfile.ZipFile(io.BytesIO(_built(draw(st.sampled_from(names))))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    edited = draw(st.sampled_from(sorted(members)))
    return packed({**members, edited: draw(_edited(st.just(members[edited])))})
