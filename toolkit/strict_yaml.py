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


DEEPEST = 50
"""How deep a file may nest: libyaml composes by recursion, and thousands of levels end the process."""
MOST = 1_000_000
"""How many values a file may stand for, aliases followed."""


def read_yaml(path: Path) -> Any:
    """The plain values of a file; raises OSError, yaml.YAMLError or ValueError.

    Aliases are followed as far as the file stands for at most ``MOST`` values: ten lines of them may stand for more than
    any machine holds.
    """
    content = path.read_bytes()
    check_shape(content)
    return yaml.load(content, Loader=_Strict)  # noqa: S506 - a safe loader


def check_shape(content: bytes) -> None:
    """Refuse what would end the process while it is composed or converted; raises yaml.YAMLError."""
    sizes: dict[str, int] = {}
    opened: list[tuple[str | None, int]] = []
    values = 0
    for event in yaml.parse(content, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            opened.append((event.anchor, values))
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = opened.pop()
            if anchor is not None:
                sizes[anchor] = values - before + 1
        values += sizes.get(event.anchor or "", 1) if isinstance(event, yaml.AliasEvent) else 1
        if len(opened) > DEEPEST:
            raise _refused(f"nested more than {DEEPEST} levels deep", event)
        if values > MOST:
            raise _refused(f"stands for more than {MOST:,} values", event)


def _refused(reason: str, event: Any) -> yaml.YAMLError:
    return yaml.constructor.ConstructorError(None, None, reason, event.start_mark)


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
