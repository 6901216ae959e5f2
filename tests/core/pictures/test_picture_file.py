"""The scale of a picture comes from its numbers, one for all that belong together; light ink gets a dark ground."""

import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from core.pictures import picture_file
from core.pictures.picture_file import ENDINGS, NoPicture, common_white, open_picture, white_of
from tests.made.hostile import JPEG, PNG, saved

RAMP = np.linspace(0, 1, 16).reshape(4, 4)  # black to white
SEEN = np.rint(RAMP * 255).astype(int)


def stored(most, kind="TIFF", dtype=np.uint16, part=1.0):
    """The ramp in numbers up to `most` × part."""
    numbers = RAMP * most * part
    return saved(Image.fromarray((np.rint(numbers) if dtype != np.float32 else numbers).astype(dtype)), kind)


def coloured_png(numbers):
    """A PNG of 16 bits a channel, which Pillow cannot write: numbers (height, width, 3 | 4)."""
    height, width, channels = numbers.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in numbers)

    def chunk(kind, content):
        return struct.pack(">L", len(content)) + kind + content + struct.pack(">L", zlib.crc32(kind + content))

    head = struct.pack(">LLBBBBB", width, height, 16, {3: 2, 4: 6}[channels], 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def coloured_tiff(numbers, order="<"):
    """An uncompressed TIFF of 16 bits a channel: numbers (height, width, 3)."""
    height, width, _channels = numbers.shape
    pixels = numbers.astype(f"{order}u2").tobytes()
    start = 8 + len(pixels)
    tags = [(256, 3, 1, width), (257, 3, 1, height), (258, 3, 3, start), (259, 3, 1, 1), (262, 3, 1, 2)]
    tags += [(273, 4, 1, 8), (277, 3, 1, 3), (278, 3, 1, height), (279, 4, 1, len(pixels))]
    mark = b"II*\0" if order == "<" else b"MM\0*"

    def value(kind, count, one):
        short = kind == 3 and count == 1
        return struct.pack(f"{order}HH", one, 0) if short else struct.pack(f"{order}L", one)

    entries = b"".join(struct.pack(f"{order}HHL", tag, kind, n) + value(kind, n, one) for tag, kind, n, one in tags)
    bits = struct.pack(f"{order}3H", 16, 16, 16)
    listed = struct.pack(f"{order}H", len(tags)) + entries + struct.pack(f"{order}L", 0)
    return mark + struct.pack(f"{order}L", start + len(bits)) + pixels + bits + listed


def grey(content, white=None):
    found = open_picture(content, white=white)
    assert found.mode == "L"
    return np.asarray(found).astype(int)


@pytest.mark.parametrize("most", [255, 1023, 4095, 16383, 65535])
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_numbers_of_any_depth_in_16_bits_show_the_picture(kind, most):
    np.testing.assert_array_equal(grey(stored(most, kind)), SEEN)


@pytest.mark.parametrize("most", [1, 255, 4095, 65535])
def test_floating_point_numbers_are_read_by_the_same_rule(most):
    np.testing.assert_allclose(grey(stored(most, dtype=np.float32)), SEEN, atol=0)


def test_fractions_a_little_beyond_white_are_no_black_picture():
    """Making a picture smaller or sharper overshoots: 1.04 is white, not 1 of 255."""
    assert grey(stored(1.04, dtype=np.float32))[-1].tolist() == [212, 230, 248, 255]  # 12/15 · 1.04 · 255 = 212.16 …


def test_whole_numbers_are_no_fractions():
    """A picture of noughts and ones is nearly black, also in 16 bits."""
    assert grey(saved(Image.fromarray(np.array([[0, 1]], np.uint16)), "PNG")).tolist() == [[0, 1]]


@pytest.mark.parametrize(
    ("highest", "fractions", "white"),
    [
        (0, False, 255),
        (255, False, 255),
        (256, False, 1023),
        (4095, False, 4095),
        (4096, False, 16383),
        (65535, False, 65535),
        (65536, False, None),
        (0.5, True, 1),
        (200.5, True, 255),
        (float("nan"), True, None),
    ],
)
def test_white_is_the_smallest_usual_number_that_holds_the_highest(highest, fractions, white):
    assert white_of(highest, fractions) == white


def test_pictures_that_belong_together_are_stretched_by_one_scale():
    bright, dark = stored(4095), stored(4095, part=0.2)
    white = common_white([dark, PNG, b"no picture", bright])
    assert white == 4095
    np.testing.assert_allclose(grey(dark, white), RAMP * 0.2 * 255, atol=1)
    np.testing.assert_array_equal(grey(bright, white), SEEN)
    assert grey(dark).max() == pytest.approx(819 / 1023 * 255, abs=1)  # alone it is brightened


def test_pictures_of_8_bits_have_no_scale_and_heed_none():
    assert common_white([PNG, JPEG]) is None
    np.testing.assert_array_equal(np.asarray(open_picture(PNG, white=4095)), np.asarray(open_picture(PNG)))


def test_a_picture_beyond_white_is_refused_and_never_clipped():
    with pytest.raises(NoPicture, match="from 0 to 65535, and only 0 to 4095 can be shown; save it with 8 bits"):
        open_picture(stored(65535), white=4095)


def test_fractions_are_fractions_beside_whole_numbers():
    np.testing.assert_array_equal(grey(stored(1, dtype=np.float32), white=4095), SEEN)
    np.testing.assert_array_equal(grey(stored(4095), white=1), SEEN)


@pytest.mark.parametrize("most", [255, 4095, 16383, 65535])
@pytest.mark.parametrize("write", [coloured_png, coloured_tiff, lambda numbers: coloured_tiff(numbers, ">")])
def test_colours_of_16_bits_follow_the_same_rule(write, most):
    """Pillow keeps the upper 8 bits only: 12 bits in 16 would be 16 levels, 8 bits nothing at all."""
    numbers = np.rint(np.dstack([RAMP, RAMP[::-1], RAMP.T]) * most).astype(np.uint16)
    found = open_picture(write(numbers))
    assert found.mode == "RGB"
    np.testing.assert_allclose(np.asarray(found).astype(int), numbers / most * 255, atol=1)
    assert common_white([write(numbers)]) == most


def test_dark_colours_of_16_bits_stay_dark_where_the_scale_says_so():
    numbers = np.rint(np.dstack([RAMP] * 3) * 255).astype(np.uint16)
    assert np.asarray(open_picture(coloured_png(numbers), white=65535)).max() == 0
    assert np.asarray(open_picture(coloured_png(numbers), white=4095)).max() == 16  # 255 / 4095 · 255


def test_colours_of_16_bits_keep_their_transparency():
    numbers = np.full((2, 2, 4), 255, np.uint16)
    numbers[0, :, :3], numbers[..., 3] = 0, 65535
    numbers[0, 0, 3] = 0
    assert np.asarray(open_picture(coloured_png(numbers)))[..., 0].tolist() == [[0, 0], [255, 255]]  # light ink


def test_a_tiff_in_which_0_is_white_is_shown_as_it_was_meant():
    content = saved(Image.fromarray(np.rint(RAMP * 4095).astype(np.uint16)), "TIFF", tiffinfo={262: 0})
    np.testing.assert_array_equal(grey(content), 255 - SEEN)


# What lies under a transparent picture


def drawn(ink, mode="RGBA"):
    """A stroke in the middle of a transparent ground whose own colour is black."""
    bands = len(mode)
    pixels = np.zeros((9, 9, bands), np.uint8)
    pixels[2:7, 4] = (ink,) * (bands - 1) + (255,)
    return saved(Image.fromarray(pixels, mode), "PNG")


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
@pytest.mark.parametrize(("ink", "ground"), [(255, 0), (200, 0), (0, 255), (90, 255)])
def test_ink_on_a_transparent_ground_is_seen_whatever_its_colour(mode, ink, ground):
    found = np.asarray(open_picture(drawn(ink, mode)).convert("L"))
    assert found[4, 4] == ink
    assert found[0, 0] == ground


def test_a_palette_with_a_transparent_colour_is_seen_too():
    for ink, ground in ((255, 0), (0, 255)):
        picture = Image.new("P", (3, 1), 1)
        picture.putpalette([9, 9, 9, ink, ink, ink])
        picture.putpixel((0, 0), 0)
        assert np.asarray(open_picture(saved(picture, "PNG", transparency=0)).convert("L")).tolist() == [
            [ground, ink, ink]
        ]


def test_only_what_is_seen_decides_about_the_ground():
    """White under full transparency is not ink; a soft edge counts by how much is seen of it."""
    pixels = np.full((2, 2, 4), 255, np.uint8)
    pixels[..., 3] = 0
    pixels[0, 0] = (0, 0, 0, 255)
    found = np.asarray(open_picture(saved(Image.fromarray(pixels, "RGBA"), "PNG")).convert("L"))
    assert found.tolist() == [[0, 255], [255, 255]]


def test_nothing_at_all_is_white():
    assert np.asarray(open_picture(saved(Image.new("RGBA", (2, 2)), "PNG"))).min() == 255


# Names of files


def test_the_endings_are_those_of_the_formats_that_are_read():
    assert {".jpg", ".jpeg", ".jfif", ".mpo", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".pgm"} <= set(ENDINGS)
    assert {".heic", ".heif"} <= set(ENDINGS)
    assert not {".avif", ".ico", ".svg", ".pdf", ".eps", ".jp2"} & set(ENDINGS)


def test_the_file_needs_nothing_of_ours_so_that_an_export_can_carry_it():
    with open(picture_file.__file__, encoding="utf-8") as file:
        imported = {line.split()[1].split(".")[0] for line in file if line.strip().startswith(("import ", "from "))}
    assert imported <= {"functools", "io", "sys", "warnings", "collections", "numpy", "PIL", "pillow_heif"}
