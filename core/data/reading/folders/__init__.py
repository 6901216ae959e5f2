"""Pictures in files of their own: where each belongs, by its folders, a table beside it, or its name."""
