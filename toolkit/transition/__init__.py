"""Where a customer stands in the transition of its service: what holds at each gate, what is missing, whose turn it is."""
