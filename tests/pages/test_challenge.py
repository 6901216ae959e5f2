"""A challenge on the pages: what the teacher begins, what a pupil may ask, what everybody sees of it."""

import numpy as np
import pytest

from core.classwork import asked, challenge
from core.classwork.asked import Asking
from core.people.acting import acting_as
from core.recipe.config import TrainingConfig
from core.recipe.sent import sent
from tests.made.pages import open_page, texts
from tests.made.runs import make_run

pytestmark = pytest.mark.slow


def boards(app):
    return "".join(str(one.proto.body) for one in app.get("html"))


@pytest.fixture
def answered(monkeypatch):
    """Every network answers four of five images of either half rightly, without being there."""

    def ask(room, store, number, run):
        made = challenge.get(room, number)
        refusal = asked.why_not(room, store, made, run, run.meta.owner)
        if refusal:
            raise refusal
        one = Asking(run.meta.owner, run.id, run.id, 1.0, *(np.arange(n) % 5 > 0 for n in (144, 144)))
        given.append(one)
        (challenge.folder(room, number) / "asked").mkdir(exist_ok=True)  # what tells the board to look again
        return one

    given: list[Asking] = []
    monkeypatch.setattr(asked, "ask", ask)
    monkeypatch.setattr(asked, "askings", lambda room, made: list(given))
    monkeypatch.setattr(asked, "fingerprint", lambda run: run.id)
    return given


def begun(as_):
    as_("teacher")
    app = open_page("16_class.py")
    app.segmented_control(key="class_view").set_value("challenge").run()
    app.text_input(key="challenge_title").set_value("Who reads best?")
    app.number_input(key="challenge_epochs").set_value(10)
    app.button(key="challenge_begin").click().run()
    assert "Who reads best?" in texts(app)
    return app


def test_from_the_form_to_the_board_and_to_what_it_was_worth(as_, room, store, answered):
    app = begun(as_)
    (made,) = challenge.challenges(room)
    assert (made.tries, made.epochs, made.multiply_adds) == (5, 10, 0)
    assert "Nobody has asked yet" in texts(app)
    app.button(key="challenge_send").click().run()
    assert sent(room).page == "challenge"

    with acting_as(as_("Léa")):
        run, beyond = (make_run(store, "finished", TrainingConfig(dataset=made.dataset), epochs=6) for _ in range(2))
    for one in (run, beyond):
        (one.folder / "worker.log").touch()
    app = open_page("18_challenge.py")
    assert [(one.label, one.value) for one in app.metric] == [("Askings left", "5 of 5"), ("Epochs left", "0 of 10")]
    assert "more than the budget" in texts(app)  # of the second
    app.button(key=f"ask_sealed_{run.id}").click().run()
    assert "79.9 % of 144 public images" in app.toast[0].value
    app = open_page("18_challenge.py")
    assert 'class="own"' in boards(app)
    assert "Public: **79.9 %** · n = 144" in texts(app)
    assert not [one for one in app.button if one.key in (f"ask_sealed_{run.id}", f"ask_sealed_{beyond.id}")]

    as_("teacher")
    app = open_page("16_class.py")
    app.segmented_control(key="class_view").set_value("challenge").run()
    app.button(key="challenge_end").click().run()
    assert "nobody chose: each asked once" in texts(app)
    as_("Noé")
    app = open_page("18_challenge.py", lang="fr")
    assert "moitié privée" in texts(app)
    assert not app.metric


def test_a_pupil_cannot_end_it_with_a_button_that_was_the_teachers(as_, room, answered):
    app = begun(as_)
    as_("Noé")
    app.button(key="challenge_end").click().run()
    assert challenge.challenges(room)[0].state == "open"


def test_a_title_that_is_taken_is_said_and_nothing_is_lost(as_, room):
    as_("teacher")
    app = open_page("16_class.py")
    app.segmented_control(key="class_view").set_value("challenge").run()
    app.text_input(key="challenge_title").set_value("Digits (8×8)")
    app.number_input(key="challenge_tries").set_value(9)
    app.button(key="challenge_begin").click().run()
    assert "already a dataset called Digits (8×8)" in texts(app)
    assert app.number_input(key="challenge_tries").value == 9
    assert challenge.challenges(room) == []


def test_without_a_challenge_the_page_says_where_it_comes_from(as_):
    as_("Noé")
    assert "No challenge goes on" in texts(open_page("18_challenge.py"))


def test_alone_there_is_no_such_page(store, runs_folder, own_data_folder):
    assert "See a network learn" in texts(open_page("18_challenge.py"))  # the first page, as for any unknown address


def test_the_train_page_says_what_is_left_of_the_budget_before_it_is_spent(as_, room, store):
    app = begun(as_)
    assert "Images: Digits" in texts(app)
    (made,) = challenge.challenges(room)
    with acting_as(as_("Léa")):
        make_run(store, "finished", TrainingConfig(dataset=made.dataset, epochs=6), epochs=6)
    app = open_page("03_train.py", dataset=made.dataset, epochs="3")
    assert "4 of 10 epochs are left to you; this training takes 3" in texts(app)
    assert not [one for one in app.warning if "sealed" in one.value]
    app.number_input(key="epochs").set_value(5).run()
    assert "the sealed images cannot be asked" in app.warning[-1].value
    assert "sealed" not in texts(open_page("03_train.py", dataset="digits", epochs="30"))
