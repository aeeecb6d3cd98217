"""Records chained by hash in the order of the run: one canonical JSON object per line.

A record's hash is the SHA-256 of its line without the line feed; ``prev`` is the hash of the line before, 64 zeros
for the first. Whoever holds the last hash (the head, signed in the statement) holds the whole chain.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from toolkit.canonical import canonical_bytes, digest, digest_bytes

GENESIS = "sha256:" + "0" * 64


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What a record is made of, already redacted; ``time`` is seconds since the epoch."""

    kind: str
    subject: str
    time: float
    data: dict[str, Any] = {}


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of ``records.ndjson`` (schemas/evidence-record.schema.json)."""

    seq: int
    prev: str
    kind: str
    subject: str
    time: str
    digest: str
    data: dict[str, Any]


class ChainBroken(ValueError):
    """The chain does not hold; ``seq`` is the first record that is not as it was written."""

    def __init__(self, seq: int, reason: str) -> None:
        super().__init__(f"record {seq}: {reason}")
        self.seq = seq


def timestamp(seconds: float) -> str:
    """RFC 3339 in UTC with milliseconds: ``2027-01-01T12:00:00.000Z``."""
    moment = dt.datetime.fromtimestamp(seconds, dt.UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def chain(entries: Iterable[Entry]) -> tuple[bytes, int, str]:
    """The content of ``records.ndjson``, how many records it has, and the head."""
    lines: list[bytes] = []
    head = GENESIS
    for entry in entries:
        record = Record(
            seq=len(lines) + 1,
            prev=head,
            kind=entry.kind,
            subject=entry.subject,
            time=timestamp(entry.time),
            digest=digest(entry.data),
            data=entry.data,
        )
        line = canonical_bytes(record)
        head = digest_bytes(line)
        lines.append(line + b"\n")
    return b"".join(lines), len(lines), head


def read_chain(content: bytes, *, count: int, head: str) -> tuple[Record, ...]:
    """Every record of a chain that is whole; raises ChainBroken, which names the first record that is not.

    ``count`` and ``head`` are what the statement vouches for.
    """
    lines = content.split(b"\n")
    if lines.pop() != b"":
        raise ChainBroken(len(lines) + 1, "the line does not end")
    records: list[Record] = []
    before = GENESIS
    for record in _parsed(lines):
        line_hash = digest_bytes(lines[record.seq - 1])
        if record.prev != before:
            vouched = _prev_of(lines[record.seq]) if record.seq < len(lines) else head
            # an intact record that points elsewhere shows that the one before it was altered
            intact = vouched == line_hash and record.seq > 1
            raise ChainBroken(record.seq - 1 if intact else record.seq, "its hash is another")
        if digest(record.data) != record.digest:
            raise ChainBroken(record.seq, "its data has another digest")
        before = line_hash
        records.append(record)
    if len(records) != count:
        raise ChainBroken(min(len(records), count) + 1, f"the chain has {len(records)} records, signed were {count}")
    if before != head:
        raise ChainBroken(len(records), "its hash is not the signed head")
    return tuple(records)


def _parsed(lines: list[bytes]) -> Iterator[Record]:
    for number, line in enumerate(lines, start=1):
        try:
            record = msgspec.convert(json.loads(line), Record)
            canonical = canonical_bytes(record) == line
        except (ValueError, RecursionError):
            raise ChainBroken(number, "not a record") from None
        except Exception as error:  # noqa: BLE001 - whatever the bytes provoke, the line is not a record
            raise ChainBroken(number, f"not a record ({type(error).__name__})") from None
        if not canonical:
            raise ChainBroken(number, "not in canonical form")
        if record.seq != number:
            raise ChainBroken(number, f"its number is {record.seq}")
        yield record


def _prev_of(line: bytes) -> str | None:
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value.get("prev") if isinstance(value, dict) else None
