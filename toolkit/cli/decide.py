"""``onboard decide``: who does what for each component, by which rule."""

from __future__ import annotations

from pathlib import Path

import click

from toolkit.cli.options import PATH, Shown, common
from toolkit.errors import UsageError


@click.command()
@click.argument("path", type=PATH)
@click.option("--explain", metavar="ID", help="Only this component, with its facts.")
@common()
def decide(*, path: Path, explain: str | None, shown: Shown) -> None:
    """Decide build model and transition class (SD-1 §1.1-1.2).

    A component that fits no rule needs a bespoke scope of work: exit 4, never a default.
    """
    from toolkit.cli.present import print_json, print_text
    from toolkit.decide.present import decisions_json
    from toolkit.pipeline import planning, workspace

    decisions = planning.prepare(workspace.find(path)).decisions
    if explain is not None:
        decisions = tuple(decision for decision in decisions if decision.component == explain)
        if not decisions:
            raise UsageError(f"the inventory has no component {explain!r}", fix=f"list them: onboard decide {path}")
    if shown.as_json:
        print_json(decisions_json(decisions))
        return
    for decision in decisions:
        klass = "no class" if decision.transition_class is None else f"class {decision.transition_class}"
        print_text(f"{decision.component}: {decision.build_model}, {klass} [{decision.rule}, {decision.class_rule}]")
        for reason in decision.reasons:
            print_text(f"  because {reason}")
        if explain is not None:
            for fact, value in decision.facts.items():
                print_text(f"  fact {fact} = {value}")
        if decision.nearest is not None:
            print_text(f"  nearest other rule: {decision.nearest.rule}, but {decision.nearest.failed_on}")
