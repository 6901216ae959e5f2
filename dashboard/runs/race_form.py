"""A race before it begins: the recipe they share, in which settings its runs differ, and who is expected to win."""

from dataclasses import replace
from typing import Any

import streamlit as st

from core.data import catalogue
from core.data.cache import facts
from core.errors import DataError, SettingError
from core.recipe import architectures
from core.recipe.config import SETTINGS, TrainingConfig, counts, settings
from core.recipe.differences import differing, given
from core.recipe.setting import Setting, as_text, parse
from core.runs import race as races
from core.runs.race import FEWEST, LETTERS, MOST, Race
from dashboard import choices, resources
from dashboard.actions import attempt, begin_race
from dashboard.navigation import page
from dashboard.people import bound
from dashboard.runs.value_words import architecture_word, special, value_word
from dashboard.widgets.setting import control
from dashboard.words import _, in_markdown, plural, say

_FORGOTTEN = "_forgotten_race"  # the last one that this viewer took off the list
AT_MOST = 3  # settings that differ; with more nobody could say what made the difference
OUT = (
    *("dataset", "dataset_version", "classes", "test_fraction", "validation_fraction", "folds", "fold", "seed"),
    "mixed_precision",
)
"""Settings that the runs share: they decide which images are held back, or whether there can be a run at all."""
TELLING: dict[str, tuple[Any, ...]] = {
    "dropout": (0.5, 0.0, 0.8, 0.25, 0.65),
    "train_images": (100, 0, 400, 200, 800),
    "l2": (1e-3, 1e-2, 1e-4, 0.0),
    "label_noise": (0.4, 0.0, 0.2, 0.6),
    "learning_rate": (1e-2, 1e-4, 1e-1, 1e-3, 1e-5),
    "batch_size": (8, 256, 32, 1024, 64),
    "early_stopping_patience": (5, 0, 3, 10),
}
"""Values that the further runs begin with, the most telling first."""


def form(recipe: TrainingConfig) -> None:
    """Draws the form, and begins the race when its button is pressed."""
    names = _differing_settings(recipe)
    if names is None:
        st.info(
            _("No open setting is one in which runs of a race can differ. Train one run after the other instead."),
            icon=":material/lock:",
        )
        return
    if not names:
        st.info(_("Choose at least one setting in which the runs differ."), icon=":material/tune:")
        return
    n = st.session_state.setdefault("_race_n", FEWEST)
    recipes = [_twin(recipe, names, letter, column) for letter, column in zip(LETTERS, st.columns(n), strict=False)]
    with st.container(horizontal=True):
        st.button(
            _("One run more"), key="more_runs", icon=":material/add:", on_click=_count, args=(1,), disabled=n >= MOST
        )
        st.button(
            _("One run less"),
            key="fewer_runs",
            icon=":material/remove:",
            on_click=_count,
            args=(-1,),
            disabled=n <= FEWEST,
        )
    ready = [one for one in recipes if one]
    if len(ready) < n:
        return
    guess = _guess(ready, names)
    if not differing(ready):
        st.caption(_("The runs are alike: on a CPU their curves will lie on each other, number by number."))
    refused = bound.refusal(ready)
    pressed = st.button(
        _("Start the race"), key="start_race", type="primary", icon=":material/sports_score:", disabled=bool(refused)
    )
    bound.explain(refused)
    if pressed and begin_race(ready, [special(one, names) for one in ready], title(ready, names), guess=guess):
        st.rerun()


def title(recipes: list[TrainingConfig], names: list[str]) -> str:
    """The difference: "Dropout: A 0 · B 0.5"."""
    if len(names) != 1:
        return " · ".join(f"{letter} {special(one, names)}" for letter, one in zip(LETTERS, recipes, strict=False))
    values = (value_word(names[0], given(one, names[0])) for one in recipes)
    told = " · ".join(map(" ".join, zip(LETTERS, values, strict=False)))
    return _("{name}: {values}", name=_(SETTINGS[names[0]].title), values=told)


def _differing_settings(recipe: TrainingConfig) -> list[str] | None:
    """Those chosen; None where the teacher left none open that could be."""
    offered = [one for one in settings() if one.name not in OUT and not one.gpu]
    known = list(
        bound.movable({one.name: one.title for one in offered if counts(one, recipe.architecture, vars(recipe))})
    )
    if not known:
        return None
    first = next((name for name in ("dropout", "learning_rate", "architecture") if name in known), known[0])
    kept = [name for name in st.session_state.get("race_settings", [first]) if name in known]
    st.session_state["race_settings"] = kept
    chosen = st.multiselect(
        _("In which settings do they differ?"),
        known,
        key="race_settings",
        max_selections=AT_MOST,
        format_func=lambda name: _(SETTINGS[name].title),
        help=_("Everything else is the same: the seed, the images held back, the order of the batches."),
    )
    return [name for name in SETTINGS if name in chosen]


def _twin(recipe: TrainingConfig, names: list[str], letter: str, column: Any) -> TrainingConfig | None:
    """The controls of one run; None, with the reason, where they do not fit."""
    with column, st.container(border=True, height="stretch"):
        st.markdown(f"**{letter}**")
        try:
            twin = replace(recipe, **{name: _value(recipe, name, letter) for name in names})
            resources.counts(twin)
            return twin
        except (SettingError, DataError) as error:
            st.error(say(error), icon=":material/error:")
            return None


def _value(recipe: TrainingConfig, name: str, letter: str) -> Any:
    """What the control of one setting of one run says."""
    setting, key = SETTINGS[name], f"race_{letter}_{name}"
    high = facts(catalogue.dataset(recipe.dataset)).n_train if name == "train_images" else None
    st.session_state.setdefault(key, _first_value(recipe, setting, letter, high))
    if name == "architecture":
        known = list(architectures.known())
        return st.selectbox(_(setting.title), known, key=key, help=_(setting.help), format_func=architecture_word)
    said = control(setting, key=key, high=high)
    return parse(setting, said) if setting.kind == "counts" else said


def _first_value(recipe: TrainingConfig, setting: Setting, letter: str, high: float | None) -> Any:
    """A has the recipe's own value, each other run one of its own that is worth a look, while there are any."""
    own = given(recipe, setting.name)
    others = [value for value in _others(setting, own) if value != own and (high is None or value <= high)]
    values = [own, *others]
    value = values[LETTERS.index(letter) % len(values)]
    return as_text(value) if setting.kind == "counts" else value


def _others(setting: Setting, own: Any) -> list[Any]:
    """Values to compare with one's own, the most telling first."""
    match setting.kind:
        case "bool":
            return [not own]
        case "choice" | "plugin":
            options = list(setting.options or architectures.known())
            at = options.index(own)
            return options[at + 1 :] + options[:at]
        case "int" | "float" if setting.name in TELLING:
            return list(TELLING[setting.name])
        case "int" | "float":
            low, high = setting.low or 0, setting.high or 1
            kind = int if setting.kind == "int" else float
            around = (
                [own * factor for factor in (4, 0.25, 16)] if own else [low + (high - low) * part for part in (0.5, 1)]
            )
            return [kind(min(high, max(low, value))) for value in around]
    return []  # of widths nobody can guess better ones


def _guess(recipes: list[TrainingConfig], names: list[str]) -> str:
    """Who is expected to win; "" where nobody says."""
    letters = list(LETTERS[: len(recipes)])
    words = {
        letter: _("{name}: {values}", name=letter, values=special(one, names))
        for letter, one in zip(letters, recipes, strict=True)
    }
    words["="] = _("None of them, beyond luck")
    chosen = st.radio(
        _("Before it starts: which one will have more validation images right?"),
        list(words),
        index=None,
        key=f"race_guess_{len(recipes)}",
        format_func=words.__getitem__,
        help=_("May be left open. The race keeps the answer and says at its end whether it came true."),
    )
    return chosen or ""


def _count(more: int) -> None:
    st.session_state["_race_n"] = min(MOST, max(FEWEST, st.session_state["_race_n"] + more))


def shared(recipe: TrainingConfig) -> None:
    """The recipe that all of them begin with, in one line, and where to change it; above it who locked it."""
    bound.say()
    words = f"**{in_markdown(resources.run_name(recipe))}** · " + plural(recipe.epochs, "{n} epoch", "{n} epochs")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(_("They all begin with this recipe: {recipe}", recipe=words))
        st.page_link(page("train"), label=_("Change it"), icon=":material/tune:", query_params=choices.link(recipe))


def earlier() -> None:
    """The races so far, as links."""
    known, forgotten = races.races(resources.store()), st.session_state.get(_FORGOTTEN)
    if forgotten:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(_("Forgotten: {race}", race=in_markdown(forgotten.name)))
            st.button(_("Undo"), key="undo_forget", icon=":material/undo:", on_click=_bring_back, args=(forgotten,))
    if not known:
        return
    st.subheader(_("Earlier races"), anchor=False)
    for race in known[:20]:
        _earlier(race)


def _earlier(race: Race) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        link = {"race": race.id, **choices.link()}
        st.page_link(page("race"), label=in_markdown(race.name), icon=":material/sports_score:", query_params=link)
        st.button(
            _("Forget"),
            key=f"forget-{race.id}",
            icon=":material/close:",
            type="tertiary",
            on_click=_forget,
            args=(race,),
            help=_("Takes the race off this list. Its runs stay."),
        )


def _forget(race: Race) -> None:
    if attempt(lambda: races.remove(resources.store(), race)):
        st.session_state[_FORGOTTEN] = race


def _bring_back(race: Race) -> None:
    if attempt(lambda: races.restore(resources.store(), race)):
        st.session_state[_FORGOTTEN] = None
