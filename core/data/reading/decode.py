"""The bytes of one picture file -> an upright picture, grey or RGB, 8 bits a channel; anything else is refused."""

import functools
import io
import warnings

import numpy as np
from PIL import Image, UnidentifiedImageError

from core.errors import FitscopeError

MOST_PIXELS = 64_000_000  # 256 MB once decoded; the largest phone cameras give 50 million

# None that runs a program, as EPS does. Pillow opens MPO, the pairs of photos of some cameras, as JPEG.
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "PPM")

# What files of these formats begin with: such a file that is not recognised is damaged, any other is no picture.
_BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"II*\0", b"MM\0*", b"RIFF")
_HEIF = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")

_ORIENTATION = 0x0112  # the EXIF tag: how the camera was held
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class Refused(FitscopeError):
    """One file is left out: a reason that reads well after "FILE: "."""


def open_picture(content: bytes, at_least: int = 0) -> Image.Image:
    """The first frame of a picture file, upright, on white where it was transparent; mode "L" or "RGB".

    at_least  pixels a side that will be needed: a large JPEG is then decoded at 1/2, 1/4 or 1/8, never below twice
              that (a photo of 12 million pixels takes 14 ms instead of 43 ms); 0 decodes it whole

    `info["found"]` is its upright (width, height) as found. Raises Refused, and nothing else.
    """
    if not content:
        raise Refused("it is empty; copy it again")
    try:
        with warnings.catch_warnings():
            # Only Pillow's, so that nothing is lost where two threads restore each other's filters.
            warnings.filterwarnings("ignore", module=r"PIL\.")
            return _decode(content, at_least)
    except Refused:
        raise
    except Image.DecompressionBombError as error:
        raise Refused(
            "it claims to have hundreds of millions of pixels, and {most} million are the most that are opened; "
            "make it smaller",
            most=MOST_PIXELS // 10**6,
        ) from error
    except MemoryError as error:
        raise Refused("it needs more memory than there is; make it smaller") from error
    except Exception as error:  # Pillow raises what its parsers stumble on: SyntaxError, struct.error, KeyError …
        raise _no_picture(content, error) from error


def as_grey_or_rgb(picture: Image.Image) -> Image.Image:
    """Any picture as "L" or "RGB": transparent parts on white, 16 bits or fractions brought to 0..255."""
    if picture.mode.startswith(("I", "F")):
        return Image.fromarray(_to_bytes(np.asarray(picture)))
    grey = picture.mode in ("L", "1", "LA", "La")
    if picture.has_transparency_data:
        upper = picture if picture.mode == "RGBA" else picture.convert("RGBA")
        picture = Image.new("RGB", upper.size, "white")
        picture.paste(upper, mask=upper)
    return picture.convert("L" if grey else "RGB")


def _decode(content: bytes, at_least: int) -> Image.Image:
    picture = Image.open(io.BytesIO(content), formats=_formats(content))
    width, height = picture.size
    _check_size(width, height)
    if picture.format == "PNG":  # decoding does not compare the checksums
        Image.open(io.BytesIO(content), formats=["PNG"]).verify()
    smaller = picture.draft(None, (2 * at_least, 2 * at_least)) if at_least else None
    picture.load()
    size = (width, height) if smaller else picture.size
    turn = _orientation(picture)  # after loading: Pillow turns a TIFF by itself and drops its tag
    upright = as_grey_or_rgb(picture.transpose(_TURNS[turn]) if turn in _TURNS else picture)
    upright.info = {"found": size[::-1] if turn in (5, 6, 7, 8) else size}
    return upright


def _check_size(width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise Refused("it has no pixels; copy it again")
    if width * height > MOST_PIXELS:
        raise Refused(
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


def _to_bytes(numbers: np.ndarray) -> np.ndarray:
    """Grey values 0..65535, or fractions 0..1, or floating-point numbers 0..255 -> uint8."""
    low, high = numbers.min(), numbers.max()
    floating = numbers.dtype.kind == "f"
    most = 65535 if not floating else 1 if high <= 1 else 255
    if not (low >= 0 and high <= most):  # also false for NaN
        raise Refused(
            "its values go from {low} to {high}, and only 0 to {most} can be shown; save it with 8 bits",
            low=f"{low:g}",
            high=f"{high:g}",
            most=255 if floating else 65535,
        )
    return np.rint(numbers.astype(np.float32) * (255 / most)).astype(np.uint8)


def _no_picture(content: bytes, error: Exception) -> Refused:
    is_heif = content[4:8] == b"ftyp" and content[8:12] in _HEIF
    if is_heif and not _heif_opener():
        return Refused("it is an HEIC photo, which cannot be read here; save it as JPEG")
    if is_heif or content.startswith(_BEGINNINGS) or not isinstance(error, UnidentifiedImageError):
        return Refused("it is cut short or damaged; copy it again from where it came")
    return Refused("it is not a picture that can be read; save it as JPEG or PNG")


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
