"""Rows of the log of failing files, through the page: what was understood is shown, and what was brought stays."""

import base64
import gzip
import io
import re
import tarfile
import zipfile

import numpy as np
import pytest
from PIL import Image

from core.data import catalogue, imported
from core.data.reading.decode import ENDINGS
from dashboard.server import jobs
from tests.core.data.reading.importing.made import csv
from tests.made import by_name, hostile
from tests.made.odd_pictures import odd_pictures
from tests.made.pages import open_page, texts
from tests.pages.images.made import run_until_done

pytestmark = pytest.mark.slow  # together they take too long for a commit


def brought(name, content):
    """The page after a file was given and looked at."""
    app = open_page("08_your_images.py")
    app.file_uploader[0].upload(name, content, "application/octet-stream").run()
    return run_until_done(app, "look")


def imported_as(app, name):
    app.text_input(key="import_name").set_value(name).run()
    app.button(key="import").click().run()
    app = run_until_done(app, "import")
    assert not app.error, app.error[0].value
    return next(one for one, spec in imported.datasets().items() if spec.title == name)


def shown(app):
    """Class -> its pictures on the page, as arrays."""
    (cards,) = [one.proto.body for one in app.get("html") if "<figure" in one.proto.body]
    found = {}
    for name, rest in re.findall(r"<b>(.*?)</b>(.*?)</figure>", cards, re.DOTALL):
        packed = re.findall(r"base64,([^\"]+)", rest)
        found[name] = [np.asarray(Image.open(io.BytesIO(base64.b64decode(one)))) for one in packed]
    return found


PIXELS = np.random.default_rng(0).integers(0, 256, (12, 8, 8), np.uint8)
LABELS = np.arange(12) % 3


@pytest.mark.parametrize("language", ["en", "fr"])
def test_of_a_table_the_column_of_labels_and_three_decoded_rows_of_each_are_shown(language, store):
    table = np.c_[PIXELS.reshape(12, -1), LABELS]  # the label is the last, and no line says so
    app = open_page("08_your_images.py", lang=language)
    app.file_uploader[0].upload("t.csv", "\n".join(",".join(map(str, row)) for row in table.tolist()).encode()).run()
    app = run_until_done(app, "look")
    asked = {"en": "Which column holds the labels?", "fr": "Quelle colonne contient les étiquettes"}[language]
    (question,) = (one for one in app.radio if asked in one.label)
    assert question.value == "last"
    assert "0, 1, 2" in question.options[0]
    pictures = shown(app)
    assert list(pictures) == ["0", "1", "2"]
    for label in range(3):  # one of the four rows of each is set aside for the test
        rows = {bytes(pixels) for pixels in PIXELS[label == LABELS]}
        assert len({bytes(picture) for picture in pictures[str(label)]} & rows) == 3


def test_the_scale_of_scans_is_shown_and_is_the_one_they_are_read_by(store):
    numbers = np.random.default_rng(0).integers(0, 4096, (8, 16, 16)).astype(np.uint16)
    numbers[:, 0, 0] = 4095
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for place, pixels in enumerate(numbers):
            scan = io.BytesIO()
            Image.fromarray(pixels).save(scan, "PNG")
            archive.writestr(f"{'ill' if place % 2 else 'well'}/{place}.png", scan.getvalue())
    app = brought("scans.zip", file.getvalue())
    (question,) = (one for one in app.radio if "How bright is white" in one.label)
    assert question.value == "4095"
    bytes_of = np.rint(numbers * (255 / 4095)).astype(np.uint8)
    np.testing.assert_array_equal(shown(app)["well"], bytes_of[::2][:3])
    splits = by_name.load(imported_as(app, "Scans"))
    every = np.concatenate([splits.train.images, splits.test.images])[..., 0]
    assert sorted(map(bytes, every)) == sorted(map(bytes, bytes_of))


def tar():
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("cat/1.jpg"), io.BytesIO())
    return gzip.compress(file.getvalue())


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.zip", b"Rar!\x1a\x07\x01\0" + bytes(99), "a rar archive"),
        ("a.zip", b"7z\xbc\xaf\x27\x1c" + bytes(99), "a 7z archive"),
        ("pets.tar.gz", tar(), "a tar archive"),
    ],
    ids=["rar", "7z", "tar"],
)
def test_another_archive_is_called_by_its_name(name, content, kind, store):
    app = brought(name, content)
    assert f"{name} is {kind}, which is not read here. Unpack it, and choose the folder" in app.error[0].value
    assert app.button(key="import").disabled


@pytest.mark.parametrize("form", ["{}", '"{}"', "'{}'", "file://{}", "  {}/ "])
def test_a_path_is_read_as_file_managers_copy_it(form, store, tmp_path, monkeypatch):
    monkeypatch.setattr("streamlit.runtime.context.ContextProxy.ip_address", None)
    (tmp_path / "two words").mkdir()
    path = tmp_path / "two words" / "my table.csv"
    path.write_bytes(csv(PIXELS, LABELS.astype(str)))
    path = path.parent if "/ " in form else path
    app = open_page("08_your_images.py")
    app.segmented_control(key="import_way").set_value("folder").run()
    text = path.as_uri().removeprefix("file://") if "file:" in form else str(path)
    app.text_input(key="import_path").set_value(form.format(text)).run()
    app = run_until_done(app, "look")
    assert not app.warning
    assert list(shown(app)) == ["0", "1", "2"]


# Class by class


def by_class(names, *files, **query):
    app = open_page("08_your_images.py", **query)
    app.segmented_control(key="import_way").set_value("classes").run()
    app.text_input(key="class_names").set_value(names).run()
    for name in names.split(", "):
        app.segmented_control(key="class_in_hand").set_value(name).run()
        app.file_uploader[0].set_value(list(files)).run()
    return app


PICTURES = [(f"{n}.png", hostile.saved(hostile.picture(n), "PNG"), "image/png") for n in range(4)]


def test_every_ending_that_is_read_can_be_chosen_for_a_class(store):
    odd = odd_pictures()
    tiff = hostile.saved(hostile.picture(7), "TIFF")
    app = by_class("cat, dog", ("x.jfif", odd["jpeg.jfif"], "image/jpeg"), ("y.tif", tiff, "image/tiff"), *PICTURES)
    assert set(app.file_uploader[0].proto.type) == set(ENDINGS)
    assert "cat: **6** · dog: **6**" in texts(app)
    spec = catalogue.dataset(imported_as(app, "Pets"))
    assert spec.n_train + spec.n_test == 12


def test_a_name_that_is_taken_costs_no_picture(store, pet_shop):
    app = by_class("cat, dog", *PICTURES)
    app.text_input(key="import_name").set_value("Pets <i>&</i> more").run()
    app.button(key="import").click().run()
    app = run_until_done(app, "import")
    assert "already a dataset called" in app.error[0].value
    assert app.text_input(key="class_names").value == "cat, dog"
    assert "cat: **4** · dog: **4**" in texts(app)
    jobs._jobs().clear()  # as after a restart of the server
    again = open_page("08_your_images.py", draft=app.query_params["draft"])
    assert "cat: **4** · dog: **4**" in texts(again)
    spec = catalogue.dataset(imported_as(again, "Pets of ours"))
    assert (spec.classes, spec.n_train + spec.n_test) == (("cat", "dog"), 8)


def test_another_language_leaves_a_draft_as_it_is(store):
    app = by_class("Train, Start", *PICTURES, lang="en")  # words of the interface, and theirs
    app.text_input(key="import_name").set_value("Signs").run()
    for language in ("fr", "en"):
        app.segmented_control(key="lang").set_value(language).run()
        assert app.text_input(key="class_names").value == "Train, Start"
        assert app.text_input(key="import_name").value == "Signs"
        assert "Train: **4** · Start: **4**" in texts(app)
    assert catalogue.dataset(imported_as(app, "Signs")).classes == ("Start", "Train")


def test_another_language_leaves_a_file_and_what_was_said_of_it(store):
    app = brought("t.csv", csv(PIXELS, LABELS.astype(str)))
    (turn,) = (one for one in app.radio if "How do the pictures lie?" in one.label)
    turn.set_value("yes").run()
    app = run_until_done(app, "look")
    app.segmented_control(key="lang").set_value("fr").run()
    app = run_until_done(app, "look")
    assert {bytes(picture) for picture in shown(app)["0"]} < {bytes(pixels.T) for pixels in PIXELS[LABELS == 0]}
    splits = by_name.load(imported_as(app, "Couchées"))
    assert bytes(PIXELS[0].T) in set(map(bytes, [*splits.train.images[..., 0], *splits.test.images[..., 0]]))
