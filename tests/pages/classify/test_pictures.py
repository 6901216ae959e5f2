"""Classify, without a browser: uploads, drawings, snapshots, examples, and what is refused."""

import base64
import io
import json
import time
from types import SimpleNamespace

import numpy as np
import pytest

from core.data import imported
from core.data.reading.decode import ENDINGS
from core.network.classifier import classifier
from dashboard import looking
from dashboard.classify import frame_keeper
from dashboard.widgets import epoch_picker
from tests.made import by_name, hostile
from tests.made.odd_pictures import odd_pictures
from tests.made.pages import open_page, texts
from tests.made.runs import begin_again, lose
from tests.pages.classify.made import as_png, html, open_way, upload, written

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("classify")]


def test_several_uploads_stand_side_by_side_and_one_in_full(store):
    app = open_page("09_classify.py")
    upload(app, *((f"digit{n}.png", written(n)) for n in range(3)), ("text.png", b"Dear class"))
    assert [error.value for error in app.error] == [
        "text.png: it is not a picture that can be read; save it as JPEG or PNG"
    ]
    asked = classifier(store.all()[0])
    app.number_input(key="classify_number").set_value(3).run()
    from core.data.reading.decode import open_picture

    says = asked.answer(open_picture(written(2), asked.preprocessing.useful))
    label = asked.classes[int(says.probabilities.argmax())]
    assert choices_picture(app)[0] == "digit2.png"
    assert f"3: {label}" in html(app)


def test_every_kind_of_picture_that_is_read_can_be_chosen(store):
    app = open_page("09_classify.py")
    assert set(app.file_uploader(key="classify_upload").proto.type) == set(ENDINGS)
    upload(app, ("seven.jfif", odd_pictures()["jpeg.jfif"]))
    assert not app.error
    assert choices_picture(app)[0] == "seven.jfif"


def test_white_ink_on_a_transparent_ground_is_read(store):
    app = open_page("09_classify.py")
    upload(app, ("seven.png", odd_pictures()["white_on_clear.png"]))
    assert "There is nothing on it" not in texts(app)


def choices_picture(app):
    return app.session_state["_picture"]


@pytest.mark.parametrize("name", hostile.CONTENTS)
def test_hostile_uploads_are_refused_without_a_trace(store, name):
    file, content, _reason = hostile.CONTENTS[name]
    app = open_page("09_classify.py")
    upload(app, (file.rsplit(".")[0] + ".png", content))
    assert len(app.error) == 1
    assert "Traceback" not in texts(app)
    assert "_picture" not in app.session_state


def test_a_drawing_is_prepared_as_the_switches_say(store):
    address = "data:image/png;base64," + base64.b64encode(written(1)).decode()
    app = open_way("draw", _drawing=address)
    assert "light and dark turned round, cut out and centred" in html(app)
    app.toggle(key="classify_polarity").set_value(False).run()
    assert "turned round" not in html(app)
    for switch in ("classify_centre", "classify_stroke"):
        app.toggle(key=switch).set_value(False).run()
    assert "centred" not in html(app)


def test_an_empty_pad_says_so_instead_of_guessing(store):
    blank = "data:image/png;base64," + base64.b64encode(as_png(np.zeros((280, 280), np.uint8))).decode()
    app = open_way("draw", _drawing=blank)
    assert any("nothing on it" in info.value for info in app.info)


def test_examples_and_strangers_are_offered(store):
    app = open_way("examples")
    assert "Press one of the pictures." in texts(app)
    app.segmented_control(key="classify_sample").set_value("strange").run()
    assert not app.exception
    assert "Press one of the pictures." in texts(app)


def test_the_camera_page_waits_for_start_and_offers_snapshots(store):
    app = open_way("camera")
    assert "Press Start and allow the camera" in texts(app)
    app.segmented_control(key="camera_way").set_value("snapshots").run()
    assert not app.exception
    assert "Take a snapshot" in texts(app)


def test_a_snapshot_of_one_colour_is_told_and_not_asked_about(store, monkeypatch):
    black = as_png(np.zeros((48, 64, 3), np.uint8))
    monkeypatch.setattr("dashboard.classify.camera.st.camera_input", lambda *_words, **_named: io.BytesIO(black))
    app = open_way("camera")
    app.segmented_control(key="camera_way").set_value("snapshots").run()
    assert "take another" in app.warning[0].value
    assert "stands out" not in texts(app)


@pytest.mark.parametrize(
    ("servers", "told"), [("", "Across networks a TURN server is needed"), ("turn:t.example", "were tried")]
)
def test_a_camera_whose_picture_does_not_arrive_says_why(store, monkeypatch, servers, told):
    playing = SimpleNamespace(state=SimpleNamespace(playing=True, signalling=False))
    monkeypatch.setattr("dashboard.classify.camera.webrtc_streamer", lambda *_words, **_named: playing)
    monkeypatch.setenv("FITSCOPE_ICE_SERVERS", servers)
    app = open_way("camera")
    assert "Connecting" in texts(app)
    app.session_state["_camera_began"] = time.time() - 60
    app.run()
    assert "No frame has arrived" in app.warning[0].value
    assert told in app.warning[0].value
    assert "Snapshots" in app.warning[0].value


def test_a_page_by_plain_http_says_why_there_is_no_camera(store, monkeypatch):
    monkeypatch.setattr("dashboard.classify.camera_help.is_secure", lambda: False)
    app = open_way("camera")
    assert "make https" in app.warning[0].value


def test_a_wrong_list_of_ice_servers_is_told(store, monkeypatch):
    monkeypatch.setenv("FITSCOPE_ICE_SERVERS", "http://example.org")
    app = open_way("camera")
    assert "FITSCOPE_ICE_SERVERS is not understood" in app.error[0].value


def test_a_frozen_frame_is_saved_into_a_class(store, pets, monkeypatch):
    frame_keeper.add_picture(pets, "dog", written())
    frame_keeper.add_picture(pets, "owl", written())
    spec = imported.dataset(pets)
    assert (spec.n_train, spec.n_test, spec.classes) == (8, 6, ("cat", "dog", "owl"))
    train = by_name.load(pets, version=spec.version).train
    assert train.labels[-2:].tolist() == [1, 2]
    assert train.images[-1].max() > train.images[-1].min()
    assert imported.read_sources(pets)["train"].names[-1].startswith("camera-")


def test_any_kept_epoch_can_be_asked(store):
    run = store.all()[0]
    app = open_page("09_classify.py", run=run.id, epoch="1")
    picker = app.selectbox(key=f"picked_epoch_{run.id}")
    assert picker.value == 1
    assert f"keeps: epoch {run.status.result['kept_epoch']}" in picker.options[0]
    asked = upload(app, ("a.png", written()))
    early, kept = (looking.asked(run, epoch).answer(opened(run)).probabilities.max() for epoch in (1, None))
    assert f"{early:.0%}" != f"{kept:.0%}"
    assert said(asked) == f"{early:.0%}"
    app.selectbox(key=f"picked_epoch_{run.id}").set_value(epoch_picker.OWN).run()
    assert said(app) == f"{kept:.0%}"
    assert "epoch" not in app.query_params


def test_an_epoch_of_a_link_that_was_not_kept_is_told(store):
    app = open_page("09_classify.py", run=store.all()[0].id, epoch="55")
    assert "Epoch 55 was not kept; this is the network that the run keeps." in texts(app)
    assert not app.exception


@pytest.mark.parametrize(("alive", "word"), [(True, "epoch 6, still training"), (False, "epoch 6, the last one kept")])
def test_a_run_that_trains_or_was_cut_off_is_asked_after_its_last_epoch(store, alive, word):
    run = store.all()[0]
    begin_again(run)
    if not alive:
        lose(run)
    assert run.state == ("running" if alive else "lost")
    app = open_page("09_classify.py")
    assert app.selectbox(key="picked_run").options == ["Digits · training" if alive else "Digits"]
    assert app.selectbox(key=f"picked_epoch_{run.id}").options[0] == word
    asked = upload(app, ("a.png", written()))
    assert said(asked) == f"{share_of(run, 6):.0%}"
    app.selectbox(key=f"picked_epoch_{run.id}").set_value(1).run()
    assert said(app) == f"{share_of(run, 1):.0%}"
    app.toggle(key="answer_heat").set_value(True).run()
    assert not app.exception
    assert not app.error


def share_of(run, epoch):
    network = looking.asked(run, epoch)
    return network.answer(network.opened(written())).probabilities.max()


def opened(run):
    return looking.asked(run, None).opened(written())


def said(app):
    """How sure the bars are, as their title says it."""
    figure = next(json.loads(one.proto.json)["figure"] for one in app.get("bidi_component") if "answer" in one.proto.id)
    return figure["title"].split(", ")[-1].split(" sure")[0].replace("\xa0", "").replace(" ", "")
