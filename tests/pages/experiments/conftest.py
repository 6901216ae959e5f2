"""The fixtures that the tests of this folder share."""

from tests.pages.every.made import engine, executor, store

__all__ = ["engine", "executor", "store"]
