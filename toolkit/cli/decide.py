"""``onboard decide``: who does what for each component, by which rule."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from toolkit.cli.options import PATH, Shown, common
from toolkit.errors import UsageError

if TYPE_CHECKING:
    from toolkit.pipeline.deciding import Decided, Explained
    from toolkit.pipeline.workspace import Workspace


@click.command()
@click.argument("path", type=PATH)
@click.option("--explain", metavar="ID", help="Only this component: facts with their places, and what would change it.")
@click.option("--effort", type=PATH, metavar="FILE", help="The provider's efforts; none is assumed.")
@click.option("--raci", "matrix", type=PATH, metavar="FILE", help="The project's RACI matrix; none is assumed.")
@click.option("--output", "file", type=PATH, metavar="FILE", help="Write the lines of --format ndjson into FILE.")
@common(formats=("text", "json", "ndjson"))
def decide(
    *, path: Path, explain: str | None, effort: Path | None, matrix: Path | None, file: Path | None, shown: Shown
) -> None:
    """Decide build model, transition class, management, supervision and windows (SD-1 §1.1-1.8).

    A component that fits no rule needs a bespoke scope of work, and one with a missing fact is not evaluated: exit 4,
    never a default. NDJSON is for inventories of any size: a line with its hash for each component as it is read.
    """
    from toolkit.cli.present import print_json, print_text
    from toolkit.decide.present import explanation_json
    from toolkit.pipeline import deciding, workspace

    place = workspace.find(path)
    if shown.output == "ndjson":
        if explain or effort or matrix:
            raise UsageError("--format ndjson has decisions alone", fix="leave out --explain, --effort and --raci")
        _write_lines(place, file, shown)
        return
    if file is not None:
        raise UsageError("--output is for the lines of ndjson", fix="add --format ndjson")
    if explain is None:
        decided = deciding.decide_all(place, effort=effort, matrix=matrix)
        if shown.as_json:
            print_json(_json(decided))
        else:
            for line in _lines(decided):
                print_text(line)
        return
    explained = deciding.explain_one(place, explain, effort=effort, matrix=matrix)
    if explained.decisions is None:
        _print_undecided(place, explained, shown)
    elif shown.as_json:
        told = explanation_json(explained.explanation, explained.places)
        print_json({**_json(explained.decisions), "explanation": told})
    else:
        for line in [*_component_lines(explained.decisions), *_explanation(explained)]:
            print_text(line)


def _write_lines(place: Workspace, file: Path | None, shown: Shown) -> None:
    """All of them or none: in the file, or on stdout after the last component was decided."""
    import shutil
    import sys
    import tempfile

    from toolkit.canonical import replacing
    from toolkit.inventory.files import keep_apart
    from toolkit.pipeline.decided_lines import write_decided

    if file is None:
        with tempfile.TemporaryFile() as kept:
            write_decided(place, kept)
            kept.seek(0)
            shutil.copyfileobj(kept, sys.stdout.buffer)
        return
    keep_apart(file, place.root)
    with replacing(file, mode=0o644) as stream:
        written = write_decided(place, stream)
    if not shown.quiet:
        click.echo(f"{file}: {written.components:,} components, {written.decisions:,} different decisions", err=True)


def _print_undecided(place: Any, explained: Explained, shown: Shown) -> None:
    """Say what would have to change, then fail as without ``--explain``: exit 4."""
    from toolkit.cli.present import print_text
    from toolkit.decide.present import explanation_json
    from toolkit.errors import Undecided
    from toolkit.pipeline import deciding

    if not shown.as_json:
        for line in _explanation(explained):
            print_text(line)
    try:
        deciding.decide_all(place, only=explained.explanation.component)
    except Undecided as error:
        told = explanation_json(explained.explanation, explained.places)
        details = {**error.details, **({"explanation": told} if shown.as_json else {})}
        raise Undecided(error.message, fix=error.fix, details=details) from error


def _json(decided: Decided) -> dict[str, Any]:
    from toolkit.canonical import plain
    from toolkit.decide.present import decisions_json

    told = decisions_json(decided.decisions, decided.terms)
    told["assumptions"] = plain(decided.assumptions)
    told["not_given"] = [name for name, got in (("effort", decided.estimate), ("raci", decided.raci)) if got is None]
    if decided.estimate is not None:
        efforts = plain(decided.estimate)
        by_component = efforts.pop("efforts")
        told["effort"] = efforts
        for one in told["decisions"]:
            one["effort"] = by_component.get(one["component"])
    if decided.raci is not None:
        told["raci"] = {
            "source": decided.raci_source,
            "sample": decided.raci_sample,
            "situations": plain(decided.raci),
        }
    return told


def _explanation(explained: Explained) -> list[str]:
    from toolkit.decide.present import explanation_lines

    return list(explanation_lines(explained.explanation, explained.places))


def _lines(decided: Decided) -> list[str]:
    if not decided.decisions:
        return [decided.nothing]
    lines = _component_lines(decided)
    lines += [f"assumed, {one.build_input} is missing: {one.assumption} [{one.rule}]" for one in decided.assumptions]
    return lines + _effort_lines(decided) + _raci_lines(decided)


def _component_lines(decided: Decided) -> list[str]:
    from toolkit.decide.present import decision_lines

    lines: list[str] = []
    for decision in decided.decisions:
        lines += decision_lines(decision, decided.terms[decision.component])
        effort = None if decided.estimate is None else decided.estimate.efforts.get(decision.component)
        if effort is not None and decided.estimate is not None:
            amount = "no figure" if effort.amount is None else f"{effort.amount} {decided.estimate.unit}"
            lines.append(f"  effort: {amount} ({'first' if effort.first else 'further'} {effort.type})")
    return lines


def _effort_lines(decided: Decided) -> list[str]:
    estimate = decided.estimate
    if estimate is None:
        return ["effort: not given; it is the provider's data (--effort FILE)"]
    missing = f"; no figure for {', '.join(estimate.without_figure)}" if estimate.without_figure else ""
    sample = "SAMPLE, no real figures: " if estimate.sample else ""
    return [f"effort: {sample}{estimate.total} {estimate.unit} by {estimate.source}{missing}"]


def _raci_lines(decided: Decided) -> list[str]:
    if decided.raci is None:
        return ["RACI: not given; it is the project's or the provider's data (--raci FILE)"]
    lines = [f"RACI by {decided.raci_source}{' (SAMPLE, no real matrix)' if decided.raci_sample else ''}"]
    for situation in decided.raci:
        named = ", ".join(situation["components"])
        lines.append(f"  {situation['build_model']}, {situation['management']}: {named}")
        for share in situation["activities"]:
            others = "; ".join(
                f"{part} {', '.join(share[part])}" for part in ("responsible", "consulted", "informed") if share[part]
            )
            lines.append(f"    {share['title']}: accountable {share['accountable']}; {others}")
    return lines
