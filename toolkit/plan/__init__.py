"""The intended change: compiled from inventory and decisions, written canonically, bound, approved."""
