"""What the schema and the rules say of what the cursor stands on, as Markdown; only our own texts, none of the customer's."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from toolkit.editor.cursor import steps_at
from toolkit.editor.positions import Positions
from toolkit.inventory.finding import text
from toolkit.inventory.mending.mended import read
from toolkit.inventory.mending.tokens import Token, json_token, yaml_tokens
from toolkit.inventory.readers.place import Document
from toolkit.inventory.rules import RULES
from toolkit.inventory.schema_at import Steps, inner, known_values, node_at
from toolkit.inventory.schema_files import definition, kinds

_MOST_WORDS = 30


def hover(file: str, positions: Positions, offset: int, *, rules: Iterable[str], others: Sequence[object] = ()) -> str:
    """The help for an offset; ``rules`` are those of the problems there. Empty where there is nothing to say."""
    parts = [_rule(name) for name in dict.fromkeys(rules) if name in RULES]
    document = read(file, positions.text)
    found = _steps(file, document, positions, offset) if document else None
    if document is not None and found is not None:
        service = next((named for other in others if (named := text(other, "service"))), None)
        value = document.value
        if service and isinstance(value, dict):
            value = {"service": service, **value}
        parts.insert(0, _schema(value, *found))
    return "\n\n---\n\n".join(part for part in parts if part)


def _steps(file: str, document: Document, positions: Positions, offset: int) -> tuple[Steps, bool] | None:
    token = token_around(file, positions.text, offset)
    if token is None:
        return None
    place = positions.place(token.start)
    return steps_at(document, place)


def token_around(file: str, text: str, offset: int) -> Token | None:
    """The scalar that the offset stands in or at the end of."""
    if file.lower().endswith(".json"):
        begin = text.rfind("\n", 0, offset) + 1
        starts = (json_token(text, at) for at in range(begin, min(offset + 1, len(text))))
        return next((token for token in starts if token and token.start <= offset <= token.end), None)
    return next((token for token in yaml_tokens(text).values() if token.start <= offset <= token.end), None)


def _schema(value: Any, steps: Steps, key: bool) -> str:
    node = node_at(value, steps)
    if node is None:
        return ""
    # an item's own words say little: those of its list stand before them
    around = (node_at(value, steps[:-1]) if steps and isinstance(steps[-1], int) else None) or {}
    title = around.get("title") or node.get("title", steps[-1] if key else "Value")
    said = dict.fromkeys(str(one["description"]) for one in (around, node) if "description" in one)
    rows = [f"**{title}**", *said]
    item = value
    for step in steps:
        item = inner(item, step)
    words = known_values(node)
    if item in kinds() and steps[-1] == "kind" and not key:
        kind = definition(str(item))
        rows.append(f"`{item}`: {kind.get('description', '')}")
    elif words:
        shown = ", ".join(f"`{word}`" for word in words[:_MOST_WORDS])
        rows.append(f"One of: {shown}" + (", …" if len(words) > _MOST_WORDS else ""))
    examples = [json.dumps(example, ensure_ascii=False) for example in node.get("examples", ())[:3]]
    if examples:
        rows.append("Example: " + ", ".join(f"`{example}`" for example in examples if len(example) < 120))
    return "\n\n".join(row for row in rows if row != "Example: ")


def _rule(name: str) -> str:
    rule = RULES[name]
    return f"**{rule.id}**: {rule.title}\n\nSource: {rule.section}\n\nFix: {rule.fix}"
