"""The provider's data: SD-1 §1.7's table, profiles pinned by meaning, services."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from toolkit import catalogue
from toolkit.errors import UsageError

FOLDER = Path(catalogue.__file__).parent


def test_backup_policies_are_the_documents() -> None:
    table = {name: (p.cadence, p.kept, p.unit, p.kinds) for name, p in catalogue.backup_policies().items()}
    assert table == {
        "WEEKLY-1": ("weekly", 1, "week", ("file",)),
        "WEEKLY-2": ("weekly", 2, "week", ("file",)),
        "MONTHLY-1": ("monthly", 1, "month", ("file",)),
        "MONTHLY-3": ("monthly", 3, "month", ("file", "office-365")),
        "MONTHLY-6": ("monthly", 6, "month", ("file", "office-365")),
        "MONTHLY-12": ("monthly", 12, "month", ("file", "office-365")),
        "MONTHLY-36": ("monthly", 36, "month", ("office-365",)),
    }


def test_custom_policies_are_read_from_their_name() -> None:
    policy = catalogue.backup_policy("CUSTOM-DAILY-14")
    assert policy is not None
    assert (policy.cadence, policy.kept, policy.unit, policy.custom) == ("daily", 14, "day", True)
    for name in ("CUSTOM-DAILY-0", "CUSTOM-YEARLY-1", "CUSTOM-DAILY-14\n", "DAILY-14", ""):
        assert catalogue.backup_policy(name) is None


def test_profiles() -> None:
    assert "paris-1" in catalogue.profile_ids()
    for name in catalogue.profile_ids():
        assert catalogue.provider_profile(name).id == name
    for name in ("paris-2", "../profiles/paris-1", ""):
        with pytest.raises(UsageError) as refused:
            catalogue.provider_profile(name)
        assert "paris-1" in refused.value.fix


def test_services_name_their_description() -> None:
    assert catalogue.services()["managed-applications"].description == "SD-1"


def test_ground_floor_imports_nothing_above_it() -> None:
    allowed = {"toolkit", "toolkit.canonical", "toolkit.errors", "toolkit.resources", "toolkit.strict_yaml"}
    for path in FOLDER.rglob("*.py"):
        for found in ast.walk(ast.parse(path.read_text())):
            if isinstance(found, ast.ImportFrom) and found.module and found.module.startswith("toolkit"):
                name = found.module
                assert name in allowed or name.startswith(("toolkit.model", "toolkit.catalogue")), (
                    f"{path.name}: {name}"
                )
