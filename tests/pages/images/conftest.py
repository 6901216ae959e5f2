"""The fixtures that the tests of this folder share."""

from tests.pages.images.made import fresh, pet_shop, store

__all__ = ["fresh", "pet_shop", "store"]
