"""A worker whose actions are this file's: run as a program by the executor's tests."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from toolkit.errors import ProvisionFailed
from toolkit.model.run import Emit, StepRequest, StepResult
from toolkit.run import actions, worker


def write(request: StepRequest, emit: Emit) -> StepResult:
    emit("writing", attempt=request.attempt)
    with (Path(request.scratch) / "effects").open("a") as stream:
        stream.write(f"{request.step.name} {request.attempt} {request.resumed}\n")
    return StepResult(
        changed=1, outputs={"name": request.step.name, "seen": sorted(request.outputs)}, counts={"files": 1}
    )


def refuse(request: StepRequest, emit: Emit) -> StepResult:
    raise ProvisionFailed("the cloud refused", fix="ask again", details={"resource": "urn:x"})


def leak(request: StepRequest, emit: Emit) -> StepResult:
    raise ValueError("hunter" + str(2))


def linger(request: StepRequest, emit: Emit) -> StepResult:
    (Path(request.scratch) / "pid").write_text(str(os.getpid()))
    while not (Path(request.scratch) / "go").exists():
        time.sleep(0.05)
    return StepResult()


def noisy(request: StepRequest, emit: Emit) -> StepResult:
    print("not an event")
    sys.stderr.write("a tool's own words\n")
    return StepResult()


def killed(request: StepRequest, emit: Emit) -> StepResult:
    os.kill(os.getpid(), 9)
    return StepResult()


def torn(request: StepRequest, emit: Emit) -> StepResult:
    pipe = next(fd for fd in range(3, 64) if Path(f"/proc/self/fd/{fd}").is_fifo())
    os.write(pipe, b'{"kind": "result", "res')
    os.kill(os.getpid(), 9)
    return StepResult()


for function in (write, refuse, leak, linger, noisy, killed, torn):
    actions.ACTIONS[f"toy.{function.__name__}"] = f"{__name__}:{function.__name__}"

if __name__ == "__main__":
    worker.main()
