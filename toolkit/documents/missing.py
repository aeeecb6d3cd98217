"""A fact that an onboarding has and that nobody has given yet."""

from __future__ import annotations

import msgspec

NONE = "\u2013"
"""What stands where nothing is to be said: not asked for, not applicable."""


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """``what`` is a word of the group ``facts``, ``of`` whose it is; ``where`` a word of ``origins``, ``at`` the place there.

    Stands in the facts where the value would; is false in conditions, and prints as a marked gap.
    """

    what: str
    of: str = ""
    where: str = "inventory"
    at: str = ""

    def __bool__(self) -> bool:
        return False
