"""The one change that a verdict suggests: a button that trains it beside the run, and afterwards whether it helped."""

from typing import Any

import streamlit as st

from core.errors import FitscopeError
from core.evaluation.paired import Paired, paired
from core.fit.advice import Change, suggestion
from core.fit.rules import Verdict
from core.recipe.config import SETTINGS, TrainingConfig
from core.recipe.differences import given
from core.runs.run import Run
from dashboard import choices, resources
from dashboard.actions import start_run
from dashboard.people import bound
from dashboard.runs import noise_floor
from dashboard.runs.value_words import value_word
from dashboard.words import _, in_markdown, number, points, say


def offer(run: Run, said: Verdict) -> None:
    """A button that trains the suggested change, or the run that has already tried it."""
    recipe = run.config.spelled_out()
    change = suggestion(said.finding, recipe)
    if change is None:
        return
    tried = resources.newest_of(change.applied(recipe).pinned())
    if tried is not None:
        words = _("It has been tried: {change}", change=_in_words(change, recipe))
        if st.button(words, key="tried", icon=":material/compare_arrows:"):
            choices.choose_run(tried.id)
            st.rerun()  # as a whole: this stands in a fragment, which shows one run only
        return
    refused = bound.refusal([change.applied(recipe)])
    pressed = st.button(
        _("Try this: {change}", change=_in_words(change, recipe)),
        key="try_this",
        icon=":material/science:",
        disabled=bool(refused),
        help=_(
            "Trains the same recipe with this one change: the same seed, the same images held back, in the same order. "
            "At its end it says whether the change helped."
        ),
    )
    bound.explain(refused)
    if pressed:
        name = f"{run.meta.name} · {_in_words(change, recipe)}"
        if start_run(change.applied(recipe), name, twin_of=run.id):
            st.rerun()


def outcome(run: Run) -> None:
    """Of a run that repeats another with one change: whether that helped, on the same validation images."""
    twin_of = run.meta.twin_of
    if not twin_of or not resources.was_tested(run):
        return
    try:
        original = resources.store().get(twin_of)
        config, before = run.config, original.config
        if not resources.was_tested(original):
            return
        compared = paired(resources.evaluation(original, "validation"), resources.evaluation(run, "validation"))
    except FitscopeError as error:  # the other run is gone, or holds other images back
        st.caption(_("It cannot be compared with the run it repeats: {reason}", reason=say(error)))
        return
    changed = [Change(name, value) for name, value in vars(config).items() if value != getattr(before, name)]
    title = ", ".join(_in_words(change, before) for change in changed)
    show, verdict = _answer(compared)
    show(f"{verdict}\n\n:small[{_counted(compared)}]", title=in_markdown(title), icon=":material/compare_arrows:")
    noise_floor.two({_("the run before"): original, _("the run after"): run}, compared.difference)


def _in_words(change: Change, recipe: TrainingConfig) -> str:
    """Such as "Dropout 0 → 0.5"."""
    before, after = (value_word(change.setting, one) for one in (given(recipe, change.setting), change.value))
    return f"{_(SETTINGS[change.setting].title)} {before} → {after}"


def _answer(compared: Paired) -> tuple[Any, str]:
    """How it is shown, and the answer in one sentence."""
    low, high = compared.loss_interval
    better = compared.more_than_noise and compared.difference > 0
    worse = compared.more_than_noise and compared.difference < 0
    if better or (high < 0 and not worse):
        return st.success, _("The change helped, beyond what luck would explain.")
    if worse or (low > 0 and not better):
        return st.warning, _("The change made it worse, beyond what luck would explain.")
    return st.info, _("Within noise: these validation images cannot tell whether the change helped.")


def _counted(compared: Paired) -> str:
    """What the answer rests on."""
    low, high = compared.interval
    loss_low, loss_high = compared.loss_interval
    return _(
        "Of {n} validation images, right only before the change: {only_before}, only after it: {only_after}. That is "
        "{difference} of accuracy (95 % interval {low} to {high}); McNemar's exact test decides, p "
        "{p}. Validation loss "
        "{loss} ({loss_low} to {loss_high}).",
        n=number(compared.n),
        only_before=number(len(compared.only_a)),
        only_after=number(len(compared.only_b)),
        difference=points(compared.difference, signed=True),
        low=_signed(low * 100, 1),
        high=_signed(high * 100, 1),
        p=f"= {number(compared.p, 3)}" if compared.p >= 0.001 else f"< {number(0.001, 3)}",
        loss=_signed(compared.loss, 3),
        loss_low=_signed(loss_low, 3),
        loss_high=_signed(loss_high, 3),
    )


def _signed(value: float, digits: int) -> str:
    return ("+" if value > 0 else "") + number(value, digits)
