"""Which pictures show the same thing, though not pixel for pixel: re-saved, brighter, resized or moved by a pixel.

A perceptual hash finds pairs that might, in seconds; then their pixels decide, for the hashes of many different
handwritten ones are equal.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from imagehash import phash
from PIL import Image

from core.progress import Progress, silent

# Measured by planting changed copies among MNIST, Fashion-MNIST, CIFAR-10 and FER2013, and by looking at the pairs that
# were found beside them. "Others" are pairs of different pictures.
DISTANCE = 4  # bits of 64: 93–100 % of the planted copies are that close, and 1 in 4,000 of MNIST's others
THUMBNAIL = 0.98  # correlation of 8×8 thumbnails in colour: 95 % of the planted copies lie above 0.988
SOFT = 0.998  # correlation of softened pictures: 90–100 % of those re-saved as JPEG reach it, MNIST's others 0.9975
RESIZED = 0.99  # of a picture with a softened one: 90–100 % of those resized to 70 % reach it, and one of MNIST's
CONTRAST = 4 / 3  # times as much at most, which rules out that one pair, a thin 1 and a thick one, …
BRIGHTNESS = 32  # … and grey levels brighter at most: a shirt in a much lighter shade is no copy

SIDE = 32  # pixels: larger pictures are compared at this size
SHIFTS = ((0, 0), (1, 0), (0, 1))  # pixels down and right; the opposite ones come with the pair turned round

# Bounds, for pictures that all look alike: 70,000 noisy copies of one take two minutes. The pairs that stay need not be
# the copies; among the 7,877 MNIST ones as many copies are found as without the last bound.
MOST_HASHES = 500  # pairs of one picture that the hash finds …
MOST_NEAR = 2**15  # … and of all pictures in one block, if that is more
MOST_THUMBNAILS = 20  # pairs of one picture that the thumbnails leave

BLOCK = 128  # pictures hashed between two reports of progress: 10 ms
PAIRS = 2**18  # hashes compared at a time: 2 MB of differences, 0.3 ms
CHUNK = 512  # pairs of pictures compared at a time

Take = Callable[[np.ndarray], np.ndarray]
"""Sorted numbers of pictures -> those pictures, (some, height, width, channels) uint8."""


def near_copies(take: Take, numbers: np.ndarray, progress: Progress = silent) -> np.ndarray:
    """Pairs (m, 2) int64 of those `numbers` (sorted) whose pictures are nearly the same.

    Reports progress several times a second. All pairs of hashes are compared: 14 s for 70,000 pictures, four times
    as long for twice as many. Needs at most 2.6 kB a grey picture and 3.6 kB a coloured one.
    """
    if len(numbers) < 2:
        return np.empty((0, 2), np.int64)
    pairs_of: list[np.ndarray] = []
    still = _looks(take, numbers, SHIFTS[0], _part(progress, 0))
    for step, shift in enumerate(SHIFTS):
        moved = _looks(take, numbers, shift, _part(progress, step)) if step else still
        pairs = np.concatenate(list(_alike(moved, still, _part(progress, step))))
        pairs_of.append(pairs[_confirmed(moved, still, pairs, _part(progress, step))])
    return numbers[np.concatenate(pairs_of)]


def new_beside(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Which pictures of a burst show something new, (m,) bool: those that are no near copy of an earlier one.

    before  (n, height, width, channels) uint8, those that are there already
    after   (m, height, width, channels) uint8, in the order in which they were taken
    """
    both = np.concatenate([before, after])
    pairs = near_copies(lambda numbers: both[numbers], np.arange(len(both)))
    new = np.ones(len(both), bool)
    for place in range(len(before), len(both)):
        alike = np.concatenate([pairs[pairs[:, 0] == place, 1], pairs[pairs[:, 1] == place, 0]])
        new[place] = not new[alike[alike < place]].any()
    return new[len(before) :]


@dataclass(frozen=True)
class _Looks:
    """What is compared of each picture.

    hashes      (n,) uint64, 64 bits each        grey  (n, ≤ 32, ≤ 32) uint8
    thumbnails  (n, 64·channels) float32, mean 0 and length 1, so that a product of two is their correlation
    """

    hashes: np.ndarray
    thumbnails: np.ndarray
    grey: np.ndarray


def _looks(take: Take, numbers: np.ndarray, shift: tuple[int, int], progress: Progress) -> _Looks:
    """Those of the pictures moved by some pixels, the edge pixels going on."""
    height, width, channels = take(numbers[:1]).shape[1:]
    n, small = len(numbers), (min(width, SIDE), min(height, SIDE))
    hashes, grey = np.empty((n, 8), np.uint8), np.empty((n, small[1], small[0]), np.uint8)
    thumbnails = np.empty((n, 64 * channels), np.float32)
    for start in range(0, n, BLOCK):
        progress("Looking at the pictures", 0.5 * start / n)
        for row, image in enumerate(_moved(take(numbers[start : start + BLOCK]), shift), start):
            picture = Image.fromarray(image[..., 0] if channels == 1 else image)
            shades = picture.convert("L")
            hashes[row] = np.packbits(phash(shades).hash)
            grey[row] = shades.resize(small, Image.Resampling.BOX)
            thumbnails[row] = np.asarray(picture.resize((8, 8), Image.Resampling.BOX)).ravel()
        thumbnails[start : start + BLOCK] = _standardised(thumbnails[start : start + BLOCK])
    return _Looks(hashes.view(np.uint64)[:, 0], thumbnails, grey)


def _moved(images: np.ndarray, shift: tuple[int, int]) -> np.ndarray:
    down, right = shift
    height, width = images.shape[1:3]
    return np.pad(images, ((0, 0), (down, 0), (right, 0), (0, 0)), "edge")[:, :height, :width]


def _alike(moved: _Looks, still: _Looks, progress: Progress) -> Iterator[np.ndarray]:
    """Pairs (some, 2) with close hashes and thumbnails: first a moved picture, then one that is not."""
    n = len(still.hashes)
    rows = max(1, PAIRS // n)
    for start in range(0, n, rows):
        progress("Comparing the pictures", 0.5 + 0.4 * start / n)
        first = start if moved is still else 0
        distance = np.bitwise_count(moved.hashes[start : start + rows, None] ^ still.hashes[None, first:])
        near = _near(distance)
        one, other = near // distance.shape[1] + start, near % distance.shape[1] + first
        new = one < other if moved is still else one != other
        pairs, far = np.stack([one, other], axis=1)[new], distance.ravel()[near][new]
        pairs = pairs[_lowest(pairs[:, 0], far, MOST_HASHES)]
        alike = np.einsum("ij,ij->i", moved.thumbnails[pairs[:, 0]], still.thumbnails[pairs[:, 1]])
        pairs, alike = pairs[alike >= THUMBNAIL], alike[alike >= THUMBNAIL]
        yield pairs[_lowest(pairs[:, 0], -alike, MOST_THUMBNAILS)]


def _near(distance: np.ndarray) -> np.ndarray:
    """Positions of the distances (rows, n) that are small enough, or of an even choice where they are too many."""
    most = max(MOST_NEAR, MOST_HASHES * len(distance))
    near = np.flatnonzero(distance <= DISTANCE)
    return near[:: max(1, -(-len(near) // most))]


def _lowest(rows: np.ndarray, scores: np.ndarray, most: int) -> np.ndarray:
    """Positions of the `most` lowest scores of each row."""
    order = np.lexsort((scores, rows))
    sorted_rows = rows[order]
    rank = np.arange(len(rows)) - np.searchsorted(sorted_rows, sorted_rows)
    return order[rank < most]


def _confirmed(moved: _Looks, still: _Looks, pairs: np.ndarray, progress: Progress) -> np.ndarray:
    """Which pairs have the same pixels, (m,) bool; what a shift brings in at the edges is left out."""
    inside = slice(None) if moved is still else slice(2, -2)
    same = np.empty(len(pairs), bool)
    for start in range(0, len(pairs), CHUNK):
        progress("Comparing pictures that look alike", 0.9 + 0.1 * start / len(pairs))
        one, other = pairs[start : start + CHUNK].T
        same[start : start + CHUNK] = _same(moved.grey[one], still.grey[other], inside)
    return same


def _same(one: np.ndarray, other: np.ndarray, inside: slice) -> np.ndarray:
    """Whether each of some grey pictures (m, height, width) uint8 is nearly the one beside it, (m,) bool."""
    a, b = one.astype(np.float32), other.astype(np.float32)
    a, soft_a, b, soft_b = (x[:, inside, inside].reshape(len(x), -1) for x in (a, _softened(a), b, _softened(b)))
    brighter = np.abs(soft_a.mean(axis=1) - soft_b.mean(axis=1))
    contrast = np.log(np.maximum(soft_a.std(axis=1), 1) / np.maximum(soft_b.std(axis=1), 1))
    a, soft_a, b, soft_b = map(_standardised, (a, soft_a, b, soft_b))
    resaved = (soft_a * soft_b).sum(axis=1) >= SOFT
    resized = np.maximum((soft_a * b).sum(axis=1), (a * soft_b).sum(axis=1)) >= RESIZED
    return (resaved | resized) & (brighter <= BRIGHTNESS) & (np.abs(contrast) <= np.log(CONTRAST))


def _softened(images: np.ndarray) -> np.ndarray:
    """Pictures (m, height, width) float32 through the filter 1 2 1 in both directions."""
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1)), "edge")
    padded = padded[:, :-2] + 2 * padded[:, 1:-1] + padded[:, 2:]
    return (padded[:, :, :-2] + 2 * padded[:, :, 1:-1] + padded[:, :, 2:]) / 16


def _standardised(values: np.ndarray) -> np.ndarray:
    """Rows (m, k) of numbers as float32 with mean 0 and length 1; all 0 where they do not differ."""
    centred = values.astype(np.float32) - values.mean(axis=1, keepdims=True, dtype=np.float32)
    return centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-6)


def _part(progress: Progress, step: int) -> Progress:
    """The progress of one shift as that of all of them."""
    return lambda what, fraction: progress(what, (step + fraction) / len(SHIFTS))
