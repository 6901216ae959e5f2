"""The page Images, without a browser: every view, problems, versions."""

import numpy as np
import pytest

from core.data import catalogue, imported, versions
from core.data.dataset import Splits
from core.recipe.config import TrainingConfig
from tests.made import by_name
from tests.made.pages import open_page, texts
from tests.made.runs import make_run
from tests.pages.images.made import pets, run_until_done

pytestmark = pytest.mark.slow  # together they take too long for a commit


def test_a_dataset_is_renamed_deleted_and_brought_back(store, pet_shop):
    app = open_page("08_your_images.py")
    app.text_input(key=f"title_{pet_shop}").set_value("Pets").run()
    assert catalogue.dataset(pet_shop).title == "Pets"
    app.button(key=f"delete_{pet_shop}").click().run()
    assert imported.datasets() == {}
    app.button(key="undo_dataset").click().run()
    assert list(imported.datasets()) == [pet_shop]


def test_a_dataset_that_runs_need_stays(store, pet_shop):
    make_run(store, "queued", TrainingConfig(dataset=pet_shop))
    app = open_page("08_your_images.py")
    app.button(key=f"delete_{pet_shop}").click().run()
    assert "needed by 1 of your runs" in app.toast[0].value
    assert list(imported.datasets()) == [pet_shop]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("view", ["overview", "pictures", "one", "problems"])
def test_each_view_of_an_imported_dataset_opens_and_names_are_harmless(store, pet_shop, view, language):
    app = open_page("07_images.py", images=pet_shop, lang=language)
    app.segmented_control(key="images_view").set_value(view).run()
    assert not app.exception
    shown = "".join(str(element.proto.body) for element in app.get("html"))
    assert "<b>cat" not in shown


@pytest.mark.parametrize("name", [name for name, spec in catalogue.built_in().items() if not spec.files])
def test_each_view_of_a_built_in_dataset_opens(store, name):
    app = open_page("07_images.py", images=name)
    for view in ("pictures", "one", "problems", "overview"):
        app.segmented_control(key="images_view").set_value(view).run()
        assert not app.exception


def test_the_network_gets_numbers_between_0_and_1(store):
    app = open_page("07_images.py", images="digits")
    app.segmented_control(key="images_view").set_value("one").run()
    expected = np.round(by_name.load("digits").train.images[0, ..., 0] / 255, 3)
    np.testing.assert_allclose(app.dataframe[0].value.to_numpy(), expected)
    app.number_input(key="images_size").set_value(16).run()
    assert app.dataframe[0].value.shape == (16, 16)


def test_problems_are_found_left_out_and_brought_back(store, pet_shop):
    app = open_page("07_images.py", images=pet_shop)
    app.segmented_control(key="images_view").set_value("problems").run()
    assert "Nobody has looked yet" in texts(app)
    app.button(key="check").click().run()
    app = run_until_done(app, "check")
    shown = texts(app)
    assert "1 leak between training and test" in shown
    assert "1 group of equal pictures" in shown
    assert "1 blank picture" in shown
    app.button(key="out_leak").click().run()
    app.button(key="out_exact").click().run()
    version = versions.current(catalogue.dataset(pet_shop))
    assert versions.get(catalogue.dataset(pet_shop), version).excluded == {"train": (3, 4)}
    assert "2 pictures left out" in texts(app)
    app.button(key="keep_blank").click().run()
    assert "Nothing open" in app.success[0].value
    assert store.create(TrainingConfig(dataset=pet_shop)).config.dataset_version == version
    app.button(key="undo_version").click().run()
    app.button(key="undo_version").click().run()
    assert not versions.has_edits(catalogue.dataset(pet_shop), versions.current(catalogue.dataset(pet_shop)))
    assert "1 leak between training and test" in texts(app)


def test_leaving_out_a_whole_class_is_refused(store):
    train = pets()
    train.images[train.labels == 1] = 7  # all of one class is blank
    name = imported.create("Half", Splits(train, pets(6, seed=1)), ("cat", "dog"))
    app = open_page("07_images.py", images=name)
    app.segmented_control(key="images_view").set_value("problems").run()
    app.button(key="check").click().run()
    app = run_until_done(app, "check")
    app.button(key="out_blank").click().run()
    assert "dog would have no train picture left" in app.toast[0].value
    assert versions.current(catalogue.dataset(name)) == by_name.content(name)


def test_versions_can_be_chosen_in_the_form(store, monkeypatch):
    by_name.load("digits")
    version = versions.edit(catalogue.dataset("digits"), by_name.content("digits"), exclude={"train": [0, 1]})
    app = open_page("03_train.py")
    chosen = app.selectbox(key="dataset_version")
    assert chosen.options == ["newest", "original", f"{version[:6]} (2 left out, 0 relabelled)"]
    chosen.select("original").run()
    assert not app.exception


def test_a_mirror_that_lies_is_warned_of(store):
    app = open_page("03_train.py", dataset="digits", augmentation="true", flip="horizontal")
    assert any("show something else" in warning.value for warning in app.warning)
    app.selectbox(key="flip").select("none").run()
    assert not any("show something else" in warning.value for warning in app.warning)


def test_the_recipe_of_fer2013_is_one_press_away(store):
    app = open_page("03_train.py", augmentation="true")
    app.button(key="augment_fer2013").click().run()
    values = {name: app.session_state[name] for name in ("rotation", "zoom", "shift", "shear", "flip")}
    assert values == {"rotation": 20.0, "zoom": 0.15, "shift": 0.2, "shear": 0.15, "flip": "horizontal"}


def test_classify_says_what_to_do_before_anything_was_trained(store):
    app = open_page("09_classify.py")
    assert "No network is trained yet" in app.info[0].value
