"""A document as CommonMark with tables; each figure is an SVG file beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

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
    every_section,
    numbers,
    open_points,
)
from toolkit.visible import visible

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&$^@])")
_BARE_LINK = re.compile(r":(?=//)|(?<=\bwww)\.", re.IGNORECASE)
_LINE_START = re.compile(r"^([-+=]|[0-9]+[.)])(?=[-+=\s]|$)")
_PLAIN_CODE = re.compile(r"[A-Za-z0-9/\[{\"](?:[A-Za-z0-9_./:;@,+=()\[\]{}\"'%* -]*[A-Za-z0-9/)\]}\"])?")


def render(document: Document) -> Mapping[str, bytes]:
    """``<id>.<language>.md`` and its figures."""
    stem = f"{document.id}.{document.language}"
    text = "\n\n".join(_Writer(document).parts()) + "\n"
    files = {f"{stem}.md": text.encode()}
    for _, section in every_section(document.sections):
        for block in section.blocks:
            if isinstance(block, Figure):
                svg = as_svg(block.drawing, title=block.caption, description=block.alt)
                files[f"{stem}.{block.name}.svg"] = f"{svg}\n".encode()
    return files


def escaped(text: str) -> str:
    """Text that CommonMark shows as it is, on one line: nothing of it is markup, a link, an entity or HTML."""
    return _BARE_LINK.sub(lambda found: f"\\{found[0]}", _SPECIAL.sub(r"\\\1", visible(text)))


def _started(line: str) -> str:
    """A line that begins no list and no heading."""
    line = line.lstrip()
    return _LINE_START.sub(lambda found: f"{found[0][:-1]}\\{found[0][-1]}", line)


def _code(text: str) -> str:
    """A code span; what Markdown could read anything into stands as HTML with entities."""
    if _PLAIN_CODE.fullmatch(text):
        return f"`{text}`"
    told = "".join(char if char.isalnum() or char in " -./," else f"&#{ord(char)};" for char in visible(text))
    return f"<code>{told}</code>"


class _Writer:
    def __init__(self, document: Document) -> None:
        self._document, self._numbers = document, numbers(document)

    def parts(self) -> Iterator[str]:
        """Blocks that stand apart by an empty line."""
        document, words = self._document, self._document.words
        yield f"# {escaped(document.title)}"
        yield f"**{escaped(document.subtitle)}**"
        for note in document.notes:
            yield f"> {escaped(note)}"
        if document.meta:
            rows = [f"| **{escaped(label)}** | {self._run(run)} |" for label, run in document.meta]
            yield "\n".join(["|  |  |", "|---|---|", *rows])
        yield f"## {escaped(words.contents)}"
        yield "\n".join(
            f"{'  ' * (level - 1)}- [{escaped(f'{section.number} {section.title}')}](#s-{section.anchor})"
            for level, section in every_section(document.sections)
        )
        for section in document.sections:
            yield from self._section(section, 2)
        yield from self._gaps()

    def _section(self, section: Section, level: int) -> Iterator[str]:
        yield f'<a id="s-{section.anchor}"></a>'
        yield f"{'#' * min(level, 6)} {escaped(section.number)} {escaped(section.title)}"
        for block in section.blocks:
            yield self._block(block)
        for inner in section.sections:
            yield from self._section(inner, level + 1)

    def _block(self, block: Block) -> str:
        match block:
            case Paragraph(run):
                return _started(self._run(run))
            case Callout(run):
                return f"> {_started(self._run(run))}"
            case Bullets():
                marks = (f"{number}." if block.numbered else "-" for number in range(1, len(block.items) + 1))
                return "\n".join(
                    f"{mark} {_started(self._run(item))}" for mark, item in zip(marks, block.items, strict=True)
                )
            case Table():
                head = " | ".join(escaped(title) for title in block.columns)
                rows = [f"| {' | '.join(self._run(cell) for cell in row)} |" for row in block.rows]
                table = "\n".join([f"| {head} |", f"|{'---|' * len(block.columns)}", *rows])
                return f"{table}\n\n*{escaped(block.caption.strip())}*" if block.caption else table
            case Figure():
                file = f"{self._document.id}.{self._document.language}.{block.name}.svg"
                return f"![{escaped(block.alt)}]({file})\n\n*{escaped(block.caption.strip())}*"

    def _gaps(self) -> Iterator[str]:
        words, points = self._document.words, open_points(self._document)
        yield '<a id="gaps"></a>'
        yield f"## {escaped(words.gaps)}"
        if not points:
            yield _started(escaped(words.no_gaps))
            return
        yield _started(escaped(words.gaps_explained))
        titles = (words.gap_what, words.gap_where, words.gap_sections)
        lines = [f"| # | {' | '.join(escaped(title) for title in titles)} |", "|---|---|---|---|"]
        for point in points:
            at = ", ".join(f"[{escaped(section.number)}](#s-{section.anchor})" for section in point.sections)
            mark = f'<a id="gap-{point.number}"></a>{point.number}'
            lines.append(f"| {mark} | {escaped(point.gap.what)} | {escaped(point.gap.where)} | {at} |")
        yield "\n".join(lines)

    def _run(self, run: Run) -> str:
        return "".join(self._inline(inline) for inline in run)

    def _inline(self, inline: Inline) -> str:
        match inline:
            case Text(text):
                return escaped(text)
            case Code(text):
                return _code(text)
            case Link():
                return f"[{escaped(inline.text)}](#s-{inline.anchor})"
            case Gap():
                number = self._numbers[inline]
                return f"**[{escaped(self._document.words.gap)} ({number}): {escaped(inline.what)}](#gap-{number})**"
