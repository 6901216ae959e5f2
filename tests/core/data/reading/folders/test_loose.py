"""Pictures without class folders: their labels are found in tables beside them, or in their own names."""

import json
from collections import Counter

import pytest

from core.data.reading.archives.found_files import Found
from core.data.reading.folders.class_folders import Place
from core.data.reading.folders.loose import are_loose, labels_of
from core.data.reading.understanding import Undecided, Understanding


def table(name, text):
    content = text.encode()
    return Found(name, len(content), lambda: content)


def understood(pictures, *tables, **given):
    """(pictures of each split and class, the understanding); None in place of the first where there are no labels."""
    understanding = Understanding({option.replace("_", "-"): answer for option, answer in given.items()})
    labels = labels_of(pictures, tables, understanding)
    places = [labels.place(name) for name in pictures] if labels else []
    counts = Counter((one.split, one.label) for one in places if isinstance(one, Place))
    return (counts if labels else None), understanding


def test_a_table_of_names_and_labels():
    pictures = [f"train/{number:03}.jpg" for number in range(4)] + ["test/x.jpg"]
    rows = "id,label\n000,cat\n001,dog\n002,cat\n003,dog\n"
    counts, understanding = understood(pictures, table("labels.csv", rows))
    assert counts == {("train", "cat"): 2, ("train", "dog"): 2}
    understanding.settle()


def test_a_table_for_each_split_with_a_column_for_each_class():
    pictures = [f"{split}/{number}.jpg" for split in ("train", "valid") for number in range(4)]
    rows = "filename, cat, dog\n0.jpg, 1, 0\n1.jpg, 0, 1\n2.jpg, 1, 0\n3.jpg, 1, 1\n"
    counts, _ = understood(pictures, table("train/_classes.csv", rows), table("valid/_classes.csv", rows))
    assert counts == {("train", "cat"): 2, ("train", "dog"): 1, ("validation", "cat"): 2, ("validation", "dog"): 1}


def test_a_column_of_the_table_may_name_the_split():
    pictures = [f"images/{number}.png" for number in range(4)]
    rows = "image;class;split\n0.png;cat;train\n1.png;dog;train\n2.png;cat;test\n3.png;dog;test\n"
    assert understood(pictures, table("all.csv", rows))[0] == {
        (split, label): 1 for split in ("train", "test") for label in ("cat", "dog")
    }


CHOSEN = [("cat", "/data/upload/1/0a-x.jpg"), ("dog", "/data/local-files/?d=pets%20here/x.jpg"), ("cat", "y.jpg")]


def whole(label, address):
    annotations = [
        {"was_cancelled": True, "result": []},
        {"was_cancelled": False, "result": [{"type": "choices", "value": {"choices": [label]}}]},
    ]
    return {"id": 1, "annotations": annotations, "data": {"image": address if "/" in address else f"/data/{address}"}}


@pytest.mark.parametrize(
    "export",
    [
        table("p.json", json.dumps([whole(*one) for one in CHOSEN])),
        table("p.json", json.dumps([{"image": address, "choice": label} for label, address in CHOSEN[:2]])),
        table("p.csv", "image,id,choice\n" + "".join(f"{address},1,{label}\n" for label, address in CHOSEN)),
    ],
    ids=["json", "json-min", "csv"],
)
def test_an_export_of_label_studio(export):
    pictures = ["images/0a-x.jpg", "pets here/x.jpg", "images/y.jpg"]
    labels = labels_of(pictures, [export], Understanding())
    assert [labels.place(name).label for name in pictures[:2]] == ["cat", "dog"]
    assert labels.tables == {export.name}


@pytest.mark.parametrize("content", ["{", "[1]", "{}", '[{"annotations": 3, "data": {"image": "/a/0.jpg"}}]', "[]"])
def test_another_json_is_no_table_of_labels(content):
    assert understood(["0.jpg", "1.jpg"], table("a.json", content))[0] is None


def test_of_a_picture_with_two_classes_none_is_taken():
    two = whole("cat", "/data/0.jpg")
    two["annotations"][1]["result"][0]["value"]["choices"].append("dog")
    export = table("p.json", json.dumps([two, whole("cat", "/data/1.jpg"), whole("dog", "/data/2.jpg")]))
    counts, _ = understood(["0.jpg", "1.jpg", "2.jpg"], export)
    assert counts == {(None, "cat"): 1, (None, "dog"): 1}


def test_of_several_columns_that_may_hold_labels_one_has_to_be_said():
    pictures = [f"{number}.png" for number in range(6)]
    rows = "file,colour,form\n" + "".join(f"{n}.png,{'red' if n % 2 else 'blue'},{'abc'[n % 3]}\n" for n in range(6))
    _, understanding = understood(pictures, table("t.csv", rows))
    with pytest.raises(
        Undecided, match="-column colour: column colour: blue, red; --label-column form: column form: a, b, c"
    ):
        understanding.settle()
    assert understood(pictures, table("t.csv", rows), label_column="form")[0] == {(None, one): 2 for one in "abc"}


@pytest.mark.parametrize(
    ("name", "sure"),
    [("{label}-!-{n}.jpg", True), ("{label}.{n}.jpg", True), ("{label}.{n}.a7.jpg", True), ("{label}_{n}.jpg", False)],
)
def test_the_label_may_stand_in_the_name(name, sure):
    pictures = [name.format(label=label, n=n) for label in ("cat", "dog") for n in range(3)]
    counts, understanding = understood(pictures)
    assert counts == {(None, "cat"): 3, (None, "dog"): 3}
    assert any(question.unanswered for question in understanding.questions) != sure
    assert understood(pictures, labels="none")[0] is None


def test_names_of_a_camera_are_no_labels():
    assert understood([f"IMG_{n}.jpg" for n in range(6)])[0] is None
    assert understood([f"{n}.jpg" for n in range(6)])[0] is None
    assert understood([*(f"IMG_{n}.jpg" for n in range(6)), "cover1.jpg"])[0] is None


def test_a_table_that_names_other_things_is_no_table_of_labels():
    pictures = [f"photo{letter}.jpg" for letter in "abcd"]
    assert understood(pictures, table("prices.csv", "item,price\ntea,2\nmilk,1\n"))[0] is None


def test_what_lies_in_class_folders_is_not_loose():
    assert are_loose(["a.jpg", "train/b.jpg", "images/c.jpg"])
    assert are_loose(["set/train/b.jpg", "set/test/b.jpg"])
    assert not are_loose(["cat/a.jpg", "dog/b.jpg"])
    assert not are_loose([])
