"""The files of a zip or a folder are found in order, read within limits, and refused where they lie or lead astray."""

import os
import re
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.reading.archives import found_files, zip_archive
from core.data.reading.archives.archive import files
from core.data.reading.decode import Refused
from core.errors import DataError
from tests.made.hostile import DEFLATED, ENTRIES, ON_DISK, PNG, Entry, bomb, good_pictures, zipped

pytestmark = pytest.mark.slow

CONTENTS = {"dog/1.png": b"one", "dog/2.png": b"two", "dog/10.png": b"ten", "cat/1.png": b"", "readme.txt": b"read me"}
IN_ORDER = ["cat/1.png", "dog/1.png", "dog/2.png", "dog/10.png", "readme.txt"]


@pytest.fixture
def archive(tmp_path):
    """Writes entries into a zip and gives what is found in it."""

    def write(*entries):
        path = tmp_path / "some.zip"
        path.write_bytes(zipped(entries))
        return files(path)

    return write


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("archive") / "some.zip"


def as_folder(root, contents):
    for name, content in contents.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return root


def reason(file):
    with pytest.raises(Refused) as refused:
        file.read()
    assert file.refusal is None or str(file.refusal) == str(refused.value)
    return str(refused.value)


# What is found


@pytest.mark.parametrize("name", ["more.rar", "MORE.7z", "cat/more.tar.gz"])
def test_an_archive_within_that_is_no_zip_is_called_by_its_name(archive, tmp_path, name):
    within = files(as_folder(tmp_path / "folder", {name: b"Rar!", "photos.rar/0.png": PNG}))
    for found in (within, archive(Entry(name, b"Rar!"), Entry("photos.rar/0.png", PNG))):
        told = {file.name: str(file.refusal or "read") for file in found}
        refusal = "it is an archive of a kind that is not read; unpack it, or make it a zip"
        assert told == {name: refusal, "photos.rar/0.png": "read"}


def test_a_folder_gives_its_files_in_natural_order(tmp_path):
    found = files(as_folder(tmp_path, CONTENTS))
    assert [file.name for file in found] == IN_ORDER
    assert {file.name: file.read() for file in found} == CONTENTS
    assert found.folders == ("cat", "dog")


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_zip_gives_the_same_as_the_folder_it_was_made_from(tmp_path, method):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", method) as made:
        made.writestr("empty/", "")
        for name, content in CONTENTS.items():
            made.writestr(name, content)
    with files(tmp_path / "a.zip") as found:
        assert [file.name for file in found] == IN_ORDER
        assert {file.name: file.read() for file in found} == CONTENTS
        assert [file.size for file in found] == [len(CONTENTS[name]) for name in IN_ORDER]
        assert found.folders == ("empty",)


def test_files_can_be_read_after_all_were_listed(tmp_path):
    (tmp_path / "a.zip").write_bytes(zipped([Entry("a.png", b"one")]))
    listed = list(files(tmp_path / "a.zip"))
    assert [file.read() for file in listed] == [b"one"]


def test_a_closed_zip_refuses_its_files(archive):
    with archive(Entry("a.png", b"one")) as found:
        [file] = found
    assert "damaged" in reason(file)


def test_names_are_tidied(archive):
    found = archive(Entry("./cat//1.png", b""), Entry("dog\\2.png", b""), Entry("chien-été/3.png", b""))
    assert [file.name for file in found] == ["cat/1.png", "chien-été/3.png", "dog/2.png"]


def test_utf8_that_is_not_declared_is_understood_and_dos_names_too(archive):
    as_macos_writes = "pêche/1.png".encode().decode("cp437")
    assert [file.name for file in archive(Entry(as_macos_writes, b"", flags=0))] == ["pêche/1.png"]
    assert [file.name for file in archive(Entry("pêche/2.png", b"", flags=0))] == ["pêche/2.png"]


# What is refused


@pytest.mark.parametrize("name", ENTRIES)
def test_a_hostile_entry_is_refused_by_its_name_and_the_good_ones_are_read(archive, name):
    hostile = ENTRIES[name]
    good = good_pictures(each=2)
    found = list(archive(*(Entry(*item) for item in good.items()), hostile.entry))
    assert {file.name: file.read() for file in found if is_good(file, good)} == good
    [bad] = [file for file in found if not is_good(file, good)]
    assert bad.name == hostile.file
    assert re.search(hostile.reason, reason(bad))


def is_good(file, good):
    return file.refusal is None and file.name in good


@pytest.mark.parametrize("name", ON_DISK)
def test_what_is_no_ordinary_file_in_a_folder_is_refused_and_not_opened(tmp_path, name):
    file, make, piece = ON_DISK[name]
    as_folder(tmp_path, {"cat/1.png": b"one"})
    make(tmp_path / "cat" / file)
    found = {one.name: one for one in files(tmp_path)}
    assert found.pop("cat/1.png").read() == b"one"
    [bad] = found.values()
    assert bad.name == "cat/" + file.replace("\n", "\ufffd")
    assert piece in reason(bad)


def test_a_file_that_becomes_a_fifo_is_refused_and_not_waited_for(tmp_path):
    [file] = files(as_folder(tmp_path, {"1.png": b"one"}))
    (tmp_path / "1.png").unlink()
    os.mkfifo(tmp_path / "1.png")
    assert "ordinary" in reason(file)
    (tmp_path / "1.png").unlink()
    (tmp_path / "1.png").symlink_to("/etc/passwd")
    assert "cannot be read" in reason(file)


def test_a_deep_folder_is_walked_as_far_as_names_can_be_told(tmp_path):
    deep = tmp_path / "/".join("x" * 60)
    deep.mkdir(parents=True)
    (deep / "1.png").write_bytes(b"one")
    too_deep = deep / "/".join(["y" * 200] * 5)
    too_deep.mkdir(parents=True)
    good, bad = files(tmp_path)
    assert good.read() == b"one"
    assert "characters" in reason(bad)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="may read everything")
def test_a_folder_that_may_not_be_read_is_refused(tmp_path):
    as_folder(tmp_path, {"cat/1.png": b"", "dog/1.png": b""})
    (tmp_path / "cat").chmod(0)
    found = {file.name: file for file in files(tmp_path)}
    (tmp_path / "cat").chmod(0o700)
    assert "cannot be read" in reason(found["cat/"])


# Limits


def test_a_bomb_is_refused_whatever_size_it_claims(archive):
    claims_all, claims_little = bomb().entry, Entry("a.png", bomb().entry.content, method=DEFLATED, size=1000)
    assert "more than 64 MB" in reason(next(iter(archive(claims_all))))
    assert "damaged" in reason(next(iter(archive(claims_little))))


def test_no_more_than_the_limit_is_unpacked(archive, monkeypatch):
    asked = []
    whole = zipfile.ZipExtFile.read
    monkeypatch.setattr(zipfile.ZipExtFile, "read", lambda stream, n=-1: asked.append(n) or whole(stream, n))
    next(iter(archive(Entry("a.png", PNG)))).read()
    assert asked == [found_files.MOST_BYTES + 1]


def test_after_the_total_the_rest_is_refused(archive, monkeypatch):
    monkeypatch.setattr(found_files, "MOST_TOTAL", 10)
    first, second = archive(Entry("1.png", b"1234567"), Entry("2.png", b"1234567"))
    assert first.read() == b"1234567"
    assert "come before it" in reason(second)


def test_entries_that_share_their_bytes_are_refused(place):
    whole = bytearray(zipped([Entry("1.png", b"one" * 50), Entry("2.png", b"one" * 50)]))
    second = whole.rindex(b"PK\1\2")
    whole[second + 42 : second + 46] = (1).to_bytes(4, "little")  # the second begins within the first
    place.write_bytes(whole)
    first, second = files(place)
    assert first.read() == b"one" * 50
    assert "shares its bytes" in reason(second)


def test_too_many_files_are_an_error_of_the_whole(tmp_path, monkeypatch):
    path = tmp_path / "many.zip"
    path.write_bytes(zipped([Entry(f"{n}.png", b"") for n in range(9)]))
    monkeypatch.setattr(zip_archive, "MOST_FILES", 8)
    with pytest.raises(DataError, match="holds more than"):
        files(path)
    monkeypatch.setattr(zip_archive, "MOST_FILES", 4)
    with pytest.raises(DataError, match="too long"):
        files(path)


def test_too_many_files_in_a_folder_are_an_error(tmp_path, monkeypatch):
    as_folder(tmp_path, CONTENTS)
    monkeypatch.setattr("core.data.reading.archives.archive.MOST_FILES", 3)
    with pytest.raises(DataError, match="holds more than"):
        files(tmp_path)


def test_a_table_of_contents_as_large_as_memory_is_not_read(place, monkeypatch):
    place.write_bytes(zipped([Entry(f"{n}.png", b"") for n in range(99)]))
    monkeypatch.setattr(zip_archive, "MOST_DIRECTORY", 2000)
    with pytest.raises(DataError, match="too large"):
        files(place)


@pytest.mark.parametrize("keep", [0, 10, 200, -1, -25])
def test_half_a_zip_is_an_error_that_says_what_to_do(tmp_path, keep):
    path = tmp_path / "half.zip"
    path.write_bytes(zipped([Entry("a.png", PNG)])[:keep])
    with pytest.raises(DataError, match=r"half\.zip is not a whole zip.*Copy it again"):
        files(path)


def test_a_zip_that_is_gone_is_a_data_error(tmp_path):
    with pytest.raises(DataError, match="cannot be opened"):
        files(tmp_path / "gone.zip")


def test_nothing_is_written_beside_the_zip(tmp_path):
    place = tmp_path / "inner" / "deep"
    place.mkdir(parents=True)
    (place / "all.zip").write_bytes(zipped([one.entry for one in ENTRIES.values()]))
    before = sorted(tmp_path.rglob("*"))
    for file in files(place / "all.zip"):
        if file.refusal is None and file.name != "cat/good0.png" and file.name != "cat/GOOD1.png":
            reason(file)
    assert sorted(tmp_path.rglob("*")) == before


# Anything at all


@given(st.binary(max_size=400), st.booleans())
def test_any_bytes_are_a_zip_or_a_data_error(place, content, with_magic):
    place.write_bytes(b"PK\3\4" * with_magic + content)
    with pytest.raises(DataError):
        files(place)


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=6))
def test_a_zip_with_changed_bytes_is_read_or_refused(place, changes):
    content = bytearray(zipped([Entry("cat/1.png", b"one" * 9, method=DEFLATED), Entry("dog/2.png", b"two")]))
    for position, value in changes:
        content[position % len(content)] = value
    place.write_bytes(content)
    try:
        found = files(place)
    except DataError:
        return
    for file in found:
        try:
            file.read()
        except Refused:
            continue
        assert file.refusal is None


@given(
    st.dictionaries(st.text(st.characters(codec="utf-8"), min_size=1, max_size=30), st.binary(max_size=9), max_size=8)
)
def test_any_names_are_given_back_or_refused(place, contents):
    place.write_bytes(zipped([Entry(name, content) for name, content in contents.items()]))
    with files(place) as found:
        assert len(found) + len(found.folders) <= len(contents)
        for file in found:
            assert file.name.isprintable() or not any(character < " " for character in file.name)
            assert not (file.refusal is None and (".." in file.name.split("/") or file.name.startswith("/")))


def test_a_walk_does_not_leave_the_folder(tmp_path):
    as_folder(tmp_path / "in", {"cat/1.png": b"one"})
    as_folder(tmp_path / "out", {"dog/1.png": b"two"})
    (tmp_path / "in" / "dog").symlink_to(tmp_path / "out" / "dog", target_is_directory=True)
    found = {file.name: file for file in files(tmp_path / "in")}
    assert set(found) == {"cat/1.png", "dog"}
    assert "link" in reason(found["dog"])
