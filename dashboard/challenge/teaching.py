"""The teacher's view of a challenge: begin one, its board on the projector, what was asked, how it ends."""

from collections.abc import Callable
from datetime import datetime

import streamlit as st

from core.classwork import challenge as challenges
from core.classwork.challenge import MOST_TRIES, Challenge
from core.data import cache, catalogue
from core.errors import FitscopeError
from core.people.classroom import Classroom
from core.recipe.sent import send_page
from dashboard.actions import attempt
from dashboard.challenge import standings
from dashboard.people.asking import nicknames
from dashboard.words import _, as_named, in_markdown, number, percent, plural, say

LOOK_SECONDS = 2.0
MILLION = 1_000_000


def show(room: Classroom) -> None:
    newest = next(iter(challenges.challenges(room)), None)
    if newest is None or st.session_state.get("_another_challenge") == newest.number:
        _form(room)
        return
    rules(newest)
    _buttons(room, newest)
    _board(room, newest.number)
    _log(room, newest)


def rules(made: Challenge) -> None:
    """One line that says what it is about, as large as a projector wants it."""
    st.markdown(f"### {in_markdown(made.title)}")
    images = catalogue.datasets().get(made.from_dataset)
    parts = [
        *([_("Images: {dataset}", dataset=in_markdown(as_named(made.from_dataset, images.title)))] if images else []),
        _(
            "Sealed: {public} public and {private} private images",
            public=number(made.n_public),
            private=number(made.n_private),
        ),
        plural(made.tries, "each asks {n} time", "each asks {n} times"),
    ]
    if made.epochs:
        parts.append(plural(made.epochs, "{n} epoch each in all", "{n} epochs each in all"))
    if made.multiply_adds:
        parts.append(_("{n} million multiply-adds each in all", n=number(made.multiply_adds / MILLION)))
    st.markdown(" · ".join(parts))


@st.fragment(run_every=LOOK_SECONDS)
def _board(room: Classroom, challenge: int) -> None:
    made = challenges.get(room, challenge)
    if made:
        standings.board(room, made)


def _form(room: Classroom) -> None:
    st.markdown(
        _(
            "Part of a dataset’s test images is sealed: nobody sees them or trains on them. Everybody trains on the "
            "rest, and asks the sealed ones a few times only."
        )
    )
    here = {name: spec for name, spec in catalogue.datasets().items() if cache.available(spec)}
    titles = {name: as_named(name, spec.title) for name, spec in here.items()}
    left, right = st.columns(2)
    left.selectbox(
        _("Dataset"),
        list(titles),
        list(titles).index("digits") if "digits" in titles else 0,
        key="challenge_dataset",
        format_func=titles.__getitem__,
        help=_("Its training images stay as they are; of its test images a fifth stays visible."),
    )
    right.text_input(
        _("What it is called"),
        _("Challenge {n}", n=len(challenges.challenges(room)) + 1),
        key="challenge_title",
        max_chars=60,
        help=_("Its dataset is called so, too: everybody trains on it."),
    )
    left.number_input(
        _("Askings of each"),
        1,
        MOST_TRIES,
        5,
        key="challenge_tries",
        help=_("The more often one may ask, the more luck decides: that is the lesson afterwards."),
    )
    kinds = {"none": _("None"), "epochs": _("Epochs"), "work": _("Multiply-adds")}
    kind = right.segmented_control(
        _("Budget of each"),
        list(kinds),
        default="epochs",
        required=True,
        key="challenge_budget",
        format_func=kinds.__getitem__,
        help=_("What all trainings of one person may take together: else whoever trains longest is ahead."),
    )
    if kind == "epochs":
        right.number_input(_("Epochs in all"), 1, 100_000, 60, key="challenge_epochs", help=_("Of all runs."))
    if kind == "work":
        help = _("Images × epochs × multiply-adds of an answer × 3: forward once, backward twice.")
        right.number_input(_("Million multiply-adds in all"), 1, 1_000_000_000, 50_000, key="challenge_work", help=help)
    with st.container(horizontal=True):
        st.button(
            _("Seal and begin"),
            key="challenge_begin",
            type="primary",
            icon=":material/lock:",
            on_click=_begin,
            args=(room,),
        )
        if "_another_challenge" in st.session_state:
            st.button(
                _("Back"),
                key="challenge_back",
                icon=":material/arrow_back:",
                on_click=lambda: st.session_state.pop("_another_challenge", None),
            )
    if refusal := st.session_state.pop("_challenge_refused", None):
        st.warning(say(refusal), icon=":material/error:")


def _begin(room: Classroom) -> None:
    """What stands in the form at the press: what was typed last may not have been drawn yet."""
    said = {name: st.session_state.get(f"challenge_{name}") for name in ("dataset", "title", "tries", "epochs", "work")}
    budget = st.session_state["challenge_budget"]
    epochs = int(said["epochs"] or 0) if budget == "epochs" else 0
    work = int(said["work"] or 0) * MILLION if budget == "work" else 0
    try:
        chosen = catalogue.dataset(str(said["dataset"]))
        challenges.begin(room, chosen, str(said["title"]), int(said["tries"] or 1), epochs, work)
        st.session_state.pop("_another_challenge", None)
    except FitscopeError as error:
        st.session_state["_challenge_refused"] = error


def _buttons(room: Classroom, made: Challenge) -> None:
    with st.container(horizontal=True):
        if made.state == "open":
            st.button(
                _("Show it on every screen"),
                key="challenge_send",
                icon=":material/send:",
                on_click=lambda: _told(room, made),
                help=_("A bar with a link to the Challenge page appears within two seconds."),
            )
            st.button(
                _("End and reveal"),
                key="challenge_end",
                type="primary",
                icon=":material/lock_open:",
                on_click=_turn,
                args=(challenges.end, room, made.number),
                help=_("Nobody asks any more; the private half is told."),
            )
            return
        st.button(
            _("Let it go on"),
            key="challenge_go_on",
            icon=":material/undo:",
            on_click=_turn,
            args=(challenges.go_on, room, made.number),
            help=_("They may ask again; whoever saw the private half has seen it."),
        )
        st.button(
            _("Another challenge"),
            key="challenge_another",
            icon=":material/add:",
            on_click=lambda: st.session_state.update(_another_challenge=made.number),
        )
        with st.popover(_("Withdraw"), icon=":material/delete:", key="challenge_withdraw"):
            st.markdown(_("The board and what was asked are deleted for good; the dataset and the runs stay."))
            st.button(
                _("Withdraw it"),
                key="challenge_withdraw_sure",
                type="primary",
                on_click=_turn,
                args=(challenges.withdraw, room, made.number),
            )


def _turn(action: Callable[[Classroom, int], None], room: Classroom, number: int) -> None:
    attempt(lambda: action(room, number))


def _told(room: Classroom, made: Challenge) -> None:
    if attempt(lambda: send_page(room, "challenge", made.title)):
        st.toast(_("Done; their screens show it within two seconds."), icon=":material/check:")


def _log(room: Classroom, made: Challenge) -> None:
    """Every asking, the newest first: nothing is asked in secret."""
    with st.expander(
        _("What was asked"), icon=":material/receipt_long:", key="challenge_log", on_change="rerun"
    ) as opened:
        if not opened.open:
            return
        names, over = nicknames(), made.state == "ended"
        rows = [
            {
                _("When"): datetime.fromtimestamp(one.at).strftime("%H:%M:%S"),
                _("Who"): names.get(one.person, "–"),
                _("Run"): one.run,
                _("Public"): percent(one.public.mean()) if one.answered else _("interrupted"),
                **({_("Private"): percent(one.private.mean()) if one.answered else "–"} if over else {}),
            }
            for one in reversed(standings.known(room, made))
        ]
        if rows:
            st.dataframe(rows, hide_index=True, key="challenge_askings")
        else:
            st.caption(_("Nothing yet."))
