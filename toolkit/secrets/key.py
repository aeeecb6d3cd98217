"""The key of an embedded store: 32 bytes in a file of its own, outside the workspace, readable by its owner only."""

from __future__ import annotations

import os
import secrets
import stat
import tempfile
from pathlib import Path

from toolkit import places
from toolkit.errors import PrerequisiteMissing

KEY_BYTES = 32
ENVIRONMENT = "ONBOARD_SECRET_KEY_FILE"


def key_path(customer: str) -> Path:
    """Where the key is: the file that ``ONBOARD_SECRET_KEY_FILE`` names, else one per customer in ``~/.config``."""
    named = os.environ.get(ENVIRONMENT)
    if named:
        return Path(named).absolute()
    return places.settings() / f"{customer}.key"


def create_key(path: Path) -> bytes:
    """A new random key at ``path`` (0600, durable), or the one that another process put there first."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(secrets.token_bytes(KEY_BYTES))
            stream.flush()
            os.fsync(stream.fileno())
        try:
            # link, unlike rename, never replaces a key that is in use
            os.link(temporary, path)
        except FileExistsError:
            return read_key(path)
    finally:
        Path(temporary).unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return read_key(path)


def read_key(path: Path) -> bytes:
    """The key in ``path``; raises PrerequisiteMissing where it is absent, readable by others, or not 32 bytes."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        raise PrerequisiteMissing(
            f"the key of the secret store is missing: {path}",
            fix=f"restore the key file, or name the right one in {ENVIRONMENT}",
        ) from None
    except OSError as error:
        raise PrerequisiteMissing(
            f"the key of the secret store cannot be opened: {path}: {error.strerror}",
            fix="make it a plain file that your user owns, mode 0600",
        ) from None
    with os.fdopen(descriptor, "rb") as stream:
        status = os.fstat(stream.fileno())
        require_private(status, path, what="the key of the secret store")
        content = stream.read(KEY_BYTES + 1)
    if len(content) != KEY_BYTES:
        raise PrerequisiteMissing(
            f"the key of the secret store is not {KEY_BYTES} bytes long: {path}",
            fix="restore the key file from its backup; the store cannot be read without it",
        )
    return content


def require_private(status: os.stat_result, path: Path, *, what: str) -> None:
    """Raise PrerequisiteMissing unless the file is a plain one, owned by this user and closed to all others."""
    if not stat.S_ISREG(status.st_mode):
        raise PrerequisiteMissing(f"{what} is not a plain file: {path}", fix="put a plain file there")
    if status.st_uid != os.geteuid():
        raise PrerequisiteMissing(f"{what} belongs to another user: {path}", fix=f"chown {os.geteuid()} {path}")
    if status.st_mode & 0o077:
        raise PrerequisiteMissing(f"{what} is open to other users: {path}", fix=f"chmod 600 {path}")
