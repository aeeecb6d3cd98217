"""The chain of records: readable with hashes alone, broken by any change."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.canonical import canonical_bytes
from toolkit.evidence.records import GENESIS, ChainBroken, Entry, chain, read_chain

ENTRIES = tuple(Entry(kind="fact", subject=f"step-{n}", time=1798800000.0 + n, data={"n": n}) for n in range(5))


def test_a_chain_can_be_followed_with_a_hash_function_and_nothing_else():
    content, count, head = chain(ENTRIES)
    before = "sha256:" + "0" * 64
    for line in content.splitlines():
        record = json.loads(line)
        assert record["prev"] == before
        data = json.dumps(record["data"], separators=(",", ":"), sort_keys=True).encode()
        assert record["digest"] == "sha256:" + hashlib.sha256(data).hexdigest()
        before = "sha256:" + hashlib.sha256(line).hexdigest()
    assert (before, count) == (head, 5)
    assert json.loads(content.splitlines()[0])["time"] == "2027-01-01T10:40:00.000Z"


def test_an_empty_chain_is_a_chain():
    content, count, head = chain(())
    assert (content, count, head) == (b"", 0, GENESIS)
    assert read_chain(content, count=0, head=GENESIS) == ()


@given(st.data())
def test_any_altered_byte_breaks_it(data: st.DataObject):
    content, count, head = chain(ENTRIES)
    place = data.draw(st.integers(0, len(content) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda found: found != content[place]))
    altered = content[:place] + bytes([byte]) + content[place + 1 :]
    with pytest.raises(ChainBroken):
        read_chain(altered, count=count, head=head)


def test_a_record_forged_with_all_later_ones_has_another_head():
    forged, count, _ = chain((*ENTRIES[:2], Entry(kind="fact", subject="other", time=0.0), *ENTRIES[3:]))
    _, _, head = chain(ENTRIES)
    with pytest.raises(ChainBroken, match="signed head"):
        read_chain(forged, count=count, head=head)


@pytest.mark.parametrize("number", [1, 2, 4, 5])
def test_the_altered_record_is_the_one_that_is_named(number: int):
    content, count, head = chain(ENTRIES)
    lines = content.splitlines()
    record = json.loads(lines[number - 1])
    for change in ({"subject": "other"}, {"prev": "sha256:" + "1" * 64}, {"data": {}}, {"seq": 9}, {"more": 1}):
        altered = [*lines[: number - 1], canonical_bytes({**record, **change}), *lines[number:]]
        with pytest.raises(ChainBroken) as caught:
            read_chain(b"\n".join(altered) + b"\n", count=count, head=head)
        assert caught.value.seq == number, change
