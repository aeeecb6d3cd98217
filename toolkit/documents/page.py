"""A document as one self-contained HTML page: no script, nothing loaded, figures inline, made to be printed too."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from pathlib import Path

from toolkit.documents.drawing import as_svg
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
from toolkit.visible import visible

_CSS = Path(__file__).resolve().parent / "page.css"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def render(document: Document) -> Mapping[str, bytes]:
    """``<id>.<language>.html``."""
    return {f"{document.id}.{document.language}.html": ("\n".join(_Writer(document).lines()) + "\n").encode()}


def escaped(text: str) -> str:
    """Text as HTML shows it, also within quotes."""
    return html.escape(visible(text), quote=True)


class _Writer:
    def __init__(self, document: Document) -> None:
        self._document, self._numbers, self._figures = document, numbers(document), 0

    def lines(self) -> Iterator[str]:
        document = self._document
        yield "<!DOCTYPE html>"
        yield f'<html lang="{escaped(document.language)}">'
        yield "<head>"
        yield '<meta charset="utf-8">'
        yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
        yield '<meta name="referrer" content="no-referrer">'
        yield f"<title>{escaped(document.title)}</title>"
        yield f"<style>\n{_CSS.read_text('utf-8').rstrip()}\n</style>"
        yield "</head>\n<body>\n<header>"
        yield f"<h1>{escaped(document.title)}</h1>"
        yield f'<p class="subtitle">{escaped(document.subtitle)}</p>'
        for note in document.notes:
            yield f'<p class="note">{escaped(note)}</p>'
        yield '<dl class="facts">'
        for label, run in document.meta:
            yield f"<dt>{escaped(label)}</dt><dd>{self._run(run)}</dd>"
        yield "</dl>\n</header>"
        yield '<nav aria-labelledby="contents">'
        yield f'<h2 id="contents">{escaped(document.words.contents)}</h2>'
        yield from self._contents(document.sections, last=True)
        yield "</nav>\n<main>"
        for section in document.sections:
            yield from self._section(section, 2)
        yield from self._gaps()
        yield "</main>\n</body>\n</html>"

    def _contents(self, sections: tuple[Section, ...], *, last: bool = False) -> Iterator[str]:
        yield "<ol>"
        for section in sections:
            yield f'<li><a href="#s-{section.anchor}">{escaped(f"{section.number} {section.title}")}</a>'
            if section.sections:
                yield from self._contents(section.sections)
            yield "</li>"
        if last:
            yield f'<li><a href="#gaps">{escaped(self._document.words.gaps)}</a></li>'
        yield "</ol>"

    def _section(self, section: Section, level: int) -> Iterator[str]:
        tag = f"h{min(level, 6)}"
        yield f'<section aria-labelledby="s-{section.anchor}">'
        yield f'<{tag} id="s-{section.anchor}">{escaped(f"{section.number} {section.title}")}</{tag}>'
        for block in section.blocks:
            yield from self._block(block)
        for inner in section.sections:
            yield from self._section(inner, level + 1)
        yield "</section>"

    def _block(self, block: Block) -> Iterator[str]:
        match block:
            case Paragraph(run):
                yield f"<p>{self._run(run)}</p>"
            case Callout(run):
                yield f'<p class="note">{self._run(run)}</p>'
            case Bullets():
                tag = "ol" if block.numbered else "ul"
                yield f"<{tag}>"
                for item in block.items:
                    yield f"<li>{self._run(item)}</li>"
                yield f"</{tag}>"
            case Table():
                yield from self._table(block)
            case Figure():
                self._figures += 1
                prefix = f"figure-{self._figures}"
                yield "<figure>"
                yield as_svg(block.drawing, title=block.caption, description=block.alt, prefix=prefix)
                yield f"<figcaption>{escaped(block.caption)}</figcaption>\n</figure>"

    def _table(self, table: Table) -> Iterator[str]:
        yield '<div class="wide"><table>'
        if table.caption:
            yield f"<caption>{escaped(table.caption)}</caption>"
        head = "".join(f'<th scope="col">{escaped(title)}</th>' for title in table.columns)
        yield f"<thead><tr>{head}</tr></thead>\n<tbody>"
        for row in table.rows:
            yield f"<tr>{''.join(f'<td>{self._run(cell)}</td>' for cell in row)}</tr>"
        yield "</tbody>\n</table></div>"

    def _gaps(self) -> Iterator[str]:
        words, points = self._document.words, open_points(self._document)
        yield '<section aria-labelledby="gaps">'
        yield f'<h2 id="gaps">{escaped(words.gaps)}</h2>'
        yield f"<p>{escaped(words.gaps_explained if points else words.no_gaps)}</p>"
        if points:
            titles = ("#", words.gap_what, words.gap_where, words.gap_sections)
            head = "".join(f'<th scope="col">{escaped(title)}</th>' for title in titles)
            yield f'<div class="wide"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>'
            for point in points:
                at = ", ".join(f'<a href="#s-{one.anchor}">{escaped(one.number)}</a>' for one in point.sections)
                cells = (str(point.number), escaped(point.gap.what), escaped(point.gap.where), at)
                yield f'<tr id="gap-{point.number}">{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'
            yield "</tbody>\n</table></div>"
        yield "</section>"

    def _run(self, run: Run) -> str:
        return "".join(self._inline(inline) for inline in run)

    def _inline(self, inline: Inline) -> str:
        match inline:
            case Text(text):
                return escaped(text)
            case Code(text):
                return f"<code>{escaped(text)}</code>"
            case Link():
                return f'<a href="#s-{inline.anchor}">{escaped(inline.text)}</a>'
            case Gap():
                number = self._numbers[inline]
                told = escaped(f"{self._document.words.gap} ({number}): {inline.what}")
                return f'<a class="gap" href="#gap-{number}">{told}</a>'
