"""A plan on disk: ``index.json`` and one document per tenant or site, canonical bytes only.

    <plan>/index.json               the signed object
    <plan>/tenant-<id>.json         one per tenant
    <plan>/site-<id>.json           one per site
    <plan>/approvals/<keyid>.json   detached, not part of the digest

Whatever differs from what ``write_plan`` would write is refused.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TypeVar

import msgspec

from toolkit.canonical import canonical_bytes, digest_bytes, write_atomic
from toolkit.errors import PlanRefused, UsageError
from toolkit.model.plan import Document, Index, Plan
from toolkit.plan.steps import step_id

INDEX = "index.json"
APPROVALS = "approvals"
_SCOPE = re.compile(r"^(tenant|site|service)/[a-z][a-z0-9-]{1,62}$")
# a document of an earlier plan, or the temporary file of a write that was killed
_OURS = re.compile(r"(tenant|site)-[a-z0-9-]+\.json|\.(index|(tenant|site)-[a-z0-9-]+)\.json\..+")
_AGAIN = "make the plan again, and have it approved again"

_Noun = TypeVar("_Noun", Index, Document)


def file_name(scope: str) -> str:
    """Name of the file that holds the document of a scope; PlanRefused for what is no scope."""
    if not _SCOPE.match(scope):
        raise PlanRefused(f"the plan names {scope!r}, which is no tenant, site or service", fix=_AGAIN)
    return scope.replace("/", "-") + ".json"


def write_plan(plan: Plan, folder: Path) -> None:
    """Write the plan; an earlier plan in the folder is replaced, its approvals stay (and approve nothing any more).

    The index is written last, so that an interrupted write is refused when read. Raises UsageError when the folder
    holds something else than a plan.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is not a folder", fix="name a new or empty folder for the plan")
    names = {file_name(document.scope): document for document in plan.documents}
    present = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    if present and INDEX not in present and not all(name.startswith(("tenant-", "site-", ".")) for name in present):
        raise UsageError(f"{folder} holds something else than a plan", fix="name a new or empty folder for the plan")
    stale = {name for name in present - set(names) if _OURS.fullmatch(name)}
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, document in names.items():
        write_atomic(folder / name, canonical_bytes(document))
    write_atomic(folder / INDEX, canonical_bytes(plan.index))
    for name in stale:
        (folder / name).unlink()


def read_plan(folder: Path) -> Plan:
    """Read a plan back.

    Raises UsageError when there is no plan, PlanRefused when a byte differs from the canonical form, a document is
    missing, left over or has another digest, a field is unknown, or a step's id is not its content's.
    """
    if not (folder / INDEX).is_file():
        raise UsageError(f"there is no plan in {folder}", fix="make one: onboard plan PATH -o DIR")
    index = _read(folder / INDEX, Index)
    expected = {file_name(scope): scope for scope in index.documents}
    extra = {path.name for path in folder.iterdir()} - set(expected) - {INDEX, APPROVALS}
    if extra:
        raise PlanRefused(
            f"the plan's folder holds what its index does not name: {', '.join(sorted(extra))}", fix=_AGAIN
        )
    documents = []
    for name, scope in sorted(expected.items(), key=lambda item: item[1]):
        path = folder / name
        if not path.is_file():
            raise PlanRefused(f"the plan's document {name} is missing", fix=_AGAIN)
        if digest_bytes(path.read_bytes()) != index.documents[scope]:
            raise PlanRefused(f"{name} was altered: its digest is not the one in the plan's index", fix=_AGAIN)
        document = _read(path, Document)
        _check_document(document, scope=scope, name=name)
        documents.append(document)
    return Plan(digest=digest_bytes(canonical_bytes(index)), index=index, documents=tuple(documents))


def _read(path: Path, noun: type[_Noun]) -> _Noun:
    content = path.read_bytes()
    try:
        canonical = canonical_bytes(json.loads(content)) == content
        value = msgspec.json.decode(content, type=noun)
    except (ValueError, RecursionError) as error:
        raise PlanRefused(f"{path.name} was altered: it is not a part of a plan ({error})", fix=_AGAIN) from error
    if not canonical:
        raise PlanRefused(f"{path.name} was altered: its bytes are not the canonical form", fix=_AGAIN)
    if canonical_bytes(value) != content:
        raise PlanRefused(f"{path.name} has fields that this version does not know, or lacks some", fix=_AGAIN)
    return value


def _check_document(document: Document, *, scope: str, name: str) -> None:
    if document.scope != scope:
        raise PlanRefused(f"{name} holds the document of {document.scope}", fix=_AGAIN)
    for step in document.steps:
        if step.id != step_id(step):
            raise PlanRefused(f"{name}: the id of step {step.name} is not that of its content", fix=_AGAIN)
