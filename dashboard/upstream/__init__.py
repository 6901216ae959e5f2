"""Faults of libraries, mended from outside: one file each."""
