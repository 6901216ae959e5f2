"""The fixtures that the tests of this folder share."""

from tests.core.runs.store.made import sleeper

__all__ = ["sleeper"]
