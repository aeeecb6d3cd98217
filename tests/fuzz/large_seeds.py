"""Inputs that are too large, too deep or too binary to be stored: each a function of nothing that gives bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

MEGABYTE = 1024 * 1024
DEEP = 1_000_000

_HEADER = b'{"schema": "onboarding/inventory/v1", "service": "managed-applications", "components": ['
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def workbook(
    sheet: str | bytes, *, name: str = "vm", dimension: str = "A1:C3", merged: str = "", strings: str | bytes = b""
) -> bytes:
    """A workbook of one sheet; ``sheet`` is what stands inside its ``sheetData``, ``strings`` inside the shared ones."""
    inner = sheet.encode() if isinstance(sheet, str) else sheet
    shared = strings.encode() if isinstance(strings, str) else strings
    members: dict[str, bytes] = {
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
            f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_TYPE}.sharedStrings+xml"/></Types>'
        ).encode(),
        "_rels/.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships">'
            f'<Relationship Id="r1" Type="{_RELATED}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ).encode(),
        "xl/workbook.xml": (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATED}">'
            f'<sheets><sheet name="{name}" sheetId="1" r:id="r1"/></sheets></workbook>'
        ).encode(),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships">'
            f'<Relationship Id="r1" Type="{_RELATED}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="r2" Type="{_RELATED}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
        ).encode(),
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">'.encode() + shared + b"</sst>",
        "xl/worksheets/sheet1.xml": (
            f'<worksheet xmlns="{_MAIN}"><dimension ref="{dimension}"/><sheetData>'.encode()
            + inner
            + b"</sheetData>"
            + (f'<mergeCells count="1"><mergeCell ref="{merged}"/></mergeCells>' if merged else "").encode()
            + b"</worksheet>"
        ),
    }
    return packed(members)


def packed(members: dict[str, bytes]) -> bytes:
    """A zip file of these members."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return content.getvalue()


def row(number: int, *cells: str) -> str:
    """A row of texts that stand in their cells."""
    written = "".join(
        f'<c r="{chr(65 + at)}{number}" t="inlineStr"><is><t>{cell}</t></is></c>' for at, cell in enumerate(cells)
    )
    return f'<row r="{number}">{written}</row>'


_HEADINGS = row(1, "id", "kind", "owner")

LARGE: dict[str, Callable[[], bytes]] = {
    # readers of text
    "deep-flow.yaml": lambda: b"[" * DEEP,
    "deep-block.yaml": lambda: b"- " * DEEP,
    "deep-mappings.yaml": lambda: b"{a: " * DEEP,
    "deep.json": lambda: b'{"components": ' + b"[" * DEEP + b"]" * DEEP + b"}",
    "deep-component.json": lambda: _HEADER + b'{"a":' * DEEP + b"1" + b"}" * DEEP + b"]}",
    "deep.ndjson": lambda: b'{"id": "a"}\n{"id": ' + b"[" * DEEP + b"]" * DEEP + b"}\n",
    "key.yaml": lambda: b"k" * (10 * MEGABYTE) + b": 1\n",
    "key-quoted.yaml": lambda: b'? "' + b"k" * (10 * MEGABYTE) + b'"\n: 1\n',
    "key.json": lambda: b'{"' + b"k" * (10 * MEGABYTE) + b'": 1}',
    "key-in-component.json": lambda: _HEADER + b'{"' + b"k" * (10 * MEGABYTE) + b'": 1}]}',
    "key.ndjson": lambda: b'{"' + b"k" * (10 * MEGABYTE) + b'": 1}\n',
    "key.csv": lambda: b"id,kind," + b"k" * (10 * MEGABYTE) + b"\na,vm,1\n",
    "cell.csv": lambda: b'id,kind\n"' + b"k" * (10 * MEGABYTE) + b'",vm\n',
    "number.json": lambda: b'{"components": [' + b"9" * MEGABYTE + b"]}",
    "number.yaml": lambda: b"a: " + b"9" * MEGABYTE + b"\n",
    "number.ndjson": lambda: b'{"id": ' + b"9" * MEGABYTE + b"}\n",
    "many-anchors.yaml": lambda: b"".join(b"k%d: &a%d [1]\n" % (i, i) for i in range(5_000)),
    "many-aliases.yaml": lambda: b"a: &a {x: 1}\nb: [" + b"*a, " * 100_000 + b"]\n",
    "many-merges.yaml": lambda: b"a: &a {x: 1}\nb:\n" + b"".join(b"  c%d: {<<: *a}\n" % i for i in range(5_000)),
    "many-keys.yaml": lambda: b"".join(b"k%d: 1\n" % i for i in range(5_000)),
    "many-keys.json": lambda: b"{" + b",".join(b'"k%d": 1' % i for i in range(5_000)) + b"}",
    "many-documents.yaml": lambda: b"---\n" * 100_000,
    "many-escapes.json": lambda: _HEADER + b'{"id": "' + b"\\u0041" * MEGABYTE + b'"}]}',
    "many-empty.json": lambda: _HEADER + b",".join([b"{}"] * 20_000) + b"]}",
    "many-empty.ndjson": lambda: b"{}\n" * 20_000,
    "many-blank-lines.ndjson": lambda: b"\n" * (10 * MEGABYTE),
    "many-bad-lines.ndjson": lambda: b"{\n" * 20_000,
    "many-columns.csv": lambda: b",".join(b"c%d" % i for i in range(50_000)) + b"\n" + b"1," * 50_000 + b"\n",
    "many-cells.csv": lambda: b"id,kind\n" + b"," * (10 * MEGABYTE) + b"\n",
    "many-quotes.csv": lambda: b"id,kind\n" + b'"' * MEGABYTE,
    "spaces.json": lambda: b" " * MEGABYTE + b'{"components": [{"id": "a", "id": "b"}]}',
    "nul.yaml": lambda: b"\x00" * MEGABYTE,
    "comment.yaml": lambda: b"#" * (10 * MEGABYTE),
    "tabs.yaml": lambda: b"a:\n" + b"\t" * MEGABYTE + b"b\n",
    "question-marks.yaml": lambda: b"? " * 100_000,
    # workbooks
    "plain.xlsx": lambda: workbook(_HEADINGS + row(2, "a", "vm", "a@acme.example")),
    "no-zip.xlsx": lambda: b"id,kind\n",
    "cut-short.xlsx": lambda: workbook(_HEADINGS)[:-40],
    "other-zip.xlsx": lambda: packed({"../../etc/cron.d/x": b"x", "/absolute": b"y"}),
    "old-workbook.xlsx": lambda: bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 4096,
    "zip-bomb.xlsx": lambda: workbook(b" " * (1024 * MEGABYTE)),
    "zip-bomb-of-rows.xlsx": lambda: workbook(_HEADINGS + '<row r="2"></row>' * 8_000_000),
    "zip-bomb-of-strings.xlsx": lambda: workbook(_HEADINGS, strings=b"<si><t>a</t></si>" * 8_000_000),
    "zip-bomb-in-a-cell.xlsx": lambda: workbook(_HEADINGS + row(2, "k" * (256 * MEGABYTE))),
    "far-cell.xlsx": lambda: workbook(_HEADINGS + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "far-dimension.xlsx": lambda: workbook(_HEADINGS, dimension="A1:XFD1048576"),
    "beyond-the-last-cell.xlsx": lambda: workbook('<row r="99999999999"><c r="ZZZZZZ99999999999"><v>1</v></c></row>'),
    "entities.xlsx": lambda: packed(
        {
            "xl/workbook.xml": b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
            + b"".join(b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9))
            + b"]><workbook>&j;</workbook>"
        }
    ),
    "formulas.xlsx": lambda: workbook(
        _HEADINGS + '<row r="2"><c r="A2" t="str"><f>A2&amp;"x"</f><v>a</v></c><c r="B2" t="e"><v>#REF!</v></c></row>'
    ),
    "merged.xlsx": lambda: workbook(_HEADINGS + row(2, "a", "vm"), merged="A1:C2"),
    "merged-all.xlsx": lambda: workbook(_HEADINGS, merged="A1:XFD1048576"),
    "dates-and-errors.xlsx": lambda: workbook(
        _HEADINGS + '<row r="2"><c r="A2" t="d"><v>9999-99-99</v></c><c r="B2"><v>NaN</v></c><c r="C2"><v>1e999</v></c>'
        '</row><row r="3"><c r="A3" t="b"><v>7</v></c><c r="B3" t="s"><v>99999999</v></c><c r="C3"/></row>'
    ),
    "nul-in-a-cell.xlsx": lambda: workbook(_HEADINGS + row(2, "a&#0;", "&#xD800;", "\x0b")),
    "nameless-sheet.xlsx": lambda: workbook(_HEADINGS, name=""),
}
"""By file name; the suffix picks the reader."""
