"""The gates of the service's transition among the steps of a plan."""

from __future__ import annotations

import msgspec
import pytest

from toolkit.catalogue import services
from toolkit.model.service import Condition, Text
from toolkit.plan.gates import gate_digests, with_gates
from toolkit.plan.steps import Draft, finish


def by_name(plan):
    return {step.name: step for step in plan.steps}


def behind(plan, name: str) -> set[str]:
    """Everything that comes before a step."""
    steps = by_name(plan)
    ids = {step.id: step for step in plan.steps}
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for need in steps[waiting.pop()].needs:
            if ids[need].name not in found:
                found.add(ids[need].name)
                waiting.append(ids[need].name)
    return found


def test_no_effect_comes_before_the_decisions_gate(wide, make_plan):
    plan = make_plan(wide)
    for step in plan.steps:
        if step.stage != "transition":
            assert {"transition/inputs", "transition/audit", "transition/decisions"} <= behind(plan, step.name)


def test_the_build_gate_waits_for_every_effect(wide, make_plan):
    plan = make_plan(wide)
    effects = {step.name for step in plan.steps if step.stage != "transition"}
    assert effects <= behind(plan, "transition/build")
    assert "transition/build" in behind(plan, "transition/handover")


def test_a_document_given_changes_what_the_gate_counts_for_and_no_step(acme, make_plan):
    fewer = msgspec.structs.replace(acme, build_inputs=msgspec.structs.replace(acme.build_inputs, topology=None))
    one, other = make_plan(acme), make_plan(fewer)
    assert [step.id for step in one.steps] == [step.id for step in other.steps]
    gates = [next(d.gates for d in plan.documents if d.scope.startswith("service/")) for plan in (one, other)]
    assert {name for name in gates[0] if gates[0][name] != gates[1][name]} == {"transition/inputs", "transition/build"}


@pytest.mark.parametrize("service", sorted(services()))
def test_every_service_of_the_catalogue_gates_what_it_carries_out(service: str) -> None:
    drafts = {
        "site/a": [
            Draft(name="configure/a", stage="configure", action="configure.hub", scope="site/a", inputs={}),
            Draft(
                name="verify/a", stage="verify", action="verify.site", scope="site/a", inputs={}, needs=("configure/a",)
            ),
        ]
    }
    steps = finish(with_gates(services()[service], drafts))
    gates = [step.name for step in steps.get(f"service/{service}", ())]
    assert gates == [f"transition/{stage.id}" for stage in services()[service].stages if stage.gate]
    assert gates, "a transition without a gate"


def test_a_gate_counts_for_the_prerequisites_of_its_entry_and_of_its_exit(acme) -> None:
    """A stage that looks at the inputs when it begins, and at documents of its own when it ends."""
    known = services()["managed-applications"]
    at = [stage.id for stage in known.stages].index("build")
    own = Condition(id="own", kind="prerequisites", text=Text(en="o", fr="o"), source="SD-1 §1.4", of=("handover",))
    stage = msgspec.structs.replace(known.stages[at], exit=(*known.stages[at].exit, own))
    service = msgspec.structs.replace(known, stages=(*known.stages[:at], stage, *known.stages[at + 1 :]))
    fewer = msgspec.structs.replace(acme, build_inputs=msgspec.structs.replace(acme.build_inputs, topology=None))
    one, other = (gate_digests(service, inventory, ())["transition/build"] for inventory in (acme, fewer))
    assert one != other
