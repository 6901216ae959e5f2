"""Experiments: questions that many runs answer, one file each, found by its name. See `core/experiments/kind.py`."""
