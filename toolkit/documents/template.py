"""Templates and texts as they are read from YAML (schemas/document-template.schema.json): structure here, words there."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec
import yaml

from toolkit.errors import OnboardError, UsageError
from toolkit.model.service import Service
from toolkit.strict_yaml import read_yaml

OWN = Path(__file__).resolve().parent
LANGUAGES = ("fr", "en")


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of what a template is made of."""


class ListBlock(Part, frozen=True, kw_only=True):
    """``item`` is the text of each member of ``of`` (an expression); ``empty`` is said when there is none."""

    of: str
    item: str
    numbered: bool = False
    empty: str = "none"


class Column(Part, frozen=True, kw_only=True):
    """``title`` is a text; a cell is the expression ``value``, or the text ``text``."""

    title: str
    value: str | None = None
    text: str | None = None


class TableBlock(Part, frozen=True, kw_only=True):
    of: str
    columns: tuple[Column, ...]
    caption: str | None = None
    empty: str = "none"


class FigureBlock(Part, frozen=True, kw_only=True):
    of: Literal["topology"]
    caption: str
    alt: str


class BlockSpec(Part, frozen=True, kw_only=True):
    """Exactly one of the others; left out unless ``when`` holds. ``grid`` is an expression with ``columns`` and ``rows``."""

    when: str | None = None
    text: str | None = None
    callout: str | None = None
    list: ListBlock | None = None
    table: TableBlock | None = None
    grid: str | None = None
    figure: FigureBlock | None = None


class SectionSpec(Part, frozen=True, kw_only=True):
    """``for_each``: the section once for each member, which expressions and texts call ``each``."""

    id: str
    title: str
    when: str | None = None
    for_each: str | None = None
    blocks: tuple[BlockSpec, ...] = ()
    sections: tuple[SectionSpec, ...] = ()


class MetaSpec(Part, frozen=True, kw_only=True):
    label: str
    value: str


class Template(Part, frozen=True, kw_only=True):
    """``source`` says which sections of the service descriptions ask for the document.

    It belongs to each service of which a deliverable names it, and to those that ``services`` lists besides. ``needs``
    names a source without which it is only made when it is asked for by name.
    """

    schema: Literal["onboarding/document-template/v1"]
    id: str
    source: str
    title: str
    subtitle: str
    services: tuple[str, ...] = ()
    needs: Literal["month"] | None = None
    meta: tuple[MetaSpec, ...] = ()
    sections: tuple[SectionSpec, ...]


class Texts(msgspec.Struct, frozen=True, kw_only=True):
    """Texts by key, and groups of words by the value that each stands for, of one language."""

    texts: dict[str, str]
    words: dict[str, dict[str, str]]


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A template with the folder it was read from; ``own`` is False for an added service's."""

    template: Template
    folder: Path
    own: bool

    @property
    def file(self) -> str:
        """Where a fault of it is mended, for messages."""
        path = self.folder / ("templates" if self.own else "documents") / f"{self.template.id}.yaml"
        return f"toolkit/documents/templates/{self.template.id}.yaml" if self.own else str(path)

    def fault(self, message: str, *, fix: str) -> OnboardError:
        """The error for a fault of this template: ours is internal (1), an added service's is its author's (2)."""
        return (OnboardError if self.own else UsageError)(f"{self.file}: {message}", fix=fix)


def find_templates(service: Service, added: Path | None = None) -> dict[str, Found]:
    """The templates of a service, by id: ours, and those of the folder of an added service, which come before ours.

    Raises OnboardError (1) for a template of ours that cannot be used, UsageError (2) for an added one.
    """
    delivered = {one.document for one in service.deliverables}
    found = {
        one.template.id: one
        for one in _templates(OWN / "templates", OWN, own=True)
        if one.template.id in delivered or service.id in one.template.services
    }
    if added is not None and added.resolve() != OWN:
        found |= {one.template.id: one for one in _templates(added / "documents", added, own=False)}
    return dict(sorted(found.items()))


def read_texts(found: Found, language: str) -> Texts:
    """The texts of a template in ``language`` over those that all share; raises as ``find_templates``."""
    common = _text_file(OWN / "texts" / language / "common.yaml", own=True)
    own = _text_file(found.folder / "texts" / language / f"{found.template.id}.yaml", own=found.own)
    words = {name: {**common.words.get(name, {}), **own.words.get(name, {})} for name in {*common.words, *own.words}}
    return Texts(texts={**common.texts, **own.texts}, words=words)


def _templates(folder: Path, root: Path, *, own: bool) -> list[Found]:
    found = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            template = msgspec.convert(read_yaml(path), Template)
        except (OSError, ValueError, yaml.YAMLError, RecursionError) as error:
            raise _unusable(path, str(error), own=own) from error
        faults = _faults(template, path.stem)
        if faults:
            raise _unusable(path, "; ".join(faults), own=own)
        found.append(Found(template=template, folder=root, own=own))
    return found


def _faults(template: Template, stem: str) -> list[str]:
    faults = [] if template.id == stem else [f"id {template.id} is not the file's name"]
    ids: list[str] = []
    waiting = list(template.sections)
    while waiting:
        section = waiting.pop()
        ids.append(section.id)
        waiting += section.sections
        for block in section.blocks:
            kinds = [
                kind
                for kind in ("text", "callout", "list", "table", "grid", "figure")
                if getattr(block, kind) is not None
            ]
            if len(kinds) != 1:
                faults.append(f"section {section.id}: a block has {' and '.join(kinds) or 'nothing'}, not one thing")
            columns = block.table.columns if block.table else ()
            odd = [one.title for one in columns if (one.value is None) == (one.text is None)]
            faults += [f"section {section.id}: column {title} needs either value or text" for title in odd]
    return faults + [f"two sections are called {id_}" for id_ in sorted({one for one in ids if ids.count(one) > 1})]


def _text_file(path: Path, *, own: bool) -> Texts:
    try:
        written = read_yaml(path)
    except FileNotFoundError:
        raise _unusable(path, "there is no such file: a template needs its texts in both languages", own=own) from None
    except (OSError, ValueError, yaml.YAMLError, RecursionError) as error:
        raise _unusable(path, str(error), own=own) from error
    try:
        kept = msgspec.convert(written, dict[str, str | dict[str, str]])
    except msgspec.ValidationError as error:
        raise _unusable(path, str(error), own=own) from error
    return Texts(
        texts={key: value for key, value in kept.items() if isinstance(value, str)},
        words={key: value for key, value in kept.items() if isinstance(value, dict)},
    )


def _unusable(path: Path, why: str, *, own: bool) -> OnboardError:
    fix = (
        "reinstall the toolkit"
        if own
        else "mend the file; toolkit/documents/templates/README.md says how it is written"
    )
    return (OnboardError if own else UsageError)(f"{path}: {why}", fix=fix)
