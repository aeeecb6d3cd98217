"""``onboard status``: where a customer stands, what is missing, and whose turn it is."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from toolkit.cli.days import DAY, day
from toolkit.cli.options import PATH, Shown, common

if TYPE_CHECKING:
    from toolkit.model.run import Passing
    from toolkit.pipeline.standing import Stands
    from toolkit.transition.recurring import Recurring
    from toolkit.transition.standing import StageStanding

NEWEST = 5
"""So many periods of what recurs are named."""

_MARK = {"passed": "x", "current": ">", "later": " "}
_VERDICT = {"holds": "holds", "missing": "missing", "attested": "for the person who passes the gate to judge"}


@click.command()
@click.argument("path", type=PATH, default=Path())
@click.option("--on", type=day, metavar=DAY, help="Which recurring deliverables are overdue on that day.")
@common()
def status(*, path: Path, on: dt.date | None, shown: Shown) -> None:
    """Where the customer of a workspace (PATH: this folder) stands in the transition of its service.

    Nothing passes a gate by itself: a person does, with onboard runs resume RUN --passed GATE --by NAME.
    """
    from toolkit.cli.present import print_json, print_text
    from toolkit.pipeline import standing, workspace

    where = workspace.find(path)
    stands = standing.stand(where, on=on)
    if shown.as_json:
        print_json(_json(stands))
        return
    for line in _lines(stands, where.shown, verbose=shown.verbose):
        print_text(line)


def _lines(stands: Stands, path: str, *, verbose: bool) -> list[str]:
    parties = stands.service.parties
    lines = [f"{stands.customer}: {stands.service.title.en} ({stands.service.description})"]
    for one in stands.standing.stages:
        lines.append(f"[{_MARK[one.state]}] {one.stage.title.en}{_passed(one.passing)}")
        if one.state == "current" or (verbose and one.state == "later"):
            lines += _conditions(one, {id_: name.en for id_, name in parties.items()})
        if one.state == "current":
            lines += [line for each in stands.recurring for line in _periods(each, verbose=verbose)]
    current = stands.standing.current
    if current is None:
        return lines
    turn = " and ".join(parties[party].en if party in parties else party for party in stands.standing.turn)
    lines.append(f"turn: {turn}")
    if current.stage.gate:
        lines.append(f"next: {_next(stands, current, path)}")
    return lines


def _conditions(one: StageStanding, parties: dict[str, str]) -> list[str]:
    lines: list[str] = []
    for held in one.conditions:
        lines.append(f"      {held.condition.text.en}: {_VERDICT[held.verdict]} [{held.condition.source}]")
        lines += [f"        - {miss.what} ({parties.get(miss.owner, miss.owner)}): {miss.fix}" for miss in held.missing]
    return lines


def _periods(one: Recurring, *, verbose: bool) -> list[str]:
    lines = [f"      {one.deliverable.title.en} ({one.deliverable.recurs}): {_listed(one.delivered, verbose=verbose)}"]
    if one.overdue:
        overdue = tuple(f"{each.period} ({each.day})" for each in one.overdue)
        lines.append(f"        - overdue: {_listed(overdue, verbose=verbose)}")
    return lines


def _listed(names: tuple[str, ...], *, verbose: bool) -> str:
    """The newest of them, all with --verbose."""
    if not names:
        return "none delivered"
    left = 0 if verbose else max(0, len(names) - NEWEST)
    return (f"{left} earlier, " if left else "") + ", ".join(names[left:])


def _next(stands: Stands, current: StageStanding, path: str) -> str:
    gate = f"transition/{current.stage.id}"
    if stands.problems:
        return f"onboard validate {path}"
    if stands.run is None or stands.run.state == "done":
        return f"onboard plan {path}, approve it, and onboard apply PLAN"
    if stands.waiting_for == gate:
        return f"onboard runs resume {stands.run.id} --workspace {path} --passed {gate} --by NAME"
    if stands.waiting_for is not None:
        return (
            f"run {stands.run.id} waits at {stands.waiting_for}: onboard runs show {stands.run.id} --workspace {path}"
        )
    return f"run {stands.run.id} is {stands.run.state}: onboard runs resume {stands.run.id} --workspace {path}"


def _passed(passing: Passing | None) -> str:
    if passing is None:
        return ""
    earlier = f" (in run {passing.run})" if passing.run else ""
    forced = f", FORCED: {passing.forced}; missing then: {'; '.join(passing.unmet)}" if passing.forced else ""
    return f": passed by {passing.by}{earlier}{forced}"


def _json(stands: Stands) -> dict[str, Any]:
    from toolkit.canonical import plain

    return {
        "schema": "onboarding/status/v1",
        "customer": stands.customer,
        "service": stands.service.id,
        "run": None if stands.run is None else {"id": stands.run.id, "state": stands.run.state},
        "problems": stands.problems,
        "waiting_for": stands.waiting_for,
        "turn": list(stands.standing.turn),
        "recurring": [
            {
                "deliverable": one.deliverable.id,
                "recurs": one.deliverable.recurs,
                "delivered": list(one.delivered),
                "overdue": [plain(each) for each in one.overdue],
            }
            for one in stands.recurring
        ],
        "stages": [
            {
                "stage": one.stage.id,
                "title": one.stage.title.en,
                "owner": one.stage.owner,
                "gate": one.stage.gate,
                "state": one.state,
                "passed": None if one.passing is None else plain(one.passing),
                "conditions": [
                    {
                        "condition": held.condition.id,
                        "source": held.condition.source,
                        "verdict": held.verdict,
                        "missing": [plain(miss) for miss in held.missing],
                    }
                    for held in one.conditions
                ],
            }
            for one in stands.standing.stages
        ],
    }
