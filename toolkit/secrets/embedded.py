"""The embedded store: one encrypted file, whole or absent after any kill, and one lock between processes.

The file is three parts: the line ``onboard-secrets 1``, one line of canonical JSON (customer, key id, generation,
nonce), and the ChaCha20-Poly1305 ciphertext of ``{name: [value of version 1, version 2, …]}``. Both lines are
authenticated with the ciphertext (RFC 8439 §2.8).
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

from toolkit.canonical import canonical_bytes, write_atomic
from toolkit.errors import IdentityWrong, PrerequisiteMissing, UsageError
from toolkit.secrets.key import create_key, read_key, require_private

_MAGIC = b"onboard-secrets 1\n"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")
_NONCE_BYTES = 12

Values = dict[str, list[str]]


class EmbeddedStore:
    """A ``SecretStore`` in the file ``path``, encrypted with the key in ``key_file``."""

    def __init__(self, *, path: Path, customer: str, key_file: Path) -> None:
        self._path = path.absolute()
        self._customer = customer
        self._key_file = key_file.absolute()
        if self._key_file.resolve().parent == self._path.resolve().parent:
            raise UsageError(
                f"the key of the secret store lies beside the store: {self._key_file}",
                fix="keep the key outside the workspace: set ONBOARD_SECRET_KEY_FILE to another folder",
            )

    def __repr__(self) -> str:
        return f"EmbeddedStore({str(self._path)!r}, customer={self._customer!r})"

    def get(self, name: str) -> str:
        versions = self._read()[1].get(_checked(name))
        if not versions:
            raise PrerequisiteMissing(
                f"the secret store of {self._customer} has no value named {name}",
                fix="run the step that generates it first, or check that this is the right store",
            )
        return versions[-1]

    def version(self, name: str) -> int:
        return len(self._read()[1].get(_checked(name), []))

    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self._read()[1]))

    def every_value(self) -> tuple[str, ...]:
        return tuple(value for versions in self._read()[1].values() for value in versions)

    def put(self, name: str, value: str) -> int:
        _checked(name)
        with self._locked():
            generation, values = self._read()
            values.setdefault(name, []).append(_text(name, value))
            self._write(generation + 1, values)
            return len(values[name])

    def ensure(self, name: str, make: Callable[[], str]) -> str:
        versions = self._read()[1].get(_checked(name))
        if versions:
            return versions[-1]
        with self._locked():
            generation, values = self._read()
            if name not in values:
                values[name] = [_text(name, make())]
                self._write(generation + 1, values)
            return values[name][-1]

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """The only writer, between threads and processes; the kernel gives the lock back when its holder dies."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(f"{self._path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for torn in self._path.parent.glob(f".{self._path.name}.*"):
                # left by a writer that was killed; whoever holds the lock is the only writer alive
                torn.unlink(missing_ok=True)
            yield
        finally:
            os.close(lock)

    def _read(self) -> tuple[int, Values]:
        """Generation (0: no file yet) and values."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

        try:
            with self._path.open("rb") as stream:
                require_private(os.fstat(stream.fileno()), self._path, what="the secret store")
                content = stream.read()
        except FileNotFoundError:
            return 0, {}
        header, end, ciphertext = content.removeprefix(_MAGIC).partition(b"\n")
        try:
            fields = json.loads(header)
            customer, key_id = str(fields["customer"]), str(fields["key"])
            generation, nonce = int(fields["generation"]), bytes.fromhex(fields["nonce"])
        except (ValueError, TypeError, KeyError):
            raise self._torn() from None
        if not content.startswith(_MAGIC) or not end or len(nonce) != _NONCE_BYTES:
            raise self._torn()
        if customer != self._customer:
            raise IdentityWrong(
                f"the secret store belongs to customer {customer!r}, not {self._customer!r}: {self._path}",
                fix="point the bindings at this customer's own store",
            )
        key = read_key(self._key_file)
        if key_id != _key_id(key):
            raise IdentityWrong(
                f"the secret store was encrypted with another key than {self._key_file}: {self._path}",
                fix="name the right key file in ONBOARD_SECRET_KEY_FILE",
            )
        try:
            opened = ChaCha20Poly1305(key).decrypt(nonce, ciphertext, _MAGIC + header + b"\n")
        except InvalidTag:
            raise self._torn() from None
        values: Values = json.loads(opened)
        return generation, values

    def _write(self, generation: int, values: Values) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

        # a key is only ever made for a store that does not exist: a lost key must not be papered over
        key = read_key(self._key_file) if self._path.exists() or self._key_file.exists() else create_key(self._key_file)
        nonce = secrets.token_bytes(_NONCE_BYTES)
        fields = {
            "customer": self._customer,
            "generation": generation,
            "key": _key_id(key),
            "nonce": nonce.hex(),
        }
        head = _MAGIC + canonical_bytes(fields) + b"\n"
        ciphertext = ChaCha20Poly1305(key).encrypt(nonce, json.dumps(values).encode(), head)
        write_atomic(self._path, head + ciphertext)

    def _torn(self) -> PrerequisiteMissing:
        return PrerequisiteMissing(
            f"the secret store is damaged: {self._path}",
            fix="restore the file from its backup; nothing in it can be trusted",
        )


def _checked(name: str) -> str:
    if len(name) > 200 or not _NAME.fullmatch(name):
        raise UsageError(f"not a name of a secret: {name[:200]!r}", fix="use letters, digits and . _ - / only")
    return name


def _text(name: str, value: str) -> str:
    if not isinstance(value, str) or not value:
        raise UsageError(f"the value for secret {name} is empty or not text", fix="give a non-empty text")
    return value


def _key_id(key: bytes) -> str:
    """What names a key without telling anything about it."""
    return hashlib.sha256(b"onboard-secrets key id\n" + key).hexdigest()[:32]
