"""Your images, the Images page and Classify in every state, without a browser."""

import io
import re
import time
import zipfile

import numpy as np
import pytest
import streamlit as st
from PIL import Image

from core.data import catalogue, imported, versions
from core.data.dataset import Images, Splits
from core.folders import data_folder
from core.recipe.config import TrainingConfig
from core.runs.store import RunStore
from dashboard.server import jobs
from tests.made import by_name, hostile
from tests.made.runs import make_run
from tests.made.workers import PATIENCE
from tests.pages.test_pages import open_page, texts

pytestmark = pytest.mark.slow  # together they take too long for a commit


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("FITSCOPE_RUNS", str(tmp_path / "runs"))
    return RunStore(tmp_path / "runs")


@pytest.fixture(autouse=True)
def fresh(own_data_folder):
    st.cache_resource.clear()
    st.cache_data.clear()
    yield
    st.cache_resource.clear()
    st.cache_data.clear()


def pets(n=12, shape=(16, 16, 3), seed=0):
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 2
    images = rng.integers(0, 256, (n, *shape), np.uint8)
    return Images(images, labels)


@pytest.fixture
def pet_shop():
    """An imported dataset whose class names mean mischief."""
    train, test = pets(), pets(6, seed=1)
    train.images[3] = train.images[1]  # a copy
    train.images[4] = test.images[0]  # a leak
    train.images[5] = 128  # blank
    return imported.create("Pets <i>&</i> more", Splits(train, test), ("<b>cat</b>", "dog_*x*"))


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


def run_until_done(app, kind):
    """Reruns the page as its fragment does, until the job of that kind is done."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        (job,) = jobs._jobs().values()
        if job.done:
            return app.run()
        time.sleep(0.05)
    raise AssertionError(f"{kind} was not done in {PATIENCE} s")


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


def test_a_dataset_is_renamed_deleted_and_brought_back(store, pet_shop):
    app = open_page("05_your_images.py")
    app.text_input(key=f"title_{pet_shop}").set_value("Pets").run()
    assert catalogue.dataset(pet_shop).title == "Pets"
    app.button(key=f"delete_{pet_shop}").click().run()
    assert imported.datasets() == {}
    app.button(key="undo_dataset").click().run()
    assert list(imported.datasets()) == [pet_shop]


def test_a_dataset_that_runs_need_stays(store, pet_shop):
    make_run(store, "queued", TrainingConfig(dataset=pet_shop))
    app = open_page("05_your_images.py")
    app.button(key=f"delete_{pet_shop}").click().run()
    assert "needed by 1 of your runs" in app.toast[0].value
    assert list(imported.datasets()) == [pet_shop]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("view", ["overview", "pictures", "one", "problems"])
def test_each_view_of_an_imported_dataset_opens_and_names_are_harmless(store, pet_shop, view, language):
    app = open_page("04_images.py", images=pet_shop, lang=language)
    app.segmented_control(key="images_view").set_value(view).run()
    assert not app.exception
    shown = "".join(str(element.proto.body) for element in app.get("html"))
    assert "<b>cat" not in shown


@pytest.mark.parametrize("name", [name for name, spec in catalogue.built_in().items() if not spec.files])
def test_each_view_of_a_built_in_dataset_opens(store, name):
    app = open_page("04_images.py", images=name)
    for view in ("pictures", "one", "problems", "overview"):
        app.segmented_control(key="images_view").set_value(view).run()
        assert not app.exception


def test_the_network_gets_numbers_between_0_and_1(store):
    app = open_page("04_images.py", images="digits")
    app.segmented_control(key="images_view").set_value("one").run()
    expected = np.round(by_name.load("digits").train.images[0, ..., 0] / 255, 3)
    np.testing.assert_allclose(app.dataframe[0].value.to_numpy(), expected)
    app.number_input(key="images_size").set_value(16).run()
    assert app.dataframe[0].value.shape == (16, 16)


def test_problems_are_found_left_out_and_brought_back(store, pet_shop):
    app = open_page("04_images.py", images=pet_shop)
    app.segmented_control(key="images_view").set_value("problems").run()
    assert "Nobody has looked yet" in texts(app)
    app.button(key="check").click().run()
    app = run_until_done(app, "check")
    shown = texts(app)
    assert "1 leak between training and test" in shown
    assert "1 group of equal pictures" in shown
    assert "1 blank picture" in shown
    app.button(key="out_leak").click().run()
    app.button(key="out_exact").click().run()
    version = versions.current(catalogue.dataset(pet_shop))
    assert versions.get(catalogue.dataset(pet_shop), version).excluded == {"train": (3, 4)}
    assert "2 pictures left out" in texts(app)
    app.button(key="keep_blank").click().run()
    assert "Nothing open" in app.success[0].value
    assert store.create(TrainingConfig(dataset=pet_shop)).config.dataset_version == version
    app.button(key="undo_version").click().run()
    app.button(key="undo_version").click().run()
    assert not versions.has_edits(catalogue.dataset(pet_shop), versions.current(catalogue.dataset(pet_shop)))
    assert "1 leak between training and test" in texts(app)


def test_leaving_out_a_whole_class_is_refused(store):
    train = pets()
    train.images[train.labels == 1] = 7  # all of one class is blank
    name = imported.create("Half", Splits(train, pets(6, seed=1)), ("cat", "dog"))
    app = open_page("04_images.py", images=name)
    app.segmented_control(key="images_view").set_value("problems").run()
    app.button(key="check").click().run()
    app = run_until_done(app, "check")
    app.button(key="out_blank").click().run()
    assert "dog would have no train picture left" in app.toast[0].value
    assert versions.current(catalogue.dataset(name)) == by_name.content(name)


def test_versions_can_be_chosen_in_the_form(store, monkeypatch):
    by_name.load("digits")
    version = versions.edit(catalogue.dataset("digits"), by_name.content("digits"), exclude={"train": [0, 1]})
    app = open_page("02_train.py")
    chosen = app.selectbox(key="dataset_version")
    assert chosen.options == ["newest", "original", f"{version[:6]} (2 left out, 0 relabelled)"]
    chosen.select("original").run()
    assert not app.exception


def test_a_mirror_that_lies_is_warned_of(store):
    app = open_page("02_train.py", dataset="digits", augmentation="true", flip="horizontal")
    assert any("show something else" in warning.value for warning in app.warning)
    app.selectbox(key="flip").select("none").run()
    assert not any("show something else" in warning.value for warning in app.warning)


def test_the_recipe_of_fer2013_is_one_press_away(store):
    app = open_page("02_train.py", augmentation="true")
    app.button(key="augment_fer2013").click().run()
    values = {name: app.session_state[name] for name in ("rotation", "zoom", "shift", "shear", "flip")}
    assert values == {"rotation": 20.0, "zoom": 0.15, "shift": 0.2, "shear": 0.15, "flip": "horizontal"}


def test_classify_says_what_to_do_before_anything_was_trained(store):
    app = open_page("06_classify.py")
    assert "No network is trained yet" in app.info[0].value
