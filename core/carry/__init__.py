"""Runs in one file: carried to another machine, and opened there as if somebody meant harm."""
