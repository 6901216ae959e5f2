"""A race that has ended: which run is best, and which of the others are within noise of it."""

from collections.abc import Mapping

import streamlit as st

from core.errors import FitscopeError
from core.evaluation.evaluation import Evaluation
from core.evaluation.paired import ALPHA, holm, paired
from core.runs.race import Race
from core.runs.run import Run
from dashboard import resources
from dashboard.runs import noise_floor
from dashboard.words import _, number, percent, say


def answer(race: Race, runs: dict[str, Run]) -> None:
    """The winner in one sentence, then what was expected."""
    tested = {letter: run for letter, run in runs.items() if resources.was_tested(run)}
    if len(tested) < 2:
        st.info(_("Two runs must have been tested before they can be compared."), icon=":material/info:")
        return
    try:
        answers = {letter: resources.evaluation(run, "validation") for letter, run in tested.items()}
        best, beaten = decided(answers)
    except FitscopeError as error:  # other images held back, or a damaged file
        st.info(say(error), icon=":material/info:")
        return
    sentence = _sentence(answers, best, beaten)
    show = st.success if beaten else st.info
    expected = _expected(race, best, beaten)
    small = f"\n\n:small[{_how(answers)} {_losses(answers)}]"
    show(sentence + small + (f"\n\n{expected}" if expected else ""), icon=":material/sports_score:")
    if len(tested) > 2:  # of two it is said below, where they are compared image by image
        behind = {letter: answers[best].accuracy - one.accuracy for letter, one in answers.items() if letter != best}
        noise_floor.best_of(tested, best, behind)


def in_words(race: Race, runs: Mapping[str, Run]) -> str:
    """The same as plain text, for a page to hand in; "" where nothing can be compared."""
    tested = {letter: run for letter, run in runs.items() if resources.was_tested(run)}
    try:
        answers = {letter: resources.evaluation(run, "validation") for letter, run in tested.items()}
        best, beaten = decided(answers)
    except (FitscopeError, ValueError):  # ValueError: there is none
        return ""
    return " ".join([_sentence(answers, best, beaten), _how(answers), _losses(answers), _expected(race, best, beaten)])


def decided(answers: dict[str, Evaluation]) -> tuple[str, list[str]]:
    """The run with the most validation images right, and those that it beats beyond noise; raises RunError.

    Of equal ones, the one with the lower loss. With several others luck has several chances: Holm's correction.
    """
    best = max(answers, key=lambda letter: (answers[letter].hits, -answers[letter].loss))
    others = [letter for letter in answers if letter != best]
    ps = holm([paired(answers[letter], answers[best]).p for letter in others])
    return best, [letter for letter, p in zip(others, ps, strict=True) if p < ALPHA]


def _sentence(answers: dict[str, Evaluation], best: str, beaten: list[str]) -> str:
    near = [letter for letter in answers if letter != best and letter not in beaten]
    share, n = percent(answers[best].accuracy), number(answers[best].n)
    if not beaten:
        return _(
            "Within noise: {best} has the most validation images right, {share} of {n}, and luck alone could explain "
            "it.",
            best=best,
            share=share,
            n=n,
        )
    lost = ", ".join(f"{letter} {percent(answers[letter].accuracy)}" for letter in beaten)
    sentence = _(
        "{best} wins with {share} of {n} validation images, beyond luck: {lost}.",
        best=best,
        share=share,
        n=n,
        lost=lost,
    )
    if not near:
        return sentence
    return sentence + " " + _("Within noise of it: {letters}.", letters=", ".join(near))


def _how(answers: dict[str, Evaluation]) -> str:
    if len(answers) == 2:
        return _("By McNemar's exact test on the images that only one of the two has right.")
    return _("By McNemar's exact test of the best against each other run, with Holm's correction for several tests.")


def _losses(answers: dict[str, Evaluation]) -> str:
    """Of all runs, with the lowest first: a run may be no better in accuracy and less sure of its mistakes."""
    lowest = sorted(answers, key=lambda letter: answers[letter].loss)
    parts = [f"{letter} {number(answers[letter].loss, 3)}" for letter in lowest]
    beyond = [letter for letter in lowest[1:] if paired(answers[letter], answers[lowest[0]]).loss_interval[1] < 0]
    words = _("Validation loss: {losses}.", losses=", ".join(parts))
    if not beyond:
        return words
    return (
        words
        + " "
        + _(
            "That of {best} is lower than that of {others} by more than noise.",
            best=lowest[0],
            others=", ".join(beyond),
        )
    )


def _expected(race: Race, best: str, beaten: list[str]) -> str:
    """Whether the guess came true."""
    if not race.guess:
        return ""
    if race.guess == "=":
        words = _("Expected: none of them, beyond luck.")
        came_true = not beaten
    else:
        words = _("Expected: {letter}.", letter=race.guess)
        came_true = race.guess == best and bool(beaten)
    return f"{words} " + (_("It came true.") if came_true else _("It did not come true."))
