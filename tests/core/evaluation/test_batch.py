"""Many pictures at once: from folders and zips, with and without class folders, and what cannot be read."""

import csv
import dataclasses
import io
import json
import zipfile

import numpy as np
import pytest
from PIL import Image
from sklearn.metrics import accuracy_score

from core.__main__ import main
from core.commands import batch as batch_command
from core.data.reading.decode import Refused
from core.errors import DataError
from core.evaluation import batch
from core.network.classifier import Classifier
from core.pictures import faces
from core.pictures.preprocessing import Preprocessing
from tests.made import by_name, hostile

pytestmark = pytest.mark.slow


class Shades:
    """Three classes by brightness: dark, grey, light."""

    def probabilities(self, images):
        mean = images.mean(axis=(1, 2, 3)) / 255
        scores = np.stack([1 - mean, 1 - 2 * np.abs(mean - 0.5), mean], axis=1) ** 4
        return (scores / scores.sum(axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def asked():
    return Classifier(Shades(), Preprocessing(8, 1), ("dark", "grey", "light"))


def png(level, size=(20, 12)):
    file = io.BytesIO()
    Image.new("L", size, level).save(file, "PNG")
    return file.getvalue()


PICTURES = {
    "dark/1.png": png(0),
    "dark/2.png": png(255),
    "Light/10.png": png(250),
    "Light/9.png": png(240),
    "grey/a.png": png(128),
    "odd/b.png": png(128),
    "odd/c.txt": b"hello",
    "grey/broken.png": png(3)[:40],
}


def put(folder, files):
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def test_class_folders_say_how_often_it_is_right(tmp_path, asked):
    found = batch.classify(put(tmp_path / "all", PICTURES), asked)
    assert found.names == ("dark/1.png", "dark/2.png", "grey/a.png", "Light/9.png", "Light/10.png", "odd/b.png")
    assert found.truths.tolist() == [0, 0, 1, 2, 2, -1]
    assert found.unknown == {"odd": 1}
    assert [name for name, _why in found.refused] == ["grey/broken.png", "odd/c.txt"]
    right = found.evaluation
    assert right.n == 5
    assert right.accuracy == accuracy_score([0, 0, 1, 2, 2], [0, 2, 1, 2, 2])
    assert set(found.shown) == set(range(6))
    assert found.shown[1].shape == (8, 8, 1)


def test_a_zip_gives_the_same_as_its_folder(tmp_path, asked):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for name, content in PICTURES.items():
            archive.writestr(name, content)
    folder = batch.classify(put(tmp_path / "all", PICTURES), asked)
    packed = batch.classify(tmp_path / "all.zip", asked)
    assert packed.names == folder.names
    np.testing.assert_array_equal(packed.probabilities, folder.probabilities)


def test_without_class_folders_nothing_is_said_of_right_and_wrong(tmp_path, asked):
    found = batch.classify(put(tmp_path / "flat", {"a.png": png(10), "b.png": png(20)}), asked)
    assert found.evaluation is None
    assert found.unknown == {}
    other = batch.classify(put(tmp_path / "other", {"cat/a.png": png(10), "dog/b.png": png(20)}), asked)
    assert other.evaluation is None
    assert other.unknown == {}


def test_the_worst_are_kept_to_be_shown_however_many_there_are(tmp_path, asked, monkeypatch):
    monkeypatch.setattr(batch, "SHOWN", 4)
    files = {f"dark/{place:03d}.png": png(130 + place) for place in range(40)}
    found = batch.classify(put(tmp_path / "dark", files | {"light/x.png": png(255)}), asked)
    shares = found.evaluation.true_probability[:40]
    assert set(np.argsort(shares, kind="stable")[:4].tolist()) <= set(found.shown)
    assert {0, 1, 2, 3} <= set(found.shown)


def test_a_folder_without_pictures_is_refused_in_words(tmp_path, asked):
    with pytest.raises(DataError, match="no picture in empty"):
        batch.classify(put(tmp_path / "empty", {"a.txt": b"x"}), asked)


def test_the_csv_holds_every_probability_and_no_formula(tmp_path, asked):
    found = batch.classify(put(tmp_path / "all", {"=1+1.png": png(10), "b.png": png(250)}), asked)
    rows = list(csv.DictReader(io.StringIO(batch.as_csv(found))))
    assert {row["file"] for row in rows} == {"'=1+1.png", "b.png"}
    for row in rows:
        chances = [float(row[f"p({label})"]) for label in asked.classes]
        assert sum(chances) == pytest.approx(1, abs=1e-3)
        assert row["answer"] == asked.classes[int(np.argmax(chances))]


def test_a_saved_batch_comes_back_whole(tmp_path, asked):
    found = batch.classify(put(tmp_path / "all", PICTURES), asked)
    batch_command.save(found, tmp_path / "new" / "place")
    again = batch_command.load(tmp_path / "new" / "place")
    assert (again.names, again.classes, again.unknown) == (found.names, found.classes, found.unknown)
    assert [(name, str(why)) for name, why in again.refused] == [(name, str(why)) for name, why in found.refused]
    np.testing.assert_array_equal(again.probabilities, found.probabilities)
    np.testing.assert_array_equal(again.truths, found.truths)
    assert all((again.shown[place] == found.shown[place]).all() for place in found.shown)


def test_hostile_files_are_refused_one_by_one(tmp_path, asked):
    (tmp_path / "bad.zip").write_bytes(hostile.zip_of_everything({"cat/good.png": png(9)}))
    found = batch.classify(tmp_path / "bad.zip", asked)
    assert "cat/good.png" in found.names
    assert len(found.refused) >= 20
    assert all(str(why) for _name, why in found.refused)


def test_the_command_says_it_for_people_and_for_programs(tmp_path, asked, monkeypatch, capsys):
    monkeypatch.setattr(batch_command, "loaded", lambda _run, _epoch: asked)
    monkeypatch.setattr(batch_command.RunStore, "get", lambda _self, _name: None)
    folder = put(tmp_path / "all", PICTURES)
    assert main(["batch", "latest", str(folder), "--csv", str(tmp_path / "answers.csv")]) == 0
    told = capsys.readouterr().out
    assert "80.0% of 5 pictures in class folders right" in told
    assert "dark taken for light: 1" in told
    assert "folder odd is no class of this network" in told
    assert len((tmp_path / "answers.csv").read_text().splitlines()) == 7
    assert main(["batch", "latest", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["n_labelled"] == 5
    assert main(["batch", "latest", str(tmp_path / "nowhere")]) == 2
    assert "no file or folder" in capsys.readouterr().err


def as_file(picture):
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def test_the_largest_face_of_each_picture_is_asked_about(tmp_path, asked):
    try:
        test = by_name.load("fer2013").test
    except DataError as missing:
        pytest.skip(f"FER2013 is not in a data folder: {missing}")
    scenes = {}
    for place in range(12):
        canvas = Image.new("RGB", (640, 480), (110, 110, 110))
        small, large = (Image.fromarray(np.asarray(test.images[2 * place + one][..., 0])) for one in (0, 1))
        canvas.paste(small.resize((110, 110)), (20, 340))
        canvas.paste(large.resize((300, 300)), (280, 60))
        scenes[f"dark/{place:02}.png"] = canvas
    empty = {"dark/blank.png": png(110, (640, 480)), "light/sky.png": png(200, (640, 480))}
    folder = put(tmp_path / "crowd", {name: as_file(one) for name, one in scenes.items()} | empty)
    found = batch.classify(folder, asked, face=True)
    boxes = {name: faces.find(one) for name, one in scenes.items()}
    assert found.names == tuple(name for name in sorted(scenes) if boxes[name])
    assert len(found.names) >= 8
    for name, chances in zip(found.names, found.probabilities, strict=True):
        by_hand = asked.answer(faces.crop(scenes[name], boxes[name][0])).probabilities
        np.testing.assert_allclose(chances, by_hand, atol=1e-6)
    assert found.faceless == len(found.refused) == 14 - len(found.names)
    assert found.evaluation.n == len(found.names)


def test_where_there_is_no_face_at_all_it_says_what_to_do(tmp_path, asked):
    with pytest.raises(DataError, match="No face was found in any picture in crowd"):
        batch.classify(put(tmp_path / "crowd", {"1.png": png(3), "2.png": png(128, (300, 300))}), asked, face=True)


def test_pictures_without_a_face_are_counted_also_when_read_again(tmp_path, asked):
    found = batch.classify(put(tmp_path / "all", PICTURES), asked)
    refused = (*found.refused, ("dark/3.png", Refused(batch.NO_FACE)))
    batch_command.save(dataclasses.replace(found, refused=refused), tmp_path / "kept")
    assert batch_command.load(tmp_path / "kept").faceless == 1
    assert "no face was found" in "\n".join(batch_command._lines(batch_command.load(tmp_path / "kept")))
