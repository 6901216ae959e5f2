"""One drawn digit, a seven, in the forms that people send: see-through, CMYK, 16 bits, palettes, turned by EXIF."""

import numpy as np
from PIL import Image, ImageDraw

from tests.made.hostile import saved


def seven(ink, ground, mode="RGB"):
    """A picture of 200×200 with a seven of strokes 18 pixels wide."""
    picture = Image.new(mode, (200, 200), ground)
    ImageDraw.Draw(picture).line([(55, 50), (145, 50), (90, 160)], fill=ink, width=18, joint="curve")
    return picture


def odd_pictures():
    """{name: content} of every form; those of READ show the seven, those of REFUSED are no picture that is read."""
    plain, dark = seven("black", "white"), np.asarray(seven(0, 255, "L")).astype(np.uint16)
    turned, palette = Image.Exif(), seven(1, 0, "P")
    turned[0x0112] = 6
    palette.putpalette([0, 0, 0, 255, 255, 255])
    jpeg = saved(plain, "JPEG")
    return {
        "plain.png": saved(plain, "PNG"),
        "light_on_dark.png": saved(seven("white", "black"), "PNG"),
        "black_on_clear.png": saved(seven((0, 0, 0, 255), (0, 0, 0, 0), "RGBA"), "PNG"),
        "white_on_clear.png": saved(seven((255, 255, 255, 255), (0, 0, 0, 0), "RGBA"), "PNG"),
        "white_on_clear_la.png": saved(seven((255, 255), (0, 0), "LA"), "PNG"),
        "palette_clear_white.png": saved(palette, "PNG", transparency=0),
        "cmyk.jpg": saved(plain.convert("CMYK"), "JPEG"),
        "sixteen.png": saved(Image.fromarray(dark * 257), "PNG"),
        "eight_in_sixteen.png": saved(Image.fromarray(dark), "PNG"),
        "twelve_in_sixteen.tif": saved(Image.fromarray(dark * 16), "TIFF"),
        "float.tif": saved(Image.fromarray(dark.astype(np.float32) / 255), "TIFF"),
        "exif6.jpg": saved(plain.transpose(Image.Transpose.ROTATE_90), "JPEG", exif=turned),
        "animated.gif": saved(plain, "GIF", save_all=True, append_images=[Image.new("RGB", (200, 200), "white")]),
        "webp_called.jpg": saved(plain, "WEBP"),
        "one_bit.bmp": saved(plain.convert("1"), "BMP"),
        "jpeg.jfif": jpeg,
        "one_pixel.png": saved(Image.new("RGB", (1, 1)), "PNG"),
        "thin.png": saved(Image.new("RGB", (5000, 3), "white"), "PNG"),
        "empty.png": saved(Image.new("RGB", (300, 300), "white"), "PNG"),
        "x.ico": saved(plain, "ICO"),
        "x.jp2": saved(plain, "JPEG2000"),
        "x.avif": saved(plain, "AVIF"),
        "cut_short.jpg": jpeg[: len(jpeg) * 2 // 3],
        "negative.tif": saved(Image.fromarray(dark.astype(np.float32) - 300), "TIFF"),
        "svg_called.png": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "html_called.jpg": b"<!doctype html><title>404</title>",
    }


BLANK = ("one_pixel.png", "thin.png", "empty.png")
REFUSED = ("x.ico", "x.jp2", "x.avif", "cut_short.jpg", "negative.tif", "svg_called.png", "html_called.jpg")
READ = tuple(name for name in odd_pictures() if name not in BLANK + REFUSED)
