"""Frozen nouns of the flow: inventory, decision, plan, bindings, run, event. No I/O."""
