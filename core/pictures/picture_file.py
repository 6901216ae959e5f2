"""The bytes of one picture file -> an upright picture, grey or RGB, 8 bits a channel; anything else is refused.

It needs numpy and Pillow and nothing of ours: an exported network carries this very file.
"""

import functools
import io
import sys
import warnings
from collections.abc import Iterable

import numpy as np
from PIL import Image, UnidentifiedImageError

MOST_PIXELS = 64_000_000  # 256 MB once decoded; the largest phone cameras give 50 million

# None that runs a program, as EPS does. Pillow opens MPO, the pairs of photos of some cameras, as JPEG.
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "PPM")

# What is white: fractions go up to 1, whole numbers of 8, 10, 12, 14 and 16 bits so far, whatever they are stored in.
FRACTIONS = 1
OVERSHOOT = 1.1  # of fractions: a picture that was made smaller or sharper goes a little beyond white, and is clipped
WHITES = (255, 1023, 4095, 16383, 65535)

# What files of these formats begin with: such a file that is not recognised is damaged, any other is no picture.
_BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"II*\0", b"MM\0*", b"RIFF")
_HEIF = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")

_ORIENTATION = 0x0112  # the EXIF tag: how the camera was held
_PHOTOMETRIC = 262  # the TIFF tag: 0 where 0 is white
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Of 16 bits a colour Pillow keeps the upper 8; read as if its bytes lay the other way round, it gives the lower 8.
_SWAPPED = {";16L": ";16B", ";16B": ";16L", ";16N": ";16B" if sys.byteorder == "little" else ";16L"}


class NoPicture(Exception):
    """One file is left out: a template and its values, a reason that reads well after "FILE: "."""

    def __init__(self, template: str, **values: object):
        super().__init__(template, values)
        self.template, self.values = template, values

    def __str__(self) -> str:
        return self.template.format(**self.values)


def _endings() -> tuple[str, ...]:
    Image.init()
    known = Image.registered_extensions()
    ours = {ending for ending, kind in known.items() if kind in (*FORMATS, "MPO")}
    return tuple(sorted(ours | {".dib", ".heic", ".heif"}))  # what is called .dib is a BMP as a rule


ENDINGS = _endings()
"""How the names of pictures end, with the dot and in small letters: what is offered where files are chosen."""


def open_picture(content: bytes, at_least: int = 0, white: int | None = None) -> Image.Image:
    """The first frame of a picture file, upright; mode "L" or "RGB".

    at_least  pixels a side that will be needed: a large JPEG is then decoded at 1/2, 1/4 or 1/8, never below twice
              that (a photo of 12 million pixels takes 14 ms instead of 43 ms); 0 decodes it whole
    white     the number that is white in pictures of more than 8 bits, see `white_of`; None: by this picture alone,
              which brightens a dark one

    `info` holds its upright (width, height) as "found". Raises NoPicture, and nothing else.
    """
    return _decoded(content, at_least, white)[0]


def common_white(contents: Iterable[bytes]) -> int | None:
    """The one `white` for pictures that belong together, so that a dark one stays dark; None where all have 8 bits.

    contents  files, all of them if possible: a picture that was not among them and goes beyond is refused when opened.
              Those that are no pictures count for nothing
    """
    found = [white for content in contents if (white := _own_white(content))]
    return max(found, default=None)


def white_of(highest: float, fractions: bool = False) -> int | None:
    """The smallest usual number for white that is no less than the highest number; None where there is none.

    fractions  the numbers are floating-point ones: up to 1 they are fractions of white
    """
    if fractions and highest <= OVERSHOOT * FRACTIONS:
        return FRACTIONS
    return next((white for white in WHITES if highest <= white), None)


def as_grey_or_rgb(picture: Image.Image) -> Image.Image:
    """Any picture of 8 bits a channel as "L" or "RGB", its see-through parts on a ground.

    The ground is white, and black under ink that is light itself, which would not be seen on white.
    """
    grey = picture.mode in ("L", "1", "LA", "La")
    if picture.has_transparency_data:
        upper = picture if picture.mode == "RGBA" else picture.convert("RGBA")
        picture = Image.new("RGB", upper.size, _ground(upper))
        picture.paste(upper, mask=upper)
    return picture.convert("L" if grey else "RGB")


def _decoded(content: bytes, at_least: int, white: int | None) -> tuple[Image.Image, int | None]:
    """The picture, and the white it was read with: None where it has 8 bits."""
    if not content:
        raise NoPicture("it is empty; copy it again")
    try:
        with warnings.catch_warnings():
            # Only Pillow's, so that nothing is lost where two threads restore each other's filters.
            warnings.filterwarnings("ignore", module=r"PIL\.")
            return _decode(content, at_least, white)
    except NoPicture:
        raise
    except Image.DecompressionBombError as error:
        raise NoPicture(
            "it claims to have hundreds of millions of pixels, and {most} million are the most that are opened; "
            "make it smaller",
            most=MOST_PIXELS // 10**6,
        ) from error
    except MemoryError as error:
        raise NoPicture("it needs more memory than there is; make it smaller") from error
    except Exception as error:  # Pillow raises what its parsers stumble on: SyntaxError, struct.error, KeyError …
        raise _no_picture(content, error) from error


def _own_white(content: bytes) -> int | None:
    """Of one file by its numbers alone; a picture of 8 bits is known by its head, and not decoded."""
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=r"PIL\.")
            picture = _opened(content)
    except Exception:  # said when the picture itself is opened
        return None
    if not picture.mode.startswith(("I", "F")) and ";16" not in _layout(picture):
        return None
    try:
        return _decoded(content, 0, None)[1]
    except NoPicture:
        return None


def _decode(content: bytes, at_least: int, white: int | None) -> tuple[Image.Image, int | None]:
    picture = _opened(content)
    width, height = picture.size
    _check_size(width, height)
    if picture.format == "PNG":  # decoding does not compare the checksums
        Image.open(io.BytesIO(content), formats=["PNG"]).verify()
    smaller = picture.draft(None, (2 * at_least, 2 * at_least)) if at_least else None
    layout = _layout(picture)
    negative = picture.format == "TIFF" and picture.getexif().get(_PHOTOMETRIC) == 0
    picture.load()
    size = (width, height) if smaller else picture.size
    turn = _orientation(picture)  # after loading: Pillow turns a TIFF by itself and drops its tag
    if picture.mode.startswith(("I", "F")):
        pixels, white = _to_bytes(np.asarray(picture), white)
        picture = Image.fromarray(255 - pixels if negative else pixels)
    elif ";16" in layout:
        picture, white = _of_16_bits(content, picture, layout, white)
    else:
        white = None
    upright = as_grey_or_rgb(picture.transpose(_TURNS[turn]) if turn in _TURNS else picture)
    upright.info = {"found": size[::-1] if turn in (5, 6, 7, 8) else size}
    return upright, white


def _opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content), formats=_formats(content))


def _check_size(width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise NoPicture("it has no pixels; copy it again")
    if width * height > MOST_PIXELS:
        raise NoPicture(
            "it has {pixels} million pixels, and {most} million are the most that are opened; make it smaller",
            pixels=round(width * height / 1e6),
            most=MOST_PIXELS // 10**6,
        )


def _orientation(picture: Image.Image) -> int:
    """1 to 8, as EXIF counts; unreadable EXIF leaves the picture as it is, as every viewer does."""
    try:
        return int(picture.getexif().get(_ORIENTATION, 1))
    except Exception:
        return 1


def _layout(picture: Image.Image) -> str:
    """How the file holds its pixels, in Pillow's words: "RGB;16B" for 16 bits a colour; empty where it does not say."""
    tiles = getattr(picture, "tile", None)
    words = tiles[0].args if tiles else ""
    first = words[0] if isinstance(words, tuple) and words else words
    return first if isinstance(first, str) else ""


def _of_16_bits(content: bytes, upper: Image.Image, layout: str, white: int | None) -> tuple[Image.Image, int | None]:
    """A coloured picture of 16 bits, of which Pillow has kept the upper 8; read once more where it needs the lower."""
    colours = [band for band in upper.getbands() if band != "A"]
    ends = [upper.getchannel(band).getextrema()[1] for band in colours]
    high = 256 * max(int(end) for end in ends) + 255  # type: ignore[arg-type]  # of one band: two numbers
    name, _semicolon, order = layout.partition(";")
    if (white or white_of(high)) == WHITES[-1] or name not in ("RGB", "RGBA", "RGBX", "CMYK"):
        return upper, WHITES[-1]
    lower = _opened(content)
    lower.tile = [tile._replace(args=_swapped(tile.args, layout, name + _SWAPPED[f";{order}"])) for tile in lower.tile]  # type: ignore[attr-defined]
    lower.load()
    numbers = np.asarray(upper).astype(np.uint16) * 256 + np.asarray(lower)
    pixels, white = _to_bytes(numbers[..., : len(colours)], white)
    if len(colours) < numbers.shape[2]:
        pixels = np.dstack([pixels, np.asarray(upper)[..., -1]])
    return Image.fromarray(pixels, upper.mode), white


def _swapped(words: object, layout: str, swapped: str) -> object:
    return tuple(swapped if word == layout else word for word in words) if isinstance(words, tuple) else swapped


def _white_for(numbers: np.ndarray, white: int | None) -> int:
    """What is white in a picture's numbers: as is said for all of a set, else by these alone. Raises NoPicture.

    Fractions are fractions, also for a set of whole numbers, and the other way round.
    """
    low, high, floating = float(numbers.min()), float(numbers.max()), numbers.dtype.kind == "f"
    own = white_of(high, floating)
    if not low >= 0 or own is None:  # also for NaN
        raise _no_pixels(low, high, white)
    if white is None or FRACTIONS in (white, own):
        return own
    if own > white:
        raise _no_pixels(low, high, white)
    return white


def _to_bytes(numbers: np.ndarray, white: int | None) -> tuple[np.ndarray, int]:
    """Numbers from 0 to white -> uint8, and which white that was."""
    white = _white_for(numbers, white)
    return np.rint(numbers.astype(np.float32) * (255 / white)).clip(0, 255).astype(np.uint8), white


def _no_pixels(low: float, high: float, white: int | None) -> NoPicture:
    return NoPicture(
        "its values go from {low} to {high}, and only 0 to {most} can be shown; save it with 8 bits",
        low=f"{low:g}",
        high=f"{high:g}",
        most=white or WHITES[-1],
    )


def _ground(upper: Image.Image) -> str:
    """What is put under a picture (mode "RGBA"): black where what is seen of it is light, else white."""
    alpha = np.asarray(upper.getchannel("A"), np.float32)
    ink = float((np.asarray(upper.convert("RGB").convert("L"), np.float32) * alpha).sum())
    return "black" if ink > 127.5 * float(alpha.sum()) else "white"


def _no_picture(content: bytes, error: Exception) -> NoPicture:
    is_heif = content[4:8] == b"ftyp" and content[8:12] in _HEIF
    if is_heif and not _heif_opener():
        return NoPicture("it is an HEIC photo, which cannot be read here; save it as JPEG")
    if is_heif or content.startswith(_BEGINNINGS) or not isinstance(error, UnidentifiedImageError):
        return NoPicture("it is cut short or damaged; copy it again from where it came")
    return NoPicture("it is not a picture that can be read; save it as JPEG or PNG")


def _formats(content: bytes) -> tuple[str, ...]:
    return (*FORMATS, "HEIF") if content[4:8] == b"ftyp" and _heif_opener() else FORMATS


@functools.cache
def _heif_opener() -> bool:
    """Whether the photos of an iPhone can be read: pillow-heif is loaded when the first one comes."""
    try:
        import pillow_heif
    except ImportError:
        return False
    pillow_heif.register_heif_opener()
    return True
