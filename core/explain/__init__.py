"""The explanations: one file each, found by its name. See `core/inside/explanation.py` for what an explanation is."""
