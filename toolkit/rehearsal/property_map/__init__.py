"""The property map: what each property of a resource type is in CloudFormation, and who keeps it in a rehearsal."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

Keeper = Literal["moto", "ours", "not verified"]


@dataclass(frozen=True, kw_only=True)
class Property:
    """One input of a type; the file's own head explains each field."""

    name: str
    cfn: str
    by: Keeper
    replace: bool = False
    required: bool = False
    default: Any = None
    computed: bool = False
    local: bool = False
    json: bool = False
    unordered: bool = False
    secret: bool = False
    physical: bool = False
    differs: str = ""


@dataclass(frozen=True, kw_only=True)
class TypeMap:
    """One resource type: its CloudFormation name, inputs and the outputs that only the cloud knows."""

    token: str
    cfn: str
    properties: dict[str, Property]
    outputs: dict[str, str]
    note: str = ""
    secret_outputs: tuple[str, ...] = field(default=("customerGatewayConfiguration",))

    @property
    def taggable(self) -> bool:
        """Whether the type carries tags, and so the ownership tag."""
        return "tags" in self.properties


@cache
def load_map() -> dict[str, TypeMap]:
    """The committed map by Pulumi type token."""
    import yaml

    source = yaml.safe_load((Path(__file__).parent / "aws.yaml").read_text(encoding="utf-8"))
    return {
        token: TypeMap(
            token=token,
            cfn=entry["cfn"],
            note=entry.get("note", ""),
            properties={name: Property(name=name, **fields) for name, fields in entry["properties"].items()},
            outputs=entry["outputs"],
        )
        for token, entry in source.items()
    }


def enforcement_table() -> list[dict[str, Any]]:
    """One row per type and property, sorted: what it is in CloudFormation, who keeps it, what a change does.

    Evidence and documentation repeat it; ``kept_by`` = ``not verified`` means that only the real cloud can prove it.
    """
    return [
        {
            "type": token,
            "property": name,
            "cloudformation": known.cfn if known.cfn.startswith("none:") else f"{entry.cfn}{known.cfn}",
            "kept_by": known.by,
            "change": "replace" if known.replace else "update",
            "differs": known.differs,
        }
        for token, entry in sorted(load_map().items())
        for name, known in sorted(entry.properties.items())
    ]
