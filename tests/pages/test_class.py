"""Pages in a class: what a pupil, the teacher and a stranger see of them, and what they can press."""

import pytest

from core.classwork import drawn
from core.classwork import question as questions
from core.people.acting import acting_as
from core.recipe.config import TrainingConfig
from core.recipe.sent import sent
from dashboard.people import answering
from tests.made.pages import PAGES, open_page, texts
from tests.made.runs import make_run

pytestmark = pytest.mark.slow

RECIPE = TrainingConfig(dataset="digits", epochs=6)


def labels(app):
    return [one.label for one in app.button]


@pytest.mark.parametrize("who", ["Léa", "teacher"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_for_those_of_the_class(page, who, as_):
    as_(who)
    app = open_page(page, lang="fr")
    assert not app.error


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_sees_how_to_join_and_nothing_else(page, as_, room, store):
    with acting_as(room.people()[0]):
        run = make_run(store, "finished", RECIPE)
        run.change_meta(name="Secret name")
    as_("stranger")
    app = open_page(page, run=run.id)
    assert app.title[0].value == "You are not in this class"
    assert "Secret name" not in texts(app)
    assert len(app.title) == 1


def test_of_anothers_run_one_may_look_and_train_again(as_, room, store):
    lea = as_("Léa")
    with acting_as(lea):
        run = make_run(store, "stopped", RECIPE)
    as_("Noé")
    app = open_page("03_train.py", run=run.id)
    assert "by Léa" in texts(app)
    assert "Train again" in labels(app)
    assert not {"Resume", "Delete", "Archive", "Star"} & set(labels(app))
    app.button(key="clone").click().run()
    assert {one.meta.owner for one in store.all()} == {lea.id, room.people()[2].id}
    as_("Léa")
    assert {"Resume", "Delete"} <= set(labels(open_page("03_train.py", run=run.id)))
    as_("teacher")
    assert {"Resume", "Delete"} <= set(labels(open_page("03_train.py", run=run.id)))


def test_a_button_that_was_forgotten_opens_no_door(as_, store):
    """The page was Léa's when it was drawn; pressed by somebody else it changes nothing and says why."""
    with acting_as(as_("Léa")):
        run = make_run(store, "stopped", RECIPE)
    app = open_page("03_train.py", run=run.id)
    as_("Noé")
    app.button(key="delete").click().run()
    assert run.folder.exists()
    assert "somebody else" in app.toast[0].value


def test_runs_say_whose_they_are_and_can_be_those_of_one_person(as_, store):
    for name in ("Léa", "Noé"):
        with acting_as(as_(name)):
            make_run(store, "finished", RECIPE)
    app = open_page("06_runs.py")
    assert set(app.dataframe[0].value["By"]) == {"Léa", "Noé"}
    assert app.selectbox(key="filter_owner").options[:2] == ["everybody", "me"]
    app.selectbox(key="filter_owner").set_value(as_("Noé").id).run()
    assert set(app.dataframe[0].value["By"]) == {"Noé"}


def test_alone_nothing_of_a_class_is_seen(store, runs_folder, own_data_folder):
    make_run(store, "finished", RECIPE)
    app = open_page("06_runs.py")
    assert "By" not in app.dataframe[0].value
    assert not [one for one in app.selectbox if one.key == "filter_owner"]
    assert "nickname" not in [one.key for one in app.text_input]


def test_the_class_page_is_the_teachers(as_, room):
    def shows_the_code():
        app = open_page("16_class.py")
        return room.room in texts(app) + "".join(str(one.proto.body) for one in app.get("html"))

    for other in ("Léa", "stranger"):
        as_(other)
        assert not shows_the_code()
    as_("teacher")
    assert shows_the_code()


def test_the_teacher_gives_a_code_takes_somebody_out_and_sets_the_limit(as_, room):
    as_("teacher")
    app = open_page("16_class.py")
    app.segmented_control(key="class_view").set_value("people").run()
    lea = next(person for person in room.people() if person.name == "Léa")
    app.button(key=f"code_{lea.id}").click().run()
    code = next(one.value for one in app.markdown if len(one.value.strip("*").replace(" ", "")) == 8).strip("*")
    assert room.recognise(room.carry_on(code)) == lea
    app.button(key=f"out_{lea.id}").click().run()
    assert [person.name for person in room.people()] == ["M. Roux", "Noé"]
    app.button(key="undo_out").click().run()
    assert as_("Léa") == lea
    as_("teacher")
    app.number_input(key="waiting_each").set_value(3).run()
    assert room.waiting_each == 3


def test_the_class_ends_only_when_the_teacher_is_sure(as_, room, store):
    with acting_as(as_("Léa")):
        gone, kept = make_run(store, "finished", RECIPE), make_run(store, "finished", RECIPE)
        kept.change_meta(star=True)
    as_("teacher")
    app = open_page("16_class.py")
    app.segmented_control(key="class_view").set_value("end").run()
    assert "2 nicknames" in texts(app)
    assert "1 run without a star" in texts(app)
    assert app.button(key="end_class").disabled
    app.checkbox(key="sure_to_end").check().run()
    app.button(key="end_class").click().run()
    assert [run.id for run in store.all()] == [kept.id]
    assert not gone.folder.exists()
    assert not room.people()
    assert app.title[0].value == "The class has ended"


def test_ones_nickname_can_be_changed_and_a_code_be_had(as_, room):
    lea = as_("Léa")
    app = open_page("01_start.py")
    app.text_input(key="nickname").set_value("Noé").run()
    assert "is taken" in app.toast[0].value
    app.text_input(key="nickname").set_value("Lea B").run()
    assert room.person(lea.id).name == "Lea B"
    app.button(key="carry_on").click().run()
    code = next(one.value for one in app.markdown if one.value.startswith("## ")).strip("# ")
    assert room.recognise(room.carry_on(code)).id == lea.id


def test_the_teacher_covers_the_screens_and_pauses_the_queue(as_, room):
    as_("teacher")
    app = open_page("16_class.py")
    app.segmented_control(key="class_view").set_value("board").run()
    app.toggle(key="class_frozen").set_value(True).run()
    app.toggle(key="class_paused").set_value(True).run()
    assert (room.frozen, room.paused) == (True, True)
    app.toggle(key="class_frozen").set_value(False).run()
    assert (room.frozen, room.paused) == (False, True)


def test_a_recipe_is_sent_with_its_levers_locked_and_taken_back(as_, room, store):
    as_("teacher")
    app = open_page("16_class.py", dataset="digits", epochs="9")
    app.segmented_control(key="class_view").set_value("send").run()
    app.toggle(key="send_locked").set_value(True).run()
    app.button(key="send").click().run()
    given = sent(room)
    assert (given.page, given.only, given.locked) == ("train", ("dropout",), True)
    as_("Léa")
    form = open_page("03_train.py", **given.link())
    assert "Train" in labels(form)
    assert "All settings" not in labels(form)
    as_("teacher")
    assert "All settings" in labels(open_page("03_train.py", **given.link()))
    app.button(key="take_back").click().run()
    assert sent(room) is None
    app.segmented_control(key="send_kind").set_value("lesson").run()
    app.button(key="send").click().run()
    assert (sent(room).page, sent(room).number, sent(room).locked) == ("lessons", 2, False)
    app.selectbox(key="send_lesson_name").set_value("cured_by_dropout").run()
    assert "only Dropout moved" in app.toggle(key="send_lesson_locked").label
    app.toggle(key="send_lesson_locked").set_value(True).run()
    app.button(key="send").click().run()
    assert (sent(room).only, sent(room).locked, len(sent(room).recipes)) == (("dropout",), True, 2)


def test_a_question_is_asked_closed_and_revealed(as_, room):
    as_("teacher")
    app = open_page("16_class.py")
    app.segmented_control(key="class_view").set_value("ask").run()
    app.button(key="ask").click().run()
    question = questions.asked(room)
    assert question.lesson
    for name, choice in (("Léa", question.right), ("Noé", (question.right + 1) % len(question.choices))):
        with acting_as(as_(name)):
            questions.answer(room, question.number, choice)
    as_("teacher")
    app.run()
    assert "2 of 2 have answered" in texts(app)
    assert (
        "%"
        not in "".join(str(one.proto.body) for one in app.get("html") if "asked" in str(one.proto.body)).split(
            "</style>"
        )[1]
    )
    app.button(key="ask_closed").click().run()
    app.button(key="ask_revealed").click().run()
    assert "1 was right, of 2." in texts(app)
    app.button(key="ask_end").click().run()
    assert questions.asked(room) is None


def test_a_quiz_of_ones_own_is_asked_one_after_the_other(as_, room):
    as_("teacher")
    app = open_page("16_class.py")
    app.segmented_control(key="class_view").set_value("ask").run()
    app.segmented_control(key="ask_kind").set_value("own").run()
    app.text_area(key="quiz_text").set_value("? One?\n- a").run()
    assert "needs 2 to 6" in app.warning[0].value
    assert not [one for one in app.button if one.key == "ask"]
    app.text_area(key="quiz_text").set_value("? One?\n- a\n+ b\n? Two?\n- c\n- d").run()
    app.number_input(key="quiz_number").set_value(2).run()
    app.button(key="ask").click().run()
    assert (questions.asked(room).text, questions.asked(room).choices) == ("Two?", ("c", "d"))


def test_a_curve_is_asked_drawn_and_answered_by_a_run(as_, room, store):
    as_("teacher")
    open_page("03_train.py", dataset="digits", epochs="6")
    app = open_page("16_class.py", dataset="digits", epochs="6")
    app.segmented_control(key="class_view").set_value("ask").run()
    app.segmented_control(key="ask_kind").set_value("curve").run()
    app.button(key="ask").click().run()
    question = questions.asked(room)
    assert question.epochs > 0
    assert "0 of 2 have answered" in texts(app)
    with acting_as(as_("Léa")):
        drawn.draw(room, question.number, [[1, 0.3], [question.epochs, 0.9]])
        assert answering.told(room)["paper"]["fixed"] is False
    as_("teacher")
    app.button(key="ask_closed").click().run()
    assert app.button(key="ask_train").label == "Train it now"
    with acting_as(as_("teacher")):
        run = make_run(store, "finished", TrainingConfig.from_text(question.recipe), epochs=6)
        questions.answered_by(room, run.id)
        questions.turn(room, "revealed")
    app.run()
    assert "Nearest, of 1: 1. **Léa**" in texts(app)
    assert "on 287 validation images" in texts(app)  # it says of how many
    assert not [one for one in app.button if one.key == "ask_train"]
    store.delete(run)
    app.run()
    assert app.button(key="ask_train").label == "Train it now"  # another may answer
    store.restore(run.id)
    with acting_as(as_("Léa")):
        told = answering.told(room)
    assert "place 1 of 1" in told["said"]
    assert told["paper"]["truth"][0] == (1, pytest.approx(0.3))


def test_the_notes_of_a_lesson_are_the_teachers(as_):
    as_("Léa")
    assert "notes" not in {one.key for one in open_page("02_lessons.py", lesson="overfits").button}
    as_("teacher")
    assert "notes" in {one.key for one in open_page("02_lessons.py", lesson="overfits").button}


def test_ones_own_network_is_asked_before_that_of_another(as_, room, store):
    with acting_as(as_("Léa")):
        mine = make_run(store, "finished", RECIPE)
    with acting_as(as_("Noé")):
        other = make_run(store, "finished", RECIPE)
        other.change_meta(name="Another")
    as_("Léa")
    picker = open_page("12_mistakes.py").selectbox(key="picked_run")
    assert picker.value == mine.id
    assert "Another · by Noé" in picker.options


def test_a_question_that_was_typed_last_is_asked_at_once(as_, room):
    as_("teacher")
    app = open_page("16_class.py")
    app.segmented_control(key="class_view").set_value("ask").run()
    app.segmented_control(key="ask_kind").set_value("own").run()
    app.button(key="ask").click().run()
    assert "There are 0 questions" in app.toast[0].value
    app.text_area(key="quiz_text").set_value("? Which\n- this\n+ that")
    app.button(key="ask").click().run()
    assert questions.asked(room).text == "Which"
