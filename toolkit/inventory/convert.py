"""From any format into any other: nothing but comments is lost, which is proven by reading back what was written."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import yaml

from toolkit.errors import InventoryInvalid, OnboardError, UsageError
from toolkit.inventory.files import FOLDER, find_pieces
from toolkit.inventory.readers.place import Place, ReadRefused
from toolkit.inventory.readers.yaml_meaning import TAG, plain_meaning
from toolkit.inventory.source import Source
from toolkit.inventory.tables.cells import same
from toolkit.inventory.tables.write_csv import csv_bytes
from toolkit.inventory.tables.write_xlsx import xlsx_bytes

_COMPONENTS = "components"
_NOWHERE = Place(1, 1)


class Converted(msgspec.Struct, frozen=True, kw_only=True):
    """``files`` were written; ``notes`` say how values in a local notation were understood, each with its place."""

    files: tuple[Path, ...]
    components: int
    notes: tuple[str, ...] = ()


def convert(path: Path, target: Path, *, force: bool = False) -> Converted:
    """Write the inventory at ``path`` to ``target``: a file of any format, or a folder ``inventory/`` of pieces.

    Raises UsageError for a target that exists (without ``force``), that has no known format or that cannot hold the
    inventory; InventoryInvalid when the inventory cannot be read whole. The target is there whole, or not at all.
    """
    if not target.suffix and target.name != FOLDER:
        raise UsageError(
            f"{target}: a folder of pieces is called {FOLDER}",
            fix=f"write -o {target / FOLDER}, or name a file: {', '.join(WRITERS)}",
        )
    if target.suffix and target.suffix.lower() not in WRITERS:
        raise UsageError(f"{target}: no such format", fix=f"name one of: {', '.join(WRITERS)}, or a folder {FOLDER}")
    if (target.exists() or target.is_symlink()) and not force:
        raise UsageError(f"{target} exists already", fix="name another, or replace it with --force")
    source = Source(find_pieces(path))
    value = read_whole(source)
    files = {"": WRITERS[target.suffix.lower()](value)} if target.suffix else _folder(value)
    with tempfile.TemporaryDirectory(dir=_parent(target), prefix=".onboard-") as scratch:
        made = Path(scratch) / target.name
        if target.suffix:
            made.write_bytes(files[""])
        else:
            made.mkdir()
            for name, content in files.items():
                (made / name).write_bytes(content)
        if not same(read_whole(Source([made] if target.suffix else sorted(made.iterdir()))), value):
            raise OnboardError(f"{target} would not read as {path} does", fix="report this; nothing was written")
        _put(made, target)
    listed = value.get(_COMPONENTS) if isinstance(value, dict) else None
    return Converted(
        files=tuple(target / name if name else target for name in files),
        components=len(listed) if isinstance(listed, list) else 0,
        notes=tuple(f"{file}: {note.message}" for file, note in source.noted),
    )


def read_whole(source: Source) -> Any:
    """The plain value of an inventory; raises InventoryInvalid when a part of it cannot be read."""
    items = [item for batch in source.batches() for item in batch]
    value = {**source.header, _COMPONENTS: items} if items else source.header
    unread = [*source.refused, *source.unread]
    said = [f"{file}: {refused.message}" for file, refused in unread]
    said += [f"{file}: {finding.message}" for file, finding in source.findings]
    if said:
        more = f", and {len(said) - 1} more" if len(said) > 1 else ""
        raise InventoryInvalid(
            f"{said[0]}{more}", fix="onboard validate lists each with its place; mend it before it is converted"
        )
    return value


def _yaml(value: Any) -> bytes:
    """Block style, in the order of the value."""
    return yaml.dump(
        value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120, default_flow_style=None
    ).encode()


class _Dumper(yaml.CSafeDumper):
    """Without anchors: an inventory says everything out. In quotes: what YAML 1.1 or 1.2 reads as no text."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's signature
        return True

    def represent_str(self, data: str) -> yaml.ScalarNode:
        # YAML 1.2 knows numbers that the older one, whose rules the dumper has, takes for texts: 1e5, 0o17
        return self.represent_scalar(TAG + "str", data, style=None if _is_text(data) else "'")


_Dumper.add_representer(str, _Dumper.represent_str)


def _is_text(data: str) -> bool:
    try:
        return isinstance(plain_meaning(data, _NOWHERE), str)
    except ReadRefused:
        return False


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"


def _ndjson(value: Any) -> bytes:
    if not isinstance(value, dict) or not isinstance(value.get(_COMPONENTS, []), list):
        raise UsageError("NDJSON cannot hold this inventory: its components are no list", fix="write .yaml or .json")
    header = {key: inner for key, inner in value.items() if key != _COMPONENTS}
    if (header and "schema" not in header) or (_COMPONENTS in value and not value[_COMPONENTS]):
        raise UsageError("NDJSON cannot hold this inventory: it has no schema, or an empty list of components",
                         fix="write .yaml or .json")  # fmt: skip
    lines = [header] if header else []
    return b"".join(
        json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in (*lines, *value.get(_COMPONENTS, []))
    )


def _csv(value: Any) -> bytes:
    if not isinstance(value, dict) or set(value) != {_COMPONENTS}:
        raise UsageError(
            "CSV holds components only, and this inventory says more",
            fix=f"write .xlsx, or a folder {FOLDER}: there the rest stands beside the table",
        )
    return csv_bytes(value[_COMPONENTS])


WRITERS: dict[str, Callable[[Any], bytes]] = {
    ".yaml": _yaml,
    ".yml": _yaml,
    ".json": _json,
    ".jsonl": _ndjson,
    ".ndjson": _ndjson,
    ".csv": _csv,
    ".xlsx": xlsx_bytes,
}
"""By suffix: a plain value to a file's content; raises UsageError for what the format cannot hold."""


def _folder(value: Any) -> dict[str, bytes]:
    """What a table cannot hold as YAML, the components as CSV."""
    if not isinstance(value, dict):
        raise UsageError("a folder of pieces cannot hold this inventory: it is no mapping", fix="write .yaml or .json")
    header = {key: inner for key, inner in value.items() if key != _COMPONENTS}
    files = {"header.yaml": _yaml(header)} if header or _COMPONENTS not in value else {}
    if _COMPONENTS in value:
        files["components.csv"] = csv_bytes(value[_COMPONENTS])
    return files


def _parent(target: Path) -> Path:
    parent = target.parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{parent} cannot be made: {error.strerror}", fix="name another folder") from error
    return parent


def _put(made: Path, target: Path) -> None:
    """Move what was made to its place at once; a folder that stands there is kept until the new one stands."""
    if made.is_file():
        if target.is_dir():
            raise UsageError(f"{target} is a folder", fix="name a file")
        made.replace(target)
        return
    if target.exists() or target.is_symlink():
        old = made.with_name("old")
        target.rename(old)
        try:
            made.rename(target)
        except OSError:
            old.rename(target)
            raise
        if old.is_dir() and not old.is_symlink():
            shutil.rmtree(old)
        else:
            old.unlink()
        return
    made.rename(target)
