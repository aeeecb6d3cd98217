"""The seam behind which secrets are held; what every other stage imports."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from toolkit.secrets.generate import generate_password, generate_psk

__all__ = ["SecretStore", "generate_password", "generate_psk", "open_store"]


class SecretStore(Protocol):
    """Versioned secret values by name (``psk/prod-hq/1``).

    Names are letters, digits and ``. _ - /``, up to 200 characters; values are text. Versions count from 1. No value
    stands in a representation or an exception.
    """

    def get(self, name: str) -> str:
        """The newest value; raises PrerequisiteMissing where there is none."""
        ...

    def put(self, name: str, value: str) -> int:
        """Add a version, durable when this returns, and give its number."""
        ...

    def ensure(self, name: str, make: Callable[[], str]) -> str:
        """The newest value, made by ``make`` where there is none: all processes get the same one.

        ``make`` runs while the store is locked and must not use the store.
        """
        ...

    def version(self, name: str) -> int:
        """The number of the newest version, 0 where there is none."""
        ...

    def names(self) -> tuple[str, ...]:
        """Every name, sorted."""
        ...

    def every_value(self) -> tuple[str, ...]:
        """Every version of every value: for searching artifacts for what must not be in them."""
        ...


def open_store(path: Path, customer: str) -> SecretStore:
    """The embedded store of a customer in the file ``path``; it and its key are created by the first write."""
    from toolkit.secrets.embedded import EmbeddedStore
    from toolkit.secrets.key import key_path

    return EmbeddedStore(path=path, customer=customer, key_file=key_path(customer))
