"""What only the provider knows, read from its files: efforts and the RACI matrix. Nothing is assumed without them."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from toolkit.errors import UsageError
from toolkit.strict_yaml import YamlFault, read_typed

T = TypeVar("T")


def read_provider_file(path: Path, of: type[T]) -> T:
    """The file as ``of``; raises UsageError when it cannot be read or does not fit."""
    try:
        return read_typed(path, of)
    except YamlFault as fault:
        raise UsageError(fault.at(str(path)), fix="see the samples in schemas/samples") from fault
