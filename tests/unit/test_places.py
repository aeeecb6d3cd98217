"""Where things lie has one spelling, the same for whoever looks."""

from __future__ import annotations

import ast
import os
from pathlib import Path

import pytest

from toolkit import places

PACKAGE = Path(places.__file__).parent
SPELLED = (".onboard", "store.db", "onboarding-toolkit", ".config", ".cache", "XDG_CACHE_HOME", "/run")
NAMES_OF_OTHER_THINGS = {
    "provision/settings.py": {"XDG_CACHE_HOME"},  # the variable as the engine gets it
    "pipeline/throwaway.py": {"XDG_CACHE_HOME"},  # as a rehearsal gets it
}


def test_no_other_module_spells_a_place() -> None:
    found = {}
    for path in PACKAGE.rglob("*.py"):
        if path != Path(places.__file__):
            words = {node.value for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant)}
            name = path.relative_to(PACKAGE).as_posix()
            if strange := (words & set(SPELLED)) - NAMES_OF_OTHER_THINGS.get(name, set()):
                found[name] = strange
    assert found == {}


def test_caches_follow_the_environment(tmp_path: Path) -> None:
    assert places.cache({"XDG_CACHE_HOME": "/c", "HOME": "/h"}) == Path("/c/onboarding-toolkit")
    assert places.cache({"XDG_CACHE_HOME": "", "HOME": "/h"}) == Path("/h/.cache/onboarding-toolkit")
    assert places.caches({}) == Path.home() / ".cache"


def test_a_fleeting_folder_is_the_same_whatever_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    before = places.fleeting("1a2b3c4d")
    for name in ("TMPDIR", "XDG_RUNTIME_DIR", "HOME"):
        monkeypatch.setenv(name, "/elsewhere")
    assert places.fleeting("1a2b3c4d") == before
    assert before.name == "onboard-1a2b3c4d"
    assert os.access(before.parent, os.W_OK)
