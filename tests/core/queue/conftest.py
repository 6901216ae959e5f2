"""The fixtures that the tests of this folder share."""

from tests.core.queue.made import executor

__all__ = ["executor"]
