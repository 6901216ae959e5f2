"""Files survive kills, full disks and damage: old or new, whole lines, and a refusal that says what to do."""

import errno
import json
import os
import threading
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import StorageError
from core.files import (
    append_json,
    json_lines,
    pasted_path,
    read_json,
    read_json_lines,
    storage_error,
    write_json,
    write_whole,
)

EVENTS = [{"event": "epoch", "epoch": n, "what": "é×" * n, "values": [n, 1 / (n + 1)]} for n in range(6)]
LINES = b"".join((json.dumps(event, ensure_ascii=False) + "\n").encode() for event in EVENTS)


# Whole files


def test_a_failure_in_the_middle_leaves_the_old_file_and_nothing_beside_it(tmp_path):
    path = tmp_path / "status.json"
    write_json(path, {"state": "running"})

    def fail(file):
        file.write(b"half of it")
        raise RuntimeError("the middle")

    with pytest.raises(RuntimeError, match="the middle"):
        write_whole(path, fail)
    assert read_json(path) == {"state": "running"}
    assert os.listdir(tmp_path) == ["status.json"]


def test_a_full_disk_in_the_middle_leaves_the_old_file(tmp_path):
    path = tmp_path / "status.json"
    write_json(path, {"state": "running"})

    def fill(file):
        file.write(b"half of it")
        with open("/dev/full", "wb", buffering=0) as full:
            full.write(b"the rest")

    with pytest.raises(StorageError, match="disk is full"):
        write_whole(path, fill)
    assert read_json(path) == {"state": "running"}
    assert os.listdir(tmp_path) == ["status.json"]


def test_two_threads_that_write_one_file_leave_one_of_the_two(tmp_path):
    path = tmp_path / "meta.json"
    failures = []

    def write(letter):
        try:
            for _ in range(40):
                write_json(path, {"name": letter * 5000})
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(letter,)) for letter in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert read_json(path)["name"] in ("a" * 5000, "b" * 5000)
    assert os.listdir(tmp_path) == ["meta.json"]


def test_text_that_no_encoding_can_hold_is_written_all_the_same(tmp_path):
    write_json(tmp_path / "meta.json", {"name": "caf\udce9"})  # what Python makes of a stray byte on a command line
    append_json(tmp_path / "lines.jsonl", {"name": "caf\udce9"})
    assert read_json(tmp_path / "meta.json")["name"].startswith("caf")
    assert len(read_json_lines(tmp_path / "lines.jsonl")) == 1


# Lines


def test_lines_are_appended_in_order(tmp_path):
    path = tmp_path / "events.jsonl"
    for event in EVENTS:
        append_json(path, event, durable=event["epoch"] == 3)
    assert path.read_bytes() == LINES
    assert read_json_lines(path) == EVENTS


@given(cut=st.integers(0, len(LINES)))
def test_a_cut_at_any_byte_leaves_a_beginning_and_the_next_line_is_whole(tmp_path_factory, cut):
    path = tmp_path_factory.mktemp("cut") / "events.jsonl"
    path.write_bytes(LINES[:cut])
    left = read_json_lines(path)
    assert left == EVENTS[: len(left)]
    assert len(left) in (LINES[:cut].count(b"\n"), LINES[:cut].count(b"\n") + 1)  # + 1: only its end is missing
    append_json(path, {"event": "new"})
    assert read_json_lines(path) == [*left, {"event": "new"}]


@given(st.binary())
def test_garbage_holds_no_events_and_raises_nothing(content):
    assert all(isinstance(value, dict) for value in json_lines(content))


@pytest.mark.parametrize("line", [b"[" * 100_000, b"[1, 2]", b"null", b"1" * 5000, b'{"a": ', b"\xff\xfe{}", b"\0\0"])
def test_lines_that_are_no_objects_are_passed_over(line):
    assert list(json_lines(b'{"a": 1}\n' + line + b'\n{"b": 2}\n')) == [{"a": 1}, {"b": 2}]


@pytest.mark.parametrize("content", [b"", b"{", b"[" * 100_000, b"[]", b"null", b"\x80\x81", b'{"a": 1} {"b": 2}'])
def test_a_damaged_json_file_reads_as_empty(tmp_path, content):
    path = tmp_path / "status.json"
    path.write_bytes(content)
    assert read_json(path) == {}


def test_a_folder_in_place_of_a_file_reads_as_empty(tmp_path):
    assert read_json(tmp_path) == {}
    assert read_json_lines(tmp_path) == []
    assert read_json(tmp_path / "absent") == {}
    assert read_json_lines(tmp_path / "absent") == []


# A disk with room for half a line


def test_a_line_that_fits_only_in_part_is_an_error_not_half_a_line(tmp_path):
    """The system writes what fits and says how much; only the next write says that the disk is full."""
    import resource
    import signal

    path = tmp_path / "events.jsonl"
    append_json(path, {"first": 1})
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 10, limit[1]))
    try:
        with pytest.raises(StorageError, match="disk is full"):
            append_json(path, {"second": "a line longer than ten bytes"})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, before)
    append_json(path, {"third": 3})
    assert read_json_lines(path) == [{"first": 1}, {"third": 3}]


# What is said


def test_a_full_device_is_called_a_full_disk(tmp_path):
    path = tmp_path / "events.jsonl"
    path.symlink_to("/dev/full")
    with pytest.raises(StorageError) as caught:
        append_json(path, {"event": "epoch"})
    assert str(caught.value) == f"The disk is full: {path} could not be written. Free some space, then go on."


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES, errno.ENOTDIR])
def test_another_refusal_names_the_reason_and_the_way_out(tmp_path, code):
    text = str(storage_error(tmp_path, OSError(code, os.strerror(code))))
    assert os.strerror(code) in text
    assert "FITSCOPE_RUNS" in text
    assert text.endswith(".")


def test_a_file_in_place_of_the_folder_is_a_storage_error(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StorageError, match="Not a directory"):
        write_json(tmp_path / "file" / "status.json", {})
    with pytest.raises(StorageError, match="Not a directory"):
        append_json(tmp_path / "file" / "events.jsonl", {})


@pytest.mark.parametrize(
    "written",
    [
        "{path}",
        "  {path}\n",
        '"{path}"',
        "'{path}'",
        "“{path}”",
        "«{path}»",
        "<{path}>",
        ' "{path}" ',
        "file://{path}",
        "file://{address}",
        "FILE://{address}",
        "file://localhost{address}",
        "file:{path}",
        '"file://{address}"',
    ],
)
def test_a_pasted_path_is_the_one_that_was_copied(tmp_path, written):
    folder = tmp_path / "été 50% #1"
    folder.mkdir()
    text = written.format(path=folder.as_posix(), address=quote(folder.as_posix()))
    if "%" in text and "{address}" not in written and "file:" in written:
        text = text.replace("50%", "50%25")  # a percent sign is always written so in an address
    assert pasted_path(text) == folder


def test_a_path_that_exists_as_it_is_written_is_that_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ('"quoted"', "file:odd", "~"):
        (tmp_path / name).mkdir()
        assert pasted_path(name).resolve() == tmp_path / name


def test_a_tilde_is_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert pasted_path("~/pictures") == tmp_path / "pictures"
    assert pasted_path('"~/pictures"') == tmp_path / "pictures"


def test_another_computers_folder_and_an_unknown_user_are_left_as_they_are():
    assert pasted_path("file://server/share/a%20b") == Path("//server/share/a b")
    assert pasted_path("~nobody-of-that-name/x") == Path("~nobody-of-that-name/x")


@given(st.text(max_size=40))
def test_any_text_is_some_path(text):
    assert isinstance(pasted_path(text), Path)
