"""HTTP: every status, requests that mean harm, and what a real server says of pictures beside the same network here."""

import asyncio
import concurrent.futures
import http.client
import io
import json
import logging
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from starlette.applications import Starlette

from benchmarks.server import ROOT, server
from core.data.reading.decode import open_picture
from core.errors import DataError
from core.network.classifier import NETWORK, classifier
from core.pictures import faces
from core.recipe.config import TrainingConfig
from core.runs.store import RunStore
from dashboard.server import api, api_form
from tests.made import by_name
from tests.made.hostile import CONTENTS, png
from tests.made.runs import make_run
from tests.made.workers import PATIENCE

BOUNDARY = "between"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"
ADDRESSES = {"/api/predict": "OPTIONS, POST", "/api/runs": "GET, HEAD, OPTIONS", "/api/demo": "GET, HEAD, OPTIONS"}


@dataclass(frozen=True)
class Answered:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def error(self):
        """The one sentence of a refusal; fails where it is anything else."""
        assert self.headers["content-type"] == "application/json"
        assert list(self.json) == ["error"]
        assert "Traceback" not in self.json["error"]
        return self.json["error"]


def multipart(*parts):
    """(name, content) or (name, content, file name) as the body of a form."""
    lines = []
    for name, content, *file in parts:
        named = f'; filename="{file[0]}"' if file else ""
        content = content if isinstance(content, bytes) else content.encode()
        lines.append(f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'.encode() + content)
    return b"\r\n".join([*lines, f"--{BOUNDARY}--\r\n".encode()])


FILE_BEGINS = multipart(("image", b"", "a.png")).partition(b"\r\n--")[0]


def digit(row=0):
    """A test picture of the digits dataset as a PNG, its pixels, and its class."""
    test = by_name.load("digits").test
    file = io.BytesIO()
    Image.fromarray(np.asarray(test.images[row])[..., 0]).save(file, "PNG")
    return file.getvalue(), np.asarray(test.images[row]), int(test.labels[row])


def question(image=b"", run="latest", **fields):
    return multipart(("image", image, "a.png"), ("run", run), *fields.items())


# Without a server: the routes are called as the server calls them.


def call(method, path, chunks=(b"",), content_type=MULTIPART, length=None, wait=0.0, leave=False):
    """One request, its body in pieces; `wait` seconds before each, `leave`: the client goes after the last of them."""
    headers = [(b"content-type", content_type.encode())] if content_type else []
    headers += [(b"content-length", str(length).encode())] if length is not None else []
    scope = {"type": "http", "http_version": "1.1", "method": method, "path": path, "raw_path": path.encode()}
    scope |= {"query_string": b"", "headers": headers, "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2)}
    scope |= {"scheme": "http", "root_path": ""}
    waiting, sent = iter(chunks), []
    taken = [0]

    async def receive():
        await asyncio.sleep(wait)
        chunk = next(waiting, None)
        if chunk is None:
            return {"type": "http.disconnect"} if leave else {"type": "http.request", "body": b"", "more_body": False}
        taken[0] += len(chunk)
        return {"type": "http.request", "body": chunk, "more_body": True}

    async def send(message):
        sent.append(message)

    asyncio.run(asyncio.wait_for(Starlette(routes=api.routes)(scope, receive, send), timeout=PATIENCE))
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    body = b"".join(message.get("body", b"") for message in sent[1:])
    answered = Answered(sent[0]["status"], headers, body)
    call.taken = taken[0]
    return answered


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "NONSENSE"])
@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/nothing", "/api/predict/", "/api/runs/x", "/api/../x", "/api/é"]
)
def test_unknown_paths_are_not_found(method, path):
    answered = call(method, path)
    assert answered.status == 404
    assert path in answered.error


METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "TRACE", "NONSENSE")
WRONG = [(path, method) for path, allow in ADDRESSES.items() for method in METHODS if method not in allow.split(", ")]


@pytest.mark.parametrize(("path", "method"), WRONG)
def test_a_wrong_method_is_told_the_right_ones(path, method):
    answered = call(method, path)
    assert answered.status == 405
    assert answered.headers["allow"] == ADDRESSES[path]
    assert ADDRESSES[path] in answered.error


@pytest.mark.parametrize("path", ADDRESSES)
def test_options_says_what_there_is_and_lets_no_other_site_in(path):
    answered = call("OPTIONS", path)
    assert (answered.status, answered.body) == (204, b"")
    assert answered.headers["allow"] == ADDRESSES[path]
    assert not [name for name in answered.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    "kind", ["", "application/json", "application/x-www-form-urlencoded", "image/png", "multipart"]
)
def test_another_content_type_is_refused(runs_folder, kind):
    answered = call("POST", "/api/predict", [b"image=x"], kind)
    assert answered.status == 415
    assert "multipart/form-data" in answered.error


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"abc"),
        ("multipart/form-data; boundary=", b"abc"),
        (MULTIPART, b"no boundary here"),
        (MULTIPART, b"--between\r\nno header\r\n\r\nx\r\n--between--"),
        (MULTIPART, b"--between\r\nContent-Disposition: form-data\r\n\r\nx\r\n--between--"),
        (MULTIPART, multipart(*[(f"field{n}", "x") for n in range(9)])),
        (MULTIPART, multipart(*[(f"file{n}", "x", "a.png") for n in range(9)])),
        (MULTIPART, multipart(("run", "x" * 2000))),
    ],
)
def test_a_body_that_is_no_form_is_refused(runs_folder, kind, body):
    answered = call("POST", "/api/predict", [body], kind)
    assert answered.status == 400
    assert "multipart" in answered.error


PICTURE = ("image", png(1, 1), "a.png")
RUN = ("run", "latest")


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([PICTURE], "run is missing"),
        ([PICTURE, ("run", "")], "run is missing"),
        ([RUN], "image is missing"),
        ([], "run is missing"),
        ([RUN, ("image", "text")], "send it as a file"),
        ([PICTURE, ("run", "latest", "run.txt")], "send it as text"),
        ([PICTURE, PICTURE, RUN], "more than once"),
        ([PICTURE, RUN, RUN], "more than once"),
        ([PICTURE, RUN, ("tops", "3")], "tops"),
        *([[PICTURE, RUN, ("top", top)], "top="] for top in ("0", "-1", "1.5", "x", "٣", "9" * 30, "1e3")),
        *([[PICTURE, RUN, ("face", face)], "face="] for face in ("2", "maybe", "-")),
    ],
)
def test_a_field_that_is_missing_or_wrong_is_named(runs_folder, parts, said):
    answered = call("POST", "/api/predict", [multipart(*parts)])
    assert answered.status == 422
    assert said in answered.error


def test_a_length_that_is_too_large_is_refused_unread():
    answered = call("POST", "/api/predict", [b"x" * 1000] * 5, length=api_form.MOST_BYTES + 1)
    assert (answered.status, call.taken) == (413, 0)
    assert "20 MB" in answered.error


def test_a_body_that_never_ends_is_left_after_20_mb(runs_folder):
    chunk = b"x" * 2**20
    answered = call("POST", "/api/predict", [FILE_BEGINS, *[chunk] * 100])
    assert answered.status == 413
    assert api_form.MOST_BYTES < call.taken <= api_form.MOST_BYTES + 2 * len(chunk)
    assert "20 MB" in answered.error


def test_a_body_that_never_arrives_is_not_waited_for(runs_folder, monkeypatch):
    monkeypatch.setattr(api_form, "SECONDS", 0.2)
    answered = call("POST", "/api/predict", [FILE_BEGINS, *[b"x"] * 1000], wait=0.05)
    assert answered.status == 408
    assert call.taken < len(FILE_BEGINS) + 100  # of 1000 that would have come
    assert answered.error


def test_a_client_that_leaves_is_no_error(runs_folder, caplog):
    with caplog.at_level(logging.DEBUG, "fitscope"):
        call("POST", "/api/predict", [question()[:50]], leave=True)
    assert not caplog.records


@pytest.mark.parametrize("run", ["latest", "unknown", "../..", "..", "a/b", "x" * 900, "<b>"])
def test_an_unknown_run_is_not_found_and_no_path_is_told(runs_folder, run):
    answered = call("POST", "/api/predict", [question(png(1, 1), run)])
    assert answered.status == 404
    assert "/api/runs" in answered.error
    assert str(runs_folder) not in answered.error


@pytest.mark.parametrize("state", ["queued", "running", "failed", "damaged"])
def test_a_run_without_a_network_says_so(store, state):
    answered = call("POST", "/api/predict", [question(png(1, 1), make_run(store, state).id)])
    assert answered.status == 409
    assert "has no network yet" in answered.error


def test_a_damaged_network_says_so(store):
    run = make_run(store, "finished")
    (run.folder / NETWORK).write_bytes(b"damaged" * 100)
    answered = call("POST", "/api/predict", [question(png(1, 1), run.id)])
    assert answered.status == 409
    assert "Train its recipe again" in answered.error


def test_what_nobody_thought_of_is_a_calm_sentence_and_a_line_in_the_log(monkeypatch, caplog):
    def broken():
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(api, "runs", broken)
    answered = call("GET", "/api/runs")
    assert answered.status == 500
    assert "secret" not in answered.error
    assert [record.exc_info[0] for record in caplog.records] == [ZeroDivisionError]


def test_runs_are_those_with_a_network_the_newest_first(store):
    assert call("GET", "/api/runs").json == []
    older = make_run(store, "finished", TrainingConfig(epochs=6))
    newer = make_run(store, "stopped", TrainingConfig(dataset="shapes", architecture="mlp_dropout"))
    make_run(store, "running")
    for run in (older, newer):
        (run.folder / NETWORK).write_bytes(b"there is one")
    os.utime(older.folder / NETWORK)
    rows = call("GET", "/api/runs").json
    assert {row["id"] for row in rows} == {older.id, newer.id}
    assert [row["id"] for row in rows] == [run.id for run in store.all() if run.id in (older.id, newer.id)]
    row = next(row for row in rows if row["id"] == older.id)
    assert (row["name"], row["dataset"], row["architecture"]) == (older.meta.name, "digits", older.config.architecture)
    assert (row["classes"], row["state"]) == ([str(label) for label in range(10)], "finished")
    assert (row["test_accuracy"], row["n_test"]) == (older.status.result["test_accuracy"], 360)


def test_the_phone_page_asks_nobody_else():
    answered = call("GET", "/api/demo")
    page = answered.body.decode()
    assert answered.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answered.headers["content-security-policy"]
    assert 'fetch("predict"' in page
    assert "capture" in page
    assert "http" not in page.replace("<!DOCTYPE html>", "")


def test_the_document_names_every_address_field_and_status():
    document = (ROOT / "docs" / "api.md").read_text("utf-8")
    told = "".join(path.read_text("utf-8") for path in (ROOT / "dashboard" / "server").glob("api*.py"))
    statuses = set(re.findall(r"(?:Problem|_told)\((\d{3})", told))
    assert {"400", "404", "405", "408", "409", "413", "415", "422", "500", "503"} == statuses
    assert statuses == {one for row in re.findall(r"^\| (\d[\d, ]*) \|", document, re.M) for one in row.split(", ")}
    for address, allow in ADDRESSES.items():
        assert f"## `{'POST' if 'POST' in allow else 'GET'} {address}`" in document
    for field in api_form.FIELDS:
        assert f"| `{field}` |" in document
    assert f"{api_form.MOST_BYTES // 2**20} MB" in document
    assert f"{api_form.SECONDS:.0f} seconds" in document


@settings(max_examples=150)
@given(
    st.one_of(
        st.binary(max_size=300),
        st.lists(st.tuples(st.sampled_from(["image", "run", "face", "top", "é", ""]), st.binary(max_size=40))).map(
            lambda parts: multipart(*parts)
        ),
        st.lists(
            st.sampled_from([b"--between", b"--between--", b"\r\n", b"\r\n\r\n", b"name=", b'"', b"\0", b"x"])
        ).map(b"".join),
    )
)
def test_no_body_is_a_fault_of_ours(body):
    answered = call("POST", "/api/predict", [body])
    assert answered.status in (400, 404, 409, 415, 422)
    assert answered.error


# With a real server, which has a network of its own.


@dataclass(frozen=True)
class Running:
    address: str
    run: object
    log: object


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """The dashboard with one trained run of digits."""
    runs = tmp_path_factory.mktemp("api") / "runs"
    words = ["train", "--set", "dataset=digits", "--set", "architecture=softmax", "--set", "epochs=8"]
    done = subprocess.run(
        [sys.executable, "-m", "core", *words],
        cwd=ROOT,
        env={**os.environ, "FITSCOPE_RUNS": str(runs)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    with server(runs) as here:
        yield Running(here.address, RunStore(runs).all()[0], runs / ".server.log")


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
        assert set(told) == {"label", "probabilities", "box", "blank", "milliseconds", "run"}
        assert told["label"] == asked.classes[int(expected.argmax())]
        assert [told["probabilities"][name] for name in asked.classes] == pytest.approx(expected.tolist(), abs=1e-5)
        assert list(told["probabilities"].values()) == sorted(told["probabilities"].values(), reverse=True)
        assert (told["box"], told["blank"], told["run"]) == (None, False, running.run.id)
        assert 0 < told["milliseconds"] < 10_000
        right += told["label"] == str(label)
    assert right >= 8  # of 20: it has learnt something, so that the answers are not all the same


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
