"""A picture -> where its faces are, and each of them cut out the way the pictures of FER2013 are.

The detector is dlib's (histograms of gradients, five views of a face), whose weights are part of its package. Tried on
portraits of FER2013 (test images) 80 to 320 pixels wide, on plain grounds and enlarged photos of 640×480 (n = 203 × 8
for dlib, 105 × 8 for the others), and on photos of CIFAR-10 without any (n = 400, 200):

                                             found  false boxes      photos with   time
                                                    per 1,000        a false one
    dlib, as set here                      86–92 %     37               3 %        24 ms
    dlib, score above 0, not enlarged      70–80 %     10               0 %        14 ms
    OpenCV 4.14's Haar cascades, 4 tried   41–80 %     13–76            2–14 %     36–53 ms
    BlazeFace, 5 networks, 4 thresholds     0–92 %     10–152           0–44 %     2–7 ms

The cascades find less and take longer; BlazeFace finds large faces as well as dlib does, but loses the small ones or
sees faces in fur. `python -m benchmarks faces` repeats the first line.
"""

import functools
import threading
from typing import Any

import numpy as np
from PIL import Image

from core.errors import FitscopeError
from core.pictures.box import Box
from core.pictures.preprocessing import FILTER, REDUCING_GAP

LONGEST = 800  # pixels: the detector's smallest face has 80, so a tenth of the picture's longer side is found
ENLARGED = 5  # times at most: a picture of FER2013 has 48 pixels
EDGE = 24  # pixels repeated around the picture: faces that fill it are found more often (0.90 instead of 0.86)
MOST = 20  # faces of one picture

# The detector's own score of a box. With three portraits in a picture, 76 % are found (272 of 360) with 6 false boxes
# at its default, 0, and 88 % (315) with 12 at this one.
LEAST = -0.4

# Of 1,731 training pictures of FER2013 placed at random and found again, these give the crops that overlap most with
# the pictures as published: 0.75 on average (intersection over union), 0.67 for the bare box.
MARGIN = 0.075  # on each side, as a fraction of the box
RAISED = 0.07  # the crop's middle lies above the box's, as a fraction of the box


def find(picture: Image.Image | np.ndarray, longest: int = LONGEST, most: int = MOST) -> list[Box]:
    """The faces in a picture, the largest first; none is an empty list. Raises FitscopeError without dlib.

    picture  upright, of mode "L" or "RGB", or uint8 (height, width) or (height, width, 3)
    longest  pixels that its longer side is brought to: faces below 80 of these are not found, and the time grows with
             the square (800: 25 ms for 640×480; 480: 9 ms)
    """
    if isinstance(picture, np.ndarray):
        picture = Image.fromarray(picture)
    scale = min(ENLARGED, longest / max(picture.size))
    width, height = (max(1, round(side * scale)) for side in picture.size)
    grey = picture.convert("L").resize((width, height), FILTER, reducing_gap=REDUCING_GAP)
    boxes = [_in_picture(box, scale, picture.size) for box in _detected(np.pad(np.asarray(grey), EDGE, mode="edge"))]
    return sorted((box for box in boxes if box), key=lambda box: box.width * box.height, reverse=True)[:most]


def crop(picture: Image.Image, box: Box, margin: float = MARGIN) -> Image.Image:
    """A face as the pictures of FER2013 show it: a square around its box, always of real pixels.

    margin  added on each side, as a fraction of the box. At the border of the picture the square is moved inwards.
    """
    larger = max(box.width, box.height)
    side = max(1, min(round(larger * (1 + 2 * margin)), *picture.size))
    left = round(box.left + (box.width - side) / 2)
    top = round(box.top + (box.height - side) / 2 - RAISED * larger)
    left, top = max(0, min(left, picture.width - side)), max(0, min(top, picture.height - side))
    return picture.crop((left, top, left + side, top + side))


_asking = threading.Lock()  # the detector keeps its pyramid between calls; other Python code runs meanwhile


def _detected(grey: np.ndarray) -> list[Any]:
    """Rectangles of dlib in uint8 (height, width)."""
    with _asking:
        boxes, _scores, _views = _detector().run(grey, 0, LEAST)
    return list(boxes)


@functools.cache
def _detector() -> Any:
    try:
        import dlib
    except ImportError as error:
        raise FitscopeError(
            "Faces cannot be looked for: the package dlib-bin is missing or does not run here ({reason}). Install it "
            "with: pip install dlib-bin",
            reason=error,
        ) from error
    return dlib.get_frontal_face_detector()


def _in_picture(detection: Any, scale: float, size: tuple[int, int]) -> Box | None:
    """In pixels of the picture, clipped to it."""
    edges = [
        (edge - EDGE) / scale
        for edge in (detection.left(), detection.top(), detection.right() + 1, detection.bottom() + 1)
    ]
    left, top = (max(0, round(edge)) for edge in edges[:2])
    right, bottom = (min(whole, round(edge)) for whole, edge in zip(size, edges[2:], strict=True))
    return Box(left, top, right - left, bottom - top) if right > left and bottom > top else None
