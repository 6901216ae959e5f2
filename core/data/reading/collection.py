"""What the readers of an import fill: pixels in a file on the disk; class, split, name and size of each beside them."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Literal

import numpy as np
from PIL import Image

from core.data.reading.decode import as_grey_or_rgb
from core.data.reading.folders.class_folders import Place, Split
from core.data.reading.understanding import Understanding
from core.errors import FitscopeError
from core.files import writing_to
from core.pictures.preprocessing import Fit, fit_picture
from core.pictures.resize import SMALLEST
from core.progress import Progress

Colour = Literal["auto", "grey", "rgb"]

SAMPLED = 100  # pictures that are looked at before a size and the colour are chosen
USUAL_SIZE = 64  # pixels a side where they differ, or are larger; a lesson on more takes too long


@dataclass(frozen=True)
class Wanted:
    """How the pictures of a dataset shall be: size 0, colour "auto" and white None leave it to what is found."""

    size: int = 0
    fit: Fit = "pad"
    colour: Colour = "auto"
    white: int | None = None


@dataclass(frozen=True)
class RefusedFile:
    """A file, a row of a table or a class that is left out; its reason is a template and the values in it."""

    file: str
    template: str
    values: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, file: str, reason: FitscopeError) -> "RefusedFile":
        return cls(file, reason.template, reason.values)

    @property
    def reason(self) -> str:
        return self.template.format(**self.values)


class Collection:
    """Labelled pictures as they come in.

    labels, splits, names, sizes   one for each picture; sizes are (width, height) as found
    refused                        what was left out
    mentioned                      all names of classes that were met, also of those without a usable picture
    order                          the classes in the order that their owner gave; empty where none was given
    understanding                  what was asked about the files, and what was answered
    white                          the number that is white in what was read; None where all of it has 8 bits
    """

    def __init__(self, file: Path, wanted: Wanted, understanding: Understanding | None = None):
        self.file, self.wanted, self.understanding = file, wanted, understanding or Understanding()
        self.size = self.channels = 0
        self.labels: list[str] = []
        self.splits: list[Split | None] = []
        self.names: list[str] = []
        self.sizes: list[tuple[int, int]] = []
        self.refused: list[RefusedFile] = []
        self.mentioned: set[str] = set()
        self.order: tuple[str, ...] = ()
        self.white: int | None = None
        self._stream: BinaryIO | None = None

    def __enter__(self) -> "Collection":
        with writing_to(self.file):
            self._stream = open(self.file, "wb")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        with writing_to(self.file):
            if self._stream:
                self._stream.close()

    def settle(self, sample: Iterable[Image.Image]) -> None:
        """Chooses size and colour, where that was left open; each sampled picture has its size in `info["found"]`."""
        looked_at = [(picture.info["found"], _is_grey(picture)) for picture in sample]  # one in memory at a time
        self.size = self.wanted.size or _common_size({size for size, _ in looked_at})
        all_grey = bool(looked_at) and all(grey for _, grey in looked_at)
        self.channels = {"auto": 1 if all_grey else 3, "grey": 1, "rgb": 3}[self.wanted.colour]

    def add(self, picture: Image.Image, name: str, place: Place) -> None:
        """One picture from `open_picture`; it goes to the disk."""
        self._write(fit_picture(picture, self.size, self.channels, self.wanted.fit))
        self._note([name], [place], picture.info["found"])

    def add_block(self, images: np.ndarray, names: Sequence[str], places: Sequence[Place]) -> None:
        """Images (n, height, width, channels) uint8, with 1, 3 or 4 channels."""
        if images.shape[1:3] == (self.size, self.size) and images.shape[3] == self.channels:
            self._write(images)
        else:
            for image in images:
                self._write(fit_picture(as_picture(image), self.size, self.channels, self.wanted.fit))
        self._note(names, places, (images.shape[2], images.shape[1]))

    def refuse(self, file: str, reason: FitscopeError) -> None:
        self.refused.append(RefusedFile.of(file, reason))

    def _write(self, pixels: np.ndarray) -> None:
        assert self._stream
        with writing_to(self.file):
            self._stream.write(np.ascontiguousarray(pixels).data)

    def _note(self, names: Sequence[str], places: Sequence[Place], size: tuple[int, int]) -> None:
        self.names += names
        self.labels += [place.label for place in places]
        self.splits += [place.split for place in places]
        self.sizes += [size] * len(names)


class Paced:
    """A `Progress` that is passed on ten times a second, however often it is called."""

    def __init__(self, progress: Progress):
        self._progress, self._last, self._what = progress, 0.0, ""

    def __call__(self, what: str, fraction: float) -> None:
        now = time.monotonic()
        if what != self._what or fraction >= 1 or now - self._last > 0.1:
            self._last, self._what = now, what
            self._progress(what, fraction)


def as_picture(image: np.ndarray) -> Image.Image:
    """An image (height, width, 1 | 3 | 4) uint8 as a picture, "L" or "RGB"."""
    height, width, channels = image.shape
    picture = as_grey_or_rgb(Image.fromarray(image[..., 0] if channels == 1 else image))
    picture.info = {"found": (width, height)}
    return picture


def spread(n: int) -> list[int]:
    """The positions to sample of n: at most SAMPLED, evenly spread."""
    return np.unique(np.linspace(0, n - 1, min(n, SAMPLED)).astype(int)).tolist() if n else []


def _common_size(sizes: set[tuple[int, int]]) -> int:
    """The longer side that all have, where it is small enough to be kept."""
    longer = {max(size) for size in sizes}
    return longer.pop() if len(sizes) == 1 and SMALLEST <= max(longer) <= USUAL_SIZE else USUAL_SIZE


def _is_grey(picture: Image.Image) -> bool:
    if picture.mode == "L":
        return True
    pixels = np.asarray(picture)
    return bool((pixels == pixels[..., :1]).all())
