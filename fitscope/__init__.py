"""Fitscope as a package: what is installed lies inside this folder, under one name."""

__version__ = "0.2.0"
