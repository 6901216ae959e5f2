"""Handing something in: whose it is, what they have to say, and the file."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from core.runs import race as races
from core.runs.race import Race
from core.runs.run import ENDED, Run
from dashboard import resources
from dashboard.actions import annotate
from dashboard.people.asking import nickname
from dashboard.report import of_race, of_run, to_the_teacher
from dashboard.report.document import document, paragraph, section
from dashboard.report.to_the_teacher import Subject
from dashboard.runs import race_answer
from dashboard.words import _, language, speaking

NAME = "_pupils_name"  # kept for all pages of this viewer


def run(run: Run) -> None:
    """A run's page to hand in, where it has anything to tell."""
    if run.state in ENDED and resources.history(run).epochs:
        _offer(run, lambda name, words: of_one(run, name, words), Subject(f"run:{run.id}", run.meta.name, (run.id,)))


def race(race: Race) -> None:
    """The page of several runs that have ended, A, B, C …; what is said of them is kept with the first."""
    _several(f"race:{race.id}", race.name, races.runs_of(resources.store(), race), race)


def lesson(name: str, title: str, sentences: Sequence[str], runs: Mapping[str, Run], race: Race | None) -> None:
    """The page of a lesson.

    name       of its file, by which the lesson is known
    sentences  its question, what was said, what is right
    """
    question = section(_("The question"), *map(paragraph, sentences))
    if race:
        _several(f"lesson:{name}", title, runs, race, question)
    else:
        (one,) = runs.values()
        about = Subject(f"lesson:{name}", title, (one.id,))
        _offer(one, lambda whose, words: of_one(one, whose, words, title, question), about)


def of_one(run: Run, name: str, words: str, title: str = "", before: str = "") -> bytes:
    """The file.

    name, words    whose it is, and what they have to say
    title, before  in place of the run's name; HTML that comes first
    """
    under = [line for line in (name, *of_run.under_the_title(run)) if line]
    body = [
        before,
        _said(words),
        *of_run.sections(run),
        of_run.whole_recipe(run),
        paragraph(of_run.made_with(run), "pale"),
    ]
    return document(title or run.meta.name, language(), under, body)


def of_several(title: str, runs: Mapping[str, Run], name: str, words: str, answer: str, before: str = "") -> bytes:
    """The same of several runs.

    answer  a sentence that says who is better
    """
    made = dict.fromkeys(map(of_run.made_with, runs.values()))  # of other images each has its own fingerprint
    body = [before, _said(words), *of_race.sections(runs, answer), *(paragraph(one, "pale") for one in made)]
    return document(title, language(), [name] if name else [], body)


def _several(subject: str, title: str, runs: Mapping[str, Run], race: Race, before: str = "") -> None:
    trained = {letter: one for letter, one in runs.items() if resources.history(one).epochs}
    if len(trained) > 1 and all(one.state in ENDED for one in runs.values()):
        first = next(iter(trained.values()))

        def make(name: str, words: str) -> bytes:
            return of_several(title, trained, name, words, race_answer.in_words(race, trained), before)

        _offer(first, make, Subject(subject, title, tuple(one.id for one in trained.values())))


def _said(words: str) -> str:
    return section(_("In my own words"), paragraph(words, "said"))


def _offer(run: Run, make: Callable[[str, str], bytes], about: Subject) -> None:
    with st.expander(_("A page to hand in"), icon=":material/assignment_turned_in:", key="hand_in"):
        st.caption(_("One file that opens without a network and prints well: recipe, curves, verdict, test, mistakes."))
        name = st.text_input(
            _("Your name (optional)"), st.session_state.get(NAME, nickname()), key="hand_in_name", max_chars=80
        )
        st.session_state[NAME] = name
        key = f"hand_in_words-{run.id}"
        notes = run.meta.notes
        words = st.text_area(
            _("In your own words"),
            notes,
            key=key,
            height=140,
            placeholder=_("What did you expect? What happened? Why?"),
            help=_("Kept as the notes of the run."),
            on_change=annotate,
            args=(run, key),
        )
        spoken = language()

        def made() -> bytes:
            with speaking(spoken):  # it is made at a press, by when this page is over, and words may have come since
                return make(name.strip(), (run.meta.notes if words == notes else words).strip())

        def handed() -> tuple[bytes, str]:
            """With the name and the words that stand in the fields at the press."""
            written = st.session_state[key].strip()
            return make(st.session_state["hand_in_name"].strip(), written), written

        in_a_class = to_the_teacher.offer(about, handed)
        st.download_button(
            _("Download the page"),
            made,
            f"{run.id}.html",
            "text/html",
            key="hand_in_file",
            icon=":material/download:",
            type="secondary" if in_a_class else "primary",
            on_click="ignore",
        )
