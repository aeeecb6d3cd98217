"""What only the provider knows, read from its files: efforts and the RACI matrix. Nothing is assumed without them."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec
import yaml

from toolkit.errors import UsageError
from toolkit.strict_yaml import read_yaml

T = TypeVar("T")


def read_provider_file(path: Path, of: type[T]) -> T:
    """The file as ``of``; raises UsageError when it cannot be read or does not fit."""
    try:
        return msgspec.convert(read_yaml(path), of, strict=True)
    except (OSError, yaml.YAMLError, msgspec.ValidationError, ValueError, RecursionError) as error:
        said = error.strerror if isinstance(error, OSError) else error
        raise UsageError(f"{path}: {said}", fix="see the samples in schemas/samples") from error
