"""A word of the plan is proven by all of its steps or not at all."""

from __future__ import annotations

from typing import Any

from toolkit.model.bindings import AwsBinding, Bindings
from toolkit.model.plan import Index, Plan, Step
from toolkit.model.run import StepResult
from toolkit.pipeline.coverage import coverage, unproven_world


def plan(*steps: tuple[str, str]) -> Plan:
    made = tuple(
        Step(id=f"{name}@1", name=name, stage="verify", action=action, kind="effect", scope="site/a", inputs={})
        for name, action in steps
    )
    index = Index(
        customer="c", service="s", inventory="i", decisions="d", bound={}, base=None, documents={}, changes=(),
        coverage=("aws", "tunnels", "hosts", "backups", "monitoring"),
    )  # fmt: skip

    class Fixed(Plan, frozen=True):
        @property
        def steps(self) -> tuple[Step, ...]:
            return made

    return Fixed(digest="sha256:0", index=index, documents=())


def world(*, kind: Any = "rehearsal", netns: str | None = None) -> Bindings:
    return Bindings(
        world=kind, id="w", nonce="n", hosts="none", time_scale="fast", aws=AwsBinding(), state="s", secrets="s",
        netns=netns,
    )  # fmt: skip


def result(*not_proven: str, **counts: int) -> StepResult:
    return StepResult(counts=counts, not_proven=not_proven)


SITES = plan(("verify/a", "verify.site"), ("verify/b", "verify.site"))
WHOLE: dict[str, Any] = {"tunnels": 1, "backups_restored": 1, "alerts_proven": 1}


def proven(results: dict[str, StepResult], *, done: bool = True) -> set[str]:
    return set(coverage(SITES, results, bindings=world(netns="ob-1"), done=done).proven)


def test_all_sites_prove_a_word() -> None:
    assert proven({"verify/a": result(**WHOLE), "verify/b": result(**WHOLE)}) == {"tunnels", "backups", "monitoring"}


def test_one_site_that_did_not_run_or_left_something_open_takes_the_word_away() -> None:
    assert proven({"verify/a": result(**WHOLE)}) == set()
    opened = result("probe through x: nothing to probe from", **WHOLE)
    assert proven({"verify/a": result(**WHOLE), "verify/b": opened}) == {"backups", "monitoring"}
    skipped = result("verify/b: this world has no hosts")
    assert proven({"verify/a": result(**WHOLE), "verify/b": skipped}) == set()


def test_a_site_without_backups_does_not_take_the_others_away() -> None:
    assert "backups" in proven({"verify/a": result(**WHOLE), "verify/b": result(tunnels=1, alerts_proven=1)})
    assert "backups" not in proven({"verify/a": result(tunnels=1), "verify/b": result(tunnels=1)})


def test_what_did_not_run_is_said() -> None:
    said = coverage(SITES, {"verify/a": result(**WHOLE)}, bindings=world(netns="ob-1"), done=False).not_proven
    assert [(one.what, one.reason) for one in said] == [("verify/b", "the run ended before it")]


def test_a_rehearsal_without_a_namespace_is_said_to_be_unisolated() -> None:
    results = {"verify/a": result(**WHOLE), "verify/b": result(**WHOLE)}
    said = coverage(SITES, results, bindings=world(), done=True)
    assert [one.what for one in said.not_proven] == ["isolation"]
    # What it found out about the plan holds all the same.
    assert set(said.proven) == {"tunnels", "backups", "monitoring"}
    for isolated in (world(netns="ob-1"), world(kind="real")):
        assert unproven_world(isolated) == ()
        assert coverage(SITES, results, bindings=isolated, done=True).not_proven == ()
