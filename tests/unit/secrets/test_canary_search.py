"""The search that other tests rely on finds a value in every form, and nothing where there is none."""

import base64
import bz2
import gzip
import io
import json
import lzma
import os
import sqlite3
import subprocess
import sys
import tarfile
import time
import urllib.parse
import zipfile
from pathlib import Path

import pytest
from canary import search_commands, search_for
from hypothesis import given
from hypothesis import strategies as st

CANARY = b'canary"\\/+ =\xc3\xa9 4c1f7e20'


def tarred(content: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        member = tarfile.TarInfo("deep/inside")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


def zipped(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/strings.xml", content)
    return out.getvalue()


WRAPPED = {
    "plain": lambda v: b"x" + v + b"y",
    "base64": base64.b64encode,
    "base64 at 1": lambda v: base64.b64encode(b"a" + v + b"zz"),
    "base64 at 2": lambda v: base64.b64encode(b"ab" + v + b"z"),
    "urlsafe": lambda v: base64.urlsafe_b64encode(b"ab" + v),
    "base64 twice": lambda v: base64.b64encode(b"{" + base64.b64encode(b'{"psk": "' + v + b'"}') + b"}"),
    "hex": lambda v: v.hex().encode(),
    "HEX": lambda v: v.hex().upper().encode(),
    "json": lambda v: json.dumps({"a": v.decode()}).encode(),
    "json, not ascii": lambda v: json.dumps({"a": v.decode()}, ensure_ascii=False).encode(),
    "url": lambda v: urllib.parse.quote(v, safe="").encode(),
    "form": lambda v: urllib.parse.urlencode({"a": v}).encode(),
    "utf-16": lambda v: v.decode().encode("utf-16"),
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "tar.gz": tarred,
    "zip": zipped,
    "base64 in gzip in tar": lambda v: tarred(gzip.compress(base64.b64encode(b"?" + v))),
}


@pytest.mark.parametrize("form", WRAPPED)
def test_a_value_is_found_in_every_form(tmp_path: Path, form: str):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a/b/file").write_bytes(WRAPPED[form](CANARY))
    (tmp_path / "innocent").write_bytes(WRAPPED[form](b"canary" * 3 + b"4c1f7e2"))
    found = search_for([CANARY], [tmp_path])
    assert {name.partition("!")[0] for name in found} == {str(tmp_path / "a/b/file")}
    assert search_for([CANARY], [tmp_path], allowed=[tmp_path / "a/b/file"]) == []


@given(st.binary(min_size=8, max_size=40), st.binary(max_size=5), st.binary(max_size=5))
def test_base64_is_found_whatever_stands_around(value: bytes, before: bytes, after: bytes):
    from canary import forms

    assert any(form in base64.b64encode(before + value + after) for form in forms(value))


def test_a_long_value_in_a_database_and_its_log_is_found(tmp_path: Path):
    database = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("CREATE TABLE t (a BLOB)")
    long = b"0123456789abcdef" * 1000
    database.execute("INSERT INTO t VALUES (?)", (long,))
    assert search_for([long], [tmp_path / "store.db"]) == [str(tmp_path / "store.db")]
    database.close()
    assert search_for([long], [tmp_path]) == [str(tmp_path / "store.db")]


def test_links_and_sockets_are_not_followed(tmp_path: Path):
    (tmp_path / "outside").write_bytes(CANARY)
    (tmp_path / "in").mkdir()
    (tmp_path / "in/link").symlink_to(tmp_path / "outside")
    os.mkfifo(tmp_path / "in/pipe")
    assert search_for([CANARY], [tmp_path / "in"]) == []


def test_broken_archives_are_searched_as_they_are(tmp_path: Path):
    for name, magic in (("a.gz", b"\x1f\x8b"), ("a.zip", b"PK\x03\x04"), ("a.tar", bytes(257) + b"ustar" + bytes(300))):
        (tmp_path / name).write_bytes(magic + CANARY)
        assert search_for([CANARY], [tmp_path / name]) == [str(tmp_path / name)]


def test_a_value_on_a_command_line_is_found():
    value = f"canary-{os.getpid()}-command-line"
    sleeper = subprocess.Popen([sys.executable, "-c", "input()", value], stdin=subprocess.PIPE)
    try:
        # the kernel shows the words a moment after the start
        deadline = time.monotonic() + 10
        while not (found := search_commands([value.encode()])) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert [line.split()[0] for line in found] == [str(sleeper.pid)]
    finally:
        sleeper.communicate(b"\n")
    assert search_commands([value.encode()]) == []
