"""How large processes have been, by the kernel's own figure (VmHWM, proc(5)).

``ru_maxrss`` is no use for it: a process that is started from a large one is said to have been as large.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

EVERY = 0.02
"""Seconds between two looks at the children."""


def peak(pid: int | str = "self") -> float:
    """Megabytes; 0 for a process that is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    said = status.partition("VmHWM:")[2].split()
    return int(said[0]) / 1024 if said else 0.0


class Peak:
    """Within the block, this process and those that it starts; ``megabytes`` is the sum of the largest size of each."""

    megabytes = 0.0

    def __enter__(self) -> Self:
        self._children: dict[str, float] = {}
        self._over = threading.Event()
        self._looking = threading.Thread(target=self._look, daemon=True)
        self._looking.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        self._looking.join()
        self.megabytes = peak() + sum(self._children.values())

    def _look(self) -> None:
        while not self._over.is_set():
            for task in Path("/proc/self/task").glob("*/children"):
                for child in task.read_text(encoding="ascii").split():
                    # the last figure is the largest; what was seen before its own program began is forgotten so
                    self._children[child] = peak(child) or self._children.get(child, 0.0)
            time.sleep(EVERY)
