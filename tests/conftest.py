"""What every test may rely on: which real parts this machine has, and that CI leaves none of them out."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable

import hypothesis
import pytest

# Property tests are the same on every run, however slow the machine is; --hypothesis-profile=search looks further.
SAME = hypothesis.settings(
    deadline=None, derandomize=True, suppress_health_check=[hypothesis.HealthCheck.too_slow], print_blob=True
)
hypothesis.settings.register_profile("same", SAME)
hypothesis.settings.register_profile("quick", SAME, max_examples=25)
hypothesis.settings.register_profile(
    "search", SAME, derandomize=False, max_examples=3000, suppress_health_check=list(hypothesis.HealthCheck)
)
hypothesis.settings.load_profile("same")

# whoever starts the tests in the background may have them ignore Ctrl-C; what they start must not inherit that
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

REQUIRED = frozenset(filter(None, os.environ.get("ONBOARD_REQUIRE", "").split(",")))


def _engine_missing() -> str:
    from toolkit.errors import OnboardError
    from toolkit.provision.engine import find_engine

    try:
        find_engine()
    except OnboardError as error:
        return error.message
    return ""


def _lab_missing() -> str:
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        return "the lab needs root on Linux"
    gone = [tool for tool in ("podman", "runc", "conmon", "ip", "nsenter", "mmdebstrap") if not shutil.which(tool)]
    return f"the lab needs {', '.join(gone)}" if gone else ""


def _browser_missing() -> str:
    return "" if shutil.which("chromium") else "chromium is not here"


MISSING = {"engine": _engine_missing, "lab": _lab_missing, "browser": _browser_missing}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what this machine cannot run; where ``ONBOARD_REQUIRE`` names the part, let it fail instead."""
    found: dict[str, str] = {}
    for item in items:
        for part, missing in MISSING.items():
            if item.get_closest_marker(part) is None or part in REQUIRED:
                continue
            if part not in found:
                found[part] = missing()
            if found[part]:
                item.add_marker(pytest.mark.skip(reason=found[part]))


@pytest.fixture
def need_tool() -> Callable[[str], None]:
    """``need_tool(program)``: left out where the program or root is missing; a failure where the lab is required."""

    def need(program: str) -> None:
        why = "" if shutil.which(program) else f"{program} is not here"
        if sys.platform.startswith("linux") and os.geteuid() != 0:
            why = f"{program} needs root"
        if why and "lab" in REQUIRED:
            pytest.fail(why)
        if why:
            pytest.skip(why)

    return need
