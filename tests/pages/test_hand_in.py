"""A page to hand in: what stands in it is what the run has, and nothing in it reaches out or runs."""

import re
from html.parser import HTMLParser

import pytest

from core.recipe.config import TrainingConfig
from core.runs import race as races
from core.runs.prediction import Prediction
from dashboard.report import hand_in
from tests.made.diaries import by_heart, kept
from tests.made.pages import open_page
from tests.made.runs import lead, make_run
from tests.pages.every.made import engine, executor, store

__all__ = ["engine", "executor", "store"]
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pages")]  # they share one worker with Keras
NASTY = 'Ada <script>alert(1)</script> & "Co"'


class Page(HTMLParser):
    """The words of a page, its tags, and every address in it."""

    def __init__(self, content):
        super().__init__()
        self.words, self.tags, self.addresses = "", [], []
        self.feed(content.decode())

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.addresses += [value for name, value in attributes if name in ("src", "href", "action", "data")]

    def handle_data(self, data):
        self.words += data + "\n"


@pytest.fixture
def run(store):
    return make_run(store, "finished", answered=("test", "validation"))


def test_a_page_has_the_numbers_of_its_run(run):
    page = Page(hand_in.of_one(run, "Ada", "It went as I thought."))
    result = run.status.result
    for words in ("Ada", "It went as I thought.", run.meta.name, run.id, f"{result['test_accuracy']:.2%}"[:-1]):
        assert words in page.words
    assert f"of {result['n_test']} test images right" in page.words
    assert page.tags.count("svg") == 2
    assert page.tags.count("img") == 12  # of the 40 that are wrong
    counted = [int(one) for one in re.findall(r"<td style[^>]*>(\d+)</td>", hand_in.of_one(run, "", "").decode())]
    assert sum(counted) == result["n_test"]


def test_of_a_run_with_label_noise_it_shows_what_was_learnt_by_heart(store):
    page = Page(hand_in.of_one(kept(store, by_heart()), "", ""))
    assert "24 of 60 training labels (40 %) were changed to a wrong class on purpose" in page.words
    assert "Wrong labels that it knows by heart after epoch 6: 21 % of 24" in page.words
    assert page.tags.count("svg") == 3


def test_whatever_somebody_writes_is_words_and_nothing_is_fetched(run):
    page = Page(hand_in.of_one(run, NASTY, NASTY))
    assert page.words.count(NASTY) == 2
    assert "script" not in page.tags
    assert all(address.startswith("data:image/png;base64,") for address in page.addresses)
    assert b"default-src 'none'" in hand_in.of_one(run, "", "")


def test_without_a_name_or_words_there_is_no_place_for_them(run):
    assert "In my own words" not in Page(hand_in.of_one(run, "", "")).words


def test_what_was_predicted_stands_beside_what_happened(store):
    before = Prediction(test_accuracy=0.5, words="half of them")
    run = store.create(TrainingConfig(epochs=12), queue=False, prediction=before)
    lead(run, "finished")
    page = Page(hand_in.of_one(run, "", ""))
    assert "You said 50 % of the test images" in page.words
    assert "half of them" in page.words


def test_a_race_has_its_answer_its_table_and_each_of_its_runs(store):
    recipes = [TrainingConfig(epochs=12), TrainingConfig(epochs=12, dropout=0.5)]
    race = races.start(store, recipes, ["one", "other"], "Dropout or not")
    runs = races.runs_of(store, race)
    for place, one in enumerate(runs.values()):
        one.note_attempt(1, 0.0)
        lead(one, "finished", answered=("test", "validation"), worse=0.1 * place)
    page = Page(hand_in.of_several(race.name, runs, "Zoé", "", "A wins."))
    for words in ("Dropout or not", "Zoé", "A wins.", "A · one", "B · other", "Dropout"):
        assert words in page.words
    assert page.tags.count("svg") == 2 + 2 * 2


def test_on_the_page_words_are_kept_as_notes_and_the_file_is_offered(run, engine):
    app = open_page("03_train.py", run=run.id)
    app.text_area(key=f"hand_in_words-{run.id}").set_value("Too many epochs.").run()
    assert run.meta.notes == "Too many epochs."
    assert app.text_area(key=f"notes-{run.id}").value == "Too many epochs."
    app.text_input(key="hand_in_name").set_value("Ada").run()
    assert "hand_in_file" in [one.proto.id.rpartition("-")[2] for one in app.get("download_button")]
    again = open_page("03_train.py", run=run.id)
    assert again.text_area(key=f"hand_in_words-{run.id}").value == "Too many epochs."


@pytest.mark.parametrize("state", ["queued", "running"])
def test_before_the_end_there_is_nothing_to_hand_in(state, store, engine):
    app = open_page("03_train.py", run=make_run(store, state).id)
    assert not [one for one in app.text_input if one.key == "hand_in_name"]
