"""The screen of a dataset's images."""
