"""Puts the executable ``pulumi-resource-aws`` into a private folder: it is on a rehearsal's PATH only, never installed."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from urllib.parse import urlsplit

from toolkit.canonical import write_atomic
from toolkit.errors import OnboardError

PLUGIN_NAME = "pulumi-resource-aws"


def require_loopback(endpoint: str | None) -> str:
    """The endpoint, if it is ``http://127.x.y.z:port``; anything else is refused: it could be a real cloud."""
    parts = urlsplit(endpoint or "")
    host = parts.hostname or ""
    if parts.scheme != "http" or not host.startswith("127.") or not parts.port:
        raise OnboardError(
            f"the stand-in provider needs a loopback endpoint, not {endpoint!r}",
            fix="start it through a rehearsal: onboard rehearse",
        )
    return endpoint or ""


def launcher_script(*, endpoint: str, control: Path | None, account: str, package_root: Path) -> str:
    """The shell script: a scrubbed environment with rehearsal credentials, then the provider in the same process."""
    settings = {
        "PYTHONPATH": str(package_root),
        "PATH": "/usr/bin:/bin",
        "HOME": "/nonexistent",
        "ONBOARD_STANDIN_ENDPOINT": require_loopback(endpoint),
        "ONBOARD_STANDIN_CONTROL": str(control or ""),
        "ONBOARD_STANDIN_ACCOUNT": account,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    assignments = " ".join(f"{name}={shlex.quote(value)}" for name, value in settings.items())
    command = f"{shlex.quote(sys.executable)} -m toolkit.rehearsal.standin"
    # these tags stay: by them `rehearse down` and a resumed run find what is left
    tags = " ".join(f'${{{name}:+"{name}=${name}"}}' for name in ("ONBOARD_REHEARSAL", "ONBOARD_RUN"))
    return f'#!/bin/sh\nexec env -i {tags} {assignments} {command} "$@"\n'


def install_launcher(folder: Path, *, endpoint: str, account: str, control: Path | None = None) -> Path:
    """Write the executable into ``folder`` (to be put on the engine's PATH) and return its path.

    ``endpoint`` is the world's AWS endpoint, ``control`` its control socket (faults), ``account`` the account that the
    rehearsal's credentials belong to. Raises OnboardError for an endpoint that is not loopback.
    """
    script = launcher_script(
        endpoint=endpoint, control=control, account=account, package_root=Path(__file__).resolve().parents[3]
    )
    path = folder / PLUGIN_NAME
    write_atomic(path, script.encode(), mode=0o700)
    return path
