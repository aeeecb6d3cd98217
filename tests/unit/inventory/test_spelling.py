"""What a misspelt word is taken for: advice for many, a correction for those without doubt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.inventory.finding import did_you_mean
from toolkit.inventory.spelling import Words, nearest, slips, sure

FIELDS = ("management_level", "support_chain", "subscribed_levels", "networks", "hosted_on", "policies", "kind", "os")
VALUES = ("production", "preproduction", "integration", "development")
MANAGED = ("managed", "co-managed", "resold")
KINDS = ("vm", "database", "middleware", "kubernetes-cluster", "native-service", "firewall", "sap", "mail")
POLICIES = ("WEEKLY-1", "WEEKLY-2", "MONTHLY-3", "MONTHLY-12")


@pytest.mark.parametrize(
    ("word", "choices", "meant"),
    [
        ("managmeent_level", FIELDS, "management_level"),
        ("managementLevel", FIELDS, "management_level"),
        ("management-level", FIELDS, "management_level"),
        ("Management Level", FIELDS, "management_level"),
        ("MANAGEMENT_LEVEL", FIELDS, "management_level"),
        ("network", FIELDS, "networks"),
        ("policy", FIELDS, "policies"),
        ("subscribed_level", FIELDS, "subscribed_levels"),
        ("hostedon", FIELDS, "hosted_on"),
        ("knid", FIELDS, "kind"),
        ("Production", VALUES, "production"),
        ("producton", VALUES, "production"),
        ("pre-production", VALUES, "preproduction"),
        ("databse", KINDS, "database"),
        ("databases", KINDS, "database"),
        ("KubernetesCluster", KINDS, "kubernetes-cluster"),
        ("kubernetes_clusters", KINDS, "kubernetes-cluster"),
        ("VM", KINDS, "vm"),
        ("vms", ("vms-all", "vm"), None),
        ("comanaged", MANAGED, "co-managed"),
        ("weekly_2", POLICIES, "WEEKLY-2"),
        ("MONTLHY-3", POLICIES, "MONTHLY-3"),
    ],
)
def test_without_doubt(word: str, choices: tuple[str, ...], meant: str | None) -> None:
    assert sure(word, choices) == meant
    if meant:
        assert did_you_mean(word, choices) == f'did you mean "{meant}"?'


@pytest.mark.parametrize(
    ("word", "choices"),
    [
        ("WEEKLY-3", POLICIES),
        ("MONTHLY-2", POLICIES),
        ("unmanaged", MANAGED),
        ("unsupervised", ("supervised",)),
        ("prod", VALUES),
        ("vn", KINDS),
        ("sab", KINDS),
        ("reduction", VALUES),
        ("cat", ("cut", "cot")),
        ("levels", ("level_a", "level_b", "level_c")),
        ("full_france", ("full-france", "full_France")),
        ("production", VALUES),
        ("", VALUES),
        ("x" * 10_000, VALUES),
    ],
)
def test_in_doubt_nothing_is_corrected(word: str, choices: tuple[str, ...]) -> None:
    assert sure(word, choices) is None


def test_advice_is_more_generous() -> None:
    assert nearest("WEEKLY-3", POLICIES) == "WEEKLY-1"
    assert nearest("prodution-env", VALUES) == "production"
    assert nearest("zzz", VALUES) is None
    many = tuple(f"component-{number:05}" for number in range(20_000))
    assert nearest("componnet-00017", (*many[:200],)) == "component-00017"
    assert nearest("Component_00017", many) == "component-00017"
    assert did_you_mean("zzz", VALUES).startswith("use one of: production, ")


@given(st.text("abc-_ ", max_size=8), st.text("abc-_ ", max_size=8))
def test_slips_are_a_distance(one: str, other: str) -> None:
    assert slips(one, other) == slips(other, one)
    assert (slips(one, other) == 0) == (one == other)
    assert slips("x" + one, "x" + other) == slips(one, other)


@given(st.sampled_from(FIELDS + VALUES + KINDS).filter(lambda word: len(word) > 3), st.integers(0, 30))
def test_one_swap_in_a_word_is_found(word: str, at: int) -> None:
    at %= len(word) - 1
    swapped = word[:at] + word[at : at + 2][::-1] + word[at + 2 :]
    choices = next(group for group in (FIELDS, VALUES, KINDS) if word in group)
    assert nearest(swapped, choices) == word
    assert sure(swapped, choices) in (word, None)


def test_one_slip_is_found_among_many_in_any_place() -> None:
    many = Words(f"site-{number}-rack" for number in range(50_000))
    assert nearest("iste-4711-rack", many) == "site-4711-rack"
    assert nearest("site-4711-rak", many) == "site-4711-rack"
    assert did_you_mean("site-4711-racks", many) == 'did you mean "site-4711-rack"?'
