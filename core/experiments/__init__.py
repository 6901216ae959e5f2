"""Experiments: questions that many runs answer. What each asks is one file of `core/questions/`, found by its name."""
