"""The fixtures that the tests of this folder share."""

from tests.core.data.reading.importing.made import imported, place, scratch

__all__ = ["imported", "place", "scratch"]
