"""From files to the frozen inventory: readers, schema, cross-references, service rules. Entry: ``load``, ``check``."""

from toolkit.inventory.load import Report, check, load
from toolkit.inventory.rules import RULES, Rule

__all__ = ["RULES", "Report", "Rule", "check", "load"]
