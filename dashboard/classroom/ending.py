"""The end of a class: what goes and what stays, said before anything is deleted."""

import streamlit as st

from core.classwork import ending
from core.classwork.ending import Ending
from core.people.classroom import Classroom
from dashboard import resources
from dashboard.actions import attempt
from dashboard.words import _, in_markdown, plural, say

NAMED = 20  # runs


def show(room: Classroom) -> None:
    foreseen = ending.foreseen(resources.store(), room)
    st.write(
        _(
            "Everything of the class stays on this machine until you end it. Then this is deleted for good, "
            "and cannot be brought back:"
        )
    )
    keep = _what_goes(foreseen)
    refusal = ending.problem(foreseen)
    if refusal:
        st.warning(say(refusal), icon=":material/hourglass_top:")
    sure = st.checkbox(_("Delete this and end the class"), key="sure_to_end", disabled=refusal is not None)
    locked = not sure or refusal is not None
    pressed = st.button(
        _("End of class"), key="end_class", type="primary", icon=":material/delete_forever:", disabled=locked
    )
    if pressed and not locked and _end(room, keep):
        st.rerun()


def _what_goes(foreseen: Ending) -> list[str]:
    """The lists; returns the names of the datasets that stay."""
    pupils = [person.name for person in foreseen.people if not person.teacher]
    needed = [one.name for one in foreseen.datasets if one.name in foreseen.needed]
    kept = st.session_state.get("datasets_to_keep", needed)
    gone = [one for one in foreseen.datasets if one.name not in kept]
    st.markdown(
        "\n".join(
            f"- {line}"
            for line in (
                plural(len(pupils), "{n} nickname", "{n} nicknames"),
                plural(len(foreseen.runs), "{n} run without a star", "{n} runs without a star"),
                plural(foreseen.drafts, "{n} unfinished import", "{n} unfinished imports"),
                plural(
                    foreseen.handed,
                    "{n} page that was handed in: take it along first, under “Handed in”",
                    "{n} pages that were handed in: take them along first, under “Handed in”",
                ),
                plural(foreseen.collected, "{n} collected picture", "{n} collected pictures"),
                plural(len(gone), "{n} dataset of theirs", "{n} datasets of theirs"),
                *_what_else(foreseen),
            )
        )
    )
    if foreseen.kept:
        names = ", ".join(in_markdown(run.meta.name) for run in foreseen.kept[:NAMED])
        more = len(foreseen.kept) - NAMED
        names += f" … (+{more})" if more > 0 else ""
        st.markdown(_("Kept for their star, without the name of whoever made them: {names}", names=names))
    else:
        st.caption(_("No run of theirs has a star. Give one to a run that you want to keep, in its menu."))
    if not foreseen.datasets:
        return []
    titles = {one.name: one.title for one in foreseen.datasets}
    return st.multiselect(
        _("Datasets to keep"),
        list(titles),
        needed,
        key="datasets_to_keep",
        format_func=titles.__getitem__,
        help=_("Those that a kept run was trained on are ticked. They may show faces: keep only what you may."),
    )


def _what_else(foreseen: Ending) -> list[str]:
    """Of what few classes have, what there is."""
    lines = {
        plural(n := foreseen.questions, "{n} race or experiment of theirs", "{n} races and experiments of theirs"): n,
        plural(n := foreseen.answers, "{n} answer of theirs", "{n} answers of theirs to questions and challenges"): n,
        plural(n := foreseen.aside, "{n} recipe put aside by a lock", "{n} recipes put aside by a lock"): n,
    }
    return [line for line, n in lines.items() if n]


def _end(room: Classroom, keep: list[str]) -> bool:
    if not attempt(lambda: ending.end(resources.store(), room, keep)):
        return False
    st.session_state["_class_ended"] = True
    return True
