"""The runs of a lesson: of one recipe a run, of several a race. Found again by their recipes, and by the address."""

from dataclasses import dataclass

import streamlit as st

from core.errors import FitscopeError
from core.lessons import recording as recordings
from core.lessons.lesson import Lesson
from core.lessons.recording import Recording
from core.recipe.config import TrainingConfig
from core.recipe.differences import differing
from core.runs import race as races
from core.runs.prediction import Prediction
from core.runs.race import LETTERS, Race
from core.runs.run import Run
from dashboard import choices, resources
from dashboard.actions import begin_race, start_run
from dashboard.live.state_words import at_work
from dashboard.runs.value_words import special
from dashboard.words import _, say

RECORDING = "recording"  # of the address: the lesson shows its recording


@dataclass(frozen=True)
class Trained:
    """The runs A, B, C … of a lesson; `race` where there is more than one that was trained here.

    recording  where they were not trained here, but came with the lesson
    """

    runs: tuple[Run, ...]
    race: Race | None = None
    recording: Recording | None = None

    @property
    def by_letter(self) -> dict[str, Run]:
        return dict(zip(LETTERS, self.runs, strict=False))

    @property
    def ended(self) -> bool:
        return not any(at_work(run, run.state) for run in self.runs)


def faults() -> list[FitscopeError]:
    """What is wrong with the race that the address names, which is then taken out of it."""
    named = st.query_params.get("race", "")
    try:
        if named:
            races.race(resources.store(), named)
    except FitscopeError as error:
        del st.query_params["race"]
        return [error]
    return []


def in_view(lesson: Lesson) -> Trained | None:
    """Those that the address names, where they are of this lesson."""
    if RECORDING in st.query_params:
        return recorded(lesson)
    if len(lesson.recipes) == 1:
        run = resources.chosen_run()
        return Trained((run,)) if run and _is_of(run, lesson.recipe) else None
    named = st.query_params.get("race", "")
    try:
        race = races.race(resources.store(), named) if named else None
    except FitscopeError:  # forgotten meanwhile
        return None
    return _whole(lesson, race) if race else None


def recorded(lesson: Lesson) -> Trained | None:
    """Those of the recording that the lesson brings along; None, with the reason on the page, where there is none."""
    try:
        found, runs = recordings.recording(lesson.name), recordings.laid_out(lesson.name)
    except FitscopeError as error:
        st.warning(say(error), icon=":material/videocam_off:")
        return None
    return Trained(tuple(runs), recording=found) if found else None


def before(lesson: Lesson) -> Trained | None:
    """The newest ones that were trained to the end on this computer."""
    if len(lesson.recipes) == 1:
        run = resources.newest_of(lesson.recipe.pinned())
        return Trained((run,)) if run else None
    for race in races.races(resources.store()):
        found = _whole(lesson, race)
        if found and found.ended and all(resources.was_tested(run) or run.diverged for run in found.runs):
            return found
    return None


def begin(lesson: Lesson, choice: int | None) -> bool:
    """Trains the lesson's recipes; what was answered to its question is kept with the first run."""
    st.query_params.pop(RECORDING, None)
    said = Prediction(lesson=lesson.name, choice=choice)
    if len(lesson.recipes) == 1:
        return start_run(lesson.recipe, _(lesson.title), prediction=said)
    return (
        begin_race(list(lesson.recipes), run_names(lesson), _(lesson.title), lesson=lesson.name, prediction=said)
        is not None
    )


def show_again(found: Trained) -> None:
    """Puts runs into view that were trained before."""
    st.query_params.pop(RECORDING, None)
    if found.race:
        st.query_params["race"] = found.race.id
    else:
        choices.choose_run(found.runs[0].id)


def show_recording() -> None:
    """Puts the lesson's recording into view."""
    st.query_params[RECORDING] = "1"


def put_recording_away() -> None:
    """Takes it out of view."""
    st.query_params.pop(RECORDING, None)


def run_names(lesson: Lesson) -> list[str]:
    """Each recipe of several by what is special about it."""
    names = differing(lesson.recipes)
    return [special(recipe, names) for recipe in lesson.recipes]


def _whole(lesson: Lesson, race: Race) -> Trained | None:
    """The runs of a race of this lesson; None where one was deleted, or where the lesson has other recipes by now."""
    if race.lesson != lesson.name or len(race.runs) != len(lesson.recipes):
        return None
    runs = tuple(races.runs_of(resources.store(), race).values())
    same = len(runs) == len(race.runs) and all(map(_is_of, runs, lesson.recipes))
    return Trained(runs, race) if same else None


def _is_of(run: Run, recipe: TrainingConfig) -> bool:
    return resources.recipe(run) == recipe.pinned()
