"""A real server over HTTP says of pictures what the same network says here."""

import concurrent.futures
import http.client
import io
import json
import shutil
import time
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image

from core.data.reading.decode import open_picture
from core.errors import DataError
from core.network.classifier import NETWORK, classifier
from core.pictures import faces
from core.runs import checkpoints
from core.runs.run import Run
from tests.dashboard.server.api.made import FILE_BEGINS, MULTIPART, RUN, Answered, multipart, question
from tests.made import by_name
from tests.made.hostile import CONTENTS
from tests.made.runs import begin_again
from tests.made.workers import PATIENCE


def digit(row=0):
    """A test picture of the digits dataset as a PNG, its pixels, and its class."""
    test = by_name.load("digits").test
    file = io.BytesIO()
    Image.fromarray(np.asarray(test.images[row])[..., 0]).save(file, "PNG")
    return file.getvalue(), np.asarray(test.images[row]), int(test.labels[row])


def post(address, body, path="/api/predict", link=None, headers=None):
    link = link or http.client.HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)
    link.request("POST", path, body, {"Content-Type": MULTIPART, **(headers or {})})
    answer = link.getresponse()
    return Answered(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())


@pytest.mark.slow
@pytest.mark.parametrize("run", ["latest", "by its id"])
def test_the_answer_is_the_networks(running, run):
    asked, right = classifier(running.run), 0
    for row in range(0, 40, 2):
        content, pixels, label = digit(row)
        answered = post(running.address, question(content, running.run.id if run == "by its id" else run))
        assert answered.status == 200
        expected = asked.network.probabilities(pixels[None])[0]
        told = answered.json
        assert set(told) == {"label", "probabilities", "box", "blank", "milliseconds", "run", "epoch"}
        assert told["label"] == asked.classes[int(expected.argmax())]
        assert [told["probabilities"][name] for name in asked.classes] == pytest.approx(expected.tolist(), abs=1e-5)
        assert list(told["probabilities"].values()) == sorted(told["probabilities"].values(), reverse=True)
        assert (told["box"], told["blank"], told["run"]) == (None, False, running.run.id)
        assert 0 < told["milliseconds"] < 10_000
        right += told["label"] == str(label)
    assert right >= 8  # of 20: it has learnt something, so that the answers are not all the same


@pytest.mark.slow
def test_any_kept_epoch_answers(running):
    content, pixels, _label = digit()
    for epoch in (0, 3):
        told = post(running.address, question(content, epoch=str(epoch))).json
        kernel, bias = checkpoints.read(running.run.checkpoints, epoch)
        logits = (pixels.reshape(-1) / 255) @ kernel + bias  # softmax regression, by hand
        expected = np.exp(logits) / np.exp(logits).sum()
        assert told["epoch"] == epoch
        assert [told["probabilities"][str(label)] for label in range(10)] == pytest.approx(expected, abs=1e-4)


@pytest.mark.slow
def test_a_training_answers_with_its_kept_epochs(running):
    content, _pixels, _label = digit()
    copy = Run(shutil.copytree(running.run.folder, running.run.folder.with_name("still-training")))
    begin_again(copy)
    try:
        told, same = (
            post(running.address, question(content, run, epoch="3")).json for run in (copy.id, running.run.id)
        )
        assert (told["run"], told["epoch"]) == (copy.id, 3)
        assert told["probabilities"] == pytest.approx(same["probabilities"], abs=1e-4)
        answered = post(running.address, question(content, copy.id))
        assert answered.status == 409
        assert "name one of the epochs that were kept: 0, 1, 2" in answered.error
    finally:
        shutil.rmtree(copy.folder)


@pytest.mark.slow
def test_an_epoch_that_was_not_kept_is_told_with_those_that_were(running):
    answered = post(running.address, question(digit()[0], epoch="77"))
    assert answered.status == 409
    assert answered.error.endswith("was not kept; choose one of: 0, 1, 2, 3, 4, 5, 6, 7, 8.")
    assert post(running.address, question(digit()[0], epoch="last")).status == 422


@pytest.mark.slow
def test_top_limits_the_probabilities(running):
    content, *_ = digit()
    whole = post(running.address, question(content)).json["probabilities"]
    for top in (1, 3, 10, 99):
        told = post(running.address, question(content, top=str(top))).json["probabilities"]
        assert list(told.items()) == list(whole.items())[:top]


@pytest.mark.slow
def test_no_face_is_said(running):
    told = post(running.address, question(digit()[0], face="1")).json
    assert (told["label"], told["box"], told["faces"], told["probabilities"]) == (None, None, [], {})
    assert told["message"] == "no face found"


@pytest.mark.slow
def test_several_faces_are_boxed_the_largest_first(running):
    try:
        test = by_name.load("fer2013").test
    except DataError as missing:
        pytest.skip(f"FER2013 is not in a data folder: {missing}")
    canvas = Image.new("RGB", (1600, 1200), (90, 90, 90))
    happy = np.flatnonzero(test.labels == 3)[:6]
    for place, row in enumerate(happy):
        side = 300 - 20 * place
        portrait = Image.fromarray(np.asarray(test.images[row])[..., 0]).resize((side, side), Image.Resampling.BICUBIC)
        canvas.paste(portrait, (100 + 500 * (place % 3), 100 + 550 * (place // 3)))
    for kind in ("PNG", "JPEG"):  # a large JPEG may be decoded at a fraction of its size; boxes are of the whole
        file = io.BytesIO()
        canvas.save(file, kind)
        told = post(running.address, question(file.getvalue(), face="1", top="2")).json
        assert len(told["faces"]) >= 3
        assert (told["label"], told["box"]) == (told["faces"][0]["label"], told["faces"][0]["box"])
        sizes = [face["box"]["width"] * face["box"]["height"] for face in told["faces"]]
        assert sizes == sorted(sizes, reverse=True)
        assert all(len(face["probabilities"]) == 2 for face in told["faces"])
    expected = [vars(box) for box in faces.find(open_picture(file.getvalue(), faces.LONGEST))]
    assert [face["box"] for face in told["faces"]] == expected


@pytest.mark.slow
def test_hostile_pictures_are_refused_and_nothing_is_logged(running):
    assert len(CONTENTS) >= 20
    for name, (file, content, reason) in CONTENTS.items():
        for face in ("0", "1"):
            answered = post(running.address, multipart(("image", content, file), RUN, ("face", face)))
            assert answered.status == 415, name
            assert answered.error.startswith("image: ")
            assert any(piece in answered.error for piece in reason.split("|")), name
    assert post(running.address, question(digit()[0])).status == 200
    assert "Traceback" not in running.log.read_text("utf-8", "replace")


@pytest.mark.slow
def test_a_file_that_is_too_large_is_refused_while_it_is_sent(running):
    def pieces():
        yield FILE_BEGINS
        for _ in range(30):
            yield b"x" * 2**20

    for body in (question(b"x" * (21 * 2**20)), pieces()):
        try:
            assert post(running.address, body).status == 413
        except (BrokenPipeError, ConnectionResetError):
            assert not isinstance(body, bytes)  # the server may hang up on what never ends
    assert post(running.address, question(b"x" * (19 * 2**20))).status == 415
    assert post(running.address, question(digit()[0])).status == 200


@pytest.mark.slow
def test_sixteen_at_once_get_their_own_answers(running):
    bodies = [question(digit(row)[0]) for row in range(16)]
    expected = [post(running.address, body).json["probabilities"] for body in bodies]
    assert len({json.dumps(one) for one in expected}) == 16
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda body: post(running.address, body).json["probabilities"], bodies * 4))
    assert found == expected * 4


@pytest.mark.slow
def test_small_answers_do_not_wait_for_the_network(running):
    """With Nagle's algorithm on, each answer on a connection that stays open takes 40 ms."""
    link = http.client.HTTPConnection(urlsplit(running.address).netloc, timeout=PATIENCE)
    body, times = question(digit()[0]), []
    for _ in range(60):
        began = time.perf_counter()
        assert post(running.address, body, link=link).status == 200
        times.append(time.perf_counter() - began)
    assert sorted(times[20:])[4] < 0.03  # each of them took 40 ms; a busy machine adds to most


@pytest.mark.slow
def test_a_network_that_changed_is_read_anew(running):
    path = running.run.folder / NETWORK
    whole = path.read_bytes()
    try:
        path.write_bytes(b"damaged" * 10)
        assert post(running.address, question(digit()[0])).status == 409
    finally:
        path.write_bytes(whole)
    assert post(running.address, question(digit()[0])).status == 200


@pytest.mark.slow
def test_runs_and_the_phone_page_are_served_beside_the_pages(running):
    link = http.client.HTTPConnection(urlsplit(running.address).netloc, timeout=PATIENCE)
    link.request("GET", "/api/runs")
    rows = json.loads(link.getresponse().read())
    assert [row["id"] for row in rows] == [running.run.id]
    assert 0 < rows[0]["test_accuracy"] <= 1
    link.request("HEAD", "/api/demo")
    answer = link.getresponse()
    assert (answer.status, answer.read()) == (200, b"")
    link.request("GET", "/api/demo")
    assert b"<input" in link.getresponse().read()
    link.request("GET", "/api/predict")
    assert link.getresponse().status == 405
