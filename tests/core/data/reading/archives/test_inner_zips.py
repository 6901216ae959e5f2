"""A zip within a zip: read as a folder of its name, whatever its size; bounded in number and in what it unpacks to."""

import io
import os
import zipfile

import pytest

from core.data.reading.archives import found_files, inner_zips
from core.data.reading.archives.archive import files
from core.data.reading.understanding import Understanding
from core.errors import DataError


def zipped(**entries):
    """A zip of those entries, by their names without ending."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in entries.items():
            archive.writestr(f"{name}.png", content)
    return made.getvalue()


@pytest.fixture
def outer(tmp_path):
    """Makes a zip, or a folder, of zips."""

    def make(as_folder=False, **inner):
        path = tmp_path / ("outer" if as_folder else "outer.zip")
        if as_folder:
            path.mkdir()
            for name, content in inner.items():
                (path / f"{name}.zip").write_bytes(content)
            return path
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in inner.items():
                archive.writestr(f"{name}.zip", content)
        return path

    return make


def test_a_zip_within_a_zip_is_a_folder_of_its_name(tmp_path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("1.png", b"one")
        archive.writestr("more.zip", b"PK")
    with zipfile.ZipFile(tmp_path / "outer.zip", "w") as archive:
        archive.writestr("cat-samples.zip", inner.getvalue())
        archive.writestr("set/dog.zip", inner.getvalue())
        archive.writestr("broken.zip", b"no zip")
    understanding = Understanding()
    with files(tmp_path / "outer.zip", understanding=understanding) as found:
        names = {file.name: file for file in found}
        assert {name for name, file in names.items() if not file.refusal} == {"cat/1.png", "set/dog/1.png"}
        assert names["set/dog/1.png"].read() == b"one"
        assert "not a whole zip" in str(names["broken.zip"].refusal)
        assert "within a zip within a zip" in str(names["cat/more.zip"].refusal)
    assert "The zip cat-samples.zip is read as the folder cat." in map(str, understanding.notes)


@pytest.mark.parametrize("as_folder", [False, True])
def test_a_zip_may_be_larger_than_a_picture(outer, monkeypatch, as_folder):
    """Forty photos of a class have more than the 64 MB that one picture may have."""
    monkeypatch.setattr(found_files, "MOST_BYTES", 3 * 2**20)
    photo = os.urandom(2**20 + 1)
    with files(outer(as_folder, cat=zipped(a=photo, b=photo, c=photo, d=photo), dog=zipped(a=photo))) as found:
        assert [(file.name, file.refusal) for file in found] == [
            *((f"cat/{letter}.png", None) for letter in "abcd"),
            ("dog/a.png", None),
        ]
        assert all(file.read() == photo for file in found)


def test_of_very_many_zips_the_first_are_read_and_the_others_named(outer, monkeypatch):
    monkeypatch.setattr(inner_zips, "MOST", 2)
    with files(outer(a=zipped(x=b"1"), b=zipped(x=b"2"), c=zipped(x=b"3"))) as found:
        refused = {file.name: str(file.refusal) for file in found if file.refusal}
        assert refused == {"c.zip": "2 zips within it are read; unpack it for the others"}
        assert {file.name for file in found if not file.refusal} == {"a/x.png", "b/x.png"}


def test_what_lies_in_all_of_them_together_is_bounded(outer, monkeypatch):
    monkeypatch.setattr(found_files, "MOST_TOTAL", 2500)
    with files(outer(a=zipped(x=bytes(900)), b=zipped(x=bytes(900)), c=zipped(x=bytes(900)))) as found:
        named = {file.name: file for file in found}
        assert "more than 0 GB come before it" in str(named["c.zip"].refusal)  # there was no room for its copy
        assert len(named["a/x.png"].read()) == 900
    monkeypatch.setattr(inner_zips, "MOST_FILES", 2)
    with pytest.raises(DataError, match="holds more than"):
        files(outer(a=zipped(x=b"1", y=b"2", z=b"3")))


def test_a_damaged_zip_within_a_zip_is_named(outer):
    path = outer(cat=zipped(a=bytes(3000)))
    content = bytearray(path.read_bytes())
    content[500] ^= 1
    path.write_bytes(content)
    with files(path) as found:
        assert [(file.name, "damaged in the zip" in str(file.refusal)) for file in found] == [("cat.zip", True)]


def test_a_disk_without_room_is_told(outer, monkeypatch):
    class Full(io.RawIOBase):
        def tell(self):
            return 0

        def write(self, _content):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(inner_zips.tempfile, "TemporaryFile", lambda **_settings: Full())
    with files(outer(cat=zipped(a=b"1"))) as found:
        assert [str(file.refusal) for file in found] == [
            "there is no room on the disk to open it; make some, or unpack it and import it apart"
        ]
