"""The rehearsed site, verified again; then every thing that is verified is broken on its machine.

The list of what is broken stands in tests/verify-properties.yaml.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import Rehearsed
from corruption import PROPERTIES

from toolkit.catalogue import provider_profile
from toolkit.errors import VerifyFailed
from toolkit.inventory import load
from toolkit.model.plan import Step
from toolkit.model.run import StepRequest
from toolkit.rehearsal import lab, namespace
from toolkit.verify.check import refuse_failures
from toolkit.verify.repository import raw_size, read_whole, snapshots
from toolkit.verify.step import PARTS, open_place

pytestmark = [pytest.mark.engine, pytest.mark.lab, pytest.mark.slow, pytest.mark.timeout(1800)]
BROKEN = yaml.safe_load(PROPERTIES.read_text())["hosts"]


def quiet(message: str, **data: object) -> None:
    pass


class Site:
    """The rehearsed world's site; checks run in one thread that lives in the rehearsal's namespace."""

    def __init__(self, found: Rehearsed, folder: Path) -> None:
        state = lab.load(found.desk.rehearsal / "lab")
        assert state is not None
        self.state = state
        self.folder = folder
        self.file = found.desk.rehearsal / "bindings.json"
        self.bindings = found.desk.bindings
        self.inventory = load(found.desk.workspace)
        self.profile = provider_profile(self.inventory.provider.profile)
        self._thread = ThreadPoolExecutor(1, initializer=namespace.enter_here, initargs=(state.netns,))

    def request(self) -> StepRequest:
        scratch = self.folder / "scratch"
        scratch.mkdir(exist_ok=True, mode=0o700)
        step = Step(
            id="s@0", name="verify/acme-hq", stage="verify", action="verify.site", kind="effect", scope="site/acme-hq",
            inputs={"site": "acme-hq", "hosts": ["erp-vm-1", "erp-vm-2"]},
        )  # fmt: skip
        return StepRequest(
            run="r", attempt=1, fence=1, resumed=False, step=step, inventory=self.inventory, profile=self.profile,
            bindings=self.bindings, workspace=str(self.folder), scratch=str(scratch),
        )  # fmt: skip

    def inside(self, what: Callable[[], Any]) -> Any:
        return self._thread.submit(what).result()

    def part(self, name: str) -> None:
        """One part of the checks; VerifyFailed as the whole step would raise it."""

        def made() -> None:
            refuse_failures(PARTS[name](open_place(self.request(), quiet))[0], of="acme-hq")

        self.inside(made)

    def on(self, entry: dict[str, Any], script: str) -> None:
        """Run a script of the entry at the console of its machine, or of each of its machines in turn."""
        exports = "".join(f"{name}={value}; " for name, value in entry.get("environment", {}).items())
        for machine in [entry["machine"]] if isinstance(entry["machine"], str) else entry["machine"]:
            command = lab.console(self.state, machine, "sh", "-euc", exports + script)
            ran = subprocess.run(command, capture_output=True, timeout=120, check=False)
            assert ran.returncode == 0, (machine, ran.stderr)


@pytest.fixture(scope="module")
def site(rehearsed: Rehearsed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    key = rehearsed.desk.rehearsal / "home/.config/onboarding-toolkit/acme.key"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONBOARD_SECRET_KEY_FILE", str(key))
        yield Site(rehearsed, tmp_path_factory.mktemp("site"))


def test_verify_by_hand_exits_9_when_a_thing_is_broken(rehearsed: Rehearsed, site: Site) -> None:
    counts = rehearsed.outcome["counts"]
    assert (counts["tunnels"], counts["targets_up"], counts["logs_arrived"]) == (3, 2, 2)
    assert (counts["backups_restored"], counts["alerts_proven"]) == (3, 1)
    # One whose check waits for nothing: all the others are made as well, and pass.
    entry = next(one for one in BROKEN if one["check"] == "backup.timer")
    site.on(entry, entry["break"])
    try:
        broken = rehearsed.desk.onboard("verify", rehearsed.desk.workspace, "--bindings", site.file)
    finally:
        site.on(entry, entry["mend"])
    assert broken.returncode == 9
    assert "1 checks of acme-hq failed" in broken.stderr
    assert "backup.timer" in broken.stderr


def test_every_check_of_a_whole_run_can_be_broken(rehearsed: Rehearsed) -> None:
    records = [json.loads(line) for line in (rehearsed.evidence / "records.ndjson").read_text().splitlines()]
    (run,) = (one for one in records if (one["kind"], one["subject"]) == ("result", "verify/acme-hq"))
    assert {fact["id"] for fact in run["data"]["facts"]} == {entry["check"] for entry in BROKEN}


LEFT_BEHIND = """
restic=/usr/local/lib/onboard/restic
$restic --limit-download 10 check --read-data >/dev/null 2>&1 & check=$!
until $restic --no-lock list locks | grep -q .; do kill -0 $check; sleep 0.2; done
kill -9 $check; wait $check || true
if $restic snapshots >/dev/null 2>&1; then exit 1; fi
"""


def test_a_lock_that_a_killed_check_left_stops_neither_verify_nor_configure(site: Site) -> None:
    console = {"machine": "host-erp-vm-2"}
    site.on(console, LEFT_BEHIND)
    site.on(console, "/usr/local/lib/onboard/restic --no-lock cat config >/dev/null")  # as the role looks at it

    def read() -> int:
        place, host = open_place(site.request(), quiet), "erp-vm-2"
        assert snapshots(place, host, "WEEKLY-1")
        assert raw_size(place, host) > 0
        return read_whole(place, host).returncode

    assert site.inside(read) == 0
    site.on(console, 'test -z "$(/usr/local/lib/onboard/restic --no-lock list locks)"')


LONG_LIST = {
    "tunnel.suite", "agent.identity", "backup.timer", "backup.runs", "backup.incremental", "backup.metrics",
    "alert.resolves",
}  # fmt: skip
"""Checks that ``make test`` leaves whole: each has a neighbour that it breaks, and the timer is broken above."""


def cases() -> Iterator[Any]:
    """Each tunnel, and the most telling of the other checks once, in ``make test``; the whole list in ``make test-proofs``."""
    seen: set[tuple[str, str]] = set()
    for entry in BROKEN:
        kind = (entry["check"], entry["subject"] if entry["check"] == "tunnel.association" else "")
        marks = [pytest.mark.proof] if kind in seen or entry["check"] in LONG_LIST else []
        seen.add(kind)
        yield pytest.param(entry, id=f"{entry['check']}-{entry['subject']}".replace(" ", "-"), marks=marks)


@pytest.mark.parametrize("entry", list(cases()))
def test_a_broken_thing_fails_its_check(entry: dict[str, Any], site: Site) -> None:
    site.on(entry, entry["break"])
    try:
        with pytest.raises(VerifyFailed) as error:
            site.part(entry["part"])
    finally:
        site.on(entry, entry["mend"])
    assert (entry["check"], entry["subject"]) in {
        (failed["id"], failed["subject"]) for failed in error.value.details["failed"]
    }
    if entry["part"] == "tunnels":
        site.part("tunnels")  # a mended tunnel carries again
