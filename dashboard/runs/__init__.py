"""What is shown of a run wherever it is shown: its curves, results and finding."""
