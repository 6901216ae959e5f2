"""A lesson's link leaves only its levers open; the rest of the recipe stays as the link says."""

import pytest

from core.recipe.config import TrainingConfig
from tests.made.pages import open_page, texts

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pages")]  # they share one worker with Keras

LESSON = {"train_images": "100", "epochs": "30", "filter_multiplier": "4.0", "dropout": "0.0"}


def test_only_the_levers_are_drawn_and_the_rest_is_trained_as_the_link_says(store, engine):
    app = open_page("03_train.py", only="dropout", **LESSON)
    assert "This lesson is about: Dropout." in texts(app)
    assert not app.selectbox
    app.slider(key="dropout").set_value(0.5).run()
    assert app.query_params["only"] == "dropout"
    app.button(key="train").click().run()
    (run,) = store.all()
    wanted = TrainingConfig(train_images=100, epochs=30, filter_multiplier=4.0, dropout=0.5)
    assert run.config == wanted.pinned()


@pytest.mark.parametrize(
    "lever", ["architecture", "learning_rate", "train_images", "augmentation", "label_noise", "classes"]
)
def test_any_setting_can_be_a_lever(store, engine, lever):
    app = open_page("03_train.py", only=lever, **LESSON)
    assert not app.exception
    app.button(key="train").click().run()
    (run,) = store.all()
    assert run.config == TrainingConfig(train_images=100, epochs=30, filter_multiplier=4.0, dropout=0.0).pinned()


def test_all_settings_can_be_opened_and_keep_their_values(store, engine):
    app = open_page("03_train.py", only="dropout", **LESSON)
    app.slider(key="dropout").set_value(0.3).run()
    app.button(key="unlock").click().run()
    assert app.selectbox(key="dataset").value == "digits"
    assert app.number_input(key="train_images").value == 100
    assert app.slider(key="dropout").value == 0.3
    assert "only" not in app.query_params


def test_after_another_page_the_levers_are_still_the_only_ones(store, engine):
    app = open_page("03_train.py", only="dropout", **LESSON)
    app.slider(key="dropout").set_value(0.3).run()
    app.switch_page("../pages/06_runs.py").run()
    app.switch_page("../pages/03_train.py").run()
    assert not app.selectbox
    app.button(key="train").click().run()
    (run,) = store.all()
    assert (run.config.dropout, run.config.train_images) == (0.3, 100)


def test_a_name_that_is_no_setting_locks_nothing(store, engine):
    app = open_page("03_train.py", only="nonsense", **LESSON)
    assert app.selectbox(key="dataset")


def test_another_link_opens_all_settings_again(store, engine):
    app = open_page("03_train.py", only="dropout", **LESSON)
    assert not app.selectbox
    app.query_params.clear()
    app.query_params.update({"epochs": "7"})
    app.run()
    assert app.selectbox(key="dataset").value == "digits"
    assert app.number_input(key="epochs").value == 7


def test_on_a_phone_the_levers_of_the_lesson_stand_in_the_page(store, engine):
    app = open_page("03_train.py", only="train_images,label_noise", **LESSON)
    app.number_input(key="phone_train_images").set_value(200).run()
    app.slider(key="phone_label_noise").set_value(0.3).run()
    assert not [slider for slider in app.slider if slider.key == "phone_dropout"]
    app.button(key="phone_train").click().run()
    (run,) = store.all()
    assert (run.config.train_images, run.config.label_noise, run.config.dropout) == (200, 0.3, 0.0)
