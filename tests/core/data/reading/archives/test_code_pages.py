"""Names of old zips: the page that makes words of one script is the likeliest, the field for Unicode is believed."""

import struct
import zipfile
import zlib

import pytest

from core.data.reading.archives.archive import files
from core.data.reading.understanding import Undecided, Understanding


class Raw(zipfile.ZipInfo):
    """An entry whose name is written in a page of its own, without saying so."""

    raw = b""

    def _encodeFilenameFlags(self):  # noqa: N802  zipfile's own name
        return self.raw, self.flag_bits & ~0x800


def zip_of(path, names, page, field=False):
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            entry = Raw(name)
            entry.raw = name.encode(page, "replace")
            if field:
                content = struct.pack("<BL", 1, zlib.crc32(entry.raw)) + name.encode()
                entry.extra = struct.pack("<HH", 0x7075, len(content)) + content
            archive.writestr(entry, b"")
    return path


def folders(path, **given):
    understanding = Understanding(given)
    with files(path, understanding=understanding) as found:
        return {file.name.split("/")[0] for file in found}, understanding


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("cp866", {"кошка", "собака", "птица"}),
        ("gbk", {"猫", "狗", "鸟"}),
        ("cp850", {"Âne", "Écureuil", "Êtoile"}),
    ],
)
def test_the_page_of_one_script_is_taken_and_asked_about(tmp_path, page, names):
    path = zip_of(tmp_path / "old.zip", [f"{name}/1.png" for name in names], page)
    found, understanding = folders(path)
    assert found == names
    with pytest.raises(Undecided, match=f"--encoding {page}: "):
        understanding.settle()


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("cp932", {"表", "裏", "ソファ"}),  # the second byte of the first is that of a backslash
        ("cp949", {"고양이", "강아지"}),
    ],
)
def test_where_several_pages_make_words_the_right_one_can_be_said(tmp_path, page, names):
    path = zip_of(tmp_path / "old.zip", [f"{name}/1.png" for name in names], page)
    assert any(choice.value == page for choice in folders(path)[1].questions[0].choices)
    assert folders(path, encoding=page)[0] == names


def test_the_field_for_unicode_names_is_believed_where_it_belongs_to_the_name(tmp_path):
    names = {"кошка", "собака"}
    path = zip_of(tmp_path / "field.zip", [f"{name}/1.png" for name in names], "cp437", field=True)
    found, understanding = folders(path)
    assert found == names
    assert not understanding.questions
    content = path.read_bytes().replace(struct.pack("<L", zlib.crc32(b"?????/1.png")), b"\1\2\3\4")
    (tmp_path / "other.zip").write_bytes(content)  # the field is of another name: renamed by a tool that left it
    assert "кошка" not in folders(tmp_path / "other.zip")[0]


def test_utf8_that_is_not_declared_needs_no_answer(tmp_path):
    path = zip_of(tmp_path / "mac.zip", ["pêche/1.png", "été/1.png"], "utf-8")
    found, understanding = folders(path)
    assert found == {"pêche", "été"}
    understanding.settle()
