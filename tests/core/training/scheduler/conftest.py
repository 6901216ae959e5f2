"""The fixtures that the tests of this folder share."""

from tests.core.training.scheduler.made import executor

__all__ = ["executor"]
