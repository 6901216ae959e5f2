"""Downloads against a small local server: what was published is kept, nothing else is."""

import hashlib
import http.server
import os
import resource
import socket
import threading

import pytest

import core.data.download
from core.data.dataset import PublishedFile
from core.data.download import download
from core.errors import DataError, OfflineError, StorageError

CONTENT = bytes(range(256)) * 2000  # 512 kB, two blocks


class Handler(http.server.BaseHTTPRequestHandler):
    """/whole, /short (less than promised), /other (other bytes), /endless, /slow, /mute (both until the test is over);
    anything else is 404."""

    def do_GET(self):
        name = self.path.rpartition("/")[2]
        self.server.asked.append(self.path)
        if name == "mute":
            self.server.over.wait()
        elif hasattr(self, name):
            self.send_response(200)
            getattr(self, name)()
        else:
            self.send_error(404)

    def whole(self, body=CONTENT):
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(body)

    def short(self):
        self.whole(CONTENT[:-1000])

    def other(self):
        self.whole(CONTENT[:-1] + b"!")

    def endless(self):
        self.end_headers()
        for _ in range(20):
            self.wfile.write(CONTENT)

    def slow(self):
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        for start in range(len(CONTENT)):
            self.wfile.write(CONTENT[start : start + 1])
            if self.server.over.wait(0.05):
                return

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.handle_error = lambda *_: None  # a client that hangs up is meant
        running.daemon_threads = True
        running.asked, running.over = [], threading.Event()
        running.url = f"http://127.0.0.1:{running.server_port}/"
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.over.set()
        running.shutdown()
        thread.join()


@pytest.fixture
def nobody():
    """A URL at which nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: refused, and nobody else can take the port
        yield f"http://127.0.0.1:{taken.getsockname()[1]}/"


def published(*urls, algorithm="md5", path="toy/images.gz"):
    return PublishedFile(path, len(CONTENT), f"{algorithm}:{hashlib.new(algorithm, CONTENT).hexdigest()}", urls)


def files_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("algorithm", ["md5", "sha256"])
def test_a_published_file_is_fetched_into_its_place(server, tmp_path, algorithm):
    download([published(server.url + "whole", algorithm=algorithm)], tmp_path)
    assert (tmp_path / "toy/images.gz").read_bytes() == CONTENT
    assert files_in(tmp_path) == ["toy/images.gz"]


def test_progress_grows_to_one_over_all_files(server, tmp_path):
    told = []
    files = [published(server.url + "whole", path=name) for name in ("a", "b")]
    download(files, tmp_path, lambda what, fraction: told.append(fraction))
    assert told == sorted(told)
    assert 0 < told[0] < 0.5
    assert told[-1] == 1.0


@pytest.mark.parametrize("fault", ["short", "other", "endless"])
def test_a_file_that_differs_from_the_published_one_is_thrown_away(server, tmp_path, fault):
    with pytest.raises(DataError, match=f"/{fault} did not give the published toy/images.gz: found") as caught:
        download([published(server.url + fault)], tmp_path)
    assert not isinstance(caught.value, OfflineError)
    assert files_in(tmp_path) == []


def test_a_short_file_is_told_in_bytes(server, tmp_path):
    with pytest.raises(DataError, match="found 511000 bytes, expected 512000 bytes"):
        download([published(server.url + "short")], tmp_path)


def test_an_endless_file_is_not_received_to_its_end(server, tmp_path):
    with pytest.raises(DataError) as caught:
        download([published(server.url + "endless")], tmp_path)
    assert int(caught.value.values["found"].split()[0]) < 2 * len(CONTENT)


@pytest.mark.parametrize("fault", ["absent", "short", "other", "endless"])
def test_the_second_mirror_serves_when_the_first_fails(server, tmp_path, fault):
    download([published(server.url + fault, server.url + "whole")], tmp_path)
    assert server.asked == [f"/{fault}", "/whole"]
    assert (tmp_path / "toy/images.gz").read_bytes() == CONTENT


def test_the_second_mirror_serves_when_nobody_listens_at_the_first(server, nobody, tmp_path):
    download([published(nobody + "whole", server.url + "whole")], tmp_path)
    assert files_in(tmp_path) == ["toy/images.gz"]


def test_offline_says_which_files_from_where_and_into_which_folder(server, nobody, tmp_path):
    files = [published(server.url + "whole", path="toy/a.gz"), *(published(nobody + f"x/{n}", path=n) for n in "bc")]
    with pytest.raises(OfflineError) as caught:
        download(files, tmp_path)
    message = str(caught.value)
    assert ": b, c." in message
    assert nobody + "x/" in message
    assert str(tmp_path) in message
    assert "refused" in message
    assert files_in(tmp_path) == ["toy/a.gz"]


def test_a_server_without_the_file_is_named_with_its_answer(server, tmp_path):
    with pytest.raises(OfflineError, match=r"127\.0\.0\.1:\d+: Not Found"):
        download([published(server.url + "absent")], tmp_path)


@pytest.mark.parametrize(("fault", "limit"), [("mute", "SILENCE"), ("slow", "DEADLINE")])
def test_a_server_that_keeps_one_waiting_is_given_up(server, tmp_path, monkeypatch, fault, limit):
    monkeypatch.setattr(core.data.download, limit, 0.2)
    with pytest.raises(OfflineError):
        download([published(server.url + fault)], tmp_path)
    assert not server.over.is_set()  # the server would go on
    assert files_in(tmp_path) == []


def test_a_file_that_nobody_offers_is_asked_for_by_hand(tmp_path):
    with pytest.raises(DataError, match=r"save it as .*toy/images\.gz"):
        download([published()], tmp_path)


def test_a_folder_that_cannot_be_written_is_a_storage_error(server, tmp_path):
    (tmp_path / "toy").write_text("a file where the folder should be")
    with pytest.raises(StorageError, match="FITSCOPE_DATA"):
        download([published(server.url + "whole")], tmp_path)


def test_a_full_disk_is_a_storage_error_and_leaves_nothing(server, tmp_path):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(StorageError, match="Free some space"):
            download([published(server.url + "whole")], tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert files_in(tmp_path) == []


def test_a_file_of_that_name_is_replaced_only_by_a_whole_one(server, tmp_path):
    target = tmp_path / "images.gz"
    target.write_bytes(b"old")
    with pytest.raises(DataError):
        download([published(server.url + "other", path="images.gz")], tmp_path)
    assert target.read_bytes() == b"old"
    download([published(server.url + "whole", path="images.gz")], tmp_path)
    assert target.read_bytes() == CONTENT
    assert os.listdir(tmp_path) == ["images.gz"]
