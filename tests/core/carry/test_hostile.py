"""A file of runs that a stranger made is refused in one sentence, and nothing on the disk is another than before."""

import json
import operator
import stat

import numpy as np
import pytest

from core.carry.manifest import MANIFEST
from core.carry.opened import open_file
from core.carry.packed import pack
from core.carry.unpacked import look
from core.errors import DataError, FitscopeError
from core.runs.run import LONGEST_NAME
from tests.made.carried import changed, listed, npz, put_together, taken_apart, told
from tests.made.hostile import BZIP2, DEFLATED, ENCRYPTED, UTF8, Entry, npy, zipped
from tests.made.runs import make_run

pytestmark = pytest.mark.slow

ALL = ("train", "validation", "test")


@pytest.fixture
def files(store, own_data_folder, tmp_path):
    """What a good file holds; its run is not here any more."""
    run = make_run(store, "finished", answered=ALL)
    pack(store, [run], tmp_path / "good.fitscope")
    store.remove(run.id)
    return taken_apart(tmp_path / "good.fitscope")


@pytest.fixture
def opened(store, own_data_folder, tmp_path):
    """Opens an archive; where it is refused, nothing may have changed."""

    def opened(content):
        path = tmp_path / "stranger.fitscope"
        path.write_bytes(content)
        before = everything(store.folder, own_data_folder)
        try:
            return open_file(path, store, build=False)
        except FitscopeError:
            assert everything(store.folder, own_data_folder) == before
            raise

    return opened


def everything(*folders):
    return {
        (path, path.read_bytes())
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and ".scratch" not in path.parts and not path.name.startswith((".index", ".changed"))
    }


def refuse(opened, content, reason):
    with pytest.raises(DataError, match=reason) as error:
        opened(content)
    assert "Nothing was changed" in str(error.value)
    assert "again" in str(error.value)


def test_what_was_taken_apart_and_put_together_opens(files, opened, store):
    """So that the others are refused for what was changed in them."""
    done = opened(put_together(files))
    assert store.get(done.runs[0]).state == "finished"


PATHS = [
    "../evil.json",
    "runs/../../evil.json",
    "/etc/evil.json",
    "C:/evil.json",
    "runs/x/../config.json",
    "runs/x/network.keras",
    "runs/x/network.tflite",
    "runs/x/network.pkl",
    "runs/x/requests.jsonl",
    "runs/.trash/config.json",
    "races/../../x.json",
    "datasets/x/bases/0123456789ab/train.pkl",
    "runs/x\\..\\evil.json",
    "config.toml",
]


@pytest.mark.parametrize("name", PATHS)
def test_a_name_that_no_run_has_is_refused(files, opened, name):
    refuse(opened, put_together({**files, name: b"{}"}), "belongs to no run")


def entries(files):
    name = next(name for name in files if name.endswith("config.json"))
    less, content = {one: files[one] for one in files if one != name}, files[name]
    whole = listed(files)

    def with_entry(**lies):
        return put_together(less, whole, (Entry(name, **({"content": content} | lies)),))

    return {
        "a link": (with_entry(mode=stat.S_IFLNK | 0o777), "link or another thing"),
        "a FIFO": (with_entry(mode=stat.S_IFIFO | 0o644), "link or another thing"),
        "a password": (with_entry(flags=UTF8 | ENCRYPTED), "packed in a way"),
        "another packing": (with_entry(method=BZIP2), "packed in a way"),
        "another content": (with_entry(content=content.replace(b"digits", b"shapes")), "not what its list says"),
        "a wrong size": (with_entry(size=len(content) + 9), "another size"),
        "bytes that do not unpack": (with_entry(method=DEFLATED, packed=b"\xff" * 99), "is damaged"),
        "a second one": (put_together(files, None, (Entry(name, content),)), "one name"),
        "one that is not listed": (put_together(files, listed(less)), "only in the file|not whole"),
        "one that is missing": (put_together(less, whole), "only in the file, or only in its list"),
        "two that differ in capitals": (put_together({**files, name.replace("digits", "DIGITS"): content}), "one name"),
        "no list": (zipped([Entry(name, content)]), "no list"),
        "an endless list": (put_together(files, b"[" * 100_000), "list of its contents|list of contents"),
        "a list of nothing": (put_together(files, listed({})), "list of files"),
        "a negative size": (put_together(files, listed(files, files={name: [-1, "0" * 64]})), "list of files"),
        "no zip": (b"PK\3\4" + bytes(99), "no whole file"),
        "a zip cut short": (put_together(files)[:-40], "no whole file|no list"),
        "a newer format": (put_together(files, listed(files, format=2)), "newer"),
    }


@pytest.mark.parametrize("lie", list(entries({"runs/x/config.json": b"{}"})))
def test_an_archive_that_lies_is_refused(files, opened, lie):
    content, reason = entries(files)[lie]
    if lie == "a newer format":
        with pytest.raises(DataError, match="newer Fitscope"):
            opened(content)
    else:
        refuse(opened, content, reason)


def test_text_that_unpacks_to_far_more_is_refused(files, opened):
    bomb = changed(files, "events.jsonl", lambda content: content + b"\n" * (40 * 2**20))
    refuse(opened, put_together(bomb), "far more than it can hold")


OBJECTS = zipped([Entry("test.npy", npy(np.array([{"a": 1}], object)))])
TERABYTE = zipped(
    [Entry("test.npy", npy(header="{'descr': '<f8', 'fortran_order': False, 'shape': (1000000, 1000000)}"))]
)
LIES = {
    "a pickle in an array": ("images.npz", lambda _: OBJECTS, "something else than numbers"),
    "an array of a terabyte": ("images.npz", lambda _: TERABYTE, "not as large as it claims"),
    "no arrays": ("evaluation.npz", lambda _: b"PK\3\4", "damaged"),
    "answers that fit nothing": (
        "evaluation.npz",
        lambda _: npz(test_labels=np.array([99]), test_probabilities=np.ones((1, 10), np.float32)),
        "do not fit",
    ),
    "rows beyond the dataset": ("images.npz", lambda _: npz(test=np.array([10**9])), "does not have"),
    "rows below zero": ("images.npz", lambda _: npz(test=np.array([-1])), "something else than rows"),
    "a recipe that is none": ("config.json", lambda _: b"[]", "recipe"),
    "a setting out of range": ("config.json", told(epochs=10**9), "out of range"),
    "a dataset that nobody has": ("config.json", told(dataset="nobody"), "unknown|nobody"),
    "a recipe nested for ever": ("config.json", lambda _: b"[" * 100_000, "recipe"),
    "figures that are none": ("status.json", told(result={"test_accuracy": "1"}), "figures"),
    "shares beyond reason": ("status.json", told(result={"test_accuracy": 7.0, "n_test": 1}), "figures"),
    "no state": ("status.json", told(state="root"), "word of a worker"),
    "a diary of something": ("diary.bin", lambda _: b"\xff" * 7, "diary"),
}


@pytest.mark.parametrize("lie", list(LIES))
def test_a_run_that_lies_is_refused(files, opened, lie):
    end, change, reason = LIES[lie]
    name = next(iter(files)).rsplit("/", 1)[0] + "/" + end
    refuse(opened, put_together(changed({name: b"", **files}, end, change)), reason)


def test_an_estimator_of_another_type_is_not_built(files, opened):
    """skops builds named types only: a program in its place is not run."""
    import skops.io

    kept = {"estimator": operator.methodcaller("system"), "n_classes": 10, "temperature": 1.0}
    name = next(iter(files)).rsplit("/", 1)[0] + "/network.skops"
    refuse(opened, put_together({**files, name: skops.io.dumps(kept)}), "not opened")


def test_what_was_written_to_be_shown_is_only_text(files, opened, store):
    """A sentence is no template, a device no picture from elsewhere, and no owner comes along."""
    error = {
        "kind": "TrainingError",
        "template": "{a:>999999999}{a.__class__} ![x](http://evil/x.png)",
        "values": {"a": 1},
    }
    lied = changed(files, "status.json", told(state="failed", error=error, result=None))
    lied = changed(lied, "meta.json", told(owner="somebody", name="a\nb\0" + "c" * 500, tags=["x" * 999, 7]))
    events = [json.loads(line) for line in files[next(n for n in files if n.endswith("events.jsonl"))].splitlines()]
    events[0]["device"] = "![x](http://evil/x.png)<script>"
    events[0]["more"] = {"deep": {"er": 1}}
    lied = changed(lied, "events.jsonl", lambda _: "\n".join(map(json.dumps, events)).encode())
    run = store.get(opened(put_together(lied)).runs[0])
    assert run.meta.owner == ""
    assert len(run.meta.name) <= LONGEST_NAME
    assert run.meta.name.isprintable()
    assert "![" not in run.history.start["device"]
    assert "<" not in run.history.start["device"]
    assert "more" not in run.history.start
    assert run.status.error["template"] == "{reason}"
    assert len(str(run.failure)) < 200


def test_what_waited_is_never_queued_by_opening(files, opened, store):
    run = store.get(opened(put_together(files)).runs[0])
    assert run.state not in ("queued", "starting", "running")
    assert not (run.folder / "requests.jsonl").exists()


def test_no_program_comes_along(store, own_data_folder, tmp_path):
    """Neither Keras's file nor LiteRT's is packed, and none would be read: their names belong to no run."""
    run = make_run(store, "finished")
    for name in ("network.keras", "network.tflite", "export.zip", "worker.log", "requests.jsonl"):
        (run.folder / name).write_bytes(b"program")
    pack(store, [run], tmp_path / "a.fitscope", epochs=True)
    packed = {name.rsplit("/", 1)[1] for name in taken_apart(tmp_path / "a.fitscope")}
    assert not packed & {"network.keras", "network.tflite", "export.zip", "worker.log", "requests.jsonl"}


def test_looking_unpacks_nothing(files, store, own_data_folder, tmp_path):
    path = tmp_path / "a.fitscope"
    path.write_bytes(put_together(files))
    before = everything(store.folder, own_data_folder)
    found = look(path)
    assert len(found.runs) == 1
    assert everything(store.folder, own_data_folder) == before
    assert MANIFEST not in found.files
