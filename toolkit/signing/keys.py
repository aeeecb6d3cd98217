"""Ed25519 key files. A key's id is the SHA-256 of its public half in DER (SubjectPublicKeyInfo), in hex.

``openssl pkey -pubin -in key.pem.pub -outform DER | sha256sum`` gives the same id.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from toolkit.canonical import write_atomic
from toolkit.errors import PrerequisiteMissing, UsageError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_SCHEME = "file:"


class Signer(Protocol):
    """What signs: a key file today, a key service tomorrow."""

    @property
    def keyid(self) -> str:
        """The id of the key."""
        ...

    @property
    def public(self) -> str:
        """The public half in PEM."""
        ...

    def sign(self, message: bytes) -> bytes:
        """The raw signature of ``message``."""
        ...


class _FileSigner:
    """A ``Signer`` over a private key in memory; shows nothing of it."""

    def __init__(self, private_pem: bytes) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        private = load_pem_private_key(private_pem, None)
        if not isinstance(private, Ed25519PrivateKey):
            raise ValueError("not an Ed25519 key")  # noqa: TRY004 - the content is wrong, not the caller's type
        self.public = _pem(private.public_key())
        self.keyid = keyid_of(self.public)
        self._private = private

    def __repr__(self) -> str:
        return f"Signer({self.keyid})"

    def sign(self, message: bytes) -> bytes:
        return self._private.sign(message)


def create_key(path: Path) -> str:
    """Write a new private key to ``path`` (PKCS#8 PEM, 0600) and its public half to ``<path>.pub``; give the key's id.

    Raises UsageError where a file is already there.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    private = Ed25519PrivateKey.generate()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        raise UsageError(
            f"a key is already there: {path}", fix="name another file, or use the key that exists"
        ) from None
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        stream.flush()
        os.fsync(stream.fileno())
    public = _pem(private.public_key())
    write_atomic(path.with_name(f"{path.name}.pub"), public.encode(), mode=0o644)
    return keyid_of(public)


def key_path(uri: str) -> Path:
    """The absolute path of the key file that ``file:<path>`` names; UsageError for another scheme."""
    if not uri.startswith(_SCHEME):
        raise UsageError(f"not a key URI: {uri.partition(':')[0]}:…", fix="name a key file: file:/path/to/key.pem")
    return Path(uri.removeprefix(_SCHEME).removeprefix("//")).expanduser().absolute()


def load_signer(uri: str) -> Signer:
    """The signer that ``file:<path of a PEM private key>`` names.

    Raises UsageError for another scheme, PrerequisiteMissing for a file that is absent, readable by other users, or
    not an Ed25519 key.
    """
    path = key_path(uri)
    try:
        with path.open("rb") as stream:
            if os.fstat(stream.fileno()).st_mode & 0o077:
                raise PrerequisiteMissing(f"the signing key is open to other users: {path}", fix=f"chmod 600 {path}")
            content = stream.read()
    except OSError as error:
        raise PrerequisiteMissing(
            f"the signing key cannot be read: {path}: {error.strerror}", fix="create it, or name another file"
        ) from None
    try:
        return _FileSigner(content)
    except (ValueError, TypeError):
        # the parser's own message could quote the key
        raise PrerequisiteMissing(
            f"not an unencrypted Ed25519 key in PEM: {path}", fix="openssl genpkey -algorithm ed25519 -out FILE"
        ) from None


def keyid_of(public: str) -> str:
    """The id of a public key given in PEM; raises ValueError unless it is Ed25519 in its one canonical spelling."""
    return hashlib.sha256(_der(public)).hexdigest()


def verifies(public: str, *, signature: bytes, message: bytes) -> bool:
    """Whether ``signature`` over ``message`` was made by the key whose public half is ``public``; raises as ``keyid_of``."""
    from cryptography.exceptions import InvalidSignature

    try:
        _load(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _load(public: str) -> Ed25519PublicKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(public.encode())
    except (UnsupportedAlgorithm, UnicodeError) as error:
        raise ValueError(f"not a public key: {error}") from None
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("not an Ed25519 public key")  # noqa: TRY004 - the content is wrong, not the caller's type
    if _pem(key) != public:
        raise ValueError("the public key is not spelled as its canonical PEM")
    return key


def _der(public: str) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return _load(public).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _pem(key: Ed25519PublicKey) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
