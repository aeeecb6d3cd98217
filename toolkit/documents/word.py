"""A document for word processors (.docx) by python-docx: real headings, header rows that repeat, figures with words.

The bytes follow from the document alone: no time of writing, and every part of the package carries one fixed date.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Mapping
from typing import Any

from toolkit.documents.drawing import as_png
from toolkit.documents.model import (
    Block,
    Bullets,
    Callout,
    Code,
    Document,
    Figure,
    Gap,
    Inline,
    Link,
    Paragraph,
    Run,
    Section,
    Table,
    Text,
    numbers,
    open_points,
)
from toolkit.errors import PrerequisiteMissing
from toolkit.visible import visible

_WRITTEN = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_ZIPPED = (1980, 1, 1, 0, 0, 0)
_RED, _BLUE = "A61B29", "2F5FB3"


def render(document: Document) -> Mapping[str, bytes]:
    """``<id>.<language>.docx``; PrerequisiteMissing (13) without the extra ``documents``."""
    try:
        import docx
    except ImportError as error:
        raise PrerequisiteMissing(
            "Word documents need python-docx and Pillow",
            fix="pip install 'onboarding-toolkit[documents]', or leave Word out: --as md --as html",
        ) from error
    file = docx.Document()
    _Writer(document, file).write()
    stream = io.BytesIO()
    file.save(stream)
    return {f"{document.id}.{document.language}.docx": _fixed(stream.getvalue())}


def _fixed(content: bytes) -> bytes:
    """The same package with one date for every part."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = zipfile.ZipInfo(name, date_time=_ZIPPED)
            part.compress_type, part.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            new.writestr(part, old.read(name))
    return stream.getvalue()


class _Writer:
    """Fills one python-docx file; bookmarks are numbered, because Word refuses one id twice."""

    def __init__(self, document: Document, file: Any) -> None:
        self._document, self._file, self._numbers = document, file, numbers(document)
        self._names: dict[str, str] = {}

    def write(self) -> None:
        document = self._document
        self._settings()
        self._file.add_paragraph(visible(document.title), style="Title")
        self._file.add_paragraph(visible(document.subtitle), style="Subtitle")
        for note in document.notes:
            self._file.add_paragraph(visible(note), style="Intense Quote")
        if document.meta:
            self._grid([((Text(label),), run) for label, run in document.meta], header=None)
        self._contents()
        for section in document.sections:
            self._section(section, 1)
        self._gaps()

    def _settings(self) -> None:
        from docx.oxml.ns import qn
        from docx.shared import Cm, Pt

        properties, document = self._file.core_properties, self._document
        properties.author = properties.last_modified_by = properties.comments = properties.keywords = ""
        properties.title, properties.subject = visible(document.title)[:255], visible(document.subtitle)[:255]
        properties.created = properties.modified = properties.last_printed = _WRITTEN
        properties.revision = 1
        locale = {"fr": "fr-FR", "en": "en-GB"}[document.language]
        properties.language = locale
        for style in self._file.styles.element.iter(qn("w:lang")):
            for name in ("w:val", "w:eastAsia"):
                style.set(qn(name), locale)
        normal = self._file.styles["Normal"]
        normal.font.name, normal.font.size = "Calibri", Pt(10.5)
        for page in self._file.sections:
            page.page_width, page.page_height = Cm(21), Cm(29.7)
            page.left_margin = page.right_margin = Cm(2)

    def _contents(self) -> None:
        """A field that Word fills from the headings; until then it says what it will be."""
        self._file.add_paragraph(visible(self._document.words.contents), style="TOC Heading")
        paragraph = self._file.add_paragraph()
        for kind in ("begin", "instruction", "separate", "text", "end"):
            run = paragraph.add_run()
            if kind == "instruction":
                element = self._element("w:instrText", {"xml:space": "preserve"})
                element.text = 'TOC \\o "1-3" \\h \\z \\u'
            elif kind == "text":
                run.text = "…"
                continue
            else:
                dirty = {"w:dirty": "true"} if kind == "begin" else {}
                element = self._element("w:fldChar", {"w:fldCharType": kind, **dirty})
            run._r.append(element)  # noqa: SLF001 - python-docx has no fields of its own

    def _section(self, section: Section, level: int) -> None:
        heading = self._file.add_heading(visible(f"{section.number} {section.title}"), level=min(level, 9))
        self._mark(heading, f"s-{section.anchor}")
        for block in section.blocks:
            self._block(block)
        for inner in section.sections:
            self._section(inner, level + 1)

    def _block(self, block: Block) -> None:
        match block:
            case Paragraph(run):
                self._fill(self._file.add_paragraph(), run)
            case Callout(run):
                self._fill(self._file.add_paragraph(style="Intense Quote"), run)
            case Bullets():
                for number, item in enumerate(block.items, 1):
                    # Word would go on counting from the list before: the number is written out instead
                    paragraph = self._file.add_paragraph(style=None if block.numbered else "List Bullet")
                    if block.numbered:
                        paragraph.add_run(f"{number}. ")
                    self._fill(paragraph, item)
            case Table():
                if block.caption:
                    self._file.add_paragraph(visible(block.caption), style="Caption")
                self._grid(list(block.rows), header=block.columns)
            case Figure():
                self._figure(block)

    def _figure(self, figure: Figure) -> None:
        from docx.shared import Cm

        paragraph = self._file.add_paragraph()
        drawing = figure.drawing
        # as wide as the page, unless it would then be higher than the page
        size = {"width": Cm(17)} if drawing.height * 17 <= drawing.width * 22 else {"height": Cm(22)}
        picture = paragraph.add_run().add_picture(io.BytesIO(as_png(drawing)), **size)
        picture._inline.docPr.set("descr", visible(figure.alt))  # noqa: SLF001 - python-docx cannot say it otherwise
        picture._inline.docPr.set("title", visible(figure.caption))  # noqa: SLF001
        self._file.add_paragraph(visible(figure.caption), style="Caption")

    def _grid(self, rows: list[tuple[Run, ...]], *, header: tuple[str, ...] | None) -> Any:
        table = self._file.add_table(rows=len(rows) + (header is not None), cols=len(header or rows[0]))
        table.style = "Table Grid"
        lines = list(table.rows)
        if header is not None:
            for cell, title in zip(lines[0].cells, header, strict=True):
                cell.paragraphs[0].add_run(visible(title)).bold = True
            properties = lines[0]._tr.get_or_add_trPr()  # noqa: SLF001 - a header row that repeats on every page
            properties.append(self._element("w:tblHeader", {"w:val": "true"}))
        for line, row in zip(lines[header is not None :], rows, strict=True):
            for cell, run in zip(line.cells, row, strict=True):
                self._fill(cell.paragraphs[0], run)
        self._file.add_paragraph()
        return table

    def _gaps(self) -> None:
        words, points = self._document.words, open_points(self._document)
        self._file.add_heading(visible(words.gaps), level=1)
        self._file.add_paragraph(visible(words.gaps_explained if points else words.no_gaps))
        if not points:
            return
        rows: list[tuple[Run, ...]] = []
        for point in points:
            at: list[Inline] = []
            for section in point.sections:
                at += [*([Text(", ")] if at else []), Link(anchor=section.anchor, text=section.number)]
            rows.append(((Text(str(point.number)),), (Text(point.gap.what),), (Text(point.gap.where),), tuple(at)))
        table = self._grid(rows, header=("#", words.gap_what, words.gap_where, words.gap_sections))
        for line, point in zip(list(table.rows)[1:], points, strict=True):
            self._mark(line.cells[0].paragraphs[0], f"gap-{point.number}")

    def _fill(self, paragraph: Any, run: Run) -> None:
        for inline in run:
            match inline:
                case Text(text):
                    paragraph.add_run(visible(text))
                case Code(text):
                    paragraph.add_run(visible(text)).font.name = "Consolas"
                case Link():
                    self._link(paragraph, inline.text, f"s-{inline.anchor}", colour=_BLUE)
                case Gap():
                    number = self._numbers[inline]
                    told = f"[{self._document.words.gap} ({number}): {inline.what}]"
                    self._link(paragraph, told, f"gap-{number}", colour=_RED)

    def _link(self, paragraph: Any, text: str, mark: str, *, colour: str) -> None:
        from docx.shared import RGBColor

        link = self._element("w:hyperlink", {"w:anchor": self._bookmark(mark), "w:history": "1"})
        run = paragraph.add_run(visible(text))
        run.font.color.rgb = RGBColor.from_string(colour)
        run.bold = colour == _RED
        link.append(run._r)  # noqa: SLF001 - python-docx has no links within a document
        paragraph._p.append(link)  # noqa: SLF001

    def _mark(self, paragraph: Any, mark: str) -> None:
        name = self._bookmark(mark)
        number = name.removeprefix("place_")
        start = self._element("w:bookmarkStart", {"w:id": number, "w:name": name})
        properties = paragraph._p.pPr  # noqa: SLF001 - a paragraph's properties come first
        paragraph._p.insert(0 if properties is None else 1, start)  # noqa: SLF001
        paragraph._p.append(self._element("w:bookmarkEnd", {"w:id": number}))  # noqa: SLF001

    def _bookmark(self, mark: str) -> str:
        """The name of a place: short, for Word cuts bookmarks at 40 characters."""
        return self._names.setdefault(mark, f"place_{len(self._names) + 1}")

    def _element(self, tag: str, attributes: Mapping[str, str]) -> Any:
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        element: Any = OxmlElement(tag)
        for name, value in attributes.items():
            element.set(
                f"{{http://www.w3.org/XML/1998/namespace}}{name[4:]}" if name[:4] == "xml:" else qn(name), value
            )
        return element
