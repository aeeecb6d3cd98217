"""The seam behind which secrets are held; what every other stage imports."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from toolkit.secrets.generate import generate_password, generate_psk

__all__ = ["SecretStore", "generate_password", "generate_psk", "open_store"]


class SecretStore(Protocol):
    """Secret values by name (``psk/prod-hq/1``), as the product needs them; an implementation may keep versions.

    Names are letters, digits and ``. _ - /``, up to 200 characters; values are text. No value stands in a
    representation or an exception.
    """

    def ensure(self, name: str, make: Callable[[], str]) -> str:
        """The newest value, made by ``make`` where there is none: all processes get the same one, durable at once.

        ``make`` runs while the store is locked and must not use the store.
        """
        ...

    def every_value(self) -> tuple[str, ...]:
        """Every version of every value: for searching artifacts for what must not be in them."""
        ...


def open_store(path: Path, customer: str) -> SecretStore:
    """The embedded store of a customer in the file ``path``; it and its key are created by the first write."""
    from toolkit.secrets.embedded import EmbeddedStore
    from toolkit.secrets.key import key_path

    return EmbeddedStore(path=path, customer=customer, key_file=key_path(customer))
