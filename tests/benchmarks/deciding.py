"""What the benchmark does with each batch beside the checks: a decision with its reasons, and a hash, of each component."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from typing import Any

import msgspec

from toolkit.canonical import component_bytes
from toolkit.decide.verdicts import verdicts

LAYERS = ("infrastructure", "operations", "backend", "software")


def decided(header: Any) -> Callable[[list[Any]], bytes]:
    """Of a header, the lines of some components: id, decision with rules, facts, reasons and nearest, and digest."""
    known = verdicts(dt.date.fromisoformat(header["customer"]["commitment"]["start"]))
    said = {one["id"]: tuple(one["responsibility"][layer] for layer in LAYERS) for one in header["applications"]}
    written: dict[Any, bytes] = {}

    def lines(items: list[Any]) -> bytes:
        found = []
        for item in items:
            own, application = item.get("responsibility"), item["application"]
            who = tuple(own[layer] for layer in LAYERS) if own else said[application]
            key = (*who, "component" if own else f"application {application}")
            decision = written.get(key)
            if decision is None:
                decision = written[key] = msgspec.json.encode(known[key])
            name, digest = item["id"].encode(), hashlib.sha256(component_bytes(item)).hexdigest().encode()
            found.append(b'{"component":"%b","sha256":"%b","decision":%b}' % (name, digest, decision))
        return b"\n".join(found)

    return lines
