"""Pictures that the camera took for a class: near copies left out, taken out and put back."""

import pytest

from core.data import imported
from dashboard.widgets.burst import Taken
from tests.made import hostile
from tests.made.pages import open_page, texts
from tests.pages.images.made import run_until_done

pytestmark = pytest.mark.slow  # together they take too long for a commit


def taken(*seeds, of="me"):
    """JPEG files as the camera sends them."""
    return [Taken(of, "a press", hostile.saved(hostile.picture(seed), "JPEG")) for seed in seeds]


def collecting(monkeypatch, *bursts):
    """The page with two classes named and the camera on, which has taken those bursts one after another."""
    waiting = list(bursts)
    monkeypatch.setattr(
        "dashboard.imports.class_by_class.burst", lambda _key, _of, on_taken: waiting and on_taken(waiting.pop(0))
    )
    app = open_page("08_your_images.py")
    app.segmented_control(key="import_way").set_value("classes").run()
    app.text_input(key="class_names").set_value("me, you").run()
    app.toggle(key="camera").set_value(True).run()
    for _burst in bursts[1:]:
        app.run()
    assert not app.exception
    return app


def test_pictures_of_the_camera_are_kept_and_near_copies_left_out_until_they_are_wanted(store, monkeypatch):
    app = collecting(monkeypatch, taken(0, 1), taken(1, 2), [Taken("me", "a press", b"no picture")])
    assert "me: **3** · you: **0**" in texts(app)
    assert "1 picture was left out" in texts(app)
    app.button(key="keep_near").click().run()
    assert "left out" not in texts(app)
    assert "me: **3** · you: **0**" in texts(app)  # the very same is never there twice


def test_pictures_on_their_way_stay_of_the_class_they_were_taken_of(store, monkeypatch):
    app = collecting(monkeypatch, [*taken(0, 1, of="you"), *taken(2)], taken(3, of="renamed since"))
    assert app.segmented_control(key="class_in_hand").value == "me"
    assert "me: **2** · you: **2**" in texts(app)  # the last, whose class there is no more, to the one in hand


def test_without_a_name_it_says_so_and_with_one_typed_at_the_last_moment_it_begins(store, monkeypatch):
    app = collecting(monkeypatch, [*taken(0, 1, 2), *taken(3, 4, 5, of="you")])
    app.button(key="import").click().run()
    assert "Give the dataset a name" in app.warning[-1].value
    assert imported.datasets() == {}
    app.text_input(key="import_name").set_value("The two of us")
    app.button(key="import").click().run()
    assert "6 pictures in 2 classes are ready" in run_until_done(app, "import").success[0].value


def test_near_copies_are_let_go(store, monkeypatch):
    app = collecting(monkeypatch, taken(0, 1), taken(1))
    app.button(key="forget_near").click().run()
    assert "left out" not in texts(app)
    assert not app.exception


def test_what_was_taken_out_can_be_put_back_also_after_a_reload(store, monkeypatch):
    app = collecting(monkeypatch, taken(0, 1, 2))
    app.button(key="remove_last").click().run()
    assert "me: **2**" in texts(app)
    assert app.button(key="put_back").label == "Put 1 picture back"
    app.button(key="remove_all").click().run()
    assert "me: **0**" in texts(app)
    again = open_page("08_your_images.py", draft=staging_id(app))
    again.segmented_control(key="import_way").set_value("classes").run()
    again.button(key="put_back").click().run()
    assert "me: **2**" in texts(again)
    again.button(key="put_back").click().run()
    assert "me: **3**" in texts(again)


def staging_id(app):
    return app.session_state["_draft"]
