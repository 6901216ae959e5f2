"""The datasets: one file each, found by its name. See `core/data/dataset.py` for what a dataset is."""
