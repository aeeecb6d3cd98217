"""Monthly token packs (SD-1 §1.11): they do not roll over, and run to the end of the commitment."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from toolkit.money.because import Because
from toolkit.money.periods import Month

SECTION = "SD-1 §1.11"


class PackMonth(msgspec.Struct, frozen=True, kw_only=True):
    """One month of a pack, in tokens: ``used`` = ``from_pack`` + ``pay_per_use``; ``size`` = ``from_pack`` + ``expired``.

    ``size`` is 0 in a month outside the commitment, and without a pack.
    """

    month: str
    size: int
    used: int
    from_pack: int
    pay_per_use: int
    expired: int
    because: tuple[Because, ...]


def pack_month(month: Month, *, size: int, used: int) -> PackMonth:
    """What the pack pays of a month's tokens, what is at the pay-per-use rate, and what expires; both from 0 on."""
    paid = min(size, used)
    return PackMonth(
        month=month.text,
        size=size,
        used=used,
        from_pack=paid,
        pay_per_use=used - paid,
        expired=size - paid,
        because=(
            Because(
                rule="a monthly pack pays first; more is at the pay-per-use rate; what is left does not roll over",
                section=SECTION,
                inputs={"pack": str(size), "used": str(used)},
                arithmetic=f"min({size}, {used}) = {paid} from the pack, {used - paid} pay-per-use, {size - paid} expired",
            ),
        ),
    )


def pack_months(used: Mapping[Month, int], *, size: int, first: Month, last: Month) -> tuple[PackMonth, ...]:
    """Every month of the commitment (``first`` to ``last``), and the months outside it that used tokens.

    A pack counts whole in a month of which the commitment has a day: it is monthly, not daily (this project's choice).
    """
    months = set(used)
    month = first
    while month <= last:
        months.add(month)
        month = month.later(1)
    return tuple(
        pack_month(one, size=size if first <= one <= last else 0, used=used.get(one, 0)) for one in sorted(months)
    )
