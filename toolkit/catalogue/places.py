"""A YAML file with the place of each of its values, so that a fault can say line and column."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import yaml

from toolkit.strict_yaml import check_shape

LARGEST = 2_000_000
"""Bytes; a service description is twenty times smaller."""
MOST = 200_000
"""Values; a service description holds a tenth of it."""

_KEYS = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:merge")
"""What a field may be: ``yes``, ``1`` and ``null`` are no texts in YAML 1.1."""


class Unreadable(Exception):
    """The file is no YAML, or says something twice; ``line`` counts from 1."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.message, self.line = message, line


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """Plain values, and line and column (from 1) by JSON pointer."""

    value: Any
    places: dict[str, tuple[int, int]]

    def place(self, pointer: str) -> tuple[int, int]:
        """The place of the value at ``pointer``, or of the nearest one around it."""
        while pointer and pointer not in self.places:
            pointer = pointer.rpartition("/")[0]
        return self.places.get(pointer, (1, 1))


def read_with_places(path: Path) -> Read:
    """The file's values and where they stand; Unreadable for one that is too large, no YAML, or names a field twice."""
    content = path.read_bytes()
    if len(content) > LARGEST:
        raise Unreadable(f"the file is larger than {LARGEST} bytes")
    loader = yaml.CSafeLoader(content)
    try:
        check_shape(content)
        node = loader.get_single_node()
        if node is None:
            raise Unreadable("the file is empty")
        places: dict[str, tuple[int, int]] = {}
        _walk(node, "", places)
        return Read(value=loader.construct_document(node), places=places)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise Unreadable(str(error.problem), None if mark is None else mark.line + 1) from error
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        raise Unreadable(str(error).partition("\n")[0]) from error
    except RecursionError as error:
        raise Unreadable("the file is nested too deeply, or refers to itself") from error
    finally:
        loader.dispose()


def pointer(steps: tuple[str | int, ...]) -> str:
    """Steps as a JSON pointer (RFC 6901)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def _walk(node: yaml.Node, way: str, places: dict[str, tuple[int, int]]) -> None:
    if len(places) >= MOST:  # aliases of aliases grow without bound
        raise Unreadable(f"the file holds more than {MOST} values")
    places[way] = (node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _walk(item, f"{way}/{index}", places)
    elif isinstance(node, yaml.MappingNode):
        seen = set()
        for key, item in node.value:
            if key.tag not in _KEYS:
                raise Unreadable("a field that is no text: write it in quotes", key.start_mark.line + 1)
            name = str(key.value)
            if name in seen:
                raise Unreadable(f"{name!r} is said twice", key.start_mark.line + 1)
            seen.add(name)
            _walk(item, way + pointer((name,)), places)
