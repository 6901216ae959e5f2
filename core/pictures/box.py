"""A part of a picture, in pixels."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Box:
    """left and top count from the picture's upper left corner; all in pixels of the upright picture."""

    left: int
    top: int
    width: int
    height: int

    @property
    def corners(self) -> tuple[int, int, int, int]:
        """left, top, right, bottom: as Pillow's `crop` wants them."""
        return self.left, self.top, self.left + self.width, self.top + self.height

    def is_whole(self, size: tuple[int, int]) -> bool:
        """Whether it is all of a picture of (width, height)."""
        return self == Box(0, 0, *size)
