"""From sources to the files of the documents that are asked for. Pure: nothing is written here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from toolkit.documents.compose import compose
from toolkit.documents.expressions import Speaker
from toolkit.documents.facts import facts
from toolkit.documents.files import FORMATS
from toolkit.documents.model import Open, open_points
from toolkit.documents.sources import Sources
from toolkit.documents.template import Found, find_templates, read_texts
from toolkit.errors import UsageError


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """One document in one language: its files by name, and its gaps."""

    id: str
    language: str
    title: str
    files: dict[str, bytes]
    gaps: tuple[Open, ...]


def make(
    sources: Sources,
    *,
    only: Iterable[str],
    languages: Iterable[str],
    formats: Iterable[str],
    added: Path | None = None,
) -> Iterator[Made]:
    """The documents ``only`` in each language and format; empty: all of the service but those that need what is not there.

    Raises UsageError (2) for a document that the service does not have or a fault in an added template, OnboardError (1)
    for a fault in a template of ours, PrerequisiteMissing (13) without the extra that Word documents need.
    """
    wanted = tuple(only)
    found = chosen(sources, only=wanted, added=added)
    for language in languages:
        known = facts(sources, language)
        for template in found:
            needs = template.template.needs
            if needs is not None and not known[needs] and not wanted:
                continue
            document = compose(template, texts=read_texts(template, language), facts=known, language=language)
            files: dict[str, bytes] = {}
            for name in formats:
                files.update(FORMATS[name](document))
            yield Made(id=document.id, language=language, title=document.title, files=files, gaps=open_points(document))


def chosen(sources: Sources, *, only: Iterable[str], added: Path | None = None) -> tuple[Found, ...]:
    """The templates that are asked for, in the order of their ids; raises as ``make``."""
    templates = find_templates(sources.service, added)
    wanted = set(only)
    unknown = sorted(wanted - set(templates))
    if unknown:
        raise UsageError(
            f"{sources.service.id} has no document {', '.join(unknown)}",
            fix=f"name some of: {', '.join(templates)}" if templates else "this service has no templates yet",
        )
    return tuple(one for id_, one in templates.items() if not wanted or id_ in wanted)


def titles(
    sources: Sources, *, languages: Iterable[str], added: Path | None = None
) -> Iterator[tuple[Found, str, str]]:
    """Every template of the service with each language and the document's title in it; raises as ``make``."""
    found = chosen(sources, only=(), added=added)
    for language in languages:
        known = facts(sources, language)
        for one in found:
            say = Speaker(one, read_texts(one, language), known, language)
            yield one, language, say.plain(one.template.title, {}, at="title")


def fact_names(sources: Sources) -> dict[str, Any]:
    """What a template may name: each fact with its fields, for who writes one."""
    return {name: _shape(value) for name, value in facts(sources, "en").items() if name != "figures"}


def _shape(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_shape(value[0])] if value else []
    if isinstance(value, dict):
        return {name: _shape(inner) for name, inner in value.items()}
    return type(value).__name__
