"""Your images, without a browser: what is brought, refused, added, renamed, deleted."""

import io
import re
import zipfile

import numpy as np
import pytest
from PIL import Image

from core.data import catalogue, imported
from core.folders import data_folder
from dashboard.server import jobs
from tests.made import by_name, hostile
from tests.made.pages import open_page, texts
from tests.pages.images.made import run_until_done

pytestmark = pytest.mark.slow  # together they take too long for a commit


def zipped(**folders):
    """A zip of class folders with that many small pictures each."""
    file = io.BytesIO()
    rng = np.random.default_rng(0)
    with zipfile.ZipFile(file, "w") as archive:
        for name, n in folders.items():
            for number in range(n):
                picture = io.BytesIO()
                Image.fromarray(rng.integers(0, 256, (20, 30, 3), np.uint8)).save(picture, "PNG")
                archive.writestr(f"{name}/{number}.png", picture.getvalue())
    return file.getvalue()


def import_zip(content, name="Zoo"):
    app = open_page("05_your_images.py")
    app.file_uploader[0].upload("zoo.zip", content, "application/zip").run()
    app.text_input(key="import_name").set_value(name).run()
    app.button(key="import").click().run()
    return run_until_done(app, "import")


def test_a_zip_becomes_a_dataset_that_can_be_trained_on(store):
    app = import_zip(zipped(cat=8, dog=9))
    assert "17 pictures in 2 classes are ready" in app.success[0].value
    (name,) = imported.datasets()
    assert catalogue.dataset(name).classes == ("cat", "dog")
    assert app.text_input(key="import_name").value == ""
    assert not list((data_folder() / ".scratch").iterdir())
    train = open_page("02_train.py", dataset=name)
    assert train.selectbox(key="dataset").value == name


def test_the_name_of_the_file_is_proposed(store):
    app = open_page("05_your_images.py")
    app.file_uploader[0].upload("My zoo.zip", zipped(cat=8, dog=9), "application/zip").run()
    assert app.text_input(key="import_name").value == "My zoo"


def test_every_hostile_file_is_listed_with_its_reason_and_the_server_lives(store):
    app = import_zip(hostile.zip_of_everything(hostile.good_pictures()))
    listed = app.dataframe[0].value
    expected = hostile.everything()
    assert len(expected) >= 25
    for one in expected.values():
        reasons = listed.loc[listed["File"] == one.file, "Why"].to_list()
        assert any(re.search(one.reason, reason) for reason in reasons), one
    assert "10 pictures in 2 classes are ready" in app.success[0].value
    open_page("01_start.py")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"no zip at all", "expected a folder or zip"),
        (zipped(cat=8), "one class only"),
        (zipped(cat=8, dog=9)[:-40], "zoo.zip"),
        (zipped(), "zoo.zip"),
    ],
    ids=["no zip", "one class", "cut off", "empty"],  # not their bytes: a zip holds the time at which it was made
)
def test_what_cannot_be_a_dataset_is_told_and_nothing_is_lost(store, content, told):
    app = import_zip(content)
    assert told in app.error[0].value
    assert imported.datasets() == {}


def test_a_name_that_is_taken_is_told(store, pet_shop):
    app = import_zip(zipped(cat=8, dog=9), name="PETS <i>&</i> MORE")
    assert "already a dataset called" in app.error[0].value


def test_pictures_are_added_to_a_dataset(store):
    import_zip(zipped(cat=8, dog=9))
    (name,) = imported.datasets()
    before = by_name.content(name)
    jobs._jobs().clear()  # of the session before, which this one knows nothing of
    app = open_page("05_your_images.py")
    app.file_uploader[0].upload("more.zip", zipped(dog=5, emu=6), "application/zip").run()
    app.selectbox(key="import_into").select(name).run()
    app.button(key="import").click().run()
    app = run_until_done(app, "import")
    assert "11 pictures" in app.success[0].value
    spec = catalogue.dataset(name)
    assert spec.classes == ("cat", "dog", "emu")
    assert spec.n_train + spec.n_test == 28
    assert by_name.content(name) != before


def test_an_import_can_be_cancelled(store, monkeypatch):
    app = open_page("05_your_images.py")
    app.file_uploader[0].upload("zoo.zip", zipped(cat=900, dog=900), "application/zip").run()
    app.text_input(key="import_name").set_value("Zoo").run()
    app.button(key="import").click().run()
    app.button(key="cancel_import").click().run()
    app = run_until_done(app, "import")
    assert "Cancelled" in app.info[0].value
    assert imported.datasets() == {}
    assert not list((data_folder() / ".scratch").iterdir())


def test_pictures_come_class_by_class(store):
    picture = [io.BytesIO() for _ in range(8)]
    for number, file in enumerate(picture):
        Image.new("RGB", (30, 20), (number * 30, 0, 0)).save(file, "JPEG")
    app = open_page("05_your_images.py")
    app.segmented_control(key="import_way").set_value("classes").run()
    app.text_input(key="class_names").set_value("red, ../green").run()
    files = [(f"IMG_{number}.jpg", file.getvalue(), "image/jpeg") for number, file in enumerate(picture)]
    app.file_uploader[0].set_value(files[:4]).run()
    assert app.button(key="import").disabled
    app.segmented_control(key="class_in_hand").set_value("../green").run()
    app.file_uploader[0].set_value(files[4:]).run()
    app.button(key="remove_last").click().run()
    app.text_input(key="import_name").set_value("Two colours").run()
    app.button(key="import").click().run()
    app = run_until_done(app, "import")
    (name,) = imported.datasets()
    spec = catalogue.dataset(name)
    assert spec.n_train + spec.n_test == 7
    assert set(spec.classes) == {"red", "_green"}


def test_snapshots_of_the_camera_are_kept_one_after_another(store):
    app = open_page("05_your_images.py")
    app.segmented_control(key="import_way").set_value("classes").run()
    app.text_input(key="class_names").set_value("me, you").run()
    app.toggle(key="camera").set_value(True).run()
    for number in range(3):
        file = io.BytesIO()
        Image.new("RGB", (64, 48), (number * 80, 9, 9)).save(file, "JPEG")
        app.camera_input[0].set_value((f"{number}.jpg", file.getvalue(), "image/jpeg")).run()
    assert "me: **3** · you: **0**" in texts(app)


def test_the_ten_emotions_are_filled_in(store):
    app = open_page("05_your_images.py")
    app.segmented_control(key="import_way").set_value("classes").run()
    app.button(key="preset_faces").click().run()
    assert app.text_input(key="class_names").value.count(",") == 9


def test_a_folder_is_offered_only_to_a_browser_on_the_same_machine(store):
    app = open_page("05_your_images.py")
    assert [len(one.options) for one in app.segmented_control if one.key == "import_way"] == [2]


def test_a_folder_of_this_computer_is_read(store, tmp_path, monkeypatch):
    monkeypatch.setattr("streamlit.runtime.context.ContextProxy.ip_address", None)
    with zipfile.ZipFile(io.BytesIO(zipped(cat=8, dog=9))) as archive:
        archive.extractall(tmp_path / "zoo")
    app = open_page("05_your_images.py")
    app.segmented_control(key="import_way").set_value("folder").run()
    app.text_input(key="import_path").set_value(str(tmp_path / "nowhere")).run()
    assert "There is nothing at" in app.warning[0].value
    app.text_input(key="import_path").set_value(str(tmp_path / "zoo")).run()
    app.text_input(key="import_name").set_value("Zoo").run()
    app.button(key="import").click().run()
    app = run_until_done(app, "import")
    assert "17 pictures" in app.success[0].value
    assert (tmp_path / "zoo" / "cat" / "0.png").exists()
