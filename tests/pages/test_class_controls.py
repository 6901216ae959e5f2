"""What the teacher and pupils press less often: each press does what it says, in the core and on the page."""

import base64

import pytest

from core.classwork import challenge, giving, handed_in
from core.classwork import question as questions
from core.people.acting import acting_as
from core.people.person import PeopleError
from core.recipe.config import TrainingConfig
from dashboard.widgets import pad
from tests.made.collections import begun, picture
from tests.made.pages import open_page
from tests.made.runs import make_run

pytestmark = pytest.mark.slow

RECIPE = TrainingConfig(dataset="digits", epochs=6)


def keys(app):
    return [one.key for one in app.button]


def test_a_view_of_the_class_stands_in_the_address(as_):
    as_("teacher")
    app = open_page("16_class.py", view="people")
    assert app.segmented_control(key="class_view").value == "people"
    app.segmented_control(key="class_view").set_value("send").run()
    assert app.query_params["view"] in ("send", ["send"])
    app = open_page("16_class.py", view="nowhere")
    assert app.segmented_control(key="class_view").value == "join"
    assert "view=nowhere is unknown; choose one of: join, board" in app.warning[0].value


def test_on_the_projector_a_run_stands_alone_with_whose_it_is(as_, store):
    with acting_as(as_("Léa")):
        run = make_run(store, "finished", RECIPE)
    as_("teacher")
    app = open_page("03_train.py", run=run.id, present="1")
    assert app.title[0].value.endswith("by Léa")
    assert "hand_in_now" not in keys(app)
    app.button(key="present").click().run()
    assert not app.title[0].value.endswith("by Léa")
    assert not app.warning  # the address holds no setting of that name


def test_a_quiz_comes_from_a_file_and_one_that_is_none_says_so(as_, room):
    as_("teacher")
    app = open_page("16_class.py", view="ask")
    app.segmented_control(key="ask_kind").set_value("own").run()
    given = "? Où ?\n- là\n+ ici\n? Who?\n- a\n+ b".encode()
    app.file_uploader(key="quiz_file").set_value(("quiz.txt", given, "text/plain")).run()
    app.number_input(key="quiz_number").set_value(1).run()
    app.button(key="ask").click().run()
    assert (questions.asked(room).text, questions.asked(room).right) == ("Où ?", 1)
    app = open_page("16_class.py", view="ask")
    app.button(key="ask_end").click().run()
    app.segmented_control(key="ask_kind").set_value("own").run()
    app.file_uploader(key="quiz_file").set_value(("quiz.txt", b"\xff\xfe\x00", "text/plain")).run()
    assert app.warning
    assert "ask" not in keys(app)


@pytest.mark.parametrize("button", ["ask_train", "ask_earlier"])
def test_a_curve_is_answered_by_a_run_that_is_trained_now_or_by_the_newest(as_, room, store, button):
    as_("teacher")
    open_page("03_train.py", dataset="digits", epochs="6")
    app = open_page("16_class.py", view="ask", dataset="digits", epochs="6")
    app.segmented_control(key="ask_kind").set_value("curve").run()
    app.button(key="ask").click().run()
    recipe = TrainingConfig.from_text(questions.asked(room).recipe)
    before = make_run(store, "finished", recipe, epochs=6)
    app.button(key="ask_closed").click().run()
    app.button(key=button).click().run()
    asked = questions.asked(room)
    assert asked.state == "revealed"
    (new,) = [run for run in store.all() if run.id != before.id] if button == "ask_train" else [before]
    assert asked.run == new.id
    assert new.state == ("queued" if button == "ask_train" else "finished")


def test_the_passcode_is_changed_and_too_short_a_one_is_refused(as_, room):
    as_("teacher")
    app = open_page("16_class.py", view="people")
    app.text_input(key="new_passcode").set_value("ab")
    app.button(key="set_passcode").click().run()
    assert app.toast
    with pytest.raises(PeopleError):
        room.join_as_teacher("ab", "Imposter")
    app.text_input(key="new_passcode").set_value("a longer one 27")
    app.button(key="set_passcode").click().run()
    assert room.recognise(room.join_as_teacher("a longer one 27", "Mme Petit")).teacher
    assert app.text_input(key="new_passcode").value == ""


def test_what_is_drawn_in_collect_is_given_once_and_the_sheet_is_new(as_, room, monkeypatch):
    collection = begun(room, as_("teacher"), ways=["drawing"])
    lea = as_("Léa")
    drawn = "data:image/png;base64," + base64.b64encode(picture(0, side=64)).decode()
    sheets = []

    def component(data, key, **_named):
        sheets.append((key, data["picture"]))
        return {"picture": drawn} if key == sheets[0][0] else None

    monkeypatch.setattr(pad, "_component", component)
    app = open_page("17_collect.py")
    app.button(key="give_drawn").click().run()
    with acting_as(lea):
        assert len(giving.mine(collection)) == 1
    assert len({key for key, _picture in sheets}) == 2
    assert sheets[-1][1] == ""
    assert app.button(key="give_drawn").disabled


def test_a_challenge_with_multiply_adds_is_ended_goes_on_and_is_withdrawn(as_, room):
    as_("teacher")
    app = open_page("16_class.py", view="challenge")
    app.selectbox(key="challenge_dataset").set_value("digits")
    app.segmented_control(key="challenge_budget").set_value("work").run()
    app.number_input(key="challenge_work").set_value(3)
    app.text_input(key="challenge_title").set_value("Cheap")
    app.button(key="challenge_begin").click().run()
    (made,) = challenge.challenges(room)
    assert (made.multiply_adds, made.epochs) == (3_000_000, 0)
    app.button(key="challenge_end").click().run()
    assert challenge.challenges(room)[0].state == "ended"
    app.button(key="challenge_go_on").click().run()
    assert challenge.challenges(room)[0].state == "open"
    app.button(key="challenge_end").click().run()
    app.button(key="challenge_another").click().run()
    assert "challenge_begin" in keys(app)
    app.button(key="challenge_back").click().run()
    assert "challenge_begin" not in keys(app)
    app.button(key="challenge_withdraw_sure").click().run()
    assert challenge.challenges(room) == []
    assert "challenge_begin" in keys(app)


def test_the_register_shows_the_pages_about_one_thing(as_, room, store):
    for name in ("Léa", "Noé"):
        with acting_as(as_(name)):
            for title in ("first", "second") if name == "Léa" else ("second",):
                handed_in.hand_in(room, f"lesson:{title}", title, b"<p>", [make_run(store, "finished", RECIPE).id], "")
    as_("teacher")
    app = open_page("16_class.py", view="register")
    assert len(app.dataframe[0].value) == 3
    app.selectbox(key="register_about").set_value("second").run()
    assert set(app.dataframe[0].value["Who"]) == {"Léa", "Noé"}
    app.selectbox(key="register_about").set_value("first").run()
    assert list(app.dataframe[0].value["Who"]) == ["Léa"]
