"""Service levels: records of a month → availability, restore and change times, credits, each with what made it (SD-1 §1.10)."""
