"""The fixtures that the tests of this folder share."""

from tests.core.inside.explanations.made import built

__all__ = ["built"]
