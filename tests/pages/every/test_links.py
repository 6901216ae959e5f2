"""What is wrong with a link is told on every page that would take it, all at once, and the rest of it is used."""

import pytest

from core.recipe.config import SETTINGS, TrainingConfig
from tests.made.pages import PAGES, open_page, texts
from tests.made.runs import make_run

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pages")]  # they share one worker with Keras


def test_a_bad_value_in_a_link_is_told_and_the_rest_is_used(store, engine):
    app = open_page("03_train.py", epochs="-3", learning_rate="0.01", nonsense="1")
    assert "epochs=-3 is out of range" in app.warning[0].value
    assert app.number_input(key="learning_rate").value == 0.01
    assert app.number_input(key="epochs").value == TrainingConfig().epochs


def test_all_that_is_wrong_with_a_link_is_told_at_once(store, engine):
    app = open_page("03_train.py", epochs="-3", dataset="nope", batch_size="many", nonsense="1", seed="7")
    (told,) = app.warning
    for fault in (
        "epochs=-3 is out of",
        "dataset=nope is unknown",
        "batch_size=many is out of",
        "setting called nonsense",
    ):
        assert fault in told.value
    assert app.number_input(key="seed").value == 7


def test_of_an_unknown_setting_the_nearest_is_named_and_all_stand_folded_away(store, engine):
    app = open_page("03_train.py", epocs="9", nonsense="1", lang="tlh")
    (told,) = app.warning  # what is wrong with the frame of the page as well
    for words in ("no setting called epocs; the nearest is epochs.", "lang=tlh is unknown"):
        assert words in told.value
    assert "no setting called nonsense; all settings are below." in told.value
    (every,) = [one for one in app.expander if one.label == "All settings"]
    assert not every.proto.expanded
    listed = every.markdown[0].value
    assert all(f"`{name}`" in listed for name in SETTINGS)


def test_an_unknown_dataset_in_a_link_to_images_is_told(store, engine):
    app = open_page("07_images.py", images="nope")
    assert "images=nope is unknown; choose one of: cifar10," in app.warning[0].value
    assert app.query_params["images"] in ("digits", ["digits"])


@pytest.mark.parametrize("name", PAGES)
def test_an_unknown_run_in_a_link_is_told_on_every_page(name, store, engine):
    app = open_page(name, run="nope")
    assert [told for told in app.warning if "There is no run called nope" in told.value]


def test_a_contradiction_in_a_link_is_told(store, engine):
    app = open_page("03_train.py", architecture="softmax", dropout="0.5")
    assert "dropout=0.5 has no meaning for softmax" in app.warning[0].value


@pytest.mark.parametrize("name", PAGES)
def test_an_unknown_language_and_an_odd_epoch_are_told_on_every_page(name, store, engine):
    run = make_run(store, "finished")
    app = open_page(name, run=run.id, lang="tlh", epoch="last")
    (told,) = [one.value for one in app.warning if "was not quite right" in one.value]
    assert "lang=tlh is unknown; choose one of: en, fr." in told
    assert "epoch=last is no number of an epoch" in told
    assert "epoch" not in app.query_params
    assert "was not quite right" not in texts(app.run())  # said once


PARAMETERS = [
    ("02_lessons.py", {"lesson": "nope"}, ["lesson=nope is unknown"]),
    (
        "02_lessons.py",
        {"lesson": "overfits", "step": "nope", "race": "gone"},
        ["step=nope is unknown; choose one of: question, watch, answer", "gone"],
    ),
    ("03_train.py", {"only": "epochs,nope"}, ["no setting called nope"]),
    ("04_race.py", {"race": "gone"}, ["gone"]),
    ("05_experiments.py", {"experiment": "gone"}, ["gone"]),
    (
        "05_experiments.py",
        {"ask": "nope", "epochs": "-3", "nonsense": "1"},
        ["ask=nope is unknown", "epochs=-3 is out of range", "setting called nonsense"],
    ),
    ("07_images.py", {"images": "nope"}, ["images=nope is unknown; choose one of: cifar10,"]),
    (
        "08_your_images.py",
        {"draft": "gone", "import": "gone"},
        ["begun under this link is not known any more", "that this link names are not here any more"],
    ),
    ("14_by_hand.py", {"subject": "nope"}, ["subject=nope is unknown; choose one of: convolution,"]),
]


@pytest.mark.parametrize(("name", "query", "said"), PARAMETERS)
def test_what_a_page_does_not_know_is_told_all_at_once(name, query, said, store, engine):
    app = open_page(name, **query)
    told = "\n".join(one.value for one in app.warning)
    assert [words for words in said if words not in told] == []
    assert len(app.warning) == 1
