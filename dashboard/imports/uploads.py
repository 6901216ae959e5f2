"""The user's own pictures on their way in: as a file, class by class, from the camera, or from a folder here."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from core.data import drafts, imported
from core.files import pasted_path
from core.pictures.resize import LARGEST, SMALLEST
from dashboard import staging
from dashboard.imports import class_by_class
from dashboard.people import asking
from dashboard.server import jobs
from dashboard.words import _, in_markdown, plural

FILES = ["zip", "tm", "npz", "csv", "gz"]  # tm: a project of Teachable Machine, which is a zip
SIZES = (0, 8, 16, 28, 32, 48, 64, 96, 128)


def ways() -> dict[str, tuple[str, Callable[[], Path | None]]]:
    """The ways in: name -> (title, what draws its controls and returns the path to import, None while incomplete)."""
    titles = {
        "file": (_("A zip file"), _one_file),
        "classes": (_("Class by class"), class_by_class.filled),
    }
    if st.context.ip_address is None and asking.may_read_here():  # the browser runs on the server's own machine
        titles["folder"] = (_("A folder on this computer"), _folder)
    return titles


def likely_way() -> str:
    """Class by class where pictures were brought in that way already."""
    return "classes" if staging.draft().classes and not staging.draft().file else "file"


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


def start(path: Path, name: str, into: str, words: list[str]) -> bool:
    """Begins the import; the draft it came from is removed once it succeeded, and is there again where it did not."""
    held = staging.draft().folder
    where = ["--into", into] if into else ["--name", name]
    return jobs.start("import", ["import", str(path), *where, *words], held if held in (path, *path.parents) else None)


def earlier() -> None:
    """What was brought before and not imported, for a browser on the server's own machine: it is that person's."""
    if st.context.ip_address is not None or not staging.draft().is_empty:
        return
    for draft in drafts.every():
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            n = sum(len(draft.pictures(name)) for name in draft.classes)
            words = draft.file.name if draft.file else plural(n, "{n} picture", "{n} pictures")
            names = in_markdown(", ".join(draft.classes))
            st.markdown(_("Not imported yet: {words}", words=in_markdown(words)) + (f" ({names})" if names else ""))
            st.space("stretch")
            key = f"draft_{draft.id}"
            st.button(_("Go on"), key=key, icon=":material/play_arrow:", on_click=staging.take_up, args=(draft.id,))
            st.button(_("Delete"), key=f"{key}_delete", icon=":material/delete:", on_click=_throw_away, args=(draft,))
    thrown = st.session_state.get("_thrown_away")
    if thrown and drafts.get(thrown):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(_("Deleted."))
            st.button(_("Undo"), key="draft_undo", icon=":material/undo:", on_click=_take_back, args=(thrown,))


def _throw_away(draft: drafts.Draft) -> None:
    draft.throw_away()
    st.session_state["_thrown_away"] = draft.id


def _take_back(name: str) -> None:
    draft = drafts.get(name)
    if draft:
        draft.take_back()
    st.session_state.pop("_thrown_away", None)


def _one_file() -> Path | None:
    st.caption(
        _(
            "A zip with one folder for each class; train, validation and test folders above them are welcome. "
            ".npz with x and y, and .csv with a label and pixels in each row, are read too."
        )
    )
    given = st.file_uploader(_("Zip file"), FILES, key=f"zip_{staging.upload()}", label_visibility="collapsed")
    if given is not None and staging.first_time(given.file_id):
        staging.draft().put_file(given.name, given)
    path = staging.draft().file
    if path is not None:
        staging.suggest_name(path.stem)
        if given is None:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(_("{file} is still here.", file=f"**{in_markdown(path.name)}**"))
                st.button(_("Delete"), key="delete_file", icon=":material/delete:", on_click=_forget_draft)
    return path


def _forget_draft() -> None:
    staging.draft().delete()
    staging.forget()


def _folder() -> Path | None:
    text = st.text_input(
        _("Path of the folder"),
        key="import_path",
        placeholder="/home/me/pictures",
        help=_("One folder for each class inside it, or a zip, .npz, .csv or IDX file. It is read, never changed."),
    )
    if not text.strip():
        return None
    path = pasted_path(text)
    staging.suggest_name(path.stem)
    if not path.exists():
        st.warning(_("There is nothing at {path}.", path=path), icon=":material/folder_off:")
        return None
    return path
