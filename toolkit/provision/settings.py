"""What the engine is told: environment, folders and configuration of one stack. Pure."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from toolkit.aws_api import REHEARSAL_KEY, loopback
from toolkit.errors import UsageError
from toolkit.model.bindings import Bindings

_CLOUD = ("AWS_", "AZURE_", "GOOGLE_", "ARM_", "PULUMI_")
_NEUTRAL = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "USER", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR")
_REAL_ONLY = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "XDG_CACHE_HOME")


@dataclass(frozen=True, kw_only=True)
class StackSettings:
    """One stack as the engine runs it; ``config`` has prefixed keys and text, ``secret_keys`` names its secrets.

    ``plugins`` is a folder of providers that all stacks share, None in a rehearsal, which fetches none.
    """

    stack: str
    project: str
    program: Path
    backend: str
    work: Path
    environment: Mapping[str, str] = field(repr=False)
    config: Mapping[str, str] = field(repr=False)
    secret_keys: tuple[str, ...]
    plugins: Path | None = None


def engine_folder(bindings: Bindings, stack: str) -> Path:
    """The folder of one stack's engine: its home (plugins, logs) and its working directory, beside the state."""
    return Path(bindings.state).parent / "engine" / stack


def engine_environment(
    bindings: Bindings, *, base: Mapping[str, str], engine: Path, home: Path, passphrase: str, region: str
) -> dict[str, str]:
    """The engine's whole environment, built and not inherited.

    In a rehearsal nothing of a cloud comes from ``base``: endpoint and keys are the rehearsal's, plugins are never
    fetched. The passphrase is in the environment only, never on a command line.
    """
    rehearsal = bindings.world == "rehearsal"
    environment = {name: value for name, value in base.items() if name in _NEUTRAL or name.startswith("ONBOARD_")}
    path = [bindings.engine_path, str(engine.parent), base.get("PATH", os.defpath)]
    environment |= {
        "PATH": os.pathsep.join(part for part in path if part),
        "PULUMI_HOME": str(home),
        "PULUMI_BACKEND_URL": f"file://{bindings.state}",
        "PULUMI_CONFIG_PASSPHRASE": passphrase,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_AUTOMATION_API": "true",
        "AWS_REGION": region,
    }
    if rehearsal:
        environment |= {
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "AWS_ENDPOINT_URL": loopback(bindings),
            "AWS_ACCESS_KEY_ID": REHEARSAL_KEY,
            "AWS_SECRET_ACCESS_KEY": REHEARSAL_KEY,
            "AWS_EC2_METADATA_DISABLED": "true",
            "ONBOARD_REHEARSAL": bindings.id,
        }
    else:
        environment |= {
            name: value
            for name, value in base.items()
            if name in _REAL_ONLY or (name.startswith(_CLOUD) and name not in environment)
        }
    return environment


def engine_values(
    project: str, config: Mapping[str, Any], *, text: Callable[[Any], str], secret: Callable[[str], str]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """The program's configuration with its secrets filled in, and the keys that are secret.

    ``text`` writes a plain JSON value, ``secret`` gives the value of a name (``psk/prod-hq/1``).
    """
    values: dict[str, str] = {}
    secret_keys = []
    for key, value in config.items():
        full = f"{project}:{key}"
        name = secret_name(value)
        if name is None:
            values[full] = text(value)
        else:
            values[full] = secret(name)
            secret_keys.append(full)
    return values, tuple(secret_keys)


def secret_name(value: Any) -> str | None:
    """The name that ``{"$secret": "secretref://name"}`` refers to, None for a plain value."""
    if not isinstance(value, dict) or set(value) != {"$secret"}:
        return None
    reference = value["$secret"]
    if not isinstance(reference, str) or not reference.startswith("secretref://"):
        raise UsageError(f"not a secret reference: {reference!r}", fix="write secretref://<name>")
    return reference.removeprefix("secretref://")
