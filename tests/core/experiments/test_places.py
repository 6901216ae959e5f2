"""Which values are tried: within the bounds of each setting, the recipe's own among them."""

import itertools

import pytest

from core.data import catalogue
from core.errors import SettingError
from core.experiments.places import (
    VARIED,
    images_of,
    ladder,
    repeated,
    sizes,
    values_of,
    varied,
    with_images,
    with_value,
)
from core.recipe.config import SETTINGS, TrainingConfig
from core.training import prepare

WIDE = TrainingConfig(architecture="cnn_batchnorm")


@pytest.mark.parametrize("points", [2, 5, 12])
@pytest.mark.parametrize("name", [name for name in varied(WIDE) if SETTINGS[name].kind in ("int", "float", "choice")])
def test_every_value_of_a_ladder_fits_its_setting_and_there_are_several(name, points):
    values = ladder(WIDE, name, points)
    assert len(set(values)) == len(values) >= 2
    for value in values:
        assert getattr(with_value(WIDE, name, value), name) == value


def test_a_ladder_has_the_recipes_own_value_in_its_middle():
    assert ladder(TrainingConfig(learning_rate=2e-3), "learning_rate", 3) == [2e-4, 2e-3, 2e-2]
    assert ladder(TrainingConfig(batch_size=8), "batch_size", 3) == [4, 8, 16]


def test_nothing_of_a_penalty_is_tried_too():
    assert ladder(TrainingConfig(), "l2", 3)[0] == 0


def test_values_that_somebody_wrote_are_read_as_on_the_command_line():
    assert values_of(TrainingConfig(), "batch_size", ("16", "128", "16"), 5) == [16, 128]
    assert values_of(TrainingConfig(), "filters", ("32,64", "8"), 5) == [(32, 64), (8,)]
    with pytest.raises(SettingError, match="batch_size=many"):
        values_of(TrainingConfig(), "batch_size", ("many",), 5)


def test_of_what_nobody_can_guess_values_have_to_be_named():
    with pytest.raises(SettingError, match="name some"):
        ladder(WIDE, "filters", 3)


def test_what_the_network_does_not_know_cannot_vary():
    with pytest.raises(SettingError, match="softmax has no setting dropout"):
        with_value(TrainingConfig(architecture="softmax"), "dropout", 0.5)


def test_what_decides_which_images_are_held_back_cannot_vary():
    assert not {"seed", "validation_fraction", "dataset", "classes"} & set(VARIED)


@pytest.mark.parametrize(
    "recipe",
    [
        TrainingConfig(),
        TrainingConfig(classes=("0", "1", "7")),
        TrainingConfig(test_fraction=0.3),
        TrainingConfig(imbalance=10.0),
        TrainingConfig(validation_fraction=0.5, seed=4),
    ],
)
def test_all_images_are_as_many_as_a_training_gets(recipe):
    got = prepare.counts(catalogue.dataset("digits"), recipe.pinned())
    assert images_of(recipe) == (sum(got["train"]), sum(got["validation"]))


@pytest.mark.parametrize("points", [2, 3, 5, 12])
def test_numbers_of_images_have_equal_ratios_and_end_with_all(points):
    found = sizes(TrainingConfig(), 1150, points)
    assert (found[0], found[-1]) == (20, 1150)
    steps = [high / low for low, high in itertools.pairwise(found)]
    assert max(steps) / min(steps) < 1.1


def test_fewer_images_get_more_epochs_for_as_many_steps_up_to_ten_times_as_many():
    recipe = TrainingConfig(batch_size=64, epochs=20)  # 18 steps an epoch on 1150 images
    found = dict(with_images(recipe, 5, equal_steps=True))
    assert {n: made.epochs for n, made in found.items()} == {20: 200, 55: 200, 152: 120, 418: 51, 1150: 20}
    assert [made.train_images for made in found.values()] == [20, 55, 152, 418, 0]
    assert {made.epochs for _n, made in with_images(recipe, 5, equal_steps=False)} == {20}


def test_a_recipe_of_few_images_is_not_asked_for_more():
    assert [n for n, _made in with_images(TrainingConfig(train_images=100), 3, equal_steps=True)][-1] == 100


def test_seeds_go_on_from_the_recipes_own():
    assert [cell.recipe.seed for cell in repeated({}, TrainingConfig(seed=7), 3)] == [7, 8, 9]
