"""The stand-in AWS account: moto in a process of its own, with the gaps filled that our stacks would fall into.

``launch`` starts and stops the process, ``control`` is the client of its control socket; ``control_server``,
``faults``, ``objects`` and the ``fill_*`` modules run inside the process only.
"""

from toolkit.rehearsal.world.control import WorldControl, count_orders
from toolkit.rehearsal.world.launch import World, find_world, start_world

__all__ = ["World", "WorldControl", "count_orders", "find_world", "start_world"]
