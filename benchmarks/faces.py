"""Faces found, missed and seen where there are none: FER2013's test portraits on plain grounds and on photos."""

import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image

from core.data.cache import load
from core.data.catalogue import dataset
from core.errors import DataError
from core.pictures import faces
from core.pictures.box import Box

SIZE = (640, 480)
SIDES = (80, 120, 200, 320)  # pixels of a portrait, which is a little wider than the face
EACH = 72  # portraits of each emotion; FER2013 has only 55 test pictures of disgust
PHOTOS = 500  # without a face
OVERLAP = 0.35  # intersection over union from which a box counts as found: a box is smaller than a portrait


@dataclass
class Count:
    """What came of so many pictures with one portrait each."""

    portraits: int = 0
    found: int = 0
    false: int = 0

    def take(self, boxes: list[Box], portrait: Box) -> None:
        hits = [overlap(box, portrait) >= OVERLAP for box in boxes]
        self.portraits += 1
        self.found += any(hits)
        self.false += len(hits) - sum(hits)


def rows() -> Iterator[dict]:
    try:
        test, photos = load(dataset("fer2013")).test, load(dataset("cifar10")).test.images
    except DataError as missing:
        print(f"benchmarks faces: left out. {missing}", file=sys.stderr)
        return
    random = np.random.default_rng(0)
    chosen = [np.flatnonzero(test.labels == label) for label in np.unique(test.labels)]
    portraits = test.images[np.concatenate([random.permutation(one)[:EACH] for one in chosen])][..., 0]
    times: list[float] = []
    every = Count()
    for side in SIDES:
        count = Count()
        for number, pixels in enumerate(portraits):
            picture = _ground(photos, random) if number % 2 else _plain(random)
            portrait = _paste(picture, pixels, side, random)
            boxes = _timed(picture, times)
            count.take(boxes, portrait)
            every.take(boxes, portrait)
        yield _share(f"faces found: portraits of {side} pixels in 640×480", count.found, count.portraits)
    yield _share("false boxes a picture with one portrait, all sizes", every.false, every.portraits)
    alarms = sum(bool(_timed(_ground(photos, random), times)) for _ in range(PHOTOS))
    yield _share("photos without a face (CIFAR-10, enlarged) in which one is seen", alarms, PHOTOS)
    whole = sum(bool(faces.find(pixels)) for pixels in portraits)
    yield _share("faces found: the 48×48 pictures of FER2013 as they are", whole, len(portraits))
    yield _milliseconds("looking for faces in 640×480, one core", times)
    small: list[float] = []
    for _ in range(100):
        _timed(_ground(photos, random), small, longest=480)
    yield _milliseconds("looking for faces in 640×480, brought to 480 pixels", small)


def overlap(one: Box, other: Box) -> float:
    """Intersection over union of two boxes, 0.0 to 1.0."""
    wide = min(one.corners[2], other.corners[2]) - max(one.left, other.left)
    high = min(one.corners[3], other.corners[3]) - max(one.top, other.top)
    shared = max(0, wide) * max(0, high)
    return shared / (one.width * one.height + other.width * other.height - shared)


def _plain(random: np.random.Generator) -> Image.Image:
    return Image.new("RGB", SIZE, tuple(int(value) for value in random.integers(30, 226, 3)))


def _ground(photos: np.ndarray, random: np.random.Generator) -> Image.Image:
    photo = Image.fromarray(np.asarray(photos[random.integers(len(photos))]))
    return photo.resize(SIZE, Image.Resampling.BICUBIC)


def _paste(picture: Image.Image, pixels: np.ndarray, side: int, random: np.random.Generator) -> Box:
    left, top = int(random.integers(0, SIZE[0] - side + 1)), int(random.integers(0, SIZE[1] - side + 1))
    picture.paste(Image.fromarray(pixels).resize((side, side), Image.Resampling.BICUBIC), (left, top))
    return Box(left, top, side, side)


def _timed(picture: Image.Image, times: list[float], longest: int = faces.LONGEST) -> list[Box]:
    began = time.perf_counter()
    boxes = faces.find(picture, longest)
    times.append(1000 * (time.perf_counter() - began))
    return boxes


def _share(name: str, some: int, of: int) -> dict:
    return {
        "name": name,
        "ours": round(100 * some / of, 1),
        "peer": None,
        "unit": "%",
        "ratio": None,
        "spread": f"{some} of {of}",
        "command": "python -m benchmarks faces",
    }


def _milliseconds(name: str, times: list[float]) -> dict:
    low, high = np.percentile(times, [5, 95])
    return {
        "name": name,
        "ours": round(statistics.median(times), 1),
        "peer": None,
        "unit": "ms",
        "ratio": None,
        "spread": f"{low:.1f}–{high:.1f} ms (5th to 95th percentile), {len(times)} times",
        "command": "python -m benchmarks faces",
    }
