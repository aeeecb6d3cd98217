"""Safe corrections: found from problems, made in the text of a YAML or JSON file without touching anything else."""

from __future__ import annotations

from toolkit.inventory.mending.mended import SUFFIXES, Edit, Mended, edits_of, mend

__all__ = ["SUFFIXES", "Edit", "Mended", "edits_of", "mend"]
