"""Runs in one file: taken along from the Runs page, and opened there."""
