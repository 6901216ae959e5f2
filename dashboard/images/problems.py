"""What is wrong with a dataset's pictures, and what to do about it: leave out, keep, undo."""

import numpy as np
import streamlit as st

from core.data import editing, versions
from core.data.dataset import Dataset
from core.data.problems import Finding, Row, extras
from core.errors import FitscopeError
from dashboard import resources
from dashboard.actions import attempt
from dashboard.charts import pictures
from dashboard.server import jobs
from dashboard.words import _, as_named, number, plural, say

GROUPS = 12  # of a kind, shown at once
SHOWN = 8  # pictures of a group
ORDER = ("leak", "exact", "near", "blank")


def show(dataset: Dataset, version: str) -> None:
    """The version in use, the check, and its findings with what can be done about each."""
    _version_bar(dataset)
    job = jobs.current("check")
    pressed = st.button(
        _("Look for problems"),
        key="check",
        type="primary",
        icon=":material/search:",
        disabled=bool(job and not job.done),
        help=_("Copies, nearly equal pictures, copies in training and test, blank pictures."),
    )
    if pressed and jobs.start("check", ["check", dataset.name]):
        st.rerun()
    jobs.follow("check", lambda result: None)
    try:
        report = editing.read_report(dataset)
        findings = editing.open_findings(dataset, report) if report else []
    except FitscopeError as error:
        st.error(say(error), icon=":material/error:")
        return
    if report is None:
        st.caption(_("Nobody has looked yet. Tens of thousands of pictures take about a minute."))
        return
    st.markdown(_("{n} pictures were looked at.", n=number(report.n)))
    if not findings:
        st.success(_("Nothing open: no copies, no leaks, no blank pictures."), icon=":material/check:")
    for kind in ORDER:
        _kind(dataset, kind, [one for one in findings if one.kind == kind])


def _version_bar(dataset: Dataset) -> None:
    """Which version new runs get, and the way back."""
    edits = versions.history(dataset)
    if not edits:
        return
    newest = edits[0]
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            _(
                "New runs get version **{version}**: {excluded} pictures left out, {relabelled} relabelled. Runs from "
                "before keep theirs.",
                version=newest.id[:6],
                excluded=number(newest.n_excluded),
                relabelled=number(newest.n_relabelled),
            )
        )
        st.space("stretch")
        st.button(
            _("Undo the last change"),
            key="undo_version",
            icon=":material/undo:",
            on_click=_choose,
            args=(dataset, newest.parent),
            help=_("Back to the version before."),
        )


def _kind(dataset: Dataset, kind: str, findings: list[Finding]) -> None:
    if not findings:
        return
    title, means = _words(kind, len(findings))
    out = list({row for one in findings for row in extras(one)})
    with st.container(border=True):
        st.markdown(f"**{title}**")
        st.caption(means)
        with st.container(horizontal=True):
            st.button(
                plural(len(out), "Leave {n} picture out", "Leave {n} pictures out"),
                key=f"out_{kind}",
                icon=":material/delete_sweep:",
                on_click=_leave_out,
                args=(dataset, out),
                help=_("Of each group one stays: that of the test, else the first. Where labels disagree none stays."),
            )
            st.button(
                _("Keep all"),
                key=f"keep_{kind}",
                icon=":material/done_all:",
                on_click=_keep,
                args=(dataset, [one.key for one in findings]),
                help=_("They are not shown again."),
            )
        for one in findings[:GROUPS]:
            _group(dataset, one)
        if len(findings) > GROUPS:
            st.caption(_more(len(findings) - GROUPS))


def _more(n: int) -> str:
    return plural(n, "… and one more like these.", "… and {n} more like these.")


def _group(dataset: Dataset, finding: Finding) -> None:
    left, right = st.columns([4, 1], vertical_alignment="center")
    shown = finding.rows[:SHOWN]
    words = [f"{as_named(dataset.name, dataset.classes[row.label])} · {_split(row.split)}" for row in shown]
    if finding.mixed_labels:
        left.caption(":material/warning: " + _("The same picture with different labels."))
    left.html(pictures.numbered_wall(_images(dataset, shown), words, [row.row for row in shown], side=56))
    if len(finding.rows) > SHOWN:
        left.caption(_more(len(finding.rows) - SHOWN))
    with right.container(horizontal=True):
        st.button(
            _("Leave out"),
            key=f"out_{finding.key}",
            on_click=_leave_out,
            args=(dataset, list(extras(finding))),
            type="tertiary",
        )
        st.button(_("Keep"), key=f"keep_{finding.key}", on_click=_keep, args=(dataset, [finding.key]), type="tertiary")


def _words(kind: str, n: int) -> tuple[str, str]:
    """(title, what it means) of a kind of finding."""
    return {
        "leak": (
            plural(n, "{n} leak between training and test", "{n} leaks between training and test"),
            _("The same picture in training and in validation or test: the network is asked what it was told."),
        ),
        "exact": (
            plural(n, "{n} group of equal pictures", "{n} groups of equal pictures"),
            _("Copies count twice: in training they pull, in the test they make an accident look certain."),
        ),
        "near": (
            plural(n, "{n} group of nearly equal pictures", "{n} groups of nearly equal pictures"),
            _("Pictures of a series, or the same one saved again. Whether they are too alike is for you to say."),
        ),
        "blank": (
            plural(n, "{n} blank picture", "{n} blank pictures"),
            _("All pixels are the same: there is nothing to learn from."),
        ),
    }[kind]


def _split(split: str) -> str:
    return {"train": _("training"), "validation": _("validation"), "test": _("test")}[split]


def _images(dataset: Dataset, rows: tuple[Row, ...]) -> np.ndarray:
    base = resources.base_splits(dataset)
    return np.stack([np.asarray(getattr(base, row.split).images[row.row]) for row in rows])


def _leave_out(dataset: Dataset, rows: list[Row]) -> None:
    attempt(lambda: editing.leave_out(dataset, rows))


def _choose(dataset: Dataset, version: str) -> None:
    attempt(lambda: versions.choose(dataset, version))


def _keep(dataset: Dataset, keys: list[str]) -> None:
    attempt(lambda: versions.keep(dataset, keys))
