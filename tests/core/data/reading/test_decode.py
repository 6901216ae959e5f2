"""A picture file becomes an upright picture, grey or RGB, with the values it shows; anything else is refused."""

import contextlib
import struct
import warnings
import zlib

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image, ImageFile
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from core.data.reading.decode import MOST_PIXELS, Refused, open_picture
from core.errors import SettingError
from core.pictures.preprocessing import fit_picture
from core.pictures.resize import check_size, square
from tests.made.hostile import CONTENTS, JPEG, PNG, picture, png, saved

pytestmark = pytest.mark.slow

GREY = np.array([[0, 60, 120], [180, 200, 255]], np.uint8)  # (2, 3), no two values alike
TURNED = {
    1: GREY,
    2: GREY[:, ::-1],
    3: GREY[::-1, ::-1],
    4: GREY[::-1],
    5: GREY.T,
    6: np.rot90(GREY, -1),
    7: GREY[::-1, ::-1].T,
    8: np.rot90(GREY),
}
FORMATS = {kind: saved(picture(7, 24), kind) for kind in ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM")}


def shown(content):
    found = open_picture(content)
    assert found.mode in ("L", "RGB")
    return np.asarray(found).tolist()


def opened_or_refused(content):
    """The mode of the picture, or the reason."""
    try:
        return {"L": "L", "RGB": "RGB"}[open_picture(content).mode]
    except Refused as refusal:
        return str(refusal)


def exif(orientation):
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags


# What is shown


@pytest.mark.parametrize("orientation", TURNED)
@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_a_picture_is_turned_as_the_camera_was_held(kind, orientation):
    settings = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    content = saved(Image.fromarray(GREY), kind, exif=exif(orientation), **settings)
    found = open_picture(content)
    np.testing.assert_array_equal(np.asarray(found.convert("L")), TURNED[orientation])
    assert found.info["found"] == TURNED[orientation].shape[::-1]


@pytest.mark.parametrize("orientation", TURNED)
def test_a_large_photo_is_turned_also_when_it_is_decoded_small(orientation):
    corner = np.zeros((400, 800), np.uint8)
    corner[:200, :200] = 255
    content = saved(Image.fromarray(corner), "JPEG", exif=exif(orientation))
    small, large = open_picture(content, at_least=50), open_picture(content)
    assert small.info["found"] == large.info["found"] == large.size
    assert small.width * 4 == large.width
    np.testing.assert_allclose(fit_picture(small, 40, 1, "pad"), fit_picture(large, 40, 1, "pad"), atol=8)


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_the_photo_of_an_iphone_is_upright(orientation):
    heif = pytest.importorskip("pillow_heif")
    heif.register_heif_opener()
    quarter = np.zeros((64, 96), np.uint8)
    quarter[:32, :48] = 255
    content = saved(Image.fromarray(quarter).convert("RGB"), "HEIF", exif=exif(orientation).tobytes())
    turns = {1: quarter, 3: quarter[::-1, ::-1], 6: np.rot90(quarter, -1), 8: np.rot90(quarter)}
    found = np.asarray(open_picture(content).convert("L"))
    np.testing.assert_array_equal(found > 127, turns[orientation] > 127)


def test_unreadable_exif_leaves_a_picture_as_it_is():
    content = saved(Image.fromarray(GREY), "PNG", exif=b"Exif\0\0garbage")
    assert shown(content) == GREY.tolist()


def test_what_is_transparent_becomes_white():
    rgba = np.array([[[0, 0, 0, 0], [0, 0, 0, 51], [9, 8, 7, 255]]], np.uint8)  # a fifth of black: 255 · 4/5
    assert shown(saved(Image.fromarray(rgba), "PNG")) == [[[255] * 3, [204] * 3, [9, 8, 7]]]


def test_grey_with_transparency_stays_grey():
    grey = np.array([[[0, 0], [0, 51], [9, 255]]], np.uint8)
    assert shown(saved(Image.fromarray(grey, "LA"), "PNG")) == [[255, 204, 9]]


def test_a_colour_declared_transparent_becomes_white():
    rgb = np.array([[[1, 2, 3], [4, 5, 6]]], np.uint8)
    assert shown(saved(Image.fromarray(rgb), "PNG", transparency=(1, 2, 3))) == [[[255] * 3, [4, 5, 6]]]
    assert shown(saved(Image.fromarray(rgb[..., 0]), "PNG", transparency=1)) == [[255, 4]]


@pytest.mark.parametrize("kind", ["PNG", "GIF"])
def test_a_palette_gives_its_colours_and_its_transparent_one_white(kind):
    drawn = Image.new("P", (3, 1))
    drawn.putpalette([10, 20, 30, 40, 50, 60, 70, 80, 90])
    drawn.putdata([2, 0, 1])
    assert shown(saved(drawn, kind)) == [[[70, 80, 90], [10, 20, 30], [40, 50, 60]]]
    assert shown(saved(drawn, kind, transparency=0)) == [[[70, 80, 90], [255] * 3, [40, 50, 60]]]


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_16_bit_grey_is_scaled_to_8(kind):
    values = np.array([[0, 257, 32896, 65535]], np.uint16)
    assert shown(saved(Image.fromarray(values), kind)) == [[0, 1, 128, 255]]


def test_16_bit_pgm_is_scaled_to_8():
    assert shown(b"P5 3 1 65535\n" + np.array([0, 257, 65535], ">u2").tobytes()) == [[0, 1, 255]]


def test_fractions_and_floating_point_bytes_are_told_apart():
    for values, expected in (([0, 0.2, 1], [0, 51, 255]), ([0, 51, 255], [0, 51, 255])):
        assert shown(saved(Image.fromarray(np.array([values], np.float32)), "TIFF")) == [expected]


@pytest.mark.parametrize("value", [-1.0, 70000.0, np.nan, np.inf])
def test_floating_point_numbers_that_are_no_pixels_are_refused(value):
    content = saved(Image.fromarray(np.array([[0.5, value]], np.float32)), "TIFF")
    with pytest.raises(Refused, match="only 0 to 65535"):
        open_picture(content)


def test_cmyk_becomes_rgb():
    inks = np.array([[[0, 0, 0, 0], [255, 0, 0, 0], [0, 0, 0, 255], [0, 255, 255, 0]]], np.uint8)
    expected = [[[255, 255, 255], [0, 255, 255], [0, 0, 0], [255, 0, 0]]]
    assert shown(saved(Image.fromarray(inks, "CMYK"), "TIFF")) == expected


def test_one_bit_becomes_black_and_white():
    assert shown(saved(Image.fromarray(np.array([[True, False]])), "PNG")) == [[255, 0]]


def test_the_first_frame_of_an_animation_is_shown():
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    for kind in ("GIF", "PNG", "TIFF"):
        content = saved(frames[0], kind, save_all=True, append_images=frames[1:])
        assert shown(content)[0][0] == [255, 0, 0]


# What is refused


@pytest.mark.parametrize("name", CONTENTS)
def test_hostile_content_is_refused_with_its_reason(name):
    _file, content, reason = CONTENTS[name]
    with pytest.raises(Refused, match=reason):
        open_picture(content)


def test_a_picture_cut_short_at_any_byte_is_refused_or_whole():
    for content, whole in ((PNG, shown(PNG)), (JPEG, shown(JPEG))):
        for length in range(0, len(content), 41):
            with pytest.raises(Refused):
                open_picture(content[:length])
        assert whole


def test_a_file_is_refused_before_its_pixels_are_decoded(monkeypatch):
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda _self: pytest.fail("decoded"))
    side = int(MOST_PIXELS**0.5) + 1
    with pytest.raises(Refused, match="64 million"):
        open_picture(png(side, side))


def test_a_warning_is_no_reason_and_is_not_shown():
    tags = ImageFileDirectory_v2()
    tags[700] = b"x"
    content = bytearray(saved(Image.fromarray(GREY), "TIFF"))
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        for end in range(8, len(content), 7):
            content[end] ^= 0xFF
            with contextlib.suppress(Refused):
                open_picture(bytes(content))
            content[end] ^= 0xFF
        with pytest.raises(Refused):
            open_picture(png(10_000, 10_000))
    assert not heard


def test_truncated_files_are_never_filled_up():
    assert not ImageFile.LOAD_TRUNCATED_IMAGES


@given(st.binary(max_size=300))
@example(b"BM")
@example(b"\x89PNG\r\n\x1a\n")
def test_any_bytes_are_a_picture_or_refused(content):
    assert opened_or_refused(content)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_picture_with_changed_bytes_is_a_picture_or_refused(kind):
    whole = FORMATS[kind]

    @given(st.lists(st.tuples(st.integers(0, len(whole) - 1), st.integers(0, 255)), min_size=1, max_size=8))
    def check(changes):
        content = bytearray(whole)
        for place, value in changes:
            content[place] = value
        assert opened_or_refused(bytes(content))

    check()


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1), st.integers(0, 255), st.integers(0, 255))
def test_any_png_header_is_a_picture_or_refused(width, height, depth, kind):
    head = struct.pack(">LLBBBBB", width, height, depth, kind, 0, 0, 0)
    content = bytearray(png(1, 1, zlib.compress(b"\0\0")))
    content[16:29] = head
    content[29:33] = struct.pack(">L", zlib.crc32(b"IHDR" + head))
    assert opened_or_refused(bytes(content))


# Fitting to a square


@given(
    st.integers(1, 60),
    st.integers(1, 60),
    st.integers(8, 40),
    st.sampled_from([1, 3]),
    st.sampled_from(["pad", "crop"]),
)
def test_a_plain_picture_stays_plain(width, height, size, channels, fit):
    fitted = fit_picture(Image.new("RGB", (width, height), (70, 70, 70)), size, channels, fit)
    assert fitted.shape == (size, size, channels)
    assert fitted.dtype == np.uint8
    assert (fitted == 70).all()


@pytest.mark.parametrize("fit", ["pad", "crop"])
def test_a_picture_of_that_size_goes_through_pixel_for_pixel(fit):
    rgb = np.asarray(picture(1, 16))
    np.testing.assert_array_equal(fit_picture(Image.fromarray(rgb), 16, 3, fit), rgb)
    grey = np.repeat(rgb[..., :1], 3, axis=2)
    np.testing.assert_array_equal(fit_picture(Image.fromarray(grey), 16, 1, fit), grey[..., :1])
    np.testing.assert_array_equal(fit_picture(Image.fromarray(rgb[..., 0]), 16, 3, fit), grey)


@given(st.integers(1, 32), st.integers(1, 32), st.sampled_from([1, 3]))
def test_padding_without_scaling_is_that_of_whole_arrays(width, height, channels):
    shape = (height, width, 3)[: 2 + (channels == 3)]
    pixels = np.random.default_rng(width).integers(0, 256, shape, np.uint8)
    side = max(width, height, 8)
    fitted = fit_picture(Image.fromarray(pixels), side, channels, "pad")
    if side == max(width, height):
        np.testing.assert_array_equal(fitted, square(pixels.reshape(1, height, width, channels))[0])


def test_nothing_is_stretched_and_a_crop_cuts_the_middle_out():
    wide = np.zeros((40, 80), np.uint8)
    wide[:, :10] = wide[:, 70:] = 60  # at both ends
    wide[10:30, 30:50] = 255  # a square of 20 in the middle
    padded = fit_picture(Image.fromarray(wide), 40, 1, "pad")[..., 0] > 127
    assert padded.any(axis=0).sum() == padded.any(axis=1).sum() == 10
    cropped = fit_picture(Image.fromarray(wide), 40, 1, "crop")[..., 0]
    np.testing.assert_array_equal(cropped, wide[:, 20:60])


def test_the_canvas_has_the_colour_of_the_border():
    framed = np.full((4, 8, 3), (10, 200, 30), np.uint8)
    framed[1:3, 1:7] = 0
    fitted = fit_picture(Image.fromarray(framed), 8, 3, "pad")
    assert (fitted[[0, 1, 6, 7]] == (10, 200, 30)).all()


def test_a_fine_pattern_becomes_grey_instead_of_a_false_pattern():
    checkerboard = (255 * (np.indices((512, 512)).sum(0) % 2)).astype(np.uint8)
    inner = fit_picture(Image.fromarray(checkerboard), 16, 1, "pad")[1:-1, 1:-1].astype(int)
    assert abs(inner - 127).max() <= 3


@pytest.mark.parametrize("size", [7, 129])
def test_a_size_out_of_range_is_refused(size):
    with pytest.raises(SettingError, match="between 8 and 128"):
        check_size(size)


def test_a_picture_keeps_nothing_of_its_file_but_the_size_as_found():
    assert open_picture(PNG).info == {"found": (48, 48)}
