"""Where a customer stands: the state of each stage, and whose turn it is. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from toolkit.model.run import Passing
from toolkit.model.service import Service, Stage
from toolkit.transition.conditions import Held, Known, Missing, held

StageState = Literal["passed", "current", "later"]


class StageStanding(msgspec.Struct, frozen=True, kw_only=True):
    """A stage with the verdicts on its gate's conditions; ``passing`` is there once a person passed the gate."""

    stage: Stage
    state: StageState
    conditions: tuple[Held, ...]
    passing: Passing | None = None

    @property
    def missing(self) -> tuple[Missing, ...]:
        """Everything that is missing at this stage's gate; nothing at one that was passed."""
        return () if self.passing else tuple(one for verdict in self.conditions for one in verdict.missing)


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Every stage in the service's order; ``turn`` are the parties (ids) that have something to do at the current one."""

    service: str
    stages: tuple[StageStanding, ...]
    turn: tuple[str, ...]

    @property
    def current(self) -> StageStanding | None:
        """The stage that the customer is in; None where the service has none."""
        return next((one for one in self.stages if one.state == "current"), None)


def standing(service: Service, known: Known, passings: Mapping[str, Passing]) -> Standing:
    """The standing of a customer; ``passings`` by stage id.

    The first stage whose gate nobody has passed is the current one: nothing passes a gate by itself, whatever holds.
    Once every gate is passed, it is the first stage that no gate ends.
    """
    stages: list[StageStanding] = []
    begun = False
    for stage in service.stages:
        passing = passings.get(stage.id) if stage.gate and not begun else None
        state: StageState = "passed" if passing else "later" if begun else "current"
        begun = begun or state == "current"
        stages.append(StageStanding(stage=stage, state=state, conditions=held(service, stage, known), passing=passing))
    current = next((one for one in stages if one.state == "current"), None)
    return Standing(service=service.id, stages=tuple(stages), turn=() if current is None else _turn(current))


def _turn(current: StageStanding) -> tuple[str, ...]:
    """Who gives what is missing; where nothing is, who passes the gate."""
    owners = dict.fromkeys(one.owner for one in current.missing)
    return tuple(owners) or (current.stage.owner,)
