"""The fixtures that the tests of this folder share."""

from tests.core.export.export.made import plain, rich

__all__ = ["plain", "rich"]
