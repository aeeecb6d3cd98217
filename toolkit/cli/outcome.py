"""How a run's outcome is printed: by ``apply``, ``rehearse``, ``runs`` and ``verify`` alike."""

from __future__ import annotations

from toolkit.canonical import plain
from toolkit.cli.present import print_json, print_text
from toolkit.pipeline.applying import RunSummary
from toolkit.pipeline.workspace import Workspace

WORDS = {
    "resources": "resources",
    "hosts": "hosts",
    "agents": "agents",
    "tunnels": "tunnels",
    "backups_restored": "backups restored",
    "targets_up": "targets up",
    "alerts_proven": "alerts proven",
}


def print_outcome(workspace: Workspace, summary: RunSummary, *, as_json: bool) -> None:
    """Counts, what was not proven, and where evidence and report are."""
    if as_json:
        print_json(plain(summary))
        return
    print_text(
        f"run {summary.run}: {summary.state} in {summary.seconds:.0f} s ({summary.world}, hosts: {summary.hosts})"
    )
    named = [f"{summary.counts.get(key, 0)} {word}" for key, word in WORDS.items()]
    print_text("  " + ", ".join(named))
    for line in together(summary.not_proven):
        print_text(f"  NOT PROVEN: {line}")
    for what, relative in (("evidence", summary.evidence), ("report", summary.report)):
        if relative:
            print_text(f"  {what}: {workspace.root / relative}")


def together(lines: tuple[str, ...]) -> list[str]:
    """``what: reason`` lines, those of one reason as one, in the order in which the reasons come."""
    found: dict[str, list[str]] = {}
    for line in lines:
        what, _, reason = line.partition(": ")
        found.setdefault(reason, []).append(what)
    return [", ".join(what) + (f": {reason}" if reason else "") for reason, what in found.items()]
