"""The user's own pictures on their way in: as a file, class by class, from the camera, or from a folder here."""

import contextlib
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import streamlit as st

from core.data import imported
from core.data.catalogue import dataset
from core.data.reading.decode import Refused, open_picture
from core.files import writing_to
from core.pictures.preprocessing import fit_picture
from core.pictures.resize import LARGEST, SMALLEST
from dashboard import staging
from dashboard.charts import pictures
from dashboard.server import jobs
from dashboard.words import _, in_markdown, number

FILES = ["zip", "npz", "csv", "gz"]
PICTURES = ["jpg", "jpeg", "png", "webp", "bmp", "gif", "tif", "tiff", "heic", "heif"]
SIZES = (0, 8, 16, 28, 32, 48, 64, 96, 128)
MOST_CLASSES = 20  # that are filled one by one
SHOWN, THUMBNAIL = 8, 64  # newest pictures of the class in hand, pixels a side


def ways() -> dict[str, tuple[str, Callable[[], Path | None]]]:
    """The ways in: name -> (title, what draws its controls and returns the path to import, None while incomplete)."""
    titles = {
        "file": (_("A zip file"), _one_file),
        "classes": (_("Class by class"), _class_by_class),
    }
    if st.context.ip_address is None:  # the browser runs on the server's own machine: its folders are one's own
        titles["folder"] = (_("A folder on this computer"), _folder)
    return titles


def options() -> list[str]:
    """How the pictures become network input, as words of the command line."""
    assert SIZES[1] == SMALLEST
    assert SIZES[-1] == LARGEST
    with st.expander(_("Size, colour, test share"), key="import_options"):
        size = st.select_slider(
            _("Size (pixels a side)"),
            SIZES,
            key="import_size",
            format_func=lambda side: str(side) if side else _("automatic"),
            help=_("All pictures become squares of this size; automatic keeps small ones and takes 64 for photos."),
        )
        fits = {"pad": _("show all of it, with a border"), "crop": _("cut out the middle")}
        fit = st.segmented_control(
            _("Pictures that are not square"),
            list(fits),
            key="import_fit",
            default="pad",
            required=True,
            format_func=fits.__getitem__,
            help=_("Either way nothing is stretched."),
        )
        colours = {"auto": _("as they are"), "grey": _("grey"), "rgb": _("colour")}
        colour = st.segmented_control(
            _("Colour"),
            list(colours),
            key="import_colour",
            default="auto",
            required=True,
            format_func=colours.__getitem__,
            help=_("Grey pictures are a third of the numbers; take colour where colour tells the classes apart."),
        )
        share = st.slider(
            _("Test share"),
            0.05,
            0.5,
            0.2,
            0.05,
            key="import_test_fraction",
            help=_("This share of each class is set aside for the test, unless the pictures come with a test folder."),
        )
    return ["--size", str(size), "--fit", str(fit), "--colour", str(colour), "--test-fraction", str(share)]


def target() -> tuple[str, str]:
    """(name of a new dataset, "") or ("", the imported dataset that the pictures are added to)."""
    have = imported.datasets()
    into = ""
    left, right = st.columns([1, 2], vertical_alignment="bottom")
    if have:
        into = left.selectbox(
            _("Where to"),
            ["", *have],
            key="import_into",
            format_func=lambda one: have[one].title if one else _("a new dataset"),
            help=_("Pictures that are added come after the others; runs from before keep what they were trained on."),
        )
    if into:
        right.caption(_("They become {shape}, as the others.", shape=f"{have[into].shape[0]}×{have[into].shape[1]}"))
        return "", into
    name = (right if have else st).text_input(
        _("Name of the dataset"), key="import_name", max_chars=60, help=_("How it is called in the list of datasets.")
    )
    return name.strip(), ""


def start(path: Path, name: str, into: str, words: list[str]) -> None:
    """Begins the import; a copy that was uploaded is removed at its end, a folder of somebody's is not."""
    temporary = staging.folder() if staging.folder() in (path, path.parent) else None
    where = ["--into", into] if into else ["--name", name]
    jobs.start("import", ["import", str(path), *where, *words], temporary)
    staging.new_upload()  # what was put together is the import's from here on


def _one_file() -> Path | None:
    st.caption(
        _(
            "A zip with one folder for each class; train, validation and test folders above them are welcome. "
            ".npz with x and y, and .csv with a label and pixels in each row, are read too."
        )
    )
    given = st.file_uploader(_("Zip file"), FILES, key=f"zip_{staging.upload()}", label_visibility="collapsed")
    if given is None:
        return None
    path = staging.folder() / (re.sub(r"[^\w.-]", "_", given.name)[-80:] or "images.zip")
    if not path.exists() or path.stat().st_size != given.size:
        with writing_to(path), open(path, "wb") as file:
            shutil.copyfileobj(given, file)
    staging.suggest_name(Path(given.name).stem)
    return path


def _folder() -> Path | None:
    text = st.text_input(
        _("Path of the folder"),
        key="import_path",
        placeholder="/home/me/pictures",
        help=_("One folder for each class inside it, or a zip, .npz, .csv or IDX file. It is read, never changed."),
    )
    if not text.strip():
        return None
    path = Path(text.strip()).expanduser()
    staging.suggest_name(path.stem)
    if not path.exists():
        st.warning(_("There is nothing at {path}.", path=path), icon=":material/folder_off:")
        return None
    return path


def _class_by_class() -> Path | None:
    """Names first, then pictures for the class in hand: files, or the camera."""
    if st.button(
        _("The ten emotions"), key="preset_faces", icon=":material/mood:", help=_("Fills in the names of ten emotions.")
    ):
        st.session_state["class_names"] = ", ".join(_(one) for one in dataset("faces").classes)
        staging.keep_classes()
    staging.recall_classes()
    text = st.text_input(
        _("Names of the classes"),
        key="class_names",
        on_change=staging.keep_classes,
        placeholder=_("cat, dog"),
        help=_("At least two, with commas between."),
    )
    names = list(dict.fromkeys(name.strip()[:60] for name in text.split(",") if name.strip()))[:MOST_CLASSES]
    if len(names) < 2:
        st.caption(_("Name at least two classes; then each gets its pictures."))
        return None
    chosen = st.segmented_control(
        _("Pictures for"),
        names,
        key="class_in_hand",
        default=names[0],
        required=True,
        help=_("The pictures you add next show this."),
    )
    _add_files(chosen)
    _add_snapshots(chosen)
    st.markdown(" · ".join(f"{in_markdown(name)}: **{number(len(staging.pictures_of(name)))}**" for name in names))
    there = staging.pictures_of(chosen)
    if there:
        with st.container(horizontal=True, vertical_alignment="center"):
            _thumbnails(chosen, there[-SHOWN:])
            st.button(
                _("Remove the last"), key="remove_last", icon=":material/undo:", on_click=_remove, args=(there[-1],)
            )
    lacking = [name for name in names if len(staging.pictures_of(name)) < 3]
    if lacking:
        st.caption(_("Each class needs at least 3 pictures; still lacking: {names}.", names=", ".join(lacking)))
        return None
    return staging.folder()


def _thumbnails(name: str, paths: list[Path]) -> None:
    """The newest pictures of a class; what is no picture is told at the import."""
    shown = []
    for path in paths:
        with contextlib.suppress(Refused):
            shown.append(fit_picture(open_picture(path.read_bytes(), at_least=THUMBNAIL), THUMBNAIL, 3, "pad"))
    if shown:
        st.html(pictures.strip(np.stack(shown), [name] * len(shown), side=THUMBNAIL, columns=len(shown)))


def _add_files(name: str) -> None:
    given = st.file_uploader(
        _("Pictures of {name}", name=name),
        PICTURES,
        accept_multiple_files=True,
        key=f"files_{staging.upload()}_{name}",
        help=_("Several at once; on a phone also straight from its camera."),
    )
    for file in given:
        staging.put(name, file.file_id, Path(file.name).suffix, file.getvalue())


def _add_snapshots(name: str) -> None:
    if not st.toggle(_("Camera"), key="camera", help=_("Takes snapshots with the camera of the device you sit at.")):
        return
    taken = st.camera_input(_("Snapshot of {name}", name=name), key=f"snapshot_{staging.upload()}")
    if taken:
        staging.put(name, taken.file_id, ".jpg", taken.getvalue())


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
