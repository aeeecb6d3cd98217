"""What every noun of an inventory and of the catalogue is made of."""

from __future__ import annotations

import msgspec


class Noun(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of every noun: immutable, named arguments, no field that the schema does not have."""
