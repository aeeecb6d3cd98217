"""The constraints of SARIF 2.1.0 (OASIS) on the objects that our logs are made of, and GitHub's on top, as a schema."""

from __future__ import annotations

from typing import Any

import jsonschema

LEVEL = {"enum": ["none", "note", "warning", "error"]}


def _closed(required: tuple[str, ...], **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": properties | {"properties": {"$ref": "#/$defs/bag"}},
    }


def _list(item: str, **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": {"$ref": f"#/$defs/{item}"}, **more}


TEXT = {"type": "string", "minLength": 1}
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$defs": {
        "bag": {
            "type": "object",
            "properties": {"tags": {"type": "array", "uniqueItems": True, "items": {"type": "string"}, "maxItems": 20}},
        },
        "message": _closed(
            ("text",), text=TEXT, markdown={"type": "string"}, id={"type": "string"}, arguments={"type": "array"}
        ),
        "multi": _closed(("text",), text=TEXT, markdown={"type": "string"}),
        "artifact": _closed(
            ("uri",),
            uri={"type": "string", "format": "uri-reference", "pattern": r"^[\x21-\x7e]+$"},
            uriBaseId={"type": "string"},
            index={"type": "integer", "minimum": -1},
            description={"$ref": "#/$defs/message"},
        ),
        "base": _closed(
            (), uri={"type": "string", "pattern": "/$"}, uriBaseId=TEXT, description={"$ref": "#/$defs/message"}
        ),
        "region": _closed(
            ("startLine",),
            **{
                name: {"type": "integer", "minimum": 1} for name in ("startLine", "startColumn", "endLine", "endColumn")
            },
            snippet={"type": "object"},
        ),
        "physical": _closed(
            ("artifactLocation", "region"),
            artifactLocation={"$ref": "#/$defs/artifact"},
            region={"$ref": "#/$defs/region"},
            contextRegion={"$ref": "#/$defs/region"},
        ),
        "logical": _closed((), name=TEXT, fullyQualifiedName=TEXT, kind=TEXT, decoratedName=TEXT),
        "location": _closed(
            ("physicalLocation",),
            physicalLocation={"$ref": "#/$defs/physical"},
            logicalLocations=_list("logical", uniqueItems=True),
        ),
        "result": _closed(
            ("message", "ruleId", "locations"),
            ruleId=TEXT,
            ruleIndex={"type": "integer", "minimum": 0},
            level=LEVEL,
            message={"$ref": "#/$defs/message"},
            locations=_list("location", minItems=1, maxItems=1000),
            partialFingerprints={"type": "object", "additionalProperties": {"type": "string"}},
        ),
        "rule": _closed(
            ("id", "shortDescription", "fullDescription", "help"),
            id=TEXT,
            name=TEXT,
            shortDescription={"$ref": "#/$defs/multi"},
            fullDescription={"$ref": "#/$defs/multi"},
            help={"$ref": "#/$defs/multi"},
            defaultConfiguration=_closed((), level=LEVEL, enabled={"type": "boolean"}),
        ),
        "driver": _closed(
            ("name", "rules"),
            name=TEXT,
            semanticVersion={"type": "string", "pattern": r"^\d+\.\d+"},
            rules=_list("rule", uniqueItems=True, maxItems=25_000),
        ),
        "notification": _closed(("message",), message={"$ref": "#/$defs/message"}, level=LEVEL),
        "invocation": _closed(
            ("executionSuccessful",),
            executionSuccessful={"type": "boolean"},
            toolExecutionNotifications=_list("notification"),
        ),
        "run": _closed(
            ("tool", "results"),
            tool=_closed(("driver",), driver={"$ref": "#/$defs/driver"}),
            columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
            originalUriBaseIds={"type": "object", "additionalProperties": {"$ref": "#/$defs/base"}},
            invocations=_list("invocation"),
            results=_list("result", maxItems=25_000),
        ),
    },
    **_closed(
        ("version", "runs"),
        **{"$schema": {"type": "string", "format": "uri"}},
        version={"const": "2.1.0"},
        runs=_list("run", minItems=1, maxItems=20),
    ),
}


def assert_sarif(log: Any) -> None:
    """Fails where ``log`` is no SARIF log that GitHub would take."""
    jsonschema.Draft202012Validator(SCHEMA).validate(log)
    for run in log["runs"]:
        ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
        assert len(set(ids)) == len(ids)
        assert all(ids[result["ruleIndex"]] == result["ruleId"] for result in run["results"])
