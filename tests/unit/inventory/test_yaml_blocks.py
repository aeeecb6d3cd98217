"""The fast readers of YAML say what the exact one says: in value, in verdict and in place, for any text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.inventory.readers import open_piece
from toolkit.inventory.readers.piece import Piece, WholePiece
from toolkit.inventory.readers.place import Place, ReadRefused, Spot, decode, pointer
from toolkit.inventory.readers.yaml_blocks import Torn, YamlBlocks
from toolkit.inventory.readers.yaml_lines import LineReader, Strange
from toolkit.inventory.readers.yaml_reader import exact_yaml, read_yaml

EXAMPLES = sorted(Path(__file__).parents[2].joinpath("examples").rglob("*.yaml"))

SCALARS = [
    *("vm", "a b", "no", "1:30", "0o14", "014", "~", ".5", "-.5", "1e3", "12.0", "2027-01-01", "null", "TRUE", "-1", "-", "--", "-x"),
    *('"12"', "'it''s'", '"a: b"', "'#'", '"a\\nb"', '"a" b', '"a', "'a", "'a''", '""', "''", '"a"#c', '"a" # c', "x # c", "x #", "x#y"),
    *("a:b", "a: b", "a:", "a :b", "http://h/p?q=1#f", "::1", "10.0.0.0/8", "é", "\u00a0", "a\u00a0", "a\u2028b", "a\u0085", "\ufeffa", "\x7f"),
    *("&a x", "*a", "!!str 1", "! 1", "|", ">", "|-", "|+", "?", "? a", "- a", "-  a", "@a", "`a", "%a", "=", "<<", "<", "[", "]", "{", "}", ","),
    *("9007199254740993", "1e999", ".nan", "0x1F", "+12", "a\tb", "a\t", "\ta", "a  ", "---", "...", "--- a", "x" * 300, "# c", "#c", "a, b [c]"),
]  # fmt: skip
FLOWS = [
    *("[]", "{}", "[a, b]", "[ a , b ]", "[a, b] # c", "[a]#c", "[a, ]", "[,]", "[a,,b]", "[a b]", "[a: b]", "[a:b]", "[a :b]", "[a #c]", "[a"),
    *("{k: v}", "{k: v, k: w}", "{k: }", "{k}", "{k:v}", '{"k": v}', '{"k":v}', "{k: [a, {b: c}]}", "{k: {a: 1}, l: []}", "{k: v,}", "{k: a: b}"),
    *("[-1, .5, 1e3, ~]", "[- a]", "[-]", "['a, b', \"c]\"]", "['a'b]", "['a' 'b']", '["a\\"b"]', "[a]]", "[a] b", "[a}", "{a: ]", "[[a], b]"),
    *("[::1]", "[a::b]", "[a:/b]", "[http://x]", "{http://x: y}", "[a?b]", "[?a]", "[*a]", "[&a b]", "[!!str a]", "[<<]", "{<<: {a: b}}", "{<<: *a}"),
    *("{[a]: b}", "{1: b}", "{null: b}", "{true: b}", "{~: b}", "{no: b}", "[9007199254740993]", "[" * 7 + "]" * 7, "[" * 70 + "]" * 70, "[a\tb]"),
    *("[a  b ]", "[é]", "[\u00a0]", "{é: b}", "{k: 'it''s'}", "['']", '[""]', "[a, # c", "{k: v} }", "{k: v}{", "{, k: v}", "{k: v k: w}", "{a: b}: c"),
    *("{k: a b: c}", "{'k' : v}", "{k : v}", "{k:  v}", "{k: -}", "{k: - a}", "{k: |}", "[|]", "[>a]", "[@a]", "[`a]", "[%a]", "[=]", "[a=b]"),
]  # fmt: skip
KEYS = [
    "id",
    "id",
    "kind",
    "a",
    "b",
    "c",
    "null",
    "true",
    "no",
    "12",
    "é",
    '"q"',
    "'q'",
    "a b",
    "<<",
    "x" * 120,
    "x" * 1100,
    "a.b",
    "-a",
    "? a",
    "&k a",
    "a ",
]
ODD_LINES = [
    *("", " ", "   ", "# comment", "  # comment", "        # deep", "\t", "  \t", "\t# c", "---", "...", "--- |", "%YAML 1.2", "text", "    text", "      text"),
    *("-", "  -", "    -", "  - ", "  -   ", "- ", "-\tid: x", "  -\tid: x", "  - - a", "    - - a", "  - - id: x", "  -  id: x", "  - # c", "? a", ": b"),
    *("components:", "components: []", "  components:", "tenants:", "tenants: [{id: t}]", "x: *a", "]", "}", '"', "'", '  - id: "', "  - id: [", '    a: "b', '  c"'),
    *("  - &a", "  - &a id: x", "  - &a {id: x}", "  - *a", "  - <<: *a", "    <<: {a: b}", "    <<: *a", "    x: &a y", "    x: *a", "    x: &a {b: c}"),
    *("    |", "      - x", "     - y", "   id: y", " - id: y", " x: y", "     x: y", "    a: |\n      text\n        more\n\n", "    a: >-\n      text\n      more"),
    *("    a: |2\n        x", "    a: |+\n      x\n\n\n", "    a: |\n\n\n  - id: z", '    a: "x\n      y"', '    a: "x\n  - id: y"', "    a: 'x\n  - id: y'", "    a: [x,\n  - id: y]"),
    *("    a: x\n      y", "    a: x\n\n      y", "    a: {b: c,\n      d: e}", "    a: [b,\n  c]", "    ? a\n    : b", "  - |\n    x\n  - y", "  - >\n\n  - y", "  - !!map\n    id: x", "  - !t\n    id: x"),
    *("    a:\n    - x\n    - y", "    a:\n    - b: x\n      c: y\n    d: z", "    a:\n      b:\n        c:\n    d:", "    a:\n    # c\n      b: c", "    a: # c\n      b: c", "    a:   \n\n      - b"),
]  # fmt: skip
HEADS = [
    "",
    "schema: v1\n",
    "# c\nschema: v1\ntenants:\n  - id: t\n",
    "---\n",
    "%YAML 1.1\n---\n",
    "a: &a {b: c}\n",
    'a: "x\n',
    "a: [\n",
    "a: |\n  text\n",
    "a:\n",
    "- a\n",
    "? a\n",
    "--- |\n",
    "a: {\n",
    "a: 'b\n",
    "é: ü\n",
    " a: b\n",
    "a\n",
    "components: []\n",
    "'components': []\n",
    "<<: {components: [{id: m}]}\n",
    "a: x\n\n\n",
    "x: \ty\n",
]
LISTS = [
    "components:\n",
    "components:\n",
    "components:   \n",
    "components: # c\n",
    "components:#c\n",
    "components:\n\n# c\n\n",
    "components: \t\n",
    "components: &c\n",
    "components: !!seq\n",
    "components: x\n",
    "components :\n",
    '"components":\n',
    "components:\n  # c\n",
    " components:\n",
]
TAILS = ["", "", "sites:\n  - id: s\n", "sites: [{id: s}]", "x: y", "---\nx: y", "...\n", "...\nx: y", "x: *a\n", "# c", "]\n", '"\n', "'", "}", "\tx", "components: []\n", "<<: {y: z}\n", "? x\n: y\n", "-\n", "- y", "a", "\n\n\n", " x: y\n", "x:\n- y\n", "é: è\n# c\nx: [1,\n2]"]  # fmt: skip

odd_now_and_then = st.integers(0, 9)


@st.composite
def members(draw: Any, indent: int, depth: int) -> list[str]:
    """The lines of a mapping at an indent: most of them sound."""
    found: list[str] = []
    for number in range(draw(st.integers(1, 3))):
        key = draw(st.sampled_from(KEYS)) if draw(odd_now_and_then) == 0 else f"{'abcdefgh'[number]}{depth}"
        shape = draw(st.sampled_from(["scalar", "scalar", "flow", "mapping", "list", "items", "none"]))
        start = " " * indent + key + ":"
        if shape == "mapping" and depth < 3:
            found += [start, *draw(members(indent + draw(st.sampled_from([1, 2, 2, 4])), depth + 1))]
        elif shape in ("list", "items") and depth < 3:
            dash = indent + draw(st.sampled_from([0, 2, 2, 3]))
            found.append(start)
            for _ in range(draw(st.integers(1, 2))):
                if shape == "list":
                    found.append(" " * dash + "- " + draw(values()))
                else:
                    inner = draw(members(dash + 2, depth + 1))
                    found += [" " * dash + "- " + inner[0][dash + 2 :], *inner[1:]]
        else:
            found.append(start + (" " + draw(values()) if shape != "none" else ""))
    return found


def values() -> st.SearchStrategy[str]:
    sound = st.sampled_from(["a", "vm-1", "true", '"12"', "12", "[a, b]", "{k: v}"])
    return st.integers(0, 5).flatmap(lambda n: st.sampled_from([*SCALARS, *FLOWS]) if n == 0 else sound)


@st.composite
def texts(draw: Any) -> str:
    """A YAML inventory as text, with what people and machines do to it."""
    indent = draw(st.sampled_from([0, 2, 2, 2, 4]))
    lines: list[str] = []
    for number in range(draw(st.integers(1, 5))):
        inner = draw(members(indent + 2, 0))
        lines += [f"{' ' * indent}- id: c{number}", *inner]
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 1, 2]))):
        lines.insert(draw(st.integers(0, len(lines))), draw(st.sampled_from(ODD_LINES)))
    sound = draw(odd_now_and_then) > 2
    head = "schema: v1\n" if sound else draw(st.sampled_from(HEADS))
    start = "components:\n" if sound else draw(st.sampled_from(LISTS))
    tail = "" if sound else draw(st.sampled_from(TAILS))
    text = head + start + "\n".join(lines) + draw(st.sampled_from(["\n", "\n", ""])) + tail
    if draw(odd_now_and_then) == 0:
        at = draw(st.integers(0, len(text)))
        text = (
            text[:at]
            + draw(st.sampled_from([*"\t\r\n '\"[]{}:-#&*!|,?", "\r\n", "\u2028", "\ufeff", ": ", " #", "\n  - "]))
            + text[at:]
        )
    return text.replace("\n", "\r\n") if draw(odd_now_and_then) == 0 else text


def paths(value: Any, *steps: str | int) -> list[str]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [pointer(*steps), *(path for key, item in inner for path in paths(item, *steps, key))]


def answer(make: Callable[[], Piece]) -> Any:
    """All that a piece says: its values, the places of all of them, and their lines; or its refusal."""
    try:
        piece = make()
        components = [item for batch in piece.batches() for item in batch]
    except ReadRefused as refused:
        return refused.rule, refused.message, refused.place
    asked = [*paths(piece.header), *paths(components, "components"), "/components/99/id", "/components/x", "/nothing"]
    if (
        isinstance(piece.header, dict)
        and "components" in piece.header
        and not isinstance(piece.header["components"], list)
    ):
        asked = paths(piece.header)
    places = {(path, key): piece.locate(path, key=key) for path in asked for key in (False, True)}
    lines = {place.line: piece.line(place.line) for place in places.values()}
    # repr tells 1 from 1.0 and from True
    return repr(piece.header), repr(components), places, lines, (piece.line(0), piece.line(10**6))


def both(text: str) -> bool:
    """Hold both fast readers against the exact one; whether the blocks were read as such."""
    exact = answer(lambda: WholePiece("x", exact_yaml(text)))
    assert answer(lambda: WholePiece("x", read_yaml(text))) == exact
    try:
        blocks = YamlBlocks("x", text)
    except Torn:
        return False
    assert answer(lambda: blocks) == exact
    return True


def decoded(text: str) -> str | None:
    try:
        return decode(text.encode())
    except ReadRefused:
        return None


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(texts())
def test_any_text_means_the_same(text: str) -> None:
    sound = decoded(text)
    if sound is not None:
        both(sound)


HOSTILE = [
    *(f"components:\n  - id: a\n    x: {value}\n    y: 1\n  - id: b\n" for value in [*SCALARS, *FLOWS]),
    *(f"components:\n- {value}\n- id: b\n" for value in [*SCALARS, *FLOWS]),
    *(f"components:\n  - id: a\n    x:\n      - {value}\n    y: 1\n  - id: b" for value in [*SCALARS, *FLOWS]),
    *(f"components:\n  - {key}: a\n    {key}: b\n  - id: b\n    {key}:\n      c: d\n" for key in KEYS),
    *(f"components:\n  - id: a\n    b: c\n{line}\n    d: e\n  - id: b\n" for line in ODD_LINES),
    *(f"components:\n  - id: a\n    b:\n{line}\n  - id: b\n    d: e\n" for line in ODD_LINES),
    *(f"components:\n{line}\n  - id: a\n    b: c\n{line}" for line in ODD_LINES),
    *(f"{head}components:\n  - id: a\n    b: c\n" for head in HEADS),
    *(f"x: y\n{start}  - id: a\n    b: c\n  - id: b\n" for start in LISTS),
    *(f"x: &a y\ncomponents:\n  - id: a\n    b: c\n{tail}" for tail in TAILS),
    *(f"x: &a y\ncomponents:\n- id: a\n  b: c\n{tail}" for tail in TAILS),
    *(f"components:\n  - id: a\n    {key}: b\n" for key in KEYS),
    *(f"components:\n  - id: a\n    b:\n        c: d\n{' ' * n}e: f\n" for n in range(12)),
    *(f"components:\n  - id: a\n    b:\n        - d\n{' ' * n}- f\n" for n in range(12)),
    *(f"components:\n  - id: a\n    b:\n        - d: e\n{' ' * n}f: g\n" for n in range(14)),
    "components:\n  - id: a\n    b: &b [" + "x, " * 400 + "]\n    c: [" + "*b, " * 300 + "]\n",
    "components:\n" + "".join(f"  - id: c{n}\n    a: |\n      text {n}\n" for n in range(9)),
    "components:\n  - id: a\n    b: |\n      no end",
    'components:\n  - id: "a\n  - id: b\n  - c"\n  - id: d\n',
    'components:\n  - id: "a\n  - id: b\n  -\n    id: c"\n  -\n    id: d\n',
    "components:\n  - id: a\n    x: &a {k: v}\n  - id: b\n    x: *a\n",
    "components:\n  - id: a\n    x: &a {k: v}\n    y: *a\n  - id: b\n",
    "components:\n  - id: a\n    x: &a {k: v}\n  - id: b\ny: *a\n",
    "a: &a {k: v}\ncomponents:\n  - <<: *a\n    id: b\n  - *a\n  - [*a, {<<: *a}]\n",
    "a: &a [1, &b {c: d}]\ncomponents: [*b, {e: *a}, &a {f: *b}, {g: *a}, *a, &x y, *x]\n",
    "a: &a {k: v}\ncomponents:\n  - &a {l: w, m: *a}\n",
    "a: &a {k: v}\ncomponents:\n  - id: b\n    a: &a {l: w}\n    b: *a\n  - *a\n",
    "components: [a: b, c: [d], ? e : f]\n",
    "components:\n  - ? a\n    : b\n  - {? c : d, e, f: }\n",
    "components: &c\n  - id: a\nx: *c\n",
    "<<: &m {components: [{id: a}]}\n",
    "components: {a: b, c: {d: e}}\n",
    "%TAG !e! tag:yaml.org,2002:\n---\ncomponents:\n  - !e!str a\n  - !!str b\n  - {c: !e!int 1}\n",
    "components:\n  - " + "- " * 61 + "a\n",
    "components:\n  - " + "- " * 62 + "a\n",
    "components:\n" + "".join(" " * (2 * n) + ("- " if n == 1 else "") + f"a{n}:\n" for n in range(1, 62)),
    "components:\n" + "".join(" " * (2 * n) + ("- " if n == 1 else "") + f"a{n}:\n" for n in range(1, 66)),
]  # fmt: skip


@pytest.mark.parametrize("start", range(0, len(HOSTILE), 100))
def test_hostile_texts_mean_the_same(start: int) -> None:
    for text in HOSTILE[start : start + 100]:
        for written in (text, text.replace("\n", "\r\n")):
            sound = decoded(written)
            if sound is not None:
                both(sound)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_means_the_same(path: Path) -> None:
    try:
        text = decode(path.read_bytes())
    except ReadRefused:
        return
    both(text)


def big(line: str = "") -> str:
    """More than is read at once, with one odd line in its midst."""
    return "schema: v1\ncomponents:\n" + "".join(
        f"  - id: c{n}\n    a: {{k: [v, {n}]}}\n    b:\n      - x\n" + (line if n == 4100 else "") for n in range(4200)
    )


@pytest.mark.slow
def test_large_files_are_read_by_blocks(tmp_path: Path) -> None:
    path = tmp_path / "inventory.yaml"
    path.write_text(big("    a: again\n"), encoding="utf-8")
    piece = open_piece(path, "x")
    assert isinstance(piece, YamlBlocks)
    batches = piece.batches()
    assert len(next(batches)) == 4000
    with pytest.raises(ReadRefused) as refused:
        next(batches)
    assert (refused.value.rule, refused.value.place) == ("INV-005", Place(2 + 4101 * 4 + 1, 5))


@pytest.mark.slow
@pytest.mark.parametrize("line", ["", "    d: |\n      text\n", "    d: &a x\n    e: *a\n"])
def test_what_only_the_parser_reads_stands_in_its_place(line: str) -> None:
    assert both(big(line))


def test_an_alias_makes_the_parser_read_all_and_places_stay() -> None:
    text = "a: &a {k: v}\n" + big("    <<: *a\n    d: *a\n")
    piece = YamlBlocks("x", text)
    components = [item for batch in piece.batches() for item in batch]
    assert components[4100] == {"id": "c4100", "a": {"k": ["v", 4100]}, "b": ["x"], "k": "v", "d": {"k": "v"}}
    line = 4 + 4101 * 4
    assert piece.locate("/components/4100/k") == Place(1, 11)
    assert piece.locate("/components/4100/d") == Place(line + 1, 8)
    assert piece.locate("/components/4100/d/k") == Place(1, 11)
    assert piece.locate("/components/4101/id") == Place(line + 2, 9)


def test_places_are_found_in_their_own_text() -> None:
    text = "a: &a {b: [c]}\nsites:\n  - id: s\n    x: *a\ncomponents: [{a: b},\n {c: [d], e: *a}]\n<<: {m: [n]}\n"
    asked: list[None] = []
    document = read_yaml(text)
    whole = document._spots

    def ask() -> Spot:
        asked.append(None)
        return whole()

    document._spots = ask
    expected = {"": (1, 1), "/a/b/0": (1, 12), "/sites": (3, 3), "/sites/0/id": (3, 9), "/sites/0/x": (4, 8)}
    expected |= {"/sites/0/x/b": (1, 11), "/components/1/c/0": (6, 7), "/components/1/e/b/0": (1, 12), "/no": (1, 1)}
    for path, place in expected.items():
        assert document.locate(path) == Place(*place), path
    assert not asked
    assert document.locate("/m/0") == Place(7, 10)
    assert asked


def test_lines_are_forgotten_when_there_are_too_many() -> None:
    reader = LineReader()
    for number in range(40_000):
        assert reader.read(f"a: x{number}") == (-1, 0, "a", f"x{number}", False)
    assert len(reader.known) < 33_000
    with pytest.raises(Strange):
        reader.read("a: |")
