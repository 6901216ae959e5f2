"""Which values a search may try: what is sensible by itself, what somebody writes, what is none."""

import pytest

from core.errors import SettingError
from core.experiments.space import Range, by_itself, searched, space, written
from core.recipe.config import SETTINGS, TrainingConfig

RECIPE = TrainingConfig(learning_rate=0.003)


def test_by_itself_it_varies_what_the_network_has_around_the_values_of_the_recipe():
    assert space(RECIPE, None) == {
        "learning_rate": Range(0.0003, 0.03, log=True),
        "dropout": Range(0.0, 0.6, step=0.05),
        "batch_size": (16, 32, 64, 128, 256),
    }
    assert by_itself(TrainingConfig(architecture="softmax")) == ["learning_rate", "batch_size"]
    assert by_itself(TrainingConfig(architecture="random_forest")) == ["n_estimators", "max_depth"]


def test_ranges_and_lists_can_be_written():
    texts = ("learning_rate = 0.001..1", "batch_size=8..128", "epochs=5..20", "optimizer=sgd|adam", "l2=0..0.01")
    assert space(RECIPE, texts) == {
        "learning_rate": Range(0.001, 1.0, log=True),
        "batch_size": Range(8, 128, log=True, whole=True),
        "epochs": Range(5, 20, whole=True),
        "optimizer": ("sgd", "adam"),
        "l2": Range(0.0, 0.01),
    }
    assert space(TrainingConfig(architecture="cnn_batchnorm"), ("filters=8,16|8",)) == {"filters": ((8, 16), (8,))}


@pytest.mark.parametrize("name", list(searched(RECIPE)))
def test_what_is_sensible_lies_within_the_bounds_and_reads_back(name):
    text = written(RECIPE, name)
    (values,) = space(RECIPE, (name,)).values()
    assert space(RECIPE, (f"{name}={text}",)) == {name: values}
    if isinstance(values, Range):
        assert SETTINGS[name].low <= values.low < values.high <= SETTINGS[name].high


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hue", "hue is no setting that a search can vary in cnn_small; choose among: "),
        ("architecture", "architecture is no setting"),
        ("label_noise=0|0.1", "label_noise is no setting"),
        ("learning_rate=0.1..0.001", "leaves nothing to choose"),
        ("learning_rate=0.1", "leaves nothing to choose"),
        ("learning_rate=0.1..2", "learning_rate=2 is out of range"),
        ("learning_rate=a..b", "learning_rate=a is out of range"),
        ("batch_size=16|many", "batch_size=many is out of range"),
        ("dropout=..", "leaves nothing to choose"),
        ("filters", "filters is no setting"),
    ],
)
def test_what_is_none_is_told(text, said):
    with pytest.raises(SettingError, match=said):
        space(RECIPE, (text,))


def test_a_network_without_any_setting_says_so():
    with pytest.raises(SettingError, match="majority_class has no setting"):
        space(TrainingConfig(architecture="majority_class"), None)
