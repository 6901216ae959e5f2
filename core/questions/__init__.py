"""Questions that many runs answer, one file each, found by its name. What a file says: `core/experiments/kind.py`."""
