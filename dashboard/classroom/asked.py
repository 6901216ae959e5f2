"""The question that was asked, on the projector: how many have answered, then what, then what is right."""

import html
from collections.abc import Mapping, Sequence

import streamlit as st

from core.classwork import drawn
from core.classwork import question as questions
from core.classwork.question import Question
from core.people.classroom import Classroom
from core.recipe.config import TrainingConfig
from core.runs.history import History
from core.runs.run import ACTIVE, Run
from dashboard import choices, resources
from dashboard.actions import attempt, start_run
from dashboard.charts import guesses
from dashboard.charts.parts import VALIDATION
from dashboard.live import state_words
from dashboard.navigation import page
from dashboard.people.answering import in_words
from dashboard.people.asking import nicknames
from dashboard.widgets.plot import plot
from dashboard.words import _, in_markdown, language, number, percent, plural, points

LOOK_SECONDS = 1.0
NAMED = 5  # of those who were nearest
STYLE = f"""
<style>
.asked h2 {{ font-size:2rem; line-height:1.25; margin:.4rem 0 1rem }}
.asked ol {{ list-style:none; margin:0; padding:0 }}
.asked li {{ display:grid; grid-template-columns:minmax(12rem, 2fr) 3fr 7rem; gap:1rem; align-items:center;
  margin:.5rem 0!important; font-size:1.35rem }}
.asked .bar {{ height:1.5rem; border-radius:.3rem; background:{VALIDATION} }}
.asked .right {{ font-weight:700 }} .asked .right .bar {{ background:#2E9E6B }}
.asked .n {{ font-variant-numeric:tabular-nums }}
@media (max-width:640px) {{ .asked li {{ grid-template-columns:1fr 4rem }} .asked .track {{ grid-column:1 / -1 }} }}
</style>
"""


def heading(text: str, rows: str = "") -> str:
    """HTML of a question, and of its choices as list items."""
    return f"{STYLE}<div class=asked><h2>{html.escape(text)}</h2><ol>{rows}</ol></div>"


def show(room: Classroom, question: Question) -> None:
    if question.epochs:
        _curves(room, question)
    else:
        _choices(room, question)
    _buttons(room, question)


@st.fragment(run_every=LOOK_SECONDS)
def _choices(room: Classroom, question: Question) -> None:
    """The question as large as a projector wants it; how many have answered, and what, once it is closed."""
    given = questions.answers(room, question)
    text, choices = in_words(question)
    counts = questions.tally(question, given)
    rows = []
    for place, choice in enumerate(choices):
        bar = count = mark = ""
        if question.state != "open":
            share = counts[place] / max(1, len(given))
            bar = f'<div class=bar style="width:{100 * share:.1f}%"></div>'
            count = f"{number(counts[place])} · {percent(share, 0)}"
        if question.state == "revealed" and place == question.right:
            mark = "✓ "
        css = ' class="right"' if mark else ""
        rows.append(
            f"<li{css}><span>{mark}{html.escape(choice)}</span>"
            f"<span class=track>{bar}</span><span class=n>{count}</span></li>"
        )
    st.html(heading(text, "".join(rows)))
    _how_many(room, len(given))
    if question.state == "revealed" and question.right is not None and given:
        right = counts[question.right]
        st.markdown(plural(right, "{n} was right, of {all}.", "{n} were right, of {all}.", all=number(len(given))))


def _how_many(room: Classroom, given: int) -> None:
    pupils = number(sum(not person.teacher for person in room.people()))
    st.markdown(f"**{plural(given, '{n} of {all} has answered', '{n} of {all} have answered', all=pupils)}**")


@st.fragment(run_every=LOOK_SECONDS)
def _curves(room: Classroom, question: Question) -> None:
    """All curves over each other once nobody draws any more, then the true one as it grows, and who was nearest."""
    curves = drawn.drawn(room, question)
    text, _none = in_words(question)
    st.html(heading(text))
    _how_many(room, len(curves))
    if question.state == "open":
        return
    run = _that_answers(question)
    history = resources.history(run) if run else None
    true = list(zip(history.column("epoch"), history.column("val_accuracy"), strict=True)) if history else []
    middle = drawn.middle(curves, question.epochs)
    plot(guesses.guesses(list(curves.values()), middle, true, question.epochs, _), key="guesses")
    if run and history:
        _how_far(run, history)
    st.caption(
        _(
            "Grey: what each drew. Dashed: the median of the class at each epoch. Solid: the run, as far as it is. "
            "Who is nearest has the smallest mean distance."
        )
    )
    if history and true:
        _nearest(curves, drawn.nearest(curves, history))


def _that_answers(question: Question) -> Run | None:
    """None where there is none yet, or it was deleted."""
    run = Run(resources.store().folder / question.run)
    return run if question.run and run.folder.is_dir() else None


def _how_far(run: Run, history: History) -> None:
    """How the run that answers stands: before its first epoch the chart says nothing of it."""
    state = run.state
    colour, icon = state_words.BADGES[state]
    words = [state_words.state_word(state)] + [state_words.progress(run, state, history)] * (state != "damaged")
    if n := history.start.get("n_validation"):
        words.append(_("on {n} validation images", n=number(n)))
    st.badge(" · ".join(filter(None, words)), icon=f":material/{icon}:", color=colour)  # type: ignore[arg-type]


def _nearest(curves: Mapping[str, drawn.Curve], order: Sequence[drawn.Guess]) -> None:
    names = nicknames()
    lines = [
        _(
            "{place}. **{name}**, {error}",
            place=place,
            name=in_markdown(names.get(guess.person, "–")),
            error=points(guess.error),
        )
        for place, guess in enumerate(order[:NAMED], 1)
    ]
    st.markdown(_("Nearest, of {n}: {names}", n=number(len(order)), names=" · ".join(lines)))


def _answering_run(room: Classroom, question: Question) -> None:
    """Which run answers a curve: one that is trained now, or one that there is."""
    recipe = TrainingConfig.from_text(question.recipe)
    st.button(
        _("Train it now"),
        key="ask_train",
        type="primary",
        icon=":material/play_arrow:",
        on_click=_train,
        args=(room, recipe, question.text),
        help=_("Your run goes first; its curve grows over those that were drawn."),
    )
    earlier = resources.newest_of(recipe.pinned())
    if earlier and resources.history(earlier).epochs:
        st.button(
            _("Let the newest run of it answer"),
            key="ask_earlier",
            icon=":material/history:",
            on_click=lambda: _attempted(lambda: _reveal(room, earlier.id)),
            help=_("{run}: it has this recipe already.", run=in_markdown(earlier.meta.name)),
        )


def _came_to_nothing(question: Question) -> bool:
    """Whether the run that was to answer has ended, or was deleted, before its first epoch: another may answer."""
    run = _that_answers(question)
    return run is None or (run.state not in ACTIVE and not resources.history(run).epochs)


def _train(room: Classroom, recipe: TrainingConfig, name: str) -> None:
    if start_run(recipe, name):
        _attempted(lambda: _reveal(room, choices.run_id() or ""))


def _reveal(room: Classroom, run: str) -> None:
    questions.answered_by(room, run)
    questions.turn(room, "revealed")


def _buttons(room: Classroom, question: Question) -> None:
    with st.container(horizontal=True):
        if question.state == "open":
            _turn(room, "closed", _("Close and show the answers"), "bar_chart", primary=True)
        if question.state == "closed":
            if question.epochs:
                _answering_run(room, question)
            elif question.right is not None:
                _turn(room, "revealed", _("Reveal"), "lightbulb", primary=True)
            _turn(room, "open", _("Open again"), "undo")
        if question.state == "revealed" and question.epochs and _came_to_nothing(question):
            _answering_run(room, question)
        st.button(
            _("Next question"),
            key="ask_end",
            icon=":material/skip_next:",
            on_click=lambda: _attempted(lambda: questions.end(room), forward=not question.lesson),
            help=_("Takes this one from all screens."),
        )
    if question.lesson and question.state != "open":
        st.page_link(
            page("lessons"),
            label=_("Let the lesson answer"),
            icon=":material/play_arrow:",
            query_params={"lesson": question.lesson, "lang": language()},
        )


def _turn(room: Classroom, state: questions.State, label: str, icon: str, primary: bool = False) -> None:
    st.button(
        label,
        key=f"ask_{state}",
        type="primary" if primary else "secondary",
        icon=f":material/{icon}:",
        on_click=lambda: _attempted(lambda: questions.turn(room, state)),
    )


def _attempted(action, forward: bool = False) -> None:  # type: ignore[no-untyped-def]
    if attempt(action) and forward:
        st.session_state["_quiz_next"] = st.session_state.get("_quiz_place", 0) + 2
