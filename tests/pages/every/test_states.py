"""Every page in every state of a run, both languages, without a browser."""

import pytest

from core.errors import SettingError
from core.recipe.config import SETTINGS, TrainingConfig, counts
from dashboard.server import engine as engine_module
from dashboard.words import in_markdown
from tests.made.pages import PAGES, open_page, texts
from tests.made.runs import STATES, make_run

pytestmark = pytest.mark.xdist_group("pages")  # they share one worker with Keras

CONTROLS = ("selectbox", "multiselect", "number_input", "slider", "select_slider", "toggle", "text_input")


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_before_anything_was_trained(name, language, store, engine):
    app = open_page(name, lang=language)
    assert app.title or app.header


@pytest.mark.parametrize("name", PAGES)
def test_the_language_can_be_chosen_on_a_page_that_has_nothing_to_show(name, store, engine):
    app = open_page(name)
    app.segmented_control(key="lang").set_value("fr").run()
    assert not app.exception
    assert app.segmented_control(key="lang").value == "fr"


@pytest.mark.parametrize("name", ["01_start.py", "06_runs.py", "08_your_images.py"])
def test_a_page_without_choices_has_no_sidebar(name, store, engine):
    assert not open_page(name).sidebar.children


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_with_a_run_in_every_state(name, state, store, engine):
    run = make_run(store, state)
    app = open_page(name, run=run.id)
    if name == "03_train.py" and state != "damaged":
        assert app.title[0].value == in_markdown(run.meta.name)


@pytest.mark.parametrize("state", STATES)
def test_the_runs_page_lists_a_run_in_every_state(state, store, engine):
    run = make_run(store, state)
    app = open_page("06_runs.py")
    table = app.dataframe[0].value
    assert run.meta.name in table["Name"].to_list() or state == "damaged"
    assert table["State"].to_list() == [state]


def test_pages_open_without_an_engine(store, monkeypatch):
    monkeypatch.setattr(engine_module, "_engine", None)
    for name in PAGES:
        open_page(name)


def test_the_form_has_one_control_for_each_setting(store, engine):
    app = open_page("03_train.py", augmentation="true")
    keys = {element.key for kind in CONTROLS for element in app.get(kind)}
    counting = {
        one.name for one in SETTINGS.values() if counts(one, TrainingConfig().architecture, vars(TrainingConfig()))
    }
    assert counting - {"mixed_precision", "dataset_version", "begin_from"} <= keys
    for one in (one for one in SETTINGS.values() if one.only or one.but):
        assert one.name not in keys
        beside = {one.only[0]: one.only[1]} if one.only else {one.but[0]: "3"}
        app = open_page("03_train.py", **beside)
        assert one.name in {element.key for kind in CONTROLS for element in app.get(kind)}


def test_every_control_of_the_form_explains_itself(store, engine):
    app = open_page("03_train.py", augmentation="true")
    for kind in CONTROLS:
        for element in app.get(kind):
            if element.key in SETTINGS:
                assert element.help == SETTINGS[element.key].help


def test_a_link_carries_a_whole_recipe(store, engine):
    wanted = TrainingConfig(
        dataset="colours",
        architecture="cnn_two_blocks",
        epochs=7,
        learning_rate=0.02,
        dropout=0.35,
        filters=(8, 16),
        train_images=500,
        batch_size=16,
        optimizer="sgd",
        early_stopping_patience=3,
        image_size=20,
        seed=5,
    )
    app = open_page("03_train.py", **wanted.link())
    assert "warning" not in [w.type for w in app.warning] or not app.warning
    app.button(key="train").click().run()
    assert store.all()[0].config == wanted
    assert {name: app.query_params[name] for name in wanted.link()} == wanted.link()


LOOKING = ("09_classify.py", "10_shift.py", "11_take_away.py", "12_mistakes.py", "13_look_inside.py")


@pytest.mark.parametrize("name", LOOKING)
def test_a_failed_run_in_view_says_what_it_failed_of(name, store, engine):
    make_run(store, "finished")
    failed = make_run(store, "failed")
    app = open_page(name, run=failed.id)
    assert f"{failed.meta.name}: The loss stopped being a number in epoch 7." in texts(app)


@pytest.mark.parametrize("name", LOOKING)
def test_a_run_that_has_nothing_to_show_yet_is_not_passed_over_silently(name, store, engine):
    running = make_run(store, "running", epochs=0)
    said = f"“{in_markdown(running.meta.name)}” has nothing to be shown here yet."
    assert said in texts(open_page(name, run=running.id))


def test_a_value_that_does_not_fit_is_told_and_cannot_be_trained(store, engine):
    app = open_page("03_train.py", architecture="cnn_two_blocks", image_size="28")
    app.text_input(key="filters").set_value("32,many").run()
    assert "filters=32,many" in app.error[0].value
    assert app.button(key="train").disabled
    app.text_input(key="filters").set_value("8,8").run()
    assert not app.error
    assert not app.button(key="train").disabled


def test_an_image_too_small_for_the_network_is_explained(store, engine):
    app = open_page("03_train.py", architecture="cnn_three_blocks")  # digits are 8×8
    assert app.button(key="train").disabled
    with pytest.raises(SettingError) as impossible:
        engine.plan(TrainingConfig(architecture="cnn_three_blocks"))
    assert app.error[0].value == str(impossible.value)
