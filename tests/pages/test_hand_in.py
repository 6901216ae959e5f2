"""A page to hand in: what stands in it is what the run has, and nothing in it reaches out or runs."""

import re
from html.parser import HTMLParser
from importlib.metadata import version

import pytest

from core.recipe.config import TrainingConfig
from core.runs import race as races
from core.runs.prediction import Prediction
from dashboard.live import verdict_words
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


def test_what_the_curves_show_stands_there_with_its_evidence_and_what_made_it(run):
    page = Page(hand_in.of_one(run, "", ""))
    note = verdict_words.note(verdict_words.said(run, run.state, run.history))
    for words in (note.title, note.text, note.why, run.history.start["dataset_version"], run.history.start["device"]):
        assert words in page.words
    for library in ("keras", "tensorflow", "numpy"):
        assert f"{library} {version(library)}" in page.words
    cards = re.findall(r"<td>([\d.]+) %</td>", hand_in.of_one(run, "", "").decode())
    last = run.history.epochs[-1]
    assert [float(one) for one in cards[:2]] == [round(100 * last[name], 1) for name in ("val_accuracy", "accuracy")]
    line = re.search(r'polyline points="([^"]+)"', hand_in.of_one(run, "", "").decode())[1]
    assert len(line.split()) >= len(run.history.epochs)


def test_the_page_of_a_lesson_has_its_question_and_all_of_its_run(run, monkeypatch):
    made = []
    monkeypatch.setattr(hand_in, "_offer", lambda _run, make, about: made.append((make("Zoé", "Too many."), about)))
    hand_in.lesson("overfits", "It learns by heart", ["Will it?", "You said yes."], {"A": run}, None)
    ((content, about),) = made
    page = Page(content)
    for words in ("It learns by heart", "Will it?", "You said yes.", "Zoé", "Too many.", run.id):
        assert words in page.words
    assert page.tags.count("svg") == 2
    assert f"of {run.status.result['n_test']} test images right" in page.words
    assert (about.key, about.runs) == ("lesson:overfits", (run.id,))


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
    for one in runs.values():
        assert page.words.count(one.id) >= 1
        assert f"{one.status.result['test_accuracy']:.2%}"[:-1] in page.words
        assert one.history.start["dataset_version"] in page.words


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
