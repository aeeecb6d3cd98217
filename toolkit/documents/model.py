"""A document as data: nested sections of paragraphs, lists, tables and figures, with marked gaps. No renderer is known here."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from toolkit.documents.drawing import Drawing


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """A fact that is missing: ``what`` it is and ``where`` it should come from, in the document's language."""

    what: str
    where: str


class Text(msgspec.Struct, frozen=True):
    """A run of plain text."""

    text: str


class Code(msgspec.Struct, frozen=True):
    """A run that is shown as it is written: an id, an address, a digest."""

    text: str


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A run that leads to the section of that anchor."""

    anchor: str
    text: str


Inline = Text | Code | Link | Gap
Run = tuple[Inline, ...]


class Paragraph(msgspec.Struct, frozen=True):
    run: Run


class Callout(msgspec.Struct, frozen=True):
    """A paragraph that must not be overlooked."""

    run: Run


class Bullets(msgspec.Struct, frozen=True, kw_only=True):
    """A list; ``numbered`` where the order matters."""

    items: tuple[Run, ...]
    numbered: bool = False


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """Every row has as many cells as there are columns."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Run, ...], ...]
    caption: str = ""


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A drawing; ``alt`` says in words what it shows, ``name`` is the stem of its file."""

    name: str
    drawing: Drawing
    caption: str
    alt: str


Block = Paragraph | Callout | Bullets | Table | Figure


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """``anchor`` is unique in the document; the level follows from the nesting, ``number`` (``2.1``) from the place."""

    anchor: str
    number: str
    title: str
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """The renderers' own words in the document's language."""

    contents: str
    gap: str
    gaps: str
    gaps_explained: str
    no_gaps: str
    gap_what: str
    gap_where: str
    gap_sections: str


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """One document in one language; ``meta`` are the rows under the title, ``notes`` hold for the whole of it."""

    id: str
    language: str
    title: str
    subtitle: str
    meta: tuple[tuple[str, Run], ...]
    notes: tuple[str, ...]
    sections: tuple[Section, ...]
    words: Words


class Open(msgspec.Struct, frozen=True, kw_only=True):
    """A gap as it is listed at the end: its number, and the anchors of the sections that have it ("": the title's rows)."""

    number: int
    gap: Gap
    sections: tuple[Section, ...]


def every_section(sections: tuple[Section, ...], level: int = 1) -> Iterator[tuple[int, Section]]:
    """Level (1 at the top) and section, in the order of reading."""
    for section in sections:
        yield level, section
        yield from every_section(section.sections, level + 1)


def block_runs(block: Block) -> Iterator[Run]:
    """Every run of a block, in the order of reading."""
    match block:
        case Paragraph(run) | Callout(run):
            yield run
        case Bullets():
            yield from block.items
        case Table():
            for row in block.rows:
                yield from row
        case Figure():
            pass


def open_points(document: Document) -> tuple[Open, ...]:
    """Each different gap once, numbered in the order of reading."""
    found: dict[Gap, dict[str, Section]] = {}
    for _, run in document.meta:
        for inline in run:
            if isinstance(inline, Gap):
                found.setdefault(inline, {})
    for _, section in every_section(document.sections):
        for block in section.blocks:
            for run in block_runs(block):
                for inline in run:
                    if isinstance(inline, Gap):
                        found.setdefault(inline, {})[section.anchor] = section
    return tuple(
        Open(number=number, gap=gap, sections=tuple(at.values())) for number, (gap, at) in enumerate(found.items(), 1)
    )


def numbers(document: Document) -> dict[Gap, int]:
    """The number of each gap."""
    return {point.gap: point.number for point in open_points(document)}
