"""Client of a world's control socket: faults, corruption past every provider, counts by ownership tag."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any, Literal

from toolkit.errors import OnboardError


def count_orders(orders: Path) -> int:
    """How many faults and corruptions a world's file of orders holds; 0 where none was ever ordered.

    The file outlives the world's process: a world that was started again still knows what was done to it.
    """
    try:
        return orders.read_bytes().count(b"\n")
    except FileNotFoundError:
        return 0


class WorldControl:
    """Speaks to one running world; each call opens a connection of its own, so that a held one blocks nobody else."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def ask(self, do: str, *, timeout: float | None = 30.0, **facts: Any) -> Any:
        """One request; ``timeout`` in seconds (None: for ever). Raises OnboardError where the world refuses or is gone."""
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(timeout)
                connection.connect(str(self.path))
                connection.sendall(json.dumps({"do": do, **facts}).encode() + b"\n")
                with connection.makefile("rb") as stream:
                    line = stream.readline()
        except OSError as error:
            raise OnboardError(
                f"the rehearsal's world does not answer: {error}", fix="start a new rehearsal: onboard rehearse"
            ) from error
        if not line:
            raise OnboardError("the rehearsal's world closed the connection")
        answer = json.loads(line)
        if "error" in answer:
            raise OnboardError(f"the rehearsal's world refused {do}: {answer['error']}")
        return answer["ok"]

    def ping(self) -> dict[str, Any]:
        """Account, region and pid of the world."""
        found: dict[str, Any] = self.ask("ping", timeout=5)
        return found

    def fault(self, action: Literal["hold", "fail", "lose"], target: str, *, nth: int = 1) -> int:
        """Order a fault on the ``nth`` coming ``target`` (``ec2:CreateVpc`` or ``aws:ec2/vpc:Vpc``); returns its number.

        ``hold`` withholds the reply after the effect is in the world; ``fail`` refuses an API operation; ``lose``
        answers success without an effect. A resource type can only be held.
        """
        return int(self.ask("fault", action=action, target=target, nth=nth))

    def wait(self, fault: int, *, seconds: float = 60.0) -> dict[str, Any] | None:
        """Facts of the occurrence once the fault was reached, or None after ``seconds``."""
        facts: dict[str, Any] | None = self.ask("wait", id=fault, seconds=seconds, timeout=seconds + 10)
        return facts

    def release(self, fault: int | None = None) -> int:
        """Lift one fault or all; withheld replies go out. How many were lifted."""
        return int(self.ask("release", id=fault))

    def committed(self, target: str, facts: dict[str, Any]) -> None:
        """The stand-in's word that a resource is complete; returns when no hold on it stands (any more)."""
        self.ask("committed", target=target, facts=facts, timeout=None)

    def corrupt(self, service: str, path: list[Any], value: Any = None, *, remove: bool = False) -> Any:
        """Set or remove what ``path`` leads to in moto's store of ``service``; returns what stood there."""
        return self.ask("corrupt", service=service, path=path, value=value, remove=remove)

    def look(self, service: str, path: list[Any]) -> Any:
        """Names and simple values at a path of moto's store."""
        return self.ask("look", service=service, path=path)

    def dump(self) -> list[dict[str, Any]]:
        """Every live object with an ownership tag: service, collection, id, tags."""
        found: list[dict[str, Any]] = self.ask("dump")
        return found

    def count(self) -> dict[str, int]:
        """Live objects per ownership tag (the resource's URN)."""
        found: dict[str, int] = self.ask("count")
        return found

    def ordered(self) -> int:
        """How many faults and corruptions were ordered since the world was made, lifted and mended ones included."""
        return int(self.ask("ordered"))

    def stop(self) -> None:
        """Ask the world's process to end."""
        self.ask("stop")
