"""Said before, answered after: the prediction of a run on the Train page."""

import pytest

from core.errors import StorageError
from core.runs import prediction as predictions
from core.runs.prediction import Prediction
from core.runs.store import RunStore
from tests.made.pages import open_page, texts
from tests.made.runs import make_run

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pages")]  # they share one worker with Keras


def opened(**query):
    app = open_page("03_train.py", **query)
    app.session_state["predict"] = True  # the expander, as a press opens it
    app.run()
    assert not app.exception
    return app


def test_what_is_said_goes_with_the_run_that_is_begun_and_the_next_is_asked_anew(store, engine):
    app = opened()
    app.number_input(key="predict_turn-0").set_value(7).run()
    app.number_input(key="predict_test-0").set_value(90).run()
    app.text_input(key="predict_words-0").set_value(" few images ").run()
    app.button(key="train").click().run()
    (run,) = store.all()
    assert predictions.of(run) == Prediction(turns_at=7, test_accuracy=0.9, words="few images")
    app.button(key="train").click().run()
    assert [predictions.of(one) for one in store.all() if one.id != run.id] == [None]


def test_the_last_words_count_that_came_with_the_press(store, engine):
    app = opened()
    app.number_input(key="predict_turn-0").set_value(7).run()
    app.number_input(key="predict_turn-0").set_value(8)
    app.text_input(key="predict_words-0").set_value("at last")
    app.button(key="train").click().run()
    assert predictions.of(store.all()[0]) == Prediction(turns_at=8, words="at last")


def test_what_was_said_is_not_lost_where_nothing_begins(store, engine, monkeypatch):
    def full(*_given, **_named):
        raise StorageError("The disk is full.")

    app = opened()
    app.number_input(key="predict_turn-0").set_value(7).run()
    with monkeypatch.context() as patch:
        patch.setattr(RunStore, "create", full)
        app.button(key="train").click().run()
    assert "The disk is full." in texts(app)
    app.button(key="train").click().run()
    assert predictions.of(store.all()[0]) == Prediction(turns_at=7)


def test_it_is_kept_on_other_pages_and_can_be_taken_back(store, engine):
    app = opened()
    app.number_input(key="predict_turn-0").set_value(7).run()
    app.switch_page("../pages/06_runs.py").run()
    app.switch_page("../pages/03_train.py").run()
    app.session_state["predict"] = True
    app.run()
    assert app.number_input(key="predict_turn-0").value == 7
    app.button(key="predict_clear").click().run()
    assert app.number_input(key="predict_turn-1").value is None
    app.button(key="train").click().run()
    assert predictions.of(store.all()[0]) is None


def test_the_run_answers_each_part_with_its_error(store, engine):
    run = make_run(store, "finished", epochs=6)  # validation accuracy 1 - 0.7 / epoch, loss falls to the end
    predictions.save(run, Prediction(((1, 0.3), (2, 0.55)), turns_at=4, test_accuracy=0.5, words="*why*"))
    said = texts(open_page("03_train.py", run=run.id))
    assert "Your curve lies 5.0 points from the true one" in said  # 0 and 10 points
    assert "after epoch 4: it was lowest after epoch 6 of 6. That is 2 epochs apart." in said
    assert "You said 50 % of the test images: it has 88.9 % right of 360" in said
    assert "outside of it" in said
    assert r"\*why\*" in said
    assert "Dotted: what you drew before." in said


def test_exactly_so_is_said_too(store, engine):
    run = make_run(store, "finished", epochs=6)
    predictions.save(run, Prediction(turns_at=6, test_accuracy=0.89))
    said = texts(open_page("03_train.py", run=run.id, lang="fr"))
    assert "Exactement." in said
    assert "Dotted" not in said


def test_a_run_of_which_nothing_was_said_does_not_answer(store, engine):
    run = make_run(store, "finished")
    assert "What you said" not in texts(open_page("03_train.py", run=run.id))
