"""The fixtures that the tests of this folder share."""

from tests.pages.mistakes.made import fresh, store

__all__ = ["fresh", "store"]
