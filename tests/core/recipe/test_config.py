"""The recipe: what it accepts, what it refuses and how, and that text, JSON and links give it back."""

import dataclasses
import json

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.data import imported
from core.data.dataset import Images, Splits
from core.errors import SettingError
from core.recipe import architectures
from core.recipe.config import SETTINGS, TrainingConfig, settings
from core.recipe.setting import as_text, parse

BAD = [
    ("epochs", "0"),
    ("epochs", "1001"),
    ("epochs", "ten"),
    ("epochs", "1.5"),
    ("epochs", "9" * 400),
    ("batch_size", "0"),
    ("batch_size", "-8"),
    ("learning_rate", "0"),
    ("learning_rate", "2"),
    ("learning_rate", "nan"),
    ("learning_rate", "inf"),
    ("optimizer", "magic"),
    ("dropout", "1"),
    ("filter_multiplier", "3"),
    ("filters", "32,,64"),
    ("filters", "1,2,3,4,5,6,7"),
    ("filters", "0"),
    ("dense_units", "-1"),
    ("activation", "swoosh"),
    ("batch_norm", "perhaps"),
    ("l2", "1"),
    ("train_images", "-1"),
    ("validation_fraction", "0"),
    ("validation_fraction", "0.9"),
    ("early_stopping_patience", "-1"),
    ("early_stopping_monitor", "loss"),
    ("restore_best_weights", "2"),
    ("reduce_lr_patience", "x"),
    ("seed", "-1"),
    ("seed", str(2**31)),
    ("image_size", "7"),
    ("image_size", "129"),
    ("mixed_precision", "maybe"),
    ("dataset", "no_such_images"),
    ("architecture", "no_such_network"),
]


@pytest.mark.parametrize(("name", "text"), BAD)
def test_a_value_out_of_range_is_refused_with_the_next_step(name, text):
    with pytest.raises(SettingError) as refused:
        TrainingConfig.from_text({name: text})
    message = str(refused.value)
    assert message.startswith(f"{name}={text} is ")
    assert "choose" in message
    assert "\n" not in message


@pytest.mark.parametrize("name", list(SETTINGS))
def test_every_setting_is_refused_when_it_has_the_wrong_type(name):
    for value in ({}, object(), [[]], b"1"):
        with pytest.raises(SettingError):
            TrainingConfig.from_dict({name: value})


def test_an_unknown_setting_is_refused_and_the_known_ones_are_named():
    with pytest.raises(SettingError, match=r"no setting called epoch; .*epochs"):
        TrainingConfig.from_text({"epoch": "3"})


def test_a_setting_that_the_architecture_does_not_have_is_refused():
    with pytest.raises(SettingError, match=r"dropout=0.5 has no meaning for softmax"):
        TrainingConfig(architecture="softmax", dropout=0.5)


def test_fewer_images_than_classes_are_refused():
    with pytest.raises(SettingError, match="train_images=9 is fewer than the 10 classes"):
        TrainingConfig(train_images=9)


def test_every_setting_is_declared_in_full():
    for one in settings():
        assert one.title, one.name
        assert one.help.endswith("."), one.name
        assert one.own == (one.default is None), one.name
        if one.kind in ("int", "float"):
            assert one.low is not None, one.name
            assert one.high is not None, one.name
        if one.kind == "choice":
            assert one.options, one.name


def test_the_settings_have_the_names_of_the_issue():
    promised = (
        "dataset architecture epochs batch_size learning_rate optimizer dropout filter_multiplier l2 train_images "
        "validation_fraction early_stopping_patience reduce_lr_patience seed image_size mixed_precision"
    )
    assert set(promised.split()) <= set(SETTINGS)


def _values(one):
    """Values that fit a setting, for each kind."""
    match one.kind:
        case "int":
            low = max(int(one.low), 10 if one.name == "train_images" else 0)
            return st.integers(low, int(one.high)) | st.just(one.default)
        case "float":
            return st.floats(one.low, one.high) | st.just(one.default)
        case "bool":
            return st.booleans() | st.just(one.default)
        case "choice":
            return st.sampled_from(list(one.options)) | st.just(one.default)
        case "counts":
            return st.lists(st.integers(1, 1024), min_size=1, max_size=6).map(tuple) | st.none()
    return st.just(one.default)


@st.composite
def recipes(draw):
    architecture = draw(st.sampled_from(list(architectures.known())))
    own = architectures.get(architecture).settings
    values = {one.name: draw(_values(one)) for one in settings() if not one.own or one.name in own}
    fold = draw(st.integers(1, max(1, values["folds"])))
    return TrainingConfig(**{**values, "architecture": architecture, "fold": fold})


@given(recipes())
def test_json_text_and_link_give_every_recipe_back(recipe):
    assert TrainingConfig.from_dict(json.loads(json.dumps(recipe.as_dict()))) == recipe
    assert TrainingConfig.from_text(recipe.link()) == recipe
    assert TrainingConfig.from_text({name: as_text(getattr(recipe, name)) for name in SETTINGS}) == recipe


@example("classes", "0\r0")
@given(st.sampled_from(list(SETTINGS)), st.text(max_size=12))
def test_any_text_is_either_a_value_or_a_setting_error(name, text):
    try:
        value = TrainingConfig.from_text({name: text})
    except SettingError:
        return
    assert getattr(value, name) == parse(SETTINGS[name], text)


def test_a_recipe_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        TrainingConfig().epochs = 3


def test_what_is_left_open_is_the_architectures_own():
    own = architectures.get("faces_deep").settings
    assert TrainingConfig(architecture="faces_deep").network_settings() == dict(own)
    assert TrainingConfig(architecture="faces_deep", dropout=0.1).network_settings()["dropout"] == 0.1


COMMAS = ("tench, Tinca tinca", "goldfish, Carassius auratus", '"quoted"', "'s", "a b", "$1", "=1+2", "true", "猫")


@pytest.fixture
def fish(own_data_folder):
    images = Images(np.zeros((18, 8, 8, 1), np.uint8), np.arange(18) % len(COMMAS))
    return imported.create("Fish", Splits(images, images), COMMAS)


def test_the_classes_that_a_refusal_lists_can_be_copied_back(fish):
    with pytest.raises(SettingError) as refusal:
        TrainingConfig.from_text({"dataset": fish, "classes": "tench, Tinca tinca"})
    listed = str(refusal.value).partition("Choose among: ")[2].removesuffix(".")
    assert TrainingConfig.from_text({"dataset": fish, "classes": listed}).classes == COMMAS


def test_the_link_of_a_recipe_is_read_back_with_any_names(fish):
    recipe = TrainingConfig(dataset=fish, classes=COMMAS[1:4])
    assert TrainingConfig.from_text(recipe.link()) == recipe
