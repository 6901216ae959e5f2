"""The fixtures that the tests of this folder share."""

from tests.core.training.worker.made import finished

__all__ = ["finished"]
