"""Reads the catalogue's own files: ours, so a plain safe loader is enough."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

from toolkit.errors import OnboardError

T = TypeVar("T")
FOLDER = Path(__file__).resolve().parent


def read(path: Path) -> Any:
    """The plain values of one catalogue file."""
    return yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)


def typed(value: Any, of: type[T], name: str) -> T:
    """``value`` as the type ``of``; a catalogue file that does not fit is a fault of the installation."""
    try:
        return msgspec.convert(value, of)
    except msgspec.ValidationError as error:
        raise OnboardError(f"catalogue file {name}: {error}", fix="reinstall the toolkit") from error
