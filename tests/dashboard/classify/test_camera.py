"""The frames of a camera: the newest is asked about, others are dropped; what is drawn over them; how it connects."""

import asyncio
import io
import itertools
import ssl
import stat
import threading
from fractions import Fraction
from types import SimpleNamespace

import av
import numpy as np
import pytest
from aiortc.mediastreams import MediaStreamTrack
from cryptography import x509
from PIL import Image

from benchmarks.film import BITS, BLOCK, film, numbered, scene
from core.errors import SettingError
from core.network import camera as watching
from core.network.camera import Sight, View, Watcher, look, middle
from core.network.classifier import Answer, Classifier
from core.pictures.box import Box
from core.pictures.preprocessing import Preprocessing, Seen
from dashboard.charts import overlay
from dashboard.classify import camera
from dashboard.server import certificate, ice
from dashboard.upstream.relay import FreshRelay
from tests.made.workers import PATIENCE, wait_until


class Bright:
    """Two classes: dark and light, by the mean."""

    def probabilities(self, images):
        mean = images.mean(axis=(1, 2, 3)) / 255
        return np.stack([1 - mean, mean], axis=1).astype(np.float32)


CLASSIFIER = Classifier(Bright(), Preprocessing(8, 1), ("dark", "light"))


def frame(level=0, height=48, width=64):
    return np.full((height, width, 3), level, np.uint8)


def as_file(pixels, kind="JPEG"):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind)
    return file.getvalue()


def test_a_snapshot_of_one_colour_is_no_picture():
    nothing_yet = np.zeros((480, 640, 4), np.uint8)  # a canvas onto which the browser has painted nothing
    assert camera.is_flat(as_file(nothing_yet, "PNG"))
    assert camera.is_flat(as_file(frame(0)))
    assert camera.is_flat(as_file(np.random.default_rng(0).integers(9, 14, (480, 640, 3), np.uint8)))  # covered
    assert not camera.is_flat(as_file(scene(np.zeros((8, 8), np.uint8))))  # a sheet of paper, nothing on it
    assert not camera.is_flat(b"no picture")  # told by who opens it


def test_only_the_middle_is_looked_at():
    picture = frame(0)
    picture[12:36, 20:44] = 255
    sight = look(picture, View(CLASSIFIER, region=0.5))
    assert sight.boxes == (Box(20, 12, 24, 24),)
    assert sight.answers[0].probabilities.tolist() == [0, 1]
    assert middle(picture, 1.0) == Box(8, 0, 48, 48)


def test_a_frame_is_answered_and_the_rates_are_told(monkeypatch):
    clock = itertools.count()  # each look at it is 10 ms later
    monkeypatch.setattr(watching, "time", SimpleNamespace(perf_counter=lambda: next(clock) / 100))
    watcher = Watcher(View(CLASSIFIER))
    for _ in range(5):
        watcher.see(frame(255))
        wait_until(lambda: not watcher._busy)
    assert watcher.sight.answers[0].probabilities[1] == 1
    rates = watcher.rates()
    assert rates.shown == pytest.approx(50)  # frames a second: it came, it was answered, the next came
    assert rates.answered == pytest.approx(50)
    assert rates.milliseconds == pytest.approx(10)


def test_frames_are_dropped_while_one_is_asked_about(monkeypatch):
    going, asked = threading.Event(), []

    def slow(picture, view):
        asked.append(int(picture[0, 0, 0]))
        going.wait(PATIENCE)
        return look(picture, view)

    monkeypatch.setattr(watching, "look", slow)
    watcher = Watcher(View(CLASSIFIER))
    for level in range(20):
        watcher.see(frame(level))
    assert watcher._busy  # with the first: nobody waits for it
    going.set()
    wait_until(lambda: not watcher._busy)
    watcher.see(frame(99))
    wait_until(lambda: len(asked) == 2)
    assert asked == [0, 99]
    assert watcher.frames == 21


def test_what_goes_wrong_in_the_thread_is_kept_for_the_page(monkeypatch):
    def broken(_picture, _view):
        raise ValueError("no eyes")

    monkeypatch.setattr(watching, "look", broken)
    watcher = Watcher(View(CLASSIFIER))
    watcher.see(frame())
    wait_until(lambda: watcher.error is not None)
    assert watcher.sight is None
    monkeypatch.undo()
    watcher.see(frame())
    wait_until(lambda: watcher.sight is not None)
    assert watcher.error is None


def test_a_camera_that_stopped_keeps_nothing():
    watcher = Watcher(View(CLASSIFIER))
    watcher.see(frame())
    wait_until(lambda: watcher.sight is not None)
    watcher.forget()
    assert (watcher.sight, watcher.frames, watcher.rates().shown) == (None, 0, 0)


class Words:
    classes, none, no_face, least, mirror, faces = (
        ("dark", "light"),
        "none of these",
        "no face found",
        0.0,
        False,
        False,
    )
    of = camera.Words.of


def painted(picture, boxes, mirror=False, faces=False):
    words = Words()
    words.mirror, words.faces = mirror, faces
    answer = Answer(Seen(np.zeros((8, 8, 1), np.uint8)), np.array([0.2, 0.8], np.float32))
    return camera.painted(picture, Sight(picture, tuple(boxes), (answer,) * len(boxes)), words)


def test_the_box_is_drawn_where_the_network_looked_also_in_the_mirror():
    picture = np.zeros((240, 320, 3), np.uint8)
    picture[:, :40] = 200
    box = Box(60, 100, 50, 80)
    plain, mirrored = painted(picture, [box]), painted(picture, [box], mirror=True)
    assert tuple(plain[150, 60]) == (11, 110, 153)
    assert tuple(mirrored[150, 320 - 60 - 50]) == (11, 110, 153)
    assert mirrored[200, 300, 0] == 200  # the picture is mirrored
    assert plain.shape == mirrored.shape == picture.shape
    # the words are not: read from the left they are the same in both
    np.testing.assert_array_equal(plain[75:98, 62:100], mirrored[75:98, 212:250])


def test_a_small_picture_is_enlarged_before_it_is_written_on():
    small = Image.new("RGB", (48, 40))
    drawn = np.asarray(overlay.framed(small, [(Box(10, 20, 20, 10), "")], at_least=200))
    assert drawn.shape == (200, 240, 3)
    assert tuple(drawn[100, 50]) == (11, 110, 153)
    assert np.asarray(small).max() == 0


def test_no_face_is_said_in_the_picture():
    picture = np.zeros((240, 320, 3), np.uint8)
    assert painted(picture, [], faces=True).any()
    assert not painted(picture, []).any()


def test_a_frame_of_another_size_is_not_drawn_over():
    """WebRTC changes the size as it likes; the answer belongs to the frame before."""
    old, new = np.zeros((480, 640, 3), np.uint8), np.zeros((240, 320, 3), np.uint8)
    sight = Sight(old, (Box(0, 0, 640, 480),), ())
    assert not camera.painted(new, sight, Words()).any()


def test_frozen_is_what_was_shown_to_the_network():
    from core.data.reading.decode import open_picture

    picture = np.zeros((240, 320, 3), np.uint8)
    picture[100:150, 60:110] = 255
    frozen = open_picture(camera.frozen_picture(Sight(picture, (Box(60, 100, 50, 50),), ())))
    assert frozen.size == (50, 50)
    assert np.asarray(frozen).min() == 255
    assert open_picture(camera.frozen_picture(Sight(picture, (), ()))).size == (320, 240)


def test_the_relay_drops_what_a_slow_reader_missed():
    class Clock(MediaStreamTrack):
        kind = "video"
        n = 0

        async def recv(self):
            await asyncio.sleep(0.005)
            self.n += 1
            made = av.VideoFrame(16, 16)
            made.pts, made.time_base = self.n, Fraction(1, 200)
            return made

    async def read():
        source = Clock()
        reader = FreshRelay().subscribe(source)
        lags = []
        for _ in range(8):
            got = await reader.recv()
            lags.append(source.n - got.pts)
            await asyncio.sleep(0.05)  # ten frames come meanwhile
        reader.stop()
        source.stop()
        return lags

    lags = asyncio.run(asyncio.wait_for(read(), PATIENCE))
    assert max(lags) <= 3  # two that wait, and the one on its way


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("stun:a.example:3478, turn:b.example", [{"urls": "stun:a.example:3478"}, {"urls": "turn:b.example"}]),
        (
            '[{"urls": ["turn:c"], "username": "u", "credential": "p"}]',
            [{"urls": ["turn:c"], "username": "u", "credential": "p"}],
        ),
    ],
)
def test_ice_servers_come_from_the_environment(text, expected, monkeypatch):
    monkeypatch.setenv(ice.VARIABLE, text)
    assert ice.servers() == expected


@pytest.mark.parametrize(
    "text", ["http://x", "[1]", "[{", '[{"urls": 3}]', '[{"username": "a"}]', ",", '[{"urls": [1]}]']
)
def test_ice_servers_that_are_not_understood_are_told(text, monkeypatch):
    monkeypatch.setenv(ice.VARIABLE, text)
    with pytest.raises(SettingError, match=r"FITSCOPE_ICE_SERVERS.*stun:"):
        ice.servers()


def test_the_certificate_is_for_this_machine_and_made_once(tmp_path):
    cert, key = certificate.certificate(tmp_path / "new", ["localhost", "127.0.0.1", "192.168.7.7"])
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    first = cert.read_bytes()
    names = x509.load_pem_x509_certificate(first).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert [str(one) for one in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1", "192.168.7.7"]
    certificate.certificate(tmp_path / "new", ["localhost", "127.0.0.1"])
    assert cert.read_bytes() == first
    certificate.certificate(tmp_path / "new", ["localhost", "10.0.0.3"])  # another network
    assert cert.read_bytes() != first
    cert.write_bytes(b"damaged")
    certificate.certificate(tmp_path / "new", ["localhost"])
    assert b"BEGIN CERTIFICATE" in cert.read_bytes()


def test_a_browser_that_trusts_the_certificate_gets_the_page(tmp_path):
    import http.server
    import urllib.request

    cert, key = certificate.certificate(tmp_path, ["localhost", "127.0.0.1"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    server = http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.handle_request, daemon=True)
    thread.start()
    trusting = ssl.create_default_context(cafile=str(cert))
    address = f"https://127.0.0.1:{server.server_port}/"
    with urllib.request.urlopen(address, context=trusting, timeout=PATIENCE) as answer:
        assert answer.status == 200
    thread.join(PATIENCE)
    server.server_close()


def test_the_film_holds_its_frames_and_their_numbers(tmp_path):
    made = film(tmp_path / "two.mjpeg", [np.zeros((8, 8), np.uint8), np.full((8, 8), 255, np.uint8)], seconds=0.1)
    with av.open(str(made), format="mjpeg") as file:
        frames = [one.to_ndarray(format="gray") for one in file.decode(video=0)]
    assert len(frames) == 6
    assert frames[0].shape == (480, 640)
    for number, shown in enumerate(frames):
        bits = [int(shown[12, bit * BLOCK + BLOCK // 2] > 127) for bit in range(BITS)]
        code = sum(bit << place for place, bit in enumerate(bits))
        for shift in (1, 2, 4, 8):
            code ^= code >> shift
        assert code == number
    assert frames[0][240, 320] > 150 > frames[-1][240, 320]
    assert numbered(scene(np.zeros((8, 8), np.uint8)), 0)[12, 16].max() == 0
