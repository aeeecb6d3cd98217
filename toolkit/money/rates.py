"""The price of an item on a day: the list's, or that of the contract's start as the yearly revisions left it."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import msgspec

from toolkit.money.amounts import exactly
from toolkit.money.because import Because
from toolkit.money.indices import Indices
from toolkit.money.periods import Month
from toolkit.money.price_items import revised
from toolkit.money.prices import PriceList, Unpriced
from toolkit.money.revision import revisions

SECTION = "SD-1 §1.12"


class Contract(msgspec.Struct, frozen=True, kw_only=True):
    """What the revisions count from; ``indices`` None: the list's own prices of each day count, unrevised."""

    start: dt.date
    first_bill: Month
    indices: Indices | None = None


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """Euros for one unit, exact; ``because`` says where they come from."""

    eur: Fraction
    sample: bool
    because: tuple[Because, ...]


class Rates:
    """Rates as they are asked for; what the list lacks is kept in ``missing``, and nothing stands in for it."""

    def __init__(self, prices: PriceList, contract: Contract) -> None:
        self.missing: set[Unpriced] = set()
        self._prices, self._contract = prices, contract
        self._known: dict[tuple[str, str, dt.date], Rate | None] = {}

    def at(self, item: str, *, region: str, day: dt.date) -> Rate | None:
        key = (item, region, day)
        if key not in self._known:
            self._known[key] = self._find(item, region=region, day=day)
        return self._known[key]

    def _find(self, item: str, *, region: str, day: dt.date) -> Rate | None:
        contract = self._contract
        revises = contract.indices is not None and revised(item)
        of = min(contract.start, day) if revises else day
        price = self._prices.at(item, region=region, day=of)
        if price is None:
            self.missing.add(Unpriced(item=item, region=region, day=of))
            return None
        steps = [
            Because(
                rule="the provider's price list" + (" at the contract's start" if revises else ""),
                section=SECTION,
                inputs={
                    "item": item,
                    "region": price.region,
                    "price": f"{exactly(price.eur)} EUR per {price.unit}",
                    "row": price.place,
                },
            )
        ]
        eur, sample = Fraction(price.eur), price.sample
        if revises and contract.indices is not None:
            chain = revisions(eur, contract.indices, start=contract.start, first_bill=contract.first_bill, until=day)
            steps += [one.because for one in chain]
            eur = chain[-1].price if chain else eur
            sample = sample or any(one.sample for one in chain)
        return Rate(eur=eur, sample=sample, because=tuple(steps))
