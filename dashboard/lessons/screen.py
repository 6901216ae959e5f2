"""One lesson on one screen, in three steps: the question, the training, the answer."""

from typing import Literal

import streamlit as st

from core.data import catalogue
from core.lessons.lesson import Lesson, lessons
from core.runs import prediction as predictions
from core.runs.race import LETTERS
from dashboard import choices, resources
from dashboard.lessons import listing, presenter, promised, recorded, trained
from dashboard.lessons.trained import Trained
from dashboard.navigation import leave_bare, page
from dashboard.people import bound
from dashboard.runs import live, race
from dashboard.words import _, in_markdown

Step = Literal["question", "watch", "answer"]
STEPS: tuple[Step, ...] = ("question", "watch", "answer")


def show(lesson: Lesson) -> Trained | None:
    """The step that the address names, and what leads to the others: buttons, keys, a clicker.

    Returns what was trained where that has ended and the answer is in view.
    """
    shown = trained.in_view(lesson)
    step = _step()
    leave_bare()
    pressed = presenter.keys(len(lesson.choices))
    if pressed:
        _obey(pressed, lesson, step, shown)
    _head(lesson, step)
    {"question": _question, "watch": _watch, "answer": _answer}[step](lesson, shown)
    presenter.notes(lesson)
    return shown if step == "answer" and shown and shown.ended else None


def sentences(lesson: Lesson, shown: Trained) -> list[str]:
    """The question, what was said before, and what is right, for a page to hand in."""
    if not lesson.question:
        return []
    said = predictions.of(shown.runs[0])
    chosen = said.choice if said and said.lesson == lesson.name else st.session_state.get(f"_{_choice_key(lesson)}")
    told = [_(lesson.question)]
    if chosen is not None and 0 <= chosen < len(lesson.choices):
        told.append(_("You said: {answer}", answer=_(lesson.choices[chosen])))
    return [*told, _("Right: {answer}", answer=_(lesson.choices[lesson.right]))]


def _head(lesson: Lesson, step: Step) -> None:
    words = {"question": _("1 Question"), "watch": _("2 Watch"), "answer": _("3 Answer")}
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title(_(lesson.title), anchor=False)
        st.space("stretch")
        presenter.switch()
        st.page_link(page("lessons"), label=_("All lessons"), icon=":material/list:", query_params=choices.link())
    with st.container(horizontal=True, vertical_alignment="center"):
        chosen = st.segmented_control(
            _("Step"),
            list(STEPS),
            default=step,
            required=True,
            key=f"lesson_step-{lesson.name}-{step}",
            format_func=words.__getitem__,
            label_visibility="collapsed",
        )
        st.space("stretch")
        presenter.hint(len(lesson.choices))
    if chosen != step:
        _go(chosen)
        st.rerun()


def _question(lesson: Lesson, _shown: Trained | None) -> None:
    st.markdown(_(lesson.about))
    if lesson.question:
        key = _choice_key(lesson)
        st.radio(
            f"**{_(lesson.question)}**",
            range(len(lesson.choices)),
            index=st.session_state.get(f"_{key}"),
            key=f"{key}-{choices.counted(key)}",
            format_func=lambda at: f"{at + 1}. {_(lesson.choices[at])}",
            on_change=_answered,
            args=(lesson,),
        )
    st.button(
        _("Next"), key="lesson_next", type="primary", icon=":material/arrow_forward:", on_click=_go, args=("watch",)
    )
    _what_is_trained(lesson)


def _what_is_trained(lesson: Lesson) -> None:
    recipes = lesson.recipes
    lines = [in_markdown(resources.run_name(recipes[0]))]
    if len(recipes) > 1:
        lines = [
            f"**{letter}** {in_markdown(name)}"
            for letter, name in zip(LETTERS, trained.run_names(lesson), strict=False)
        ]
    st.caption(" · ".join([*lines, listing.needed_time(lesson)]))
    shown = catalogue.dataset(lesson.recipe.dataset)
    if not resources.problem(shown):
        st.html(resources.sample_strip(shown))


def _watch(lesson: Lesson, shown: Trained | None) -> None:
    if lesson.look_at:
        st.markdown(_("**What to look at:** {words}", words=_(lesson.look_at)))
    if shown is None:
        _offer(lesson)
        return
    if shown.recording:
        recorded.play(lesson, shown)
        with st.container(horizontal=True):
            _to_the_answer()
            _train_here(lesson, _("Train it here"), "play_arrow", _("Trains the same recipes on this computer."))
        return
    if shown.race:
        race.follow(shown.race, brief=True)
    else:
        live.follow(shown.runs[0], brief=True)
    with st.container(horizontal=True):
        _to_the_answer()
        if shown.race:
            race.stop_button(shown.race, shown.by_letter)
        if shown.ended:
            _train_here(lesson, _("Train again"), "replay")


def _train_here(lesson: Lesson, label: str, icon: str, help: str = "") -> None:
    """Once more, or at all; below it why not, where a teacher has locked something else."""
    refused = bound.refusal(lesson.recipes)
    st.button(
        label,
        key="lesson_again",
        icon=f":material/{icon}:",
        on_click=_train,
        args=(lesson,),
        disabled=bool(refused),
        help=help or None,
    )
    bound.explain(refused)


def _to_the_answer() -> None:
    label = _("To the answer")
    st.button(label, key="lesson_next", type="primary", icon=":material/arrow_forward:", on_click=_go, args=("answer",))


def _offer(lesson: Lesson) -> None:
    """Before anything is trained: the button, and what was trained here before."""
    for name, _volume in listing.to_fetch(lesson):
        st.info(
            _(
                "{dataset} is not on this machine yet: training fetches it first, which needs a connection.",
                dataset=name,
            ),
            icon=":material/download:",
        )
    known, refused = trained.before(lesson), bound.refusal(lesson.recipes)
    with st.container(horizontal=True):
        st.button(
            _("Train"),
            key="lesson_train",
            type="primary",
            icon=":material/play_arrow:",
            on_click=_train,
            args=(lesson,),
            disabled=bool(refused),
        )
        recorded.offer(lesson)
        if known:
            st.button(
                _("Show what was trained here before"),
                key="lesson_before",
                icon=":material/history:",
                on_click=trained.show_again,
                args=(known,),
                help=_("The same recipes with the same seed give the same curves."),
            )
    bound.explain(refused)
    _what_is_trained(lesson)


def _answer(lesson: Lesson, shown: Trained | None) -> None:
    if shown is None or not shown.ended:
        st.info(
            _("The answer rests on your own training: it comes when that has ended."), icon=":material/hourglass_top:"
        )
        st.button(
            _("Back to the training"), key="lesson_back", icon=":material/arrow_back:", on_click=_go, args=("watch",)
        )
        recorded.offer(lesson)
        return
    if lesson.question:
        _reveal(lesson, shown)
    if lesson.answer:
        st.markdown(_(lesson.answer))
    promised.show(lesson, shown)
    recorded.say(shown)
    if len(shown.runs) > 1:
        race.curves_of(shown.by_letter)
    else:
        live.curves_of(shown.runs[0])
    _further(lesson, shown)


def _reveal(lesson: Lesson, shown: Trained) -> None:
    said = predictions.of(shown.runs[0])
    chosen = said.choice if said and said.lesson == lesson.name else st.session_state.get(f"_{_choice_key(lesson)}")
    right = _("Right: {answer}", answer=_(lesson.choices[lesson.right]))
    st.markdown(f"**{_(lesson.question)}**")
    if chosen is None or not 0 <= chosen < len(lesson.choices):
        st.info(right, icon=":material/lightbulb:")
    elif chosen == lesson.right:
        st.success(right + "\n\n" + _("You said so."), icon=":material/check:")
    else:
        words = _("You said: {answer}", answer=_(lesson.choices[chosen]))
        st.warning(right + "\n\n" + words, icon=":material/close:")


def _further(lesson: Lesson, shown: Trained) -> None:
    """Where the lesson goes on: its levers in the learner's hand, the whole run or race, the next lesson."""
    names = list(lessons())
    after = names[(names.index(lesson.name) + 1) % len(names)]
    with st.container(horizontal=True):
        only = {"only": ",".join(lesson.levers)} if lesson.levers else {}
        st.page_link(
            page("train"),
            label=_("Move the levers yourself"),
            icon=":material/tune:",
            query_params={**choices.link(lesson.recipe), **only},
        )
        if shown.race:
            link = {"race": shown.race.id, **choices.link()}
            st.page_link(page("race"), label=_("Image by image"), icon=":material/compare_arrows:", query_params=link)
        link = {"lesson": after, **choices.link()}
        label = _("Next lesson: {title}", title=_(lessons()[after].title))
        st.page_link(page("lessons"), label=label, icon=":material/arrow_forward:", query_params=link)


def _obey(key: str, lesson: Lesson, step: Step, shown: Trained | None) -> None:
    """What a key or a clicker asks for; moves on where a button would."""
    if key.isdigit():
        st.session_state[f"_{_choice_key(lesson)}"] = int(key) - 1
        choices.count(_choice_key(lesson))
    elif key == "next" and step == "watch" and shown is None:
        if not _begin(lesson):
            return  # why not is on the page
    else:
        at = STEPS.index(step) + (1 if key == "next" else -1)
        if 0 <= at < len(STEPS):
            _go(STEPS[at])
    st.rerun()


def _train(lesson: Lesson) -> None:
    _begin(lesson)


def _begin(lesson: Lesson) -> bool:
    return trained.begin(lesson, st.session_state.get(f"_{_choice_key(lesson)}"))


def _answered(lesson: Lesson) -> None:
    key = _choice_key(lesson)
    st.session_state[f"_{key}"] = st.session_state[f"{key}-{choices.counted(key)}"]


def _choice_key(lesson: Lesson) -> str:
    return f"lesson_choice-{lesson.name}"


def _step() -> Step:
    named = st.query_params.get("step", "")
    return next((step for step in STEPS if step == named), "question")


def _go(step: Step) -> None:
    st.query_params["step"] = step
