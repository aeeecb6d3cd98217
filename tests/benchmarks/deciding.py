"""What the benchmark does with each batch beside the checks: a decision with its reasons, and a hash, of each component.

A decision is written out where it is first met, on a line before its component's, and named by its digest from then on.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from typing import Any

import msgspec

from toolkit.decide.verdicts import verdicts

_encode_lines = msgspec.json.Encoder(order="sorted").encode_lines
LAYERS = ("infrastructure", "operations", "backend", "software")


def decided(header: Any) -> Callable[[list[Any]], bytes]:
    """Of a header, the lines of some components: id, digest, and decision with rules, facts, reasons and nearest."""
    known = verdicts(dt.date.fromisoformat(header["customer"]["commitment"]["start"]))
    said = {one["id"]: tuple(one["responsibility"][layer] for layer in LAYERS) for one in header["applications"]}
    written: dict[Any, str] = {}
    sha256 = hashlib.sha256

    def lines(items: list[Any]) -> bytes:
        found = []
        for item, content in zip(items, component_lines(items), strict=True):
            own, application = item.get("responsibility"), item["application"]
            who = tuple(own[layer] for layer in LAYERS) if own else said[application]
            key = (*who, "component" if own else f"application {application}")
            decision = written.get(key)
            if decision is None:
                text = msgspec.json.encode(known[key])
                decision = written[key] = sha256(text).hexdigest()[:16]
                found.append(f'{{"decision":"{decision}","is":{text.decode()}}}')
            digest = sha256(content).hexdigest()
            found.append(f'{{"component":"{item["id"]}","sha256":"{digest}","decision":"{decision}"}}')
        return "\n".join(found).encode()

    return lines


def component_lines(values: list[dict[str, Any]]) -> list[bytes]:
    """The RFC 8785 bytes of each, ten times as fast as ``canonical_bytes``: of plain values without fractions whose keys
    are ASCII, as every component is that keeps to its schema.
    """
    # no break stands inside: in a string it is escaped
    return _encode_lines(values).split(b"\n")[:-1]
