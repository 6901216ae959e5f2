"""What comes back from the drawing pad is not believed."""

import base64

import pytest

from core.recipe.config import TrainingConfig
from dashboard.widgets import pad
from tests.made import by_name


def test_a_picture_comes_back_as_its_bytes():
    assert pad.decoded("data:image/png;base64," + base64.b64encode(b"a picture").decode()) == b"a picture"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "data:image/png;base64",
        "data:image/svg+xml;base64,AAAA",
        "https://example.org/a.png",
        "data:image/png;base64,***",
        "data:image/png;base64,AAA",
        "data:image/png;base64," + "A" * 5_000_000,
    ],
)
def test_anything_else_is_no_drawing(address):
    assert pad.decoded(address) is None


def test_the_pad_has_the_ground_of_the_pictures():
    by_name.load("digits")
    assert pad._dark_ground(TrainingConfig(dataset="digits"))


def test_where_the_pictures_were_never_read_the_pad_is_white(own_data_folder):
    assert not pad._dark_ground(TrainingConfig(dataset="digits"))
