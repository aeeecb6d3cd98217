"""The stand-in AWS account: moto in a process of its own, with the gaps filled that our stacks would fall into.

``launch`` starts and stops the process, ``control`` is the client of its control socket; ``server`` and the
``fill_*`` modules run inside the process only.
"""

from toolkit.rehearsal.world.control import WorldControl
from toolkit.rehearsal.world.launch import World, find_world, start_world

__all__ = ["World", "WorldControl", "find_world", "start_world"]
