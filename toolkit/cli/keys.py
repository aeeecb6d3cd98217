"""Signing keys on the command line: ``--key file:PATH``, made first where ``--create-key`` asks for it."""

from __future__ import annotations

import click

from toolkit.errors import UsageError

CREATE_KEY = click.option("--create-key", is_flag=True, help="Make the key first, with its public half beside it.")


def signing_key(uri: str | None, *, create: bool) -> str | None:
    """The key's URI with an absolute path, so that it means the same in another folder; says what was made."""
    if uri is None:
        if create:
            raise UsageError("--create-key needs a key to make", fix="name one: file:/path/to/key.pem")
        return None
    from toolkit.signing import create_key, key_path

    path = key_path(uri)
    if create:
        keyid = create_key(path)
        click.echo(f"key {keyid} made; for the trust file: its public half is {path}.pub", err=True)
    return f"file:{path}"
