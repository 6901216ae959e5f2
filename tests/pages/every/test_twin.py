"""The one change that a verdict suggests: pressed, trained beside the run, and afterwards said whether it helped."""

import pytest

from core.recipe.config import TrainingConfig
from tests.made.pages import open_page, texts
from tests.made.runs import answer_wrongly, make_run

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pages")]  # they share one worker with Keras

BEFORE, AFTER = TrainingConfig(epochs=6), TrainingConfig(epochs=12)


@pytest.fixture
def pair(store, engine):
    """A run that still improves, and the one that repeats it with twice the epochs; both tested."""
    original = make_run(store, "finished", BEFORE, answered=("validation", "test"))
    twin = make_run(store, "finished", AFTER, answered=("validation", "test"))
    twin.change_meta(twin_of=original.id)
    return original, twin


def test_the_change_is_offered_and_pressed_it_waits_to_be_trained(store, engine):
    run = make_run(store, "finished", BEFORE)
    app = open_page("03_train.py", run=run.id)
    assert app.button(key="try_this").label == "Try this: Epochs 6 → 12"
    app.button(key="try_this").click().run()
    twin = next(one for one in store.all() if one.id != run.id)
    assert (twin.config, twin.meta.twin_of) == (AFTER.pinned(), run.id)
    assert twin.meta.name.endswith("Epochs 6 → 12")
    assert app.query_params["run"] == twin.id


def test_what_has_been_tried_is_opened_instead(pair):
    original, twin = pair
    app = open_page("03_train.py", run=original.id)
    app.button(key="tried").click().run()
    assert app.query_params["run"] == twin.id


@pytest.mark.parametrize(
    ("before", "after", "words", "numbers"),
    [
        (4, 40, "The change helped", "right only before the change: 0, only after it: 64."),
        (40, 4, "made it worse", "right only before the change: 64, only after it: 0."),
        (9, 9, "Within noise", "right only before the change: 0, only after it: 0."),
    ],
)
def test_it_says_whether_the_change_helped(pair, before, after, words, numbers):
    original, twin = pair
    answer_wrongly(original, every=before)
    answer_wrongly(twin, every=after)
    app = open_page("03_train.py", run=twin.id)
    assert words in texts(app)
    assert numbers in texts(app)
    assert "McNemar" in texts(app)


def test_in_french_too(pair):
    app = open_page("03_train.py", run=pair[1].id, lang="fr")
    assert "Dans le bruit" in texts(app)
    assert "Essayer\xa0: Époques 12 → 24" in app.button(key="try_this").label


def test_without_the_other_run_it_says_so(pair, store):
    original, twin = pair
    store.delete(original)
    assert "cannot be compared" in texts(open_page("03_train.py", run=twin.id))


def test_runs_that_hold_other_images_back_are_not_compared(pair, store):
    other = make_run(store, "finished", TrainingConfig(epochs=6, seed=5), answered=("validation", "test"))
    pair[1].change_meta(twin_of=other.id)
    assert "different images" in texts(open_page("03_train.py", run=pair[1].id))
