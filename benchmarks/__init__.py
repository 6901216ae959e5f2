"""Measured claims and their commands: `make bench` writes results.json and the table in README.md."""
