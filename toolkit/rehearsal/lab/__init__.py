"""The host lab: real Debian machines in containers, generated from the inventory, wired inside one network namespace."""

from toolkit.rehearsal.lab.lifecycle import console, console_commands, host_bindings, up
from toolkit.rehearsal.lab.prerequisites import Gap, prerequisites
from toolkit.rehearsal.lab.state import LabState, load
from toolkit.rehearsal.lab.teardown import down, leftovers
from toolkit.rehearsal.lab.topology import Topology

__all__ = [
    "Gap",
    "LabState",
    "Topology",
    "console",
    "console_commands",
    "down",
    "host_bindings",
    "leftovers",
    "load",
    "prerequisites",
    "up",
]
