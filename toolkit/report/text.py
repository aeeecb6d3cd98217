"""The report as text: what was decided, built, proven and not proven, in at most a few screens."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from toolkit.report.contents import View, duration, read_view
from toolkit.visible import visible


def summary(folder: Path, *, verdict: str = "") -> str:
    """The summary of the bundle in ``folder``, ready to print. Raises EvidenceInvalid where it is no bundle."""
    return render_text(read_view(folder, verdict=verdict))


def render_text(view: View) -> str:
    """The summary of a view; no text of a customer's can end a line or move the cursor."""
    predicate, inventory = view.predicate, view.inventory
    world = predicate["world"]
    faults = "; faults were injected, so nothing may be concluded" if predicate["faulted"] else ""
    lines = [
        f"{inventory['customer']['name']}: run {predicate['run']} {predicate['result']}{faults}",
        f"  world: {world['kind']}, hosts {world['hosts']}; {duration(view.seconds)} from {predicate['started']}",
        f"  plan: {predicate['plan']['digest']}",
        f"  evidence: {view.verdict or 'not verified here'}",
        "",
        "Inventory: "
        + ", ".join(
            counted(len(inventory.get(kind, ())), kind)
            for kind in ("tenants", "sites", "links", "applications", "components")
        ),
        "",
        "Decisions",
    ]
    for decision in view.decisions:
        transition = decision.get("transition_class")
        klass = f", class {transition}" if transition is not None else ""
        lines.append(f"  {decision['component']}: {decision['build_model']}{klass} ({decision['rule']})")
        lines += [f"      {reason}" for reason in decision["reasons"]]
    lines += ["", f"Planned: {counted(view.resources, 'resources')} in {counted(len(view.stacks), 'stacks')}"]
    lines += [f"  {stack.name}: {stack.resources}" for stack in view.stacks]
    states = Counter(step.state for step in view.steps)
    done = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
    lines += ["", f"Steps: {done}; {counted(view.changed, 'changes')}"]
    for step in view.steps:
        again = f", attempt {step.attempts}" if step.attempts > 1 else ""
        lines.append(f"  {step.name}: {step.state} in {duration(step.seconds)}, {step.changed} changed{again}")
        if step.error:
            lines.append(f"      {step.error}")
    if view.counts:
        lines += ["", "Counted: " + ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in view.counts)]
    coverage = predicate["coverage"]
    lines += ["", *(f"PROVEN: {what}" for what in coverage["proven"])]
    lines += [f"NOT PROVEN: {gap['what']}: {gap['reason']}" for gap in coverage["not_proven"]]
    lines += [f"ONLY THE REAL CLOUD CAN PROVE: {what}" for what in coverage["only_real_cloud"]]
    return "\n".join(visible(line) for line in lines) + "\n"


def counted(count: int, nouns: str) -> str:
    """``1 stack``, ``2 stacks``."""
    return f"{count} {nouns.removesuffix('s') if count == 1 else nouns}"
