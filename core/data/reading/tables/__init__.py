"""Pictures as numbers: tables of pixels, NumPy arrays, IDX files."""
