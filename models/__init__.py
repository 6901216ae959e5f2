"""What can be trained: one file per architecture. Knows nothing of runs, files or screens."""
