"""Many pictures at once, from a zip or a folder: a table, thumbnails; from class folders how often it is right."""

import re
import secrets
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.commands.batch import load
from core.evaluation import batch as batches
from core.evaluation import confusion
from core.evaluation.batch import Batch
from core.evaluation.evaluation import Evaluation
from core.files import writing_to
from core.runs.run import Run
from core.scratch import scratch_home
from dashboard import looking
from dashboard.charts import pictures
from dashboard.charts.matrix import matrix
from dashboard.classify.options import Asking
from dashboard.people import asking
from dashboard.server import jobs
from dashboard.widgets.plot import is_dark, plot
from dashboard.words import _, as_named, class_words, number, percent, plural, say

KIND = "batch"
MOST_ROWS = 2000  # of the table on the page; the CSV has all


def show(run: Run, options: Asking) -> None:
    """What to ask about, the progress, and what came of it."""
    st.caption(
        _(
            "A zip or a folder of pictures. Where they lie in folders named like the classes, the page also says how "
            "often the network is right."
        )
    )
    path = _given()
    if options.faces:
        st.caption(_("The largest face of each picture is cut out and asked about."))
    working = jobs.current(KIND)
    locked = path is None or bool(working and not working.done)
    pressed = st.button(
        _("Ask about all of them"), key="batch_go", type="primary", icon=":material/play_arrow:", disabled=locked
    )
    if pressed and path is not None and _start(run, path, options):
        st.rerun()
    jobs.follow(KIND, lambda _result: _result_of(run, options))


def _start(run: Run, path: Path, options: Asking) -> bool:
    switches = vars(options.switches)
    words = [part for name, on in switches.items() if not on for part in ("--off", name)]
    words += ["--face"] if options.faces else []
    words += [] if options.epoch is None else ["--epoch", str(options.epoch)]
    return jobs.start(KIND, ["batch", run.id, str(path), "--to", str(_home() / "result"), *words])


def _given() -> Path | None:
    """What is to be asked about: a zip, the files of a folder, or a folder of this machine."""
    ways = {"zip": _("A zip file"), "files": _("A folder from here")}
    if st.context.ip_address is None and asking.may_read_here():
        ways["path"] = _("A folder on this computer")
    way = st.segmented_control(
        _("Pictures"),
        list(ways),
        key="batch_way",
        default="zip",
        required=True,
        format_func=ways.__getitem__,
        help=_("They stay on this server and are removed after a day."),
    )
    if way == "path":
        return _path()
    return _zip() if way == "zip" else _files()


def _zip() -> Path | None:
    given = st.file_uploader(_("Zip file"), ["zip"], key="batch_zip", label_visibility="collapsed")
    if given is None:
        return None
    path = _home() / (re.sub(r"[^\w.-]", "_", given.name)[-80:] or "pictures.zip")
    if not path.exists() or path.stat().st_size != given.size:
        with writing_to(path), open(path, "wb") as file:
            shutil.copyfileobj(given, file)
    return path


def _files() -> Path | None:
    given = st.file_uploader(
        _("Folder"), accept_multiple_files="directory", key="batch_files", label_visibility="collapsed"
    )
    if not given:
        return None
    folder = _home() / "files"
    with writing_to(folder):
        shutil.rmtree(folder, ignore_errors=True)
        for file in given:
            path = folder.joinpath(*_parts(file.name))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.getvalue())
    return folder


def _parts(name: str) -> list[str]:
    """The folders and the name of an uploaded file, none of which leads out of the folder it is put into."""
    parts = [re.sub(r'[\\:*?"<>|\x00-\x1f]', "_", part).strip(" ") for part in name.split("/")]
    return [part for part in parts if part and part.strip(".")] or ["_"]


def _path() -> Path | None:
    text = st.text_input(
        _("Path of the folder"), key="batch_path", placeholder="/home/me/pictures", help=_("It is read, never changed.")
    )
    path = Path(text.strip()).expanduser()
    if not text.strip():
        return None
    if not path.exists():
        st.warning(_("There is nothing at {path}.", path=path), icon=":material/folder_off:")
        return None
    return path


def _result_of(run: Run, options: Asking) -> None:
    try:
        result = _load(str(_home() / "result"), (_home() / "result" / "batch.json").stat().st_mtime_ns)
    except (OSError, ValueError, KeyError):
        st.info(_("The answers have been removed meanwhile. Ask again."), icon=":material/refresh:")
        return
    classifier = looking.classifier(run, options.epoch)
    if result.classes != classifier.classes:
        st.caption(_("These are the answers of another network; ask again for this one."))
    _headline(result)
    if result.evaluation:
        _how_right(result)
    first = [place for place in sorted(result.shown) if place < batches.SHOWN]
    _wall(_("All pictures"), result, first, options)
    if len(result.names) > len(first):
        st.caption(_("The first {shown} of {n}.", shown=len(first), n=number(len(result.names))))
    _table(result, options)
    _refused(result)


@st.cache_resource(max_entries=8, show_spinner=False)
def _load(folder: str, _changed: int) -> Batch:
    return load(Path(folder))


def _headline(batch: Batch) -> None:
    right = batch.evaluation
    if right is None:
        st.success(plural(len(batch.names), "{n} picture asked about.", "{n} pictures asked about."))
        st.caption(_("They lie in no folders named like its classes, so nobody knows how often it is right."))
        _without_face(batch)
        return
    low, high = right.interval
    st.success(
        _(
            "{share} of {n} pictures right (95 % interval {low} to {high}).",
            share=percent(right.accuracy),
            n=number(right.n),
            low=percent(low),
            high=percent(high),
        )
    )
    _without_face(batch)
    for folder, n in batch.unknown.items():
        st.caption(
            f"{_('Folder “{folder}” is none of its classes.', folder=folder)} "
            + plural(n, "{n} picture is not counted.", "{n} pictures are not counted.")
        )


def _without_face(batch: Batch) -> None:
    """Counted where it can be seen: a face that is missed is a failure too, though not of the network."""
    if batch.faceless:
        sentence = plural(
            batch.faceless,
            "In {n} picture no face was found; it counts neither as right nor as wrong.",
            "In {n} pictures no face was found; they count neither as right nor as wrong.",
        )
        st.caption(sentence)


def _how_right(batch: Batch) -> None:
    right = batch.evaluation
    assert right
    left, side = st.columns([3, 2])
    with left:
        _matrix(right)
    with side:
        wrong = np.flatnonzero(right.predicted != right.labels)
        order = wrong[np.argsort(right.true_probability[wrong], kind="stable")]
        places = [int(right.rows[one]) for one in order if int(right.rows[one]) in batch.shown][:12]
        _wall(_("Worst mistakes"), batch, places, Asking())


def _wall(title: str, batch: Batch, places: list[int], options: Asking) -> None:
    if not places:
        return
    st.markdown(f"**{title}**")
    captions = []
    for place in places:
        chances, truth = batch.probabilities[place], int(batch.truths[place])
        best = int(chances.argmax())
        says = _("none of these") if chances[best] < options.least else as_named(batch.dataset, batch.classes[best])
        wrong = truth >= 0 and truth != best
        is_ = _("is: {label}", label=as_named(batch.dataset, batch.classes[truth])) if wrong else ""
        captions.append((not wrong, says, percent(float(chances[best]), 0), is_))
    names = [batch.names[place] for place in places]
    images = np.stack([batch.shown[place] for place in places])
    if batch.evaluation:
        st.html(pictures.answered_wall(images, captions, names))
    else:
        st.html(pictures.wall(images, [f"{says} {sure}" for _right, says, sure, _is in captions], names))


def _table(batch: Batch, options: Asking) -> None:
    rows = []
    for place, row in enumerate(batches.table(batch)):
        if place == MOST_ROWS:
            break
        sure = float(row["probability"])  # type: ignore[arg-type]
        line: dict[str, Any] = {_("File"): row["file"]}
        if batch.evaluation:
            line[_("Is")] = as_named(batch.dataset, str(row["is"]))
        line[_("Answer")] = _("none of these") if sure < options.least else as_named(batch.dataset, str(row["answer"]))
        rows.append({**line, _("Probability"): sure})
    share = st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1)
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        height=min(420, 40 + 36 * len(rows)),
        column_config={_("Probability"): share},
        alt=_("Each picture with the answer of the network"),
    )
    if len(batch.names) > MOST_ROWS:
        st.caption(_("The first {shown} of {n}.", shown=number(MOST_ROWS), n=number(len(batch.names))))
    st.download_button(
        _("All answers as CSV"),
        partial(batches.as_csv, batch),
        "answers.csv",
        "text/csv",
        key="batch_csv",
        icon=":material/download:",
        on_click="ignore",
        help=_("One row for each picture, with the probability of every class."),
    )


def _refused(batch: Batch) -> None:
    if not batch.refused:
        return
    title = plural(len(batch.refused), "{n} file was refused", "{n} files were refused")
    with st.expander(title, icon=":material/block:", key="batch_refused"):
        rows = [{_("File"): name, _("Why"): say(reason)} for name, reason in batch.refused[:MOST_ROWS]]
        st.dataframe(pd.DataFrame(rows), hide_index=True, alt=_("Refused files and why"))


def _home() -> Path:
    """A place for this viewer's pictures and answers; what is a day old there is removed."""
    folder = scratch_home() / f"batch-{_folder_name()}"
    with writing_to(folder):
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def _matrix(evaluation: Evaluation) -> None:
    """The confusion matrix in counts."""
    rows = confusion.sorted_classes(evaluation, "similarity")
    counts = confusion.confusion(evaluation)[np.ix_(rows, rows)]
    title = _("Rows: what it is. Columns: what the network says.")
    names = class_words(evaluation.dataset, [evaluation.classes[row] for row in rows])
    plot(matrix(counts, counts, names, title, _, number, is_dark()), key="batch-matrix")
    st.caption(_("The diagonal is right; everything beside it is a mistake."))


def _folder_name() -> str:
    """The name of the folder in which this viewer's pictures for a batch lie."""
    return st.session_state.setdefault("_batch", secrets.token_hex(8))
