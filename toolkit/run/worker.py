"""One step in a process of its own: the request on stdin, one JSON line per event on stdout.

Whatever a stage prints goes to stderr (the run's log), never between the events.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Any

import msgspec

from toolkit import places
from toolkit.errors import Locked, OnboardError
from toolkit.model.run import StepRequest, StepResult
from toolkit.processes import die_with_parent
from toolkit.run import actions
from toolkit.run.store import SqliteStore


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line from a worker: progress, then exactly one result or error."""

    kind: str
    message: str = ""
    data: dict[str, Any] = {}
    result: StepResult | None = None


def main() -> None:
    """Carry out the request on stdin; ends with 0 also when the step failed, the last line says which."""
    die_with_parent()
    # A terminal's Ctrl-C is the coordinator's to answer: it lets this step finish.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    events = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)

    def say(line: Line) -> None:
        events.write(msgspec.json.encode(line) + b"\n")

    try:
        request = msgspec.json.decode(sys.stdin.buffer.read(), type=StepRequest)
    except msgspec.DecodeError:
        return  # the coordinator died while it wrote: there is nothing to do, and nobody to tell
    try:
        _refuse_fenced(request)

        def emit(message: str, **data: Any) -> None:
            say(Line(kind="progress", message=message, data=data))
            _hold("at", request, say, message=message)

        _hold("before", request, say)
        result = actions.resolve(request.step.action)(request, emit)
        _hold("after", request, say)
    except OnboardError as error:
        say(Line(kind="error", data=error.to_json()))
    except Exception as error:  # noqa: BLE001 - the last line of defence: a stage let a foreign exception through
        # The exception's text may hold a value that it met, so only its type leaves this process.
        frames = "".join(traceback.format_tb(error.__traceback__))
        sys.stderr.write(f"{type(error).__name__}\n{frames}")
        internal = OnboardError(
            f"{request.step.name}: internal error ({type(error).__name__})", fix="see the run's log; please report it"
        )
        say(Line(kind="error", data=internal.to_json()))
    else:
        say(Line(kind="result", result=result))


def _refuse_fenced(request: StepRequest) -> None:
    """Locked (12) when another coordinator has taken the lease since this step was asked for."""
    ledger = places.ledger(Path(request.workspace))
    if ledger.is_file() and SqliteStore(ledger).token("run") > request.fence:
        raise Locked("another run has taken over this workspace", fix="see onboard runs list")


def _hold(point: str, request: StepRequest, say: Any, *, message: str = "") -> None:
    """Fault injection: wait to be killed where ``ONBOARD_HOLD`` says, once per marker file.

    ``<step name>:before`` and ``:after`` are around the stage's function, ``<step name>:at:<text>`` is its first
    progress message with that text: what the stage started goes on meanwhile. A run in which this happened is marked
    as faulted, so that its evidence is worth nothing for a real apply.
    """
    wanted, marker = os.environ.get("ONBOARD_HOLD", ""), os.environ.get("ONBOARD_HOLD_MARKER", "")
    here, _, text = wanted.removeprefix(f"{request.step.name}:").partition(":")
    if here != point or text not in message or not marker or Path(marker).exists():
        return
    say(Line(kind="progress", message=f"fault injected: held {point}", data={"fault": wanted}))
    Path(marker).write_text(str(os.getpid()))
    while True:
        time.sleep(60)


if __name__ == "__main__":
    main()
