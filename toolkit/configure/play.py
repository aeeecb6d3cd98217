"""One run of ansible-runner in a process of its own: the request on stdin, one JSON line per event on stdout.

Started as a file by ``toolkit.configure.ansible`` with a scrubbed environment, because ansible-runner hands the whole
environment of its process to Ansible. Imports nothing of the toolkit.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from typing import Any

KEPT = {
    "playbook_on_play_start",
    "playbook_on_task_start",
    "playbook_on_no_hosts_matched",
    "playbook_on_stats",
    "runner_on_ok",
    "runner_on_failed",
    "runner_on_unreachable",
    "runner_item_on_failed",
}
_WORDS = ("msg", "stderr", "module_stderr", "exception", "reason")
_LONGEST = 4000


def compact(event: dict[str, Any]) -> dict[str, Any] | None:
    """What the coordinator needs of one event, or None; results of tasks with ``no_log`` arrive censored."""
    kind = event.get("event")
    if kind not in KEPT:
        text = event.get("stdout") or ""
        return (
            {"event": "output", "text": text[:_LONGEST]} if kind in ("warning", "error", "verbose") and text else None
        )
    facts = event.get("event_data") or {}
    result = facts.get("res") or {}
    kept: dict[str, Any] = {"event": kind}
    kept |= {name: facts[name] for name in ("host", "task", "play", "role", "ignore_errors") if name in facts}
    if kind == "playbook_on_stats":
        kept |= {name: facts.get(name) or {} for name in ("ok", "changed", "failures", "dark", "processed")}
    elif kind.endswith(("_failed", "_unreachable")):
        kept |= {word: str(result[word])[:_LONGEST] for word in _WORDS if result.get(word)}
    elif result.get("changed"):
        kept["changed"] = True
    return kept


def main() -> int:
    """Run the play described on stdin; ends with ansible-playbook's own status."""
    import ansible_runner

    request = json.load(sys.stdin)
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    events: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()

    def write() -> None:
        while (event := events.get()) is not None:
            out.write(json.dumps(event) + "\n")
            out.flush()

    writer = threading.Thread(target=write)
    writer.start()

    def put(event: dict[str, Any]) -> bool:
        kept = compact(event)
        if kept:
            events.put(kept)
        return False

    runner = ansible_runner.run(
        private_data_dir=request["folder"],
        playbook=request["playbook"],
        inventory=request["hosts"],
        cmdline="--check" if request["check"] else None,
        event_handler=put,
        quiet=True,
        ident="run",
        settings={"suppress_env_files": True, "suppress_ansible_output": True},
    )
    events.put({"event": "end", "status": runner.status, "rc": runner.rc})
    events.put(None)
    writer.join()
    return 0


if __name__ == "__main__":
    sys.exit(main())
