"""Any picture -> what the network receives: passed through, fitted, or made to look like the dataset's drawings."""

import dataclasses
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from core.pictures import ink
from core.pictures.preprocessing import (
    FAINT,
    Ink,
    Preprocessing,
    Seen,
    Switches,
    fit_picture,
    ink_box,
    see,
    stroke_width,
)
from tests.made import by_name
from tests.made.workers import PATIENCE

ROOT = Path(__file__).resolve().parents[3]
MNIST = Preprocessing(28, 1, "pad", Ink(0, 255, 0.72, 0.09, True))
NOTHING = Switches(False, False, False)


def on_paper(side=300, ink=40, paper=220, width=9, line=((120, 60), (170, 200))):
    picture = Image.new("L", (side, side), paper)
    ImageDraw.Draw(picture).line(line, fill=ink, width=width)
    return picture


def test_a_picture_of_the_networks_kind_goes_through_pixel_for_pixel():
    digit = np.zeros((28, 28), np.uint8)
    digit[5:20, 10:14] = 200
    seen = see(Image.fromarray(digit), MNIST)
    np.testing.assert_array_equal(seen.pixels[..., 0], digit)
    assert seen == dataclasses.replace(Seen(seen.pixels))


def test_dark_on_light_is_turned_round_and_centred_by_mass():
    seen = see(on_paper(), MNIST)
    grey = seen.pixels[..., 0].astype(float)
    assert seen.turned
    assert seen.moved
    assert grey[0].max() == 0
    assert grey.max() > 200
    places = np.arange(28) + 0.5
    assert abs((grey.sum(0) * places).sum() / grey.sum() - 14) < 0.6
    assert abs((grey.sum(1) * places).sum() / grey.sum() - 14) < 0.6
    rows = np.flatnonzero(grey.max(1) > 100)
    assert abs((rows[-1] - rows[0] + 1) - 0.72 * 28) <= 2


@pytest.mark.parametrize("width", [3, 6, 12, 24])
def test_strokes_become_as_wide_as_in_the_dataset(width):
    seen = see(on_paper(width=width), MNIST)
    finer = np.asarray(Image.fromarray(seen.pixels[..., 0]).resize((168, 168), Image.Resampling.BILINEAR)) > 127
    assert stroke_width(finer) / 168 == pytest.approx(0.09, abs=0.035)


def test_each_switch_can_be_off():
    picture = on_paper(width=3)
    assert not see(picture, MNIST, Switches(polarity=False)).turned
    assert see(picture, MNIST, Switches(polarity=False)).blank  # no light ink on light paper
    assert not see(picture, MNIST, Switches(centre=False)).moved
    assert see(picture, MNIST, Switches(stroke=False)).wider == 1.0
    np.testing.assert_array_equal(see(picture, MNIST, NOTHING).pixels, fit_picture(picture, 28, 1, "pad"))


def test_uneven_light_and_grain_are_no_ink():
    rows, columns = np.mgrid[0:300, 0:300]
    light = 120 + 0.3 * rows + 0.1 * columns + np.random.default_rng(0).normal(0, 4, (300, 300))
    blank = Image.fromarray(light.clip(0, 255).astype(np.uint8))
    assert see(blank, MNIST).blank
    assert see(blank, MNIST).pixels.max() == 0
    drawn = np.asarray(on_paper(paper=255, ink=120)).astype(float) / 255 * light
    seen = see(Image.fromarray(drawn.clip(0, 255).astype(np.uint8)), MNIST)
    even = see(on_paper(), MNIST)
    assert seen.turned
    assert np.abs(seen.pixels.astype(int) - even.pixels).mean() < 12


def test_the_width_of_a_stroke_is_measured_at_any_slant():
    """A line drawn w pixels wide, whatever its direction."""
    for degrees in (0, 20, 45, 70, 90):
        canvas = Image.new("L", (400, 400))
        across, up = 150 * math.cos(math.radians(degrees)), 150 * math.sin(math.radians(degrees))
        ImageDraw.Draw(canvas).line((200 - across, 200 - up, 200 + across, 200 + up), fill=255, width=14)
        assert stroke_width(np.asarray(canvas) > 127) == pytest.approx(14, rel=0.3)
    assert stroke_width(np.zeros((5, 5), bool)) == 0.0


def test_specks_do_not_widen_the_box():
    drawing = np.zeros((100, 100), np.float32)
    drawing[30:70, 40:50] = 1
    drawing[2, 97] = 0.5
    assert ink_box(drawing) == (40, 30, 50, 70)


def test_colour_networks_and_photos_get_their_pictures_as_they_are():
    photo = Image.fromarray(np.random.default_rng(0).integers(0, 256, (50, 70, 3), np.uint8))
    how = Preprocessing(32, 3, "crop")
    np.testing.assert_array_equal(see(photo, how).pixels, fit_picture(photo, 32, 3, "crop"))


@given(st.integers(1, 90), st.integers(1, 90), st.sampled_from(["L", "RGB"]), st.integers(0, 2**32), st.booleans())
def test_any_picture_gives_what_the_network_needs(width, height, mode, seed, flat):
    random = np.random.default_rng(seed)
    shape = (height, width) if mode == "L" else (height, width, 3)
    pixels = np.full(shape, random.integers(256), np.uint8) if flat else random.integers(0, 256, shape, np.uint8)
    for how in (MNIST, Preprocessing(8, 1, "pad", Ink(255, 30, 1.0, 0.0, False)), Preprocessing(16, 3, "crop")):
        for switches in (Switches(), Switches(stroke=False), Switches(centre=False), Switches(polarity=False), NOTHING):
            seen = see(Image.fromarray(pixels), how, switches)
            assert seen.pixels.shape == (how.size, how.size, how.channels)
            assert seen.pixels.dtype == np.uint8


def test_it_survives_json():
    assert Preprocessing.from_dict(dataclasses.asdict(MNIST)) == MNIST
    assert Preprocessing.from_dict({"size": 32, "channels": 3}) == Preprocessing(32, 3)


def test_it_needs_nothing_of_ours_and_can_be_carried_away(tmp_path):
    (tmp_path / "preprocessing.py").write_bytes((ROOT / "core" / "pictures" / "preprocessing.py").read_bytes())
    code = "import sys; sys.path.insert(0, '.'); import preprocessing; assert 'core' not in sys.modules"
    subprocess.run([sys.executable, "-I", "-c", code], cwd=tmp_path, check=True, timeout=PATIENCE)


def test_what_is_measured_on_drawings_is_what_was_drawn():
    """Rings of known width and size, dark on light, in the middle."""
    images = np.full((20, 40, 40, 1), 250, np.uint8)
    for one in images:
        canvas = Image.fromarray(one[..., 0])
        ImageDraw.Draw(canvas).ellipse((6, 6, 33, 33), outline=10, width=4)
        one[..., 0] = np.asarray(canvas)
    found = ink.measured(images)
    assert found is not None
    assert (found.ground, found.level) == (250, 10)
    assert found.extent == pytest.approx(28 / 40, abs=0.05)
    assert found.stroke == pytest.approx(4 / 40, rel=0.2)


def test_photos_and_blank_pictures_have_no_ink():
    random = np.random.default_rng(0)
    assert ink.measured(random.integers(0, 256, (30, 20, 20, 1), np.uint8)) is None
    assert ink.measured(np.full((30, 20, 20, 1), 90, np.uint8)) is None
    assert ink.measured(np.zeros((30, 20, 20, 3), np.uint8)) is None
    assert ink.measured(np.zeros((0, 20, 20, 1), np.uint8)) is None


@pytest.mark.parametrize(
    ("name", "strokes", "by_mass"), [("digits", True, False), ("mnist", True, True), ("fashion_mnist", False, False)]
)
def test_the_datasets_are_known_by_their_ink(name, strokes, by_mass):
    if not by_name.available(name):
        pytest.skip(f"{name} is not on this machine")
    found = ink.measured(by_name.load(name).train.images)
    assert found is not None
    assert found.level > found.ground + FAINT
    assert bool(found.stroke) == strokes
    assert found.by_mass == by_mass
    if name == "mnist":  # LeCun: digits fit into 20 of 28 pixels; blurred edges add a pixel
        assert found.extent == pytest.approx(20 / 28, abs=0.06)


def test_faces_have_no_ink():
    if not by_name.available("fer2013"):
        pytest.skip("fer2013 is not on this machine")
    assert ink.measured(by_name.load("fer2013").train.images) is None
