"""The explanations: one file each, found by its name. See `core/explanation.py` for what an explanation is."""
