"""Scans of more than 8 bits are read by one scale for all, which comes from their numbers and can be said otherwise."""

import io

import numpy as np
import pytest
from PIL import Image

from core.data.reading.importing import read
from core.data.reading.looking import look
from core.errors import DataError


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


def of_12_bits(place, highest=4095):
    images = np.random.default_rng(0).integers(0, highest + 1, (12, 8, 8)).astype(np.uint16)
    images[0, 0, 0] = highest
    np.savez(place / "scans.npz", x=images, y=np.arange(12) % 2)
    return place / "scans.npz", images


def test_the_scale_of_an_array_is_shown_too_and_can_be_said(tmp_path, scratch):
    path, images = of_12_bits(tmp_path)
    (question,) = (one for one in look(path, scratch=scratch).questions if one.option == "white")
    assert (question.answer, question.aside) == ("4095", False)
    for name, image in by_name(read(path, given={"white": "65535"}, scratch=scratch)):
        expected = np.rint(images[int(name.removeprefix("x[").removesuffix("]"))] * (255 / 65535))
        np.testing.assert_array_equal(image, expected.astype(np.uint8))


def test_bytes_in_a_wider_type_are_asked_about_aside_only(tmp_path, scratch):
    (question,) = (
        one for one in look(of_12_bits(tmp_path, 255)[0], scratch=scratch).questions if one.option == "white"
    )
    assert (question.answer, question.aside) == ("255", True)


def test_what_is_added_has_the_scale_of_the_dataset(tmp_path, scratch):
    path, _images = of_12_bits(tmp_path, 900)  # darker, and alone it would be stretched to 1023
    added = read(path, adding=("0", "1"), white=4095, scratch=scratch)
    every = np.concatenate([part.images[..., 0] for _split, part in added.splits.items()])
    assert every.max() == round(900 * 255 / 4095)
    with pytest.raises(DataError, match=r"^x holds numbers beyond 255, which is white in this dataset"):
        read(path, adding=("0", "1"), white=255, scratch=scratch)
    shown = look(path, adding=("0", "1"), white=4095, scratch=scratch)
    assert "white" not in {one.option for one in shown.questions}


def test_a_look_at_what_is_added_shows_it_by_the_scale_of_the_dataset(scans, scratch):
    shown = look(scans[0], adding=("ill", "well"), white=16383, scratch=scratch)
    assert "white" not in {one.option for one in shown.questions}
    brightest = max(np.asarray(Image.open(io.BytesIO(png))).max() for png in shown.samples["ill"])
    assert brightest == round(4095 * 255 / 16383)
