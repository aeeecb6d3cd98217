"""What is due when: calendar entries of an inventory, iCalendar files, and the plan of a supported event (SD-5 §5)."""
