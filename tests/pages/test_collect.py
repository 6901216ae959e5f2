"""The pages on which a class collects a dataset: what pupils and the teacher see and press there."""

import pytest

from core.classwork import collecting, giving
from core.data import imported
from core.people.acting import acting_as
from core.recipe.config import TrainingConfig
from core.recipe.sent import sent
from dashboard.widgets.burst import Taken
from tests.made.collections import begun, fill, picture
from tests.made.pages import open_page, texts
from tests.made.runs import make_run

pytestmark = pytest.mark.slow


@pytest.fixture
def people(people, room):
    """Four to collect from."""
    return people | {name: room.join(room.room, name) for name in ("Zoé", "Ali")}


@pytest.fixture
def collection(room, as_):
    return begun(room, as_("teacher"))


def labels(app):
    return [one.label for one in app.button]


def view(app, name):
    app.segmented_control(key="class_view").set_value("collect").run()
    if name:
        app.segmented_control(key="collect_view").set_value(name).run()
    assert not app.exception
    return app


def test_the_page_says_so_when_nothing_is_collected(as_):
    as_("Léa")
    assert "Nothing is collected now" in texts(open_page("17_collect.py"))


def test_files_come_in_and_are_taken_back_and_put_back(as_, collection):
    lea = as_("Léa")
    app = open_page("17_collect.py")
    assert app.title[0].value == "Cups and pens"
    app.segmented_control(key="give_way").set_value("files").run()
    given = [(f"{n}.png", picture(0, number=n), "image/png") for n in range(3)]
    app.file_uploader[0].set_value([*given, ("bad.png", b"no picture", "image/png")]).run()
    assert not app.exception
    assert "3 pictures came in for cup" in texts(app)
    assert "Left out: it is not a picture" in texts(app)
    assert "3 pictures of mine" in texts(app)
    app.button(key="take_last").click().run()
    assert "0 pictures of mine" in texts(app)
    app.button(key="give_again").click().run()
    assert "3 pictures of mine" in texts(app)
    with acting_as(lea):
        assert [one.state for one in giving.mine(collection)] == ["shown"] * 3


def test_a_burst_of_the_camera_is_one_in_the_split_too(as_, collection, monkeypatch):
    waiting = [[*(Taken("0", "a", picture(0, number=n)) for n in range(2)), Taken("1", "b", picture(0, number=2))]]
    monkeypatch.setattr(
        "dashboard.classroom.giving.burst", lambda _key, _of, on_taken, _n: waiting and on_taken(waiting.pop(0))
    )
    lea = as_("Léa")
    open_page("17_collect.py")
    with acting_as(lea):
        first, second, third = giving.mine(collection)
    assert first.burst == second.burst != third.burst
    assert [first.label, second.label, third.label] == [0, 0, 1]  # of what each was taken, not what is in hand


def test_a_closed_collection_offers_no_way_to_give(as_, collection):
    with acting_as(as_("teacher")):
        collecting.turn(collection, False)
    as_("Léa")
    app = open_page("17_collect.py")
    assert "The collection is closed" in texts(app)
    assert not [one for one in app.segmented_control if one.key == "give_way"]


def test_the_teacher_begins_closes_withdraws_and_brings_back(as_, room):
    as_("teacher")
    app = view(open_page("16_class.py"), "")
    app.button(key="collect_begin").click().run()
    assert "needs a name" in app.toast[0].value
    app.text_input(key="collect_title").set_value("Fruit")
    app.text_input(key="collect_classes").set_value("apple, pear")
    app.button(key="collect_begin").click().run()  # on a busy server all three arrive together
    assert collecting.current(room).classes == {0: "apple", 1: "pear"}
    app.button(key="send_collection").click().run()
    assert (sent(room).page, sent(room).title) == ("collect", "Fruit")
    app.button(key="collect_turn").click().run()
    assert not collecting.current(room).open
    view(app, "set")
    app.text_input(key="collect_names").set_value("apple, quince, plum").run()
    assert [*collecting.current(room).classes.values()] == ["apple", "quince", "plum"]
    app.number_input(key="collect_most").set_value(7).run()
    assert collecting.current(room).most_each == 7
    app.button(key="collect_withdraw").click().run()
    assert collecting.current(room) is None
    app.button(key="collect_back").click().run()
    assert collecting.current(room).title == "Fruit"


def test_a_persons_pictures_are_taken_out_and_undone(as_, room, collection):
    lea, noe = as_("Léa"), as_("Noé")
    fill(room, collection, [lea, noe], bursts=1, each=2)
    as_("teacher")
    app = view(open_page("16_class.py"), "pictures")
    app.selectbox(key="moderate_person").set_value(lea.id).run()
    app.button(key="moderate_all").click().run()
    assert {one.giver for one in giving.everybodys(collection) if one.state == "shown"} == {noe.id}
    app.button(key="undo_moderate").click().run()
    assert {one.state for one in giving.everybodys(collection)} == {"shown"}


def test_the_split_is_shown_and_the_dataset_made_and_sent(as_, room, collection, store):
    people = [as_(name) for name in ("Léa", "Noé", "Zoé", "Ali")]
    fill(room, collection, people)
    as_("teacher")
    app = view(open_page("16_class.py"), "dataset")
    assert "one person stand on one side" in app.success[0].value
    table = app.dataframe[0].value
    assert [*table["Training"]] == ["16 · 2 people", "16 · 2 people", "32 · 2 people"]
    app.button(key="make_dataset").click().run()
    assert not app.exception
    (spec,) = imported.datasets().values()
    assert (spec.title, spec.split) == ("Cups and pens", "person")
    assert "Make it again, as a new version" in labels(app)
    app.segmented_control(key="split_kind").set_value("chance").run()
    app.button(key="make_dataset").click().run()
    assert {one.split for one in imported.datasets().values()} == {"person", "chance"}
    assert "Train on both with the same recipe" in texts(app)
    for one in imported.datasets().values():
        make_run(store, "finished", TrainingConfig(dataset=one.name, epochs=6))
    app.run()
    assert [*app.dataframe[1].value["How it is split"]] == ["By person", "By chance"]
    assert "n = " in app.dataframe[1].value["Test accuracy"][0]
    assert "that may be luck" in texts(app)
    app.button(key="send_apart").click().run()
    assert sent(room).query["dataset"] == spec.name
    as_("Léa")
    assert not open_page("03_train.py", **sent(room).link()).error


def test_alone_nothing_is_collected_together(store, runs_folder, own_data_folder):
    assert "Collect" not in [one.value for one in open_page("17_collect.py").title]


def test_of_anothers_dataset_one_may_take_a_copy_and_change_nothing(as_, room, collection, people):
    fill(room, collection, [as_(name) for name in ("Léa", "Noé", "Zoé", "Ali")], bursts=1)
    as_("teacher")
    app = view(open_page("16_class.py"), "dataset")
    app.button(key="make_dataset").click().run()
    (name,) = imported.datasets()
    teachers = {one.key for one in open_page("08_your_images.py").button}
    as_("Léa")
    app = open_page("08_your_images.py")
    assert f"delete_{name}" in teachers
    assert f"delete_{name}" not in {one.key for one in app.button}
    assert f"title_{name}" not in {one.key for one in app.text_input}
