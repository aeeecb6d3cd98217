"""The world's control socket: one JSON object per line in, one out. Its folder's mode keeps everyone else away."""

from __future__ import annotations

import json
import os
import socketserver
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from toolkit.rehearsal.world.control import count_orders
from toolkit.rehearsal.world.faults import Faults
from toolkit.rehearsal.world.objects import Objects


class ControlServer:
    """Answers ``{"do": name, …}`` on a unix socket, each connection in a thread of its own.

    ``orders`` is the file that keeps every order of a fault or corruption, one JSON object per line.
    """

    def __init__(self, path: Path, *, orders: Path, faults: Faults, objects: Objects, stop: threading.Event) -> None:
        self._faults = faults
        self._objects = objects
        self._stop = stop
        self._orders = orders
        self._actions: dict[str, Callable[[dict[str, Any]], Any]] = {
            "ping": lambda _: {"account": objects.account, "region": objects.region, "pid": os.getpid()},
            "fault": self._fault,
            "wait": self._wait,
            "release": lambda asked: faults.lift(asked.get("id")),
            "committed": self._committed,
            "corrupt": self._corrupt,
            "look": lambda asked: objects.look(asked["service"], asked["path"]),
            "dump": lambda _: objects.live(),
            "count": lambda _: objects.count_by_owner(),
            "ordered": lambda _: count_orders(orders),
            "stop": lambda _: stop.set(),
        }
        answer = self.answer

        class Line(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                for line in self.rfile:
                    self.wfile.write(json.dumps(answer(line)).encode() + b"\n")
                    self.wfile.flush()

        class Server(socketserver.ThreadingUnixStreamServer):
            daemon_threads = True

        path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            self._server = Server(str(path), Line)
        finally:
            os.umask(before)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def answer(self, line: bytes) -> dict[str, Any]:
        """``{"ok": result}`` or ``{"error": text}`` for one request line."""
        try:
            asked = json.loads(line)
            return {"ok": self._actions[asked["do"]](asked)}
        except (KeyError, ValueError, TypeError, AttributeError, OSError) as error:
            return {"error": f"{type(error).__name__}: {error}"}

    def _fault(self, asked: dict[str, Any]) -> int:
        if asked["action"] not in ("hold", "fail", "lose"):
            raise ValueError("action is hold, fail or lose")
        self._keep_order(asked)
        return self._faults.order(asked["action"], asked["target"], int(asked.get("nth", 1))).id

    def _keep_order(self, asked: dict[str, Any]) -> None:
        """Before it takes effect, and never taken back: what a run proves in a meddled world is worth less.

        In a file, because the world may be killed and started again before the run ends.
        """
        # One write with O_APPEND per order: concurrent lines never mix.
        descriptor = os.open(self._orders, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, json.dumps(asked).encode() + b"\n")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _wait(self, asked: dict[str, Any]) -> dict[str, Any] | None:
        fault = self._faults.get(asked["id"])
        if fault is None:
            raise ValueError(f"no fault {asked['id']} stands")
        return fault.facts if fault.reached.wait(float(asked["seconds"])) else None

    def _committed(self, asked: dict[str, Any]) -> None:
        self._faults.committed(asked["target"], asked.get("facts", {}))

    def _corrupt(self, asked: dict[str, Any]) -> Any:
        self._keep_order(asked)
        return self._objects.corrupt(
            asked["service"], asked["path"], value=asked.get("value"), remove=bool(asked.get("remove", False))
        )
