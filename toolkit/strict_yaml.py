"""Tables and the provider's files: small YAML, in which a key that stands twice is a mistake and not the last one wins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml


class _Strict(yaml.CSafeLoader):
    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key is a text", key.start_mark)
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} stands twice", key.start_mark)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep=deep)


def read_yaml(path: Path) -> Any:
    """The plain values of a file; raises OSError, yaml.YAMLError, ValueError or RecursionError."""
    return yaml.load(path.read_bytes(), Loader=_Strict)  # noqa: S506 - a safe loader


def line_of(path: Path, way: tuple[str | int, ...]) -> int:
    """The line (from 1) of the value that lies so deep (keys and positions), or of the last part of the way there is."""
    node = yaml.compose(path.read_bytes(), Loader=_Strict)
    line = 1
    for part in way:
        found = None
        if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            found = node.value[part]
        elif isinstance(node, yaml.MappingNode):
            found = next((value for key, value in node.value if key.value == part), None)
        if found is None:
            break
        node, line = found, found.start_mark.line + 1
    return line
