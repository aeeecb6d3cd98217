"""A template, the texts of one language and the facts become a document. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from toolkit.documents.expressions import Speaker
from toolkit.documents.missing import Missing
from toolkit.documents.model import (
    Block,
    Bullets,
    Callout,
    Document,
    Figure,
    Link,
    Paragraph,
    Run,
    Section,
    Table,
    Words,
)
from toolkit.documents.template import BlockSpec, FigureBlock, Found, ListBlock, SectionSpec, TableBlock, Texts

Scope = Mapping[str, Any]


def compose(found: Found, *, texts: Texts, facts: Mapping[str, Any], language: str) -> Document:
    """The document; OnboardError (1), or UsageError (2) for an added service's template, names template, key and place."""
    return _Composer(found, texts=texts, facts=facts, language=language).document()


class _Placed(msgspec.Struct, frozen=True):
    """A section that is there, with its number; ``scope`` holds what it is repeated for."""

    spec: SectionSpec
    anchor: str
    number: str
    title: str
    scope: dict[str, Any]
    inner: tuple[_Placed, ...]


class _Composer:
    def __init__(self, found: Found, *, texts: Texts, facts: Mapping[str, Any], language: str) -> None:
        self._template, self._found, self._facts, self._language = found.template, found, facts, language
        self._say = Speaker(found, texts, facts, language)

    def document(self) -> Document:
        """Places every section first, so that a text may lead to one that comes later."""
        placed = self._place(self._template.sections, {}, number="", at="sections")
        anchors = {one.spec.id: one for one in _every(placed)}
        self._say.let("section", lambda id_: self._link(anchors, id_))
        return Document(
            id=self._template.id,
            language=self._language,
            title=self._say.plain(self._template.title, {}, at="title"),
            subtitle=self._say.plain(self._template.subtitle, {}, at="subtitle"),
            meta=tuple(self._meta()),
            notes=tuple(self._notes()),
            sections=tuple(self._section(one) for one in placed),
            words=Words(
                **{
                    name: self._say.plain(f"words_{name}", {}, at="the renderers' words")
                    for name in Words.__struct_fields__
                }
            ),
        )

    def _meta(self) -> list[tuple[str, Run]]:
        rows = []
        for number, row in enumerate(self._template.meta):
            label = self._say.plain(row.label, {}, at=f"meta {number}")
            rows.append((label, self._say.cell(row.value, {}, at=f"meta {number}", what=label)))
        return rows

    def _notes(self) -> list[str]:
        return [self._say.plain("note_translation", {}, at="notes")] if self._language == "fr" else []

    def _place(self, specs: tuple[SectionSpec, ...], scope: Scope, *, number: str, at: str) -> tuple[_Placed, ...]:
        placed: list[_Placed] = []
        for spec in specs:
            here = f"{at} / {spec.id}"
            scopes: list[dict[str, Any]] = [dict(scope)]
            if spec.for_each is not None:
                members = self._members(spec.for_each, scope, at=here)
                scopes = [] if isinstance(members, Missing) else [{**scope, "each": member} for member in members]
            for index, own in enumerate(scopes, 1):
                if not self._say.holds(spec.when, own, at=here):
                    continue
                full = f"{number}{len(placed) + 1}"
                anchor = spec.id if spec.for_each is None else f"{spec.id}-{index}"
                if "each" in scope:
                    anchor = f"{anchor}-in-{number.rstrip('.').replace('.', '-')}"
                placed.append(
                    _Placed(
                        spec,
                        anchor,
                        full,
                        self._say.plain(spec.title, own, at=here),
                        own,
                        self._place(spec.sections, own, number=f"{full}.", at=here),
                    )
                )
        return tuple(placed)

    def _section(self, placed: _Placed) -> Section:
        blocks: list[Block] = []
        for number, spec in enumerate(placed.spec.blocks, 1):
            at = f"section {placed.spec.id}, block {number}"
            if self._say.holds(spec.when, placed.scope, at=at):
                blocks += self._block(spec, placed.scope, at=at)
        return Section(
            anchor=placed.anchor,
            number=placed.number,
            title=placed.title,
            blocks=tuple(blocks),
            sections=tuple(self._section(one) for one in placed.inner),
        )

    def _block(self, spec: BlockSpec, scope: Scope, *, at: str) -> list[Block]:
        if spec.text is not None:
            return [Paragraph(run) for run in self._say.paragraphs(spec.text, scope, at=at)]
        if spec.callout is not None:
            return [Callout(run) for run in self._say.paragraphs(spec.callout, scope, at=at)]
        if spec.list is not None:
            return [self._list(spec.list, scope, at=at)]
        if spec.table is not None:
            return [self._table(spec.table, scope, at=at)]
        if spec.grid is not None:
            return [self._grid(spec.grid, scope, at=at)]
        assert spec.figure is not None, "a template was checked when it was read"
        return [self._figure(spec.figure, scope, at=at)]

    def _list(self, spec: ListBlock, scope: Scope, *, at: str) -> Block:
        members = self._members(spec.of, scope, at=at)
        if not members:
            return self._nothing(members, spec.empty, scope, at=at)
        items = (self._say.line(spec.item, {**scope, "item": member}, at=at) for member in members)
        return Bullets(items=tuple(item for item in items if item), numbered=spec.numbered)

    def _table(self, spec: TableBlock, scope: Scope, *, at: str) -> Block:
        members = self._members(spec.of, scope, at=at)
        if not members:
            return self._nothing(members, spec.empty, scope, at=at)
        titles = tuple(self._say.plain(column.title, scope, at=at) for column in spec.columns)
        rows = []
        for member in members:
            own = {**scope, "item": member}
            cells = []
            for title, column in zip(titles, spec.columns, strict=True):
                here = f"{at}, column {column.title}"
                if column.value is not None:
                    cells.append(self._say.cell(column.value, own, at=here, what=title))
                else:
                    cells.append(self._say.line(str(column.text), own, at=here))
            rows.append(tuple(cells))
        caption = "" if spec.caption is None else self._say.plain(spec.caption, scope, at=at)
        return Table(columns=titles, rows=tuple(rows), caption=caption)

    def _grid(self, expression: str, scope: Scope, *, at: str) -> Block:
        """A table whose columns are facts too; nothing is said where there is none."""
        found = self._say.value(expression, scope, at=at)
        if not found:
            return self._nothing(found, "none", scope, at=at)
        columns = tuple(str(title) for title in found["columns"])
        rows = tuple(
            tuple(self._say.shown(cell, at=at, what=title) for title, cell in zip(columns, row, strict=True))
            for row in found["rows"]
        )
        return Table(columns=columns, rows=rows, caption=str(found.get("title", "")))

    def _nothing(self, members: Any, empty: str, scope: Scope, *, at: str) -> Block:
        """What stands in the place of an empty collection; a collection that is not known is a gap."""
        if isinstance(members, Missing):
            return Paragraph((self._say.gap(members),))
        return Paragraph(self._say.line(empty, scope, at=at))

    def _figure(self, spec: FigureBlock, scope: Scope, *, at: str) -> Block:
        return Figure(
            name=spec.of,
            drawing=self._facts["figures"][spec.of],
            caption=self._say.plain(spec.caption, scope, at=at),
            alt=self._say.plain(spec.alt, scope, at=at),
        )

    def _members(self, expression: str, scope: Scope, *, at: str) -> Any:
        """The collection of an expression: a tuple of rows, or Missing."""
        found = self._say.value(expression, scope, at=at)
        if isinstance(found, Missing):
            return found
        if found is None:
            return Missing(what="value")
        if isinstance(found, str | Mapping) or not hasattr(found, "__iter__"):
            raise self._found.fault(
                f"{at}: {expression} is no collection", fix="name a collection (onboard documents PATH --facts)"
            )
        return tuple(found)

    def _link(self, anchors: Mapping[str, _Placed], id_: str) -> Link:
        if id_ not in anchors:
            raise LookupError(f"this document has no section {id_!r}")
        placed = anchors[id_]
        return Link(anchor=placed.anchor, text=f"{placed.number} {placed.title}")


def _every(placed: tuple[_Placed, ...]) -> list[_Placed]:
    return [found for one in placed for found in (one, *_every(one.inner))]
