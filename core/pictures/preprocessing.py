"""Any picture -> what a network receives: the one place for it, in training, uploads, drawings, camera and exports.

It needs numpy and Pillow and nothing of ours: an exported network carries this very file.
"""

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from PIL import Image

# The triangle filter, which Pillow widens when it shrinks (so it antialiases). All its weights are positive:
# bicubic and Lanczos are a little sharper, but paint dark and light halos along strokes, which a network can learn.
FILTER = Image.Resampling.BILINEAR

REDUCING_GAP = 3.0  # large pictures are first averaged by whole blocks of pixels, down to no less than 3 times the size

FINER = 6  # strokes are measured and moved on a grid so many times finer than the network's
LONGEST = 480  # pixels: a larger drawing is made smaller before its strokes are looked for
FAINT = 24  # grey levels: what differs less from the ground is paper, not ink
SPECK = 0.02  # of all ink: a spot that lies apart and has less is no part of the drawing

Fit = Literal["pad", "crop"]
"""How a picture that is not square becomes one."""


@dataclass(frozen=True)
class Ink:
    """How drawings lie in the pictures of a dataset with a plain ground, as measured on its images.

    ground, level   grey levels 0..255 of the ground and of the full ink: 0 and 255 for MNIST
    extent          longer side of the ink's bounding box, as a fraction of the picture's side
    stroke          width of a stroke, as a fraction of the picture's side; 0 where the things are no strokes
    by_mass         whether the centre of mass lies in the middle (MNIST), else the bounding box does
    """

    ground: int
    level: int
    extent: float
    stroke: float
    by_mass: bool


@dataclass(frozen=True)
class Preprocessing:
    """What the pictures of a network look like. size in pixels a side, channels 1 (grey) or 3 (RGB).

    white  the number that is white in files of more than 8 bits, see `picture_file.open_picture`
    """

    size: int
    channels: int
    fit: Fit = "pad"
    ink: Ink | None = None
    white: int | None = None

    @property
    def useful(self) -> int:
        """Pixels a side beyond which a picture shows no more than it did: what a JPEG has to be decoded to."""
        return LONGEST // 2 if self.ink else self.size

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Preprocessing":
        ink = values.get("ink")
        fit, white = values.get("fit", "pad"), values.get("white")
        return cls(values["size"], values["channels"], fit, Ink(**ink) if ink else None, white)


@dataclass(frozen=True)
class Switches:
    """What may be done to a drawing, so that it looks like those of the dataset; each has no effect without `Ink`.

    polarity   light and dark are turned round where the picture has them the other way
    centre     the ink is cut out, scaled and centred as in the dataset
    stroke     its strokes become as wide as in the dataset
    """

    polarity: bool = True
    centre: bool = True
    stroke: bool = True


ALL_ON = Switches()


@dataclass(frozen=True)
class Seen:
    """What the network receives.

    pixels   (size, size, channels) uint8
    turned   light and dark were turned round
    moved    the ink was cut out and centred
    wider    by how much the strokes were made wider (2.0: twice as wide), 1.0 where they were left alone
    blank    a drawing was expected and no ink was found
    """

    pixels: np.ndarray
    turned: bool = False
    moved: bool = False
    wider: float = 1.0
    blank: bool = False


def see(picture: Image.Image, preprocessing: Preprocessing, switches: Switches = ALL_ON) -> Seen:
    """A picture of mode "L" or "RGB", of any size, as a network receives it.

    A picture that has the network's size and polarity already goes through pixel for pixel.
    """
    if preprocessing.ink is None or switches == Switches(False, False, False):
        return Seen(fit_picture(picture, preprocessing.size, preprocessing.channels, preprocessing.fit))
    return _drawing(picture, preprocessing, preprocessing.ink, switches)


def scaled(images: np.ndarray) -> np.ndarray:
    """Pixels as every network receives them: 0..255 of any type -> 0..1 float32."""
    return np.asarray(images, np.float32) / np.float32(255)


def fit_picture(picture: Image.Image, size: int, channels: int, fit: Fit) -> np.ndarray:
    """A picture of mode "L" or "RGB" -> (size, size, channels) uint8, never stretched.

    fit  "pad" shows all of it on a canvas of its own border colour, "crop" cuts out the middle

    A picture that has this size already goes through pixel for pixel.
    """
    if picture.size != (size, size):
        picture = _cropped(picture, size) if fit == "crop" else _padded(picture, size)
    pixels = np.array(picture.convert("L" if channels == 1 else "RGB"))
    return pixels.reshape(size, size, channels)


def ink_of(grey: np.ndarray) -> tuple[np.ndarray, float]:
    """How far each pixel of a drawing lies from its ground, and on which side.

    grey     (height, width), 0..255, of any lighting: the ground is a plane through the outermost pixels
    returns  (height, width) float32, positive where lighter than the ground; and +1.0 where the ink is lighter,
             -1.0 where it is darker, 0.0 where there is none
    """
    height, width = grey.shape
    rows, columns = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    outer = np.ones((height, width), bool)
    outer[1:-1, 1:-1] = False
    plane = _plane(rows[outer], columns[outer], grey[outer].astype(np.float64))
    apart = (grey - (plane[0] + plane[1] * rows + plane[2] * columns)).astype(np.float32)
    above, below = np.maximum(apart - FAINT, 0).sum(), np.maximum(-apart - FAINT, 0).sum()
    if not above and not below:
        return apart, 0.0
    return apart, 1.0 if above > below else -1.0


def stroke_width(inked: np.ndarray) -> float:
    """Mean width in pixels of the strokes in a mask (height, width) bool; 0.0 where there are none.

    A stroke of width w and length l has the area w·l and the outline 2·l. The outline comes from the crossings of the
    grid's rows and columns, of which a curve of length s in any direction has 4·s/π (Cauchy-Crofton).
    """
    framed = np.pad(inked, 1)
    crossings = np.count_nonzero(framed[1:] != framed[:-1]) + np.count_nonzero(framed[:, 1:] != framed[:, :-1])
    return 2 * np.count_nonzero(inked) / (crossings * math.pi / 4) if crossings else 0.0


def ink_box(ink: np.ndarray) -> tuple[int, int, int, int]:
    """left, top, right, bottom of the ink (height, width) 0..1, without specks."""
    left, right = _span(ink.sum(axis=0))
    top, bottom = _span(ink.sum(axis=1))
    return left, top, right, bottom


def _drawing(picture: Image.Image, preprocessing: Preprocessing, ink: Ink, switches: Switches) -> Seen:
    small = _at_most(picture.convert("L"), LONGEST)
    grey = np.asarray(small, np.float32)
    apart, side = ink_of(grey)
    wanted = 1.0 if ink.level > ink.ground else -1.0
    turned = switches.polarity and side == -wanted
    if picture.size == (preprocessing.size, preprocessing.size) and not turned:
        return Seen(
            fit_picture(picture, preprocessing.size, preprocessing.channels, preprocessing.fit), blank=side == 0.0
        )
    strength = _strength(apart * (side if switches.polarity else wanted), saturate=ink.stroke > 0)
    if strength is None:
        empty = np.full((preprocessing.size, preprocessing.size, preprocessing.channels), ink.ground, np.uint8)
        return Seen(empty, blank=True)
    finer = FINER * preprocessing.size
    if switches.centre:
        left, top, right, bottom = ink_box(strength)
        drawn = _scaled(strength[top:bottom, left:right], ink.extent * finer)
    else:
        drawn = _scaled(strength, finer)
    widened = 1.0
    if switches.stroke and ink.stroke:
        drawn, widened = _with_stroke(drawn, ink.stroke * finer)
    if switches.centre and widened != 1.0:
        left, top, right, bottom = ink_box(drawn)
        drawn = _scaled(drawn[top:bottom, left:right], ink.extent * finer)
    canvas = _placed(drawn, finer, by_mass=switches.centre and ink.by_mass)
    shown = Image.fromarray(canvas).resize((preprocessing.size, preprocessing.size), Image.Resampling.BOX)
    pixels = np.round(ink.ground + np.asarray(shown) * (ink.level - ink.ground)).clip(0, 255).astype(np.uint8)
    return Seen(np.repeat(pixels[..., None], preprocessing.channels, axis=2), turned, switches.centre, widened)


def _strength(lighter: np.ndarray, saturate: bool) -> np.ndarray | None:
    """0 for ground to 1 for full ink, (height, width) float32; None where nothing stands out.

    saturate  strokes have two levels and a soft edge; things have shades, which are kept
    """
    inked = lighter[lighter > FAINT]
    if not len(inked):
        return None
    full = float(np.percentile(inked, 75 if saturate else 99))
    # Below a third of the full ink lies the grain of the paper and the shadow of a hand.
    faint = max(float(FAINT), full / 3) if saturate else FAINT / 2
    strength = np.clip((lighter - faint) / max(full * (0.9 if saturate else 1.0) - faint, 1.0), 0, 1)
    return strength.astype(np.float32)


def _with_stroke(drawn: np.ndarray, wanted: float) -> tuple[np.ndarray, float]:
    """The drawing with strokes about `wanted` pixels wide, and by how much wider they became."""
    width = stroke_width(drawn > 0.5)
    change = round(wanted - width)
    if not width or abs(change) < max(2.0, 0.15 * wanted):
        return drawn, 1.0
    if change < 0:  # a stroke must be left, also where it is thinner than the mean
        change = max(change, -round(0.6 * width))
    reach = abs(change)
    if change > 0:
        drawn = np.pad(drawn, reach // 2 + 1)
    grown = _extreme(_extreme(drawn, reach, 0, change > 0), reach, 1, change > 0)
    return grown, (width + change) / width


def _extreme(values: np.ndarray, reach: int, axis: int, largest: bool) -> np.ndarray:
    """Each value becomes the largest (or smallest) within `reach` + 1 pixels along an axis."""
    before, after = reach // 2, reach - reach // 2
    framed = np.pad(values, [(before, after) if one == axis else (0, 0) for one in (0, 1)])
    windows = np.lib.stride_tricks.sliding_window_view(framed, reach + 1, axis=axis)
    return windows.max(axis=-1) if largest else windows.min(axis=-1)


def _placed(drawn: np.ndarray, side: int, by_mass: bool) -> np.ndarray:
    """The drawing in the middle of a square canvas: its centre of mass, or its box."""
    height, width = drawn.shape
    top, left = (side - height) / 2, (side - width) / 2
    mass = drawn.sum()
    if by_mass and mass:
        top = side / 2 - float((drawn.sum(axis=1) * (np.arange(height) + 0.5)).sum() / mass)
        left = side / 2 - float((drawn.sum(axis=0) * (np.arange(width) + 0.5)).sum() / mass)
    canvas = Image.new("F", (side, side), 0.0)
    canvas.paste(Image.fromarray(drawn), (round(left), round(top)))
    return np.asarray(canvas)


def _scaled(drawn: np.ndarray, longer: float) -> np.ndarray:
    """The drawing with its longer side so many pixels long."""
    factor = longer / max(drawn.shape)
    height, width = (max(1, round(side * factor)) for side in drawn.shape)
    return np.asarray(Image.fromarray(drawn).resize((width, height), FILTER))


def _span(sums: np.ndarray) -> tuple[int, int]:
    """First and last place of the ink along one side; what lies apart and is a speck is left out."""
    inked = np.concatenate([[False], sums > 0, [False]])
    starts, ends = (np.flatnonzero(inked[1:] & ~inked[:-1]), np.flatnonzero(inked[:-1] & ~inked[1:]))
    if not len(starts):
        return 0, len(sums)
    parts = np.add.reduceat(sums, starts)
    kept = np.flatnonzero(parts >= min(SPECK * sums.sum(), parts.max()))
    return int(starts[kept[0]]), int(ends[kept[-1]])


def _plane(rows: np.ndarray, columns: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The plane a + b·row + c·column through most values: those far from a first one are left out of a second."""
    terms = np.stack([np.ones_like(rows), rows, columns], axis=1)
    start = np.array([np.median(values), 0.0, 0.0])
    for _ in range(2):
        near = np.abs(values - terms @ start) <= max(FAINT, np.median(np.abs(values - terms @ start)) * 3)
        if np.count_nonzero(near) < 12:
            break
        start = np.linalg.lstsq(terms[near], values[near], rcond=None)[0]
    return start


def _at_most(picture: Image.Image, longest: int) -> Image.Image:
    factor = longest / max(picture.size)
    if factor >= 1:
        return picture
    width, height = (max(1, round(side * factor)) for side in picture.size)
    return picture.resize((width, height), FILTER, reducing_gap=REDUCING_GAP)


def _cropped(picture: Image.Image, size: int) -> Image.Image:
    side = min(picture.size)
    left, top = (picture.width - side) / 2, (picture.height - side) / 2
    box = (left, top, left + side, top + side)
    return picture.resize((size, size), FILTER, box, reducing_gap=REDUCING_GAP)


def _padded(picture: Image.Image, size: int) -> Image.Image:
    longer = max(picture.size)
    width, height = (max(1, round(side * size / longer)) for side in picture.size)
    canvas = Image.new(picture.mode, (size, size), _border_colour(picture))
    scaled = picture.resize((width, height), FILTER, reducing_gap=REDUCING_GAP)
    canvas.paste(scaled, ((size - width) // 2, (size - height) // 2))
    return canvas


def _border_colour(picture: Image.Image) -> tuple[int, ...]:
    """The median colour of the outermost pixels of one picture, without an array of all of them."""
    width, height = picture.size
    rows = [picture.crop((0, y, width, y + 1)) for y in (0, height - 1)]
    columns = [picture.crop((x, 1, x + 1, height - 1)) for x in (0, width - 1)] if height > 2 else []
    pixels = [np.asarray(edge).reshape(edge.width * edge.height, -1) for edge in rows + columns]
    return tuple(int(value) for value in np.median(np.concatenate(pixels), axis=0))
