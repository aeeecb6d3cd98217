"""``python -m toolkit.rehearsal.lab.probing FOLDER LINK TUNNEL TARGET``: the lab's prober, as the bindings name it.

Prints ``{"answered": bool, "carried": {"<tunnel>": [bytes out, bytes in]}, "reason": text}``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from toolkit.errors import UsageError
from toolkit.rehearsal.lab.cloud_gateway import probe
from toolkit.rehearsal.lab.state import LabState, load


def probe_commands(state: LabState) -> dict[str, tuple[str, ...]]:
    """Link id → the command that probes through one of its tunnels (``Bindings.probe_command``)."""
    here = (
        "env",
        f"PYTHONPATH={Path(__file__).resolve().parents[3]}",
        sys.executable,
        "-m",
        "toolkit.rehearsal.lab.probing",
    )
    return {link.id: (*here, state.folder, link.id) for link in state.topology.cloud_links}


def main(folder: str, link: str, tunnel: str, target: str) -> None:
    """Probe once and print what was seen."""
    state = load(Path(folder))
    if state is None:
        raise UsageError(f"no lab runs in {folder}", fix="onboard rehearse --keep")
    seen = probe(state, link, target, tunnel=int(tunnel))
    carried = {str(number): list(moved) for number, moved in seen.carried.items()}
    print(json.dumps({"answered": seen.answered, "carried": carried, "reason": seen.reason}))


if __name__ == "__main__":
    main(*sys.argv[1:])
