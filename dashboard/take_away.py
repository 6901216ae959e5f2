"""The forms of a network to take away: made by a command, listed with how well each agrees, downloaded one by one."""

from functools import partial

import pandas as pd
import streamlit as st

from core.data.catalogue import dataset
from core.export.offered import ZIP, Export, Form, current, is_stale, member
from core.network import at_epoch
from core.network.classifier import ESTIMATOR, is_baseline, preprocessing
from core.network.estimator import TRUSTED
from core.runs.run import ACTIVE, Run
from dashboard import choices, resources
from dashboard.navigation import page
from dashboard.people.asking import by, is_mine
from dashboard.server import jobs
from dashboard.words import _, after_colon, in_markdown, number, percent, plural, say_again, size

KIND = "export"
ASKING = """import skops.io

kept = skops.io.load("{file}", trusted={trusted})
estimator = kept["estimator"]  # fitted; the rows of `images` are pixels / 255
print(estimator.predict(images.reshape(len(images), -1) / 255))"""
SINGLE = {
    "network.keras": "application/octet-stream",
    "network.tflite": "application/octet-stream",
    "network-int8.tflite": "application/octet-stream",
    "network.onnx": "application/octet-stream",
    "predict.py": "text/x-python",
    "reproduce.py": "text/x-python",
    "reproduce.ipynb": "application/x-ipynb+json",
}


def show(run: Run, epoch: int | None = None) -> None:
    """The button that makes the zip, its progress, and what came of it; of a baseline its one file.

    epoch  whose network; None: that which the run keeps
    """
    if is_baseline(run):
        _estimator(run)
        return
    made = current(run)
    if is_stale(run):
        st.info(
            _("There is an export, but the network was trained on since, or the file was damaged. Prepare it again."),
            icon=":material/update:",
        )
    follows = epoch is not None and epoch == at_epoch.last_epoch(run)  # which has moved on since it was made
    if made and not follows and made.epoch != at_epoch.asked_epoch(run, epoch):
        made = None  # of another epoch: it is made anew, and takes the place of that one
    _prepare(run, made, epoch)
    if made is None:
        _promise()
        return
    _download(run, made)
    _table(made)
    _single(run, made)
    _preview(run, made)


def _estimator(run: Run) -> None:
    path = run.folder / ESTIMATOR
    st.markdown(
        _(
            "This is a baseline of scikit-learn. It has one form: a file without pickle that skops reads (`pip install "
            "skops scikit-learn`). Its rows are the pixels of a picture, line by line, from 0 to 1."
        )
    )
    st.download_button(
        _("network.skops, {size}", size=size(path.stat().st_size)),
        path.read_bytes,
        f"{run.id}.skops",
        "application/octet-stream",
        key="estimator_file",
        type="primary",
        icon=":material/download:",
        on_click="ignore",
        help=_("The fitted estimator, and how many classes there are."),
    )
    st.code(ASKING.format(file=f"{run.id}.skops", trusted=TRUSTED), language="python")


def _prepare(run: Run, made: Export | None, epoch: int | None) -> None:
    if not is_mine(run):
        _somebody_elses(run, made)
        return
    working = jobs.current(KIND)
    pressed = st.button(
        _("Prepare again") if made else _("Prepare"),
        key="export_go",
        type="secondary" if made else "primary",
        icon=":material/package_2:",
        disabled=bool(working and not working.done),
        help=_("Writes every form and asks each in a process of its own: about half a minute."),
    )
    of_epoch = [] if epoch is None else ["--epoch", str(epoch)]
    if pressed and jobs.start(KIND, ["export", run.id, *of_epoch]):
        st.rerun()
    jobs.follow(KIND, lambda _result: None)


def _somebody_elses(run: Run, made: Export | None) -> None:
    """Whose it is; where it is not prepared, who can do that, and how to have one's own."""
    whose = by(run.meta.owner)
    if made:
        said = _("Prepared by whoever trained it, or by the teacher; everybody may take it.")
        st.caption(f"{whose} · {said}" if whose else said)
        return
    st.info(
        _(
            "This network is not prepared yet. Whoever trained it, or the teacher, can do that; then everybody may "
            "take it. For one of your own, train its recipe again."
        ),
        title=whose or None,
        icon=":material/package_2:",
    )
    recipe = resources.recipe(run)
    if recipe:
        link = choices.link(recipe)
        st.page_link(page("train"), label=_("To its recipe"), icon=":material/tune:", query_params=link)


def _promise() -> None:
    """What there will be, before it is there."""
    kinds = {
        ".keras": _("Keras's own format"),
        "LiteRT": _("for telephones and small computers, in single precision and with 8 bits"),
        "ONNX": _("for most other programs, and for web pages"),
        "predict.py": _("names what is in a picture, with the preprocessing of this network"),
        "reproduce.py": _("trains the network again in plain Keras; as a notebook too"),
    }
    st.markdown("\n".join(f"- {after_colon(f'**{name}**', about)}" for name, about in kinds.items()))


def _download(run: Run, export: Export) -> None:
    out = [form for form in export.forms if not form.offered]
    n = len(export.forms) - len(out)
    said = plural(n, "{n} file was tried and does what it should.", "{n} files were tried and do what they should.")
    if out:
        st.warning(
            said + " " + plural(len(out), "{n} does not and is left out.", "{n} do not and are left out."),
            icon=":material/rule:",
        )
        for form in out:
            st.caption(after_colon(f"**{form.file}**", in_markdown(say_again(form.template, form.values))))
    else:
        st.success(said, icon=":material/verified:")
    st.download_button(
        _("Everything as a zip, {size}", size=size(export.size)),
        (run.folder / ZIP).read_bytes,
        f"{run.id}{'' if export.epoch is None else f'-epoch-{export.epoch}'}.zip",
        "application/zip",
        key="export_zip",
        type="primary",
        icon=":material/download:",
        on_click="ignore",
        help=_("README.txt in it says what each file is and how to use it."),
    )
    if export.epoch is not None:
        st.caption(_of_epoch(run, export.epoch))
    if run.config.begin_from:
        st.caption(_("The run went on from another run's epoch; reproduce.py begins with the same weights."))
    if resources.history(run).changes:
        st.caption(
            _("The run was changed while it trained; reproduce.py makes the same changes at the same epochs by itself.")
        )
    if export.images:
        _say_of_images(run, export)


def _of_epoch(run: Run, epoch: int) -> str:
    if run.status and run.status.result and run.state not in ACTIVE:
        return _(
            "The network of epoch {epoch}. It was not tested: what the test says is about the network that the run "
            "keeps.",
            epoch=epoch,
        )
    return _("The network of epoch {epoch}, of a run that has not been tested yet.", epoch=epoch)


def _say_of_images(run: Run, export: Export) -> None:
    spec = dataset(run.config.dataset)
    said = _(
        "It holds the images of the run ({size} of pixels), since the script cannot download these.",
        size=size(export.images),
    )
    if spec.faces or spec.folder:
        said += " " + _("Do not pass them on without asking those who are on them.")
    st.caption(said)


def _table(export: Export) -> None:
    rows = [
        {_("File"): one.file, _("Size"): size(one.bytes) if one.bytes else "", _("Checked"): _checked(one)}
        for one in export.forms
    ]
    wide = {_("Checked"): st.column_config.TextColumn(width="large")}
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        column_config=wide,
        alt=_("Each form with its size and how well it agrees with Keras"),
    )


def _checked(form: Form) -> str:
    if not form.offered:
        return _("left out")
    if form.accuracy is not None and form.keras_accuracy is not None:
        return _(
            "{share} right instead of {keras}, n = {n}",
            share=percent(form.accuracy),
            keras=percent(form.keras_accuracy),
            n=number(form.n),
        )
    if form.difference is None:
        return _("its images and its number of weights are the run's")
    return plural(
        form.n,
        "agrees with Keras to {difference} on {n} image",
        "agrees with Keras to {difference} on {n} images",
        difference=f"{form.difference:.0e}".replace("e-0", "e-") if form.difference else "0",
    )


def _single(run: Run, export: Export) -> None:
    """Each file by itself; it is read from the zip when its button is pressed."""
    offered = {form.file for form in export.forms if form.offered}
    if "reproduce.py" in offered:
        offered.add("reproduce.ipynb")
    with st.expander(_("Files one by one"), icon=":material/folder_zip:", key="export_single"):
        with st.container(horizontal=True):
            for name, kind in SINGLE.items():
                if name in offered:
                    st.download_button(
                        name,
                        partial(member, run, name),
                        name,
                        kind,
                        key=f"export_{name}",
                        icon=":material/download:",
                        on_click="ignore",
                    )
        sees = preprocessing(run)
        st.caption(
            _(
                "Every form takes images (n, {side}, {side}, {channels}) from 0 to 1 and gives a probability for each "
                "class. The scripts need the other files of the zip beside them.",
                side=sees.size,
                channels=sees.channels,
            )
        )


def _preview(run: Run, export: Export) -> None:
    if any(form.file == "reproduce.py" and form.offered for form in export.forms):
        with st.expander(_("The script that trains it again"), icon=":material/code:", key="export_preview"):
            st.code(member(run, "reproduce.py").decode("utf-8"), language="python")
