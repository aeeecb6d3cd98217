"""The rules that an inventory is held to: ``registry`` names all, one module per section of the service checks its own.

A module offers ``HEADER`` (rules on everything but the components), ``COMPONENT`` (on one component under a header) and
``ACROSS`` (on one component and those that it names); ``judge`` gathers them.
"""

from toolkit.inventory.rules.registry import RULES, Rule

__all__ = ["RULES", "Rule"]
