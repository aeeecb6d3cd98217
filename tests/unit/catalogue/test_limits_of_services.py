"""Limits as numbers, and the few that code says a second time."""

from __future__ import annotations

from fractions import Fraction

import msgspec
import pytest

from toolkit.catalogue import limits, service
from toolkit.errors import UsageError
from toolkit.inventory.rules.functions import PROCEDURE_MINUTES
from toolkit.inventory.rules.support import COMMITMENT_MONTHS, PHONE_CONTACTS, minimum_months
from toolkit.model.activation import LATEST
from toolkit.model.service import Limit, Text

SD1 = service("managed-applications")


def with_limit(value: str, unit: str) -> object:
    one = Limit(id="one", title=Text(en="one", fr="un"), source="SD-9 §1", value=value, unit=unit)
    return msgspec.structs.replace(SD1, limits=(one,))


def test_what_code_says_is_what_the_catalogue_says() -> None:
    assert limits.whole(SD1, "service-minimum", "years") * 12 == COMMITMENT_MONTHS
    assert limits.whole(SD1, "phone-contacts") == PHONE_CONTACTS
    assert limits.whole(service("ucaas-partners"), "activation-after-order", "days") == LATEST.days
    assert limits.whole(SD1, "procedure", "minutes") == PROCEDURE_MINUTES
    assert minimum_months(raised=False) == minimum_months(raised=True) == 6


def test_a_limit_is_exact() -> None:
    found = with_limit("2.5", "hours")
    assert limits.amount(found, "one", "hours") == Fraction(5, 2)  # type: ignore[arg-type]
    assert limits.seconds(found, "one") == 9000  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "unit", "name", "said"),
    [
        ("3", "days", "one", "is in days"),
        ("3", "", "one", "is in no unit"),
        ("2.5", "months", "one", "is not whole"),
        ("3", "months", "another", "has no limit 'another'"),
    ],
)
def test_what_is_no_such_limit_is_refused(value: str, unit: str, name: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        limits.whole(with_limit(value, unit), name, "months")  # type: ignore[arg-type]
    assert caught.value.fix
