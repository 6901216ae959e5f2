"""A page to hand in: one file that says what was trained, what was expected, and what happened."""
