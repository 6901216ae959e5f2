"""The fixtures that the tests of this folder share."""

from tests.core.data.datasets.made import name, register, toy

__all__ = ["name", "register", "toy"]
