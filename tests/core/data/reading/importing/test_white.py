"""Scans of more than 8 bits are read by one scale for all, which comes from their numbers and can be said otherwise."""

import numpy as np
import pytest
from PIL import Image

from core.data.reading.importing import read
from core.data.reading.looking import look


@pytest.fixture
def scans(tmp_path):
    """Twelve bits in files of sixteen; the first of each class is dark."""
    rng = np.random.default_rng(0)
    numbers = {}
    for label in ("ill", "well"):
        (tmp_path / "scans" / label).mkdir(parents=True)
        for place in range(4):
            pixels = rng.integers(0, 4096 if place else 300, (16, 16)).astype(np.uint16)
            pixels[0, 0] = 4095 if place else 299
            Image.fromarray(pixels).save(tmp_path / "scans" / label / f"{place}.png")
            numbers[f"{label}/{place}.png"] = pixels
    return tmp_path / "scans", numbers


def by_name(imported):
    for split, part in imported.splits.items():
        for name, image in zip(imported.sources[split].names, part.images, strict=True):
            yield name, image[..., 0]


def test_twelve_bits_become_bytes_by_one_scale(scans, scratch):
    folder, numbers = scans
    imported = read(folder, scratch=scratch)
    assert imported.white == 4095
    for name, image in by_name(imported):
        np.testing.assert_array_equal(image, np.rint(numbers[name] * (255 / 4095)).astype(np.uint8))


def test_another_white_can_be_said(scans, scratch):
    folder, numbers = scans
    for name, image in by_name(read(folder, given={"white": "65535"}, scratch=scratch)):
        np.testing.assert_array_equal(image, np.rint(numbers[name] * (255 / 65535)).astype(np.uint8))


def test_a_look_shows_the_scale(scans, scratch):
    questions = {question.option: question for question in look(scans[0], scratch=scratch).questions}
    assert questions["white"].answer == "4095"


def test_pictures_of_8_bits_are_not_asked_about(tmp_path, scratch):
    for label in ("a", "b"):
        (tmp_path / "p" / label).mkdir(parents=True)
        for place in range(3):
            Image.new("L", (16, 16), 40 * place).save(tmp_path / "p" / label / f"{place}.png")
    imported = read(tmp_path / "p", scratch=scratch)
    assert imported.white is None
    assert not imported.understanding.questions
