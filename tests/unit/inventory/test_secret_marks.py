"""A batch in which no secret's mark stands is not searched; nothing that would be found is missed by that."""

from __future__ import annotations

import msgspec
from hypothesis import assume, given
from hypothesis import strategies as st

from toolkit.inventory.finding import looks_secret
from toolkit.inventory.secret_rules import may_hold_secret

SECRETS = st.one_of(
    st.sampled_from(
        ["-----BEGIN RSA PRIVATE KEY-----", "-----BEGIN PRIVATE KEY", "PuTTY-User-Key-File-3", "AGE-SECRET-KEY-1QQ"]
    ),
    st.from_regex(r"(AKIA|ASIA)[0-9A-Z]{16}", fullmatch=True),
    st.from_regex(r"gh[pousr]_[A-Za-z0-9]{30,40}", fullmatch=True),
    st.from_regex(r"xox[abprs]-[A-Za-z0-9-]{10,20}", fullmatch=True),
    st.from_regex(r"[a-z][a-z0-9+.-]{0,8}://[^\s/:@]{1,9}:[^\s/@]{1,9}@", fullmatch=True),
)
AROUND = st.text(st.sampled_from(' "\\/\n\té\u00a0:@-'), max_size=4)


@given(SECRETS, AROUND, AROUND, st.booleans())
def test_what_looks_like_a_secret_is_searched_for(secret: str, before: str, after: str, as_key: bool) -> None:
    text = before + secret + after
    assume(looks_secret(text))
    item = {text: 1} if as_key else {"owner": text}
    assert may_hold_secret(msgspec.json.encode([{"id": "a"}, item]))


def test_an_ordinary_component_is_not_searched() -> None:
    item = {"id": "erp-vm-1", "owner": "dba@acme.example", "address": "10.60.0.11", "ssh_host_key": "secretref://lab"}
    assert not may_hold_secret(msgspec.json.encode([item]))
