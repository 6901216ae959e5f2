"""What was handed in: one table, one page at a time with a comment that goes back, all of it as a zip or a CSV."""

import base64
import io
from datetime import datetime

import streamlit as st

from core.classwork import handed_in, register
from core.classwork.handed_in import LONGEST_COMMENT, HandedIn
from core.people import acting
from core.people.acting import acting_as
from core.people.classroom import Classroom
from core.people.person import Person
from dashboard import resources
from dashboard.actions import attempt
from dashboard.people.asking import nicknames
from dashboard.people.handed import in_words
from dashboard.words import _, in_markdown, number, percent, plural

HEIGHT = 640  # pixels of the page that is read


def show(room: Classroom) -> None:
    handed = handed_in.collected(room)
    missing = register.missing(room, handed)
    if not handed:
        st.info(
            _("Nothing was handed in yet. Pupils find “Hand in” below their runs, races and lessons."),
            icon=":material/inbox:",
        )
        return
    _downloads(room, len(handed))
    if missing:
        st.caption(_("Nothing yet from: {names}", names=in_markdown(", ".join(missing))))
    titles = list(dict.fromkeys(one.title for one in handed))
    everything = _("all")
    chosen = everything
    if len(titles) > 1:
        chosen = st.selectbox(
            _("About"), [everything, *titles], key="register_about", width=420, help=_("Of which run, race or lesson.")
        )
    shown = [one for one in handed if chosen in (everything, one.title)]
    picked = st.dataframe(
        [_line(one) for one in shown],
        hide_index=True,
        key="register",
        on_select="rerun",
        selection_mode="single-row",
    )
    rows = picked.get("selection", {}).get("rows", [])
    if not rows or rows[0] >= len(shown):
        st.caption(_("Tick a line to read its page and to comment on it."))
        return
    _one(room, shown[rows[0]])


def _line(one: HandedIn) -> dict[str, str]:
    run = next((run for run in one.runs if run in resources.rows()), None)
    row = resources.rows()[run] if run else None
    accuracy = "–"
    if row and row.test_accuracy is not None and row.n_test:
        accuracy = f"{percent(row.test_accuracy)} · n = {number(row.n_test)}"
    return {
        _("Who"): nicknames().get(one.person, "–"),
        _("What"): one.title,
        _("When"): datetime.fromtimestamp(one.at).strftime("%H:%M") + (f" · {_('after time')}" if one.late else ""),
        _("Test accuracy"): accuracy,
        _("In their own words"): one.words,
        _("Comment"): one.comment,
    }


def _one(room: Classroom, one: HandedIn) -> None:
    st.subheader(in_markdown(f"{nicknames().get(one.person, '–')} · {one.title}"), anchor=False)
    st.caption(in_words(one))
    key = f"comment-{one.person}-{one.subject}"
    st.text_area(
        _("Your comment"),
        one.comment,
        key=key,
        max_chars=LONGEST_COMMENT,
        height=90,
        on_change=_comment,
        args=(room, one, key),
        help=_("They read it below the page that they handed in, and in their own menu."),
    )
    # an origin of its own: whatever stood in the page could not reach this one
    page = base64.b64encode(handed_in.page(room, one)).decode()
    st.iframe(f"data:text/html;base64,{page}", height=HEIGHT, alt=_("The page that was handed in"))


def _comment(room: Classroom, one: HandedIn, key: str) -> None:
    if attempt(lambda: handed_in.comment(room, one, st.session_state[key])):
        st.toast(_("Kept; they read it with their page."), icon=":material/check:")


def _downloads(room: Classroom, n: int) -> None:
    """Made at a press, when no page is asked for: by whoever looked at this one."""
    person = acting.acting()
    assert person
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plural(n, '{n} page', '{n} pages')}**")
        st.space("stretch")
        st.download_button(
            _("All pages (zip)"),
            lambda: _zip(room, person),
            "handed-in.zip",
            "application/zip",
            key="register_zip",
            icon=":material/folder_zip:",
            on_click="ignore",
            help=_("Every page as a file, and the table."),
        )
        st.download_button(
            _("Table (CSV)"),
            lambda: _table(room, person),
            "handed-in.csv",
            "text/csv",
            key="register_csv",
            icon=":material/table:",
            on_click="ignore",
            help=_("One line a page, with the figures of its run; opens in any spreadsheet."),
        )


def _zip(room: Classroom, person: Person) -> bytes:
    file = io.BytesIO()
    with acting_as(person):
        register.pack(resources.store(), room, file)
    return file.getvalue()


def _table(room: Classroom, person: Person) -> bytes:
    with acting_as(person):
        return register.table(resources.store(), room)
