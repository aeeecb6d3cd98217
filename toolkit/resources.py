"""Where the data folders are: beside the package in a checkout, inside it in a wheel."""

from __future__ import annotations

from pathlib import Path

from toolkit.errors import OnboardError

_PACKAGE = Path(__file__).resolve().parent
FOLDERS = ("schemas", "stacks", "playbooks", "engine")


def folder(name: str) -> Path:
    """The data folder ``name`` (one of ``FOLDERS``): ``toolkit/_data/<name>`` in a wheel, else the checkout's."""
    for candidate in (_PACKAGE / "_data" / name, _PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    raise OnboardError(
        f"data folder {name!r} is missing from this installation",
        fix="reinstall the toolkit: pip install --force-reinstall onboarding-toolkit",
    )
