"""The datasets: one file each, found by its name. See `core/dataset.py` for what a dataset is."""
