"""Tables and the provider's files: small YAML, in which a key that stands twice is a mistake and not the last one wins."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

T = TypeVar("T")
_MERGE = "tag:yaml.org,2002:merge"
_WAY = re.compile(r"\.([A-Za-z_-][A-Za-z0-9_-]*)|\[([0-9]+)\]")


class _Strict(yaml.CSafeLoader):
    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key is a text", key.start_mark)
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} stands twice", key.start_mark)
            if key.tag == _MERGE:
                # of a key that is merged and written too, the one that is written would win
                told = "nothing is merged (<<): write out what shall stand here"
                raise yaml.constructor.ConstructorError(None, None, told, key.start_mark)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep=deep)


def _marked(construct: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """A date or number that is none has its place too: 2027-13-01, a number of 5,000 digits."""

    def marked(loader: Any, node: Any) -> Any:
        try:
            return construct(loader, node)
        except (ValueError, OverflowError) as error:
            raise yaml.constructor.ConstructorError(None, None, str(error), node.start_mark) from error

    return marked


_Strict.add_constructor("tag:yaml.org,2002:timestamp", _marked(_Strict.construct_yaml_timestamp))
_Strict.add_constructor("tag:yaml.org,2002:int", _marked(_Strict.construct_yaml_int))
_Strict.add_constructor("tag:yaml.org,2002:float", _marked(_Strict.construct_yaml_float))

DEEPEST = 50
"""How deep a file may nest: libyaml composes by recursion, and thousands of levels end the process."""
MOST = 1_000_000
"""How many values a file may stand for, aliases followed."""


def read_yaml(path: Path) -> Any:
    """The plain values of a file; raises OSError, yaml.YAMLError or ValueError.

    Aliases are followed as far as the file stands for at most ``MOST`` values: ten lines of them may stand for more than
    any machine holds.
    """
    return parse_yaml(path.read_bytes())


def parse_yaml(content: bytes) -> Any:
    """The plain values of YAML or JSON; raises yaml.YAMLError or ValueError. See ``read_yaml``."""
    check_shape(content)
    return yaml.load(content, Loader=_Strict)  # noqa: S506 - a safe loader


class YamlFault(Exception):
    """Why a file is not what it should be; ``line`` and ``column`` from 1 where they are known, ``field`` as in ``lots[0].delivered``."""

    def __init__(self, reason: str, *, line: int | None = None, column: int | None = None, field: str = "") -> None:
        super().__init__(": ".join(part for part in (field, reason) if part))
        self.reason, self.line, self.column, self.field = reason, line, column, field

    def at(self, name: str) -> str:
        """``name:line:column: field: reason``, with what of it is known."""
        return ":".join(str(part) for part in (name, self.line, self.column) if part is not None) + f": {self}"


def read_typed(path: Path, of: type[T]) -> T:
    """The file as a value of that type; raises YamlFault for one that cannot be read, is no YAML, or has another shape."""
    if not path.is_file() and path.exists():
        # a device or a pipe may have no end
        raise YamlFault("is no file")
    try:
        return msgspec.convert(read_yaml(path), of, strict=True)
    except msgspec.ValidationError as error:
        reason, _, where = str(error).partition(" - at `$")
        way = tuple(name or int(index) for name, index in _WAY.findall(where))
        field = where.rstrip("`").lstrip(".")
        raise YamlFault(reason, line=line_of(path, way), field=field) from error
    except OSError as error:
        raise YamlFault(error.strerror or str(error)) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise fault_of(error) from error


def fault_of(error: Exception) -> YamlFault:
    """What ``parse_yaml`` raised, with its place."""
    mark = getattr(error, "problem_mark", None)
    reason = getattr(error, "problem", None) or str(error).replace("\n", " ")
    return YamlFault(reason) if mark is None else YamlFault(reason, line=mark.line + 1, column=mark.column + 1)


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
