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
from dashboard.words import in_markdown
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


def brought(content, name="zoo.zip"):
    """The page after a file was given and looked at."""
    app = open_page("08_your_images.py")
    app.file_uploader[0].upload(name, content, "application/zip").run()
    return run_until_done(app, "look")


def import_zip(content, name="Zoo"):
    app = brought(content)
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
    first, second = [link.proto for link in app.get("page_link")][:2]
    assert first.label.startswith("Train on these (from a network that has seen a million pictures)")
    assert "architecture=transfer" in first.query_string
    assert second.label == "Train from scratch"
    assert "architecture" not in second.query_string
    train = open_page("03_train.py", dataset=name)
    assert train.selectbox(key="dataset").value == name


def test_the_name_of_the_file_is_proposed(store):
    app = brought(zipped(cat=8, dog=9), "My zoo.zip")
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
        (zipped(cat=8, dog=9)[:-40], "zoo.zip"),
        (zipped(), "zoo.zip"),
    ],
    ids=["no zip", "cut off", "empty"],  # not their bytes: a zip holds the time at which it was made
)
def test_what_cannot_be_a_dataset_is_told_before_anything_is_imported(store, content, told):
    app = brought(content)
    assert told in app.error[0].value
    assert "/.drafts/" not in app.error[0].value
    assert app.button(key="import").disabled
    assert imported.datasets() == {}


def test_one_class_is_told_before_and_is_an_error_for_a_new_dataset(store):
    app = brought(zipped(cat=8))
    assert any("One class only" in caption.value for caption in app.caption)
    app.button(key="import").click().run()
    app = run_until_done(app, "import")
    assert "one class only" in app.error[0].value
    assert imported.datasets() == {}
    assert "zoo.zip" in texts(app)  # it is still here


def test_a_failed_import_keeps_what_was_brought(store, pet_shop):
    app = import_zip(zipped(cat=8, dog=9), name="PETS <i>&</i> MORE")
    assert "already a dataset called" in app.error[0].value
    app.text_input(key="import_name").set_value("Zoo")  # arrives with the press, as on a busy server
    app.button(key="import").click().run()
    assert "17 pictures in 2 classes are ready" in run_until_done(app, "import").success[0].value


def test_what_is_guessed_is_asked_and_an_answer_is_obeyed(store):
    leaves = {f"leaves/{kind}/{leaf}": 4 for kind in ("color", "grayscale") for leaf in ("rust", "scab")}
    app = brought(zipped(**leaves))
    assert app.button(key="import").disabled
    assert "Please answer" in app.warning[0].value
    question = next(one for one in app.radio if "Which folders are the classes?" in one.label)
    expected = ["2 classes: rust, scab", "2 classes: color, grayscale"]
    assert question.options == [in_markdown(words) for words in expected]
    question.set_value("1").run()
    app = run_until_done(app, "look")
    jobs._jobs().clear()
    app = run_until_done(open_page("08_your_images.py", draft=app.query_params["draft"]), "look")  # after a reload
    app.text_input(key="import_name").set_value("Leaves").run()
    app.button(key="import").click().run()
    app = run_until_done(app, "import")
    (name,) = imported.datasets()
    assert catalogue.dataset(name).classes == ("color", "grayscale")


def test_a_corrected_file_of_the_same_name_and_size_takes_the_place_of_the_first(store):
    labels = np.array(["apple"] * 20 + ["pear"] * 10)
    images = np.random.default_rng(0).integers(0, 255, (30, 16, 16, 3), np.uint8)
    files = []
    for words in (np.where(labels == "apple", "pear", "apple"), labels):
        file = io.BytesIO()
        np.savez(file, x=images, y=words.astype("<U5"))
        files.append(file.getvalue())
    assert len(files[0]) == len(files[1])
    app = brought(files[0], "fruit.npz")
    app.file_uploader[0].upload("fruit.npz", files[1]).run()
    app = run_until_done(app, "look")
    assert app.text_input(key="import_name").value == "fruit"
    app.button(key="import").click().run()
    result = run_until_done(app, "import")
    (name,) = imported.datasets()
    splits = by_name.load(name)
    every = np.concatenate([splits.train.labels, splits.test.labels])
    assert np.bincount(every).tolist() == [20, 10]
    assert "30 pictures" in result.success[0].value


def test_the_name_that_is_suggested_is_that_of_the_file_unless_somebody_gave_another(store):
    good = zipped(cat=8, dog=9)
    app = brought(b"no zip at all", "wrong.zip")
    assert app.text_input(key="import_name").value == "wrong"
    app.file_uploader[0].upload("right.zip", good).run()
    assert app.text_input(key="import_name").value == "right"
    app.text_input(key="import_name").set_value("Mine").run()
    app.file_uploader[0].upload("third.zip", good).run()
    assert app.text_input(key="import_name").value == "Mine"


def test_pictures_are_there_again_after_a_reload(store):
    app = open_page("08_your_images.py")
    app.segmented_control(key="import_way").set_value("classes").run()
    app.text_input(key="class_names").set_value("cup, pen").run()
    pictures = [(f"{n}.png", hostile.saved(hostile.picture(n), "PNG"), "image/png") for n in range(3)]
    app.file_uploader[0].set_value(pictures).run()
    again = open_page("08_your_images.py", draft=app.query_params["draft"])
    assert again.text_input(key="class_names").value == "cup, pen"
    assert "cup: **3** · pen: **0**" in texts(again)


def test_a_draft_is_deleted_and_taken_back(store, monkeypatch):
    monkeypatch.setattr("streamlit.runtime.context.ContextProxy.ip_address", None)
    app = brought(zipped(cat=8, dog=9))
    jobs._jobs().clear()
    app = open_page("08_your_images.py")
    (delete,) = [button for button in app.button if button.key.endswith("_delete") and button.key.startswith("draft_")]
    delete.click().run()
    assert "Not imported yet" not in texts(app)
    app.button(key="draft_undo").click().run()
    assert "Not imported yet" in texts(app)


def test_an_import_is_found_again_after_a_reload_with_what_was_left_out(store):
    file = io.BytesIO(zipped(cat=8, dog=9))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("cat/broken.png", b"no picture")
    app = brought(file.getvalue())
    app.button(key="import").click().run()
    name = app.query_params["import"]
    again = run_until_done(open_page("08_your_images.py", **{"import": name}), "import")
    assert "17 pictures in 2 classes are ready" in again.success[0].value
    assert "cat/broken.png" in again.dataframe[0].value["File"].to_list()
    other = open_page("08_your_images.py", **{"import": "0" * 16})
    assert not other.success


def test_a_class_that_is_renamed_keeps_its_pictures_as_the_page_shows(store):
    app = open_page("08_your_images.py")
    app.segmented_control(key="import_way").set_value("classes").run()
    app.text_input(key="class_names").set_value("cat, dog").run()
    app.file_uploader[0].set_value([("0.png", hostile.saved(hostile.picture(0), "PNG"), "image/png")]).run()
    app.text_input(key="class_names").set_value("kitten, dog").run()
    assert "kitten: **1** · dog: **0**" in texts(app)


def test_pictures_are_added_to_a_dataset(store):
    import_zip(zipped(cat=8, dog=9))
    (name,) = imported.datasets()
    before = by_name.content(name)
    jobs._jobs().clear()  # of the session before, which this one knows nothing of
    app = brought(zipped(dog=5, emu=6), "more.zip")
    app.selectbox(key="import_into").select(name).run()
    app = run_until_done(app, "look")
    assert in_markdown("New classes in this dataset: emu.") in texts(app)
    app.button(key="import").click().run()
    app = run_until_done(app, "import")
    assert "11 pictures" in app.success[0].value
    spec = catalogue.dataset(name)
    assert spec.classes == ("cat", "dog", "emu")
    assert spec.n_train + spec.n_test == 28
    assert by_name.content(name) != before


def test_an_import_can_be_cancelled(store, monkeypatch):
    app = brought(zipped(cat=900, dog=900))
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
    app = open_page("08_your_images.py")
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
    assert set(spec.classes) == {"red", "../green"}


def test_the_ten_emotions_are_filled_in(store):
    app = open_page("08_your_images.py")
    app.segmented_control(key="import_way").set_value("classes").run()
    app.button(key="preset_faces").click().run()
    assert app.text_input(key="class_names").value.count(",") == 9


def test_a_folder_is_offered_only_to_a_browser_on_the_same_machine(store):
    app = open_page("08_your_images.py")
    assert [len(one.options) for one in app.segmented_control if one.key == "import_way"] == [2]


def test_a_folder_of_this_computer_is_read(store, tmp_path, monkeypatch):
    monkeypatch.setattr("streamlit.runtime.context.ContextProxy.ip_address", None)
    with zipfile.ZipFile(io.BytesIO(zipped(cat=8, dog=9))) as archive:
        archive.extractall(tmp_path / "zoo")
    app = open_page("08_your_images.py")
    app.segmented_control(key="import_way").set_value("folder").run()
    app.text_input(key="import_path").set_value(str(tmp_path / "nowhere")).run()
    assert "There is nothing at" in app.warning[0].value
    app.text_input(key="import_path").set_value(str(tmp_path / "zoo")).run()
    app = run_until_done(app, "look")
    app.text_input(key="import_name").set_value("Zoo").run()
    app.button(key="import").click().run()
    app = run_until_done(app, "import")
    assert "17 pictures" in app.success[0].value
    assert (tmp_path / "zoo" / "cat" / "0.png").exists()
