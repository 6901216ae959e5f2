"""The HTTP routes, called as the server calls them: what they answer, and what they refuse."""

import asyncio
import logging
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from benchmarks.server import ROOT
from core.data.reading.decode import ENDINGS, Refused, open_picture
from core.network.classifier import NETWORK, Classifier
from core.pictures.preprocessing import Ink, Preprocessing
from dashboard.server import api, api_export, api_form, api_list, api_runs
from tests.dashboard.server.api.made import FILE_BEGINS, MULTIPART, RUN, Answered, multipart, question
from tests.made.hostile import png
from tests.made.odd_pictures import READ, REFUSED, odd_pictures
from tests.made.runs import make_run
from tests.made.workers import PATIENCE

ADDRESSES = {
    "/api/predict": "OPTIONS, POST",
    "/api/runs": "GET, HEAD, OPTIONS, POST",
    "/api/runs/ID": "GET, HEAD, OPTIONS",
    "/api/runs/ID/stop": "OPTIONS, POST",
    "/api/runs/ID/resume": "OPTIONS, POST",
    "/api/runs/ID/export": "GET, HEAD, OPTIONS, POST",
    "/api/demo": "GET, HEAD, OPTIONS",
}


def call(method, path, chunks=(b"",), content_type=MULTIPART, length=None, wait=0.0, leave=False, more=()):
    """One request, its body in pieces; `wait` seconds before each, `leave`: the client goes after the last of them."""
    path, _asked, query = path.partition("?")
    headers = [(b"content-type", content_type.encode())] if content_type else []
    headers += [(name.encode(), value.encode()) for name, value in more]
    headers += [(b"content-length", str(length).encode())] if length is not None else []
    scope = {"type": "http", "http_version": "1.1", "method": method, "path": path, "raw_path": path.encode()}
    scope |= {
        "query_string": query.encode(),
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
    }
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

    asyncio.run(
        asyncio.wait_for(
            Starlette(routes=[*api_runs.routes, *api_export.routes, *api.routes])(scope, receive, send),
            timeout=PATIENCE,
        )
    )
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    body = b"".join(message.get("body", b"") for message in sent[1:])
    answered = Answered(sent[0]["status"], headers, body)
    call.taken = taken[0]
    return answered


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "NONSENSE"])
@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/nothing", "/api/predict/", "/api/runs/x/y", "/api/../x", "/api/é"]
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
    failed = "The loss stopped being a number in epoch 7."  # what it failed of, rather than "train it to its end"
    assert (failed if state == "failed" else "has no network yet") in answered.error


def test_a_damaged_network_says_so(store):
    run = make_run(store, "finished")
    (run.folder / NETWORK).write_bytes(b"damaged" * 100)
    answered = call("POST", "/api/predict", [question(png(1, 1), run.id)])
    assert answered.status == 409
    assert "Train its recipe again" in answered.error


def test_what_nobody_thought_of_is_a_calm_sentence_and_a_line_in_the_log(monkeypatch, caplog):
    def broken(*_given):
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(api_list, "runs", broken)
    answered = call("GET", "/api/runs")
    assert answered.status == 500
    assert "secret" not in answered.error
    assert [record.exc_info[0] for record in caplog.records] == [ZeroDivisionError]


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
    assert {"400", "403", "404", "405", "408", "409", "413", "415", "422", "500", "503"} == statuses
    told_of = {one for row in re.findall(r"^\| (\d[\d, ]*) \|", document, re.M) for one in row.split(", ")}
    assert told_of == statuses | {"401"}  # that of the gate of a class
    for address, allow in ADDRESSES.items():
        for method in {"GET", "POST"} & set(allow.split(", ")):
            assert f"`{method} {address}`" in document
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


SEVEN = "7, whatever the ink"


class Inked:
    """Stands in for a network: how much of a picture is light, as two probabilities."""

    def probabilities(self, images):
        light = images.mean(axis=(1, 2, 3), dtype=float) / 255
        return np.stack([light, 1 - light], axis=1)


@pytest.fixture
def inked(store, monkeypatch):
    """A run whose network learnt from light drawings on black, as digits are."""
    run = make_run(store, "finished")
    (run.folder / NETWORK).touch()
    sees = Preprocessing(28, 1, ink=Ink(0, 255, 0.7, 0.1, True))
    monkeypatch.setattr(api, "loaded", lambda _run: Classifier(Inked(), sees, (SEVEN, "none")))
    return run


@pytest.mark.parametrize("name", [name for name in READ if "clear" in name or "sixteen" in name or "float" in name])
def test_a_drawing_is_seen_whatever_its_ink_and_its_container(inked, name):
    plain, odd = (
        call("POST", "/api/predict", [question(odd_pictures()[one], inked.id)]).json for one in ("plain.png", name)
    )
    assert not odd["blank"]
    assert odd["probabilities"] == pytest.approx(plain["probabilities"], abs=0.01)
    assert 0.03 < odd["probabilities"][SEVEN] < 0.3


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_picture_is_refused_with_its_reason(inked, name):
    answered = call("POST", "/api/predict", [question(odd_pictures()[name], inked.id)])
    assert answered.status == 415
    with pytest.raises(Refused) as refused:
        open_picture(odd_pictures()[name])
    assert answered.error == f"image: {refused.value}"


def test_the_page_for_phones_offers_every_kind_of_picture_that_is_read():
    assert f'accept="image/*,{",".join(ENDINGS)}"' in call("GET", "/api/demo").body.decode()
