"""From a workspace to its documents in a folder."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import msgspec

from toolkit import catalogue
from toolkit.canonical import digest_bytes, write_atomic
from toolkit.documents.make import fact_names, make, titles
from toolkit.documents.model import Open
from toolkit.inventory.files import keep_apart
from toolkit.pipeline.document_sources import gather
from toolkit.pipeline.workspace import Workspace


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """``only`` and ``languages`` empty: every document of the service, in the customer's language."""

    only: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    formats: tuple[str, ...] = ("md", "html", "docx")
    output: Path | None = None
    matrix: Path | None = None
    date: dt.date | None = None
    month: str | None = None


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was written; ``digest`` is ``sha256:<hex>`` of its bytes."""

    document: str
    language: str
    path: str
    digest: str


class GapRow(msgspec.Struct, frozen=True, kw_only=True):
    """A gap of one document, with its number and the sections that have it."""

    document: str
    language: str
    number: int
    what: str
    where: str
    sections: tuple[str, ...]


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """What was written, and what is missing in it."""

    schema: str = "onboarding/documents/v1"
    customer: str
    service: str
    inventory: str
    files: tuple[File, ...]
    gaps: tuple[GapRow, ...]


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A document that a service has, with its title in ``language``."""

    id: str
    language: str
    title: str
    source: str


def write_documents(workspace: Workspace, request: Request) -> Written:
    """Make all of them, then write each file atomically; raises as ``gather`` and ``make``, and then nothing is written."""
    # the customer's language is known once the inventory is read: a month is figured in both then
    languages = request.languages or ("fr", "en")
    sources = gather(workspace, matrix=request.matrix, date=request.date, month=request.month, languages=languages)
    folder = request.output or workspace.own / "documents"
    if request.output is None:
        workspace.own.mkdir(mode=0o700, exist_ok=True)
    made = list(
        make(
            sources,
            only=request.only,
            languages=request.languages or (sources.inventory.customer.language,),
            formats=request.formats,
            added=_added(sources.service.id),
        )
    )
    files = []
    for document in made:
        for name in document.files:
            keep_apart(folder / name, workspace.root)
    for document in made:
        for name, content in document.files.items():
            write_atomic(folder / name, content, mode=0o644)
            path = str(folder / name)
            digest = digest_bytes(content)
            files.append(File(document=document.id, language=document.language, path=path, digest=digest))
    return Written(
        customer=sources.inventory.customer.id,
        service=sources.service.id,
        inventory=sources.digest,
        files=tuple(files),
        gaps=tuple(_row(one.id, one.language, gap) for one in made for gap in one.gaps),
    )


def listed(workspace: Workspace, request: Request) -> tuple[Listed, ...]:
    """The documents that the workspace's service has, with their titles in the request's languages; raises as ``gather``."""
    languages = request.languages or ("fr", "en")
    sources = gather(workspace, matrix=request.matrix, date=request.date, month=request.month, languages=languages)
    spoken = request.languages or (sources.inventory.customer.language,)
    return tuple(
        Listed(id=one.template.id, language=language, title=title, source=one.template.source)
        for one, language, title in titles(sources, languages=spoken, added=_added(sources.service.id))
    )


def names(workspace: Workspace) -> dict[str, Any]:
    """Every fact that a template may name for this workspace, with its fields."""
    return fact_names(gather(workspace))


def _added(service: str) -> Path | None:
    """The folder of an added service; None for one of ours."""
    added = catalogue.added_folder()
    folder = catalogue.service_folder(service)
    return folder if added is not None and folder.is_relative_to(added) else None


def _row(document: str, language: str, point: Open) -> GapRow:
    return GapRow(
        document=document,
        language=language,
        number=point.number,
        what=point.gap.what,
        where=point.gap.where,
        sections=tuple(section.anchor for section in point.sections),
    )
