"""What this viewer has chosen that belongs to no screen: language, recipe, run in view; the link that carries them.

A lab is a link: the address bar carries the language, the recipe and the run in view. Whatever comes from there
is checked like any other input.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import streamlit as st

from core import plugins
from core.errors import FitscopeError, SettingError, UnknownSettingError
from core.recipe import architectures
from core.recipe.config import SETTINGS, TrainingConfig, counts, settings
from core.recipe.config import unknown as unknown_setting
from core.recipe.levers import opened
from core.recipe.setting import Setting, as_text, parse
from dashboard.navigation import projected
from dashboard.words import LANGUAGES, _, language, say

TRANSFER = {"architecture": "transfer", "batch_size": "16"}
"""What a link to a training from a backbone says: of 100 pictures, batches of 64 would make two steps an epoch."""

_LINK = "_link"  # the address as this module last saw it
_RECIPE = "_recipe"  # the link of the recipe, kept while another page is in view
_RUN = "_run"
_EPOCH = "_epoch"  # (run, epoch) of the network that is asked, where it is not the one that the run keeps
_ONLY = "_only"  # the settings that a lesson's link leaves open
_TOLD = "_told"  # (where, what) is told of the link of this page
_OF_THE_FRAME = (
    "lang",
    "present",
    "run",
    "epoch",
    "images",
    "race",
    "only",
    "experiment",
    "ask",
)  # names in links that are no settings


def adopt_frame() -> list[SettingError]:
    """Takes the language from the link, once (the switch changes it afterwards), and the run in view.

    Returns what is wrong with them; of a run that there is not, who looks for it says so.
    """
    problems: list[SettingError] = []
    wanted = st.query_params.get("lang")
    if "lang" not in st.session_state:
        problems += unknown("lang", LANGUAGES)
        st.session_state["lang"] = wanted if wanted in LANGUAGES else language()
    if "run" in st.query_params:
        st.session_state[_RUN] = run = st.query_params["run"]
        named = st.query_params.get("epoch", "")
        if named.isascii() and named.isdecimal() and len(named) < 7:
            st.session_state[_EPOCH] = (run, int(named))
        elif named:
            problems.append(SettingError("epoch={value} is no number of an epoch; choose one below.", value=named))
            del st.query_params["epoch"]
    return problems


def adopt_link() -> list[SettingError]:
    """Fills the form from the address bar, or from what was chosen before; returns all that was wrong with the link.

    A bad value is left out; the rest of the link counts.
    """
    query = {name: text for name, text in st.query_params.items() if name not in _OF_THE_FRAME}
    if "only" in st.query_params or (query and query != st.session_state.get(_LINK)):
        open_only(st.query_params.get("only", "").split(","))  # another link, without it, opens all of them
    drawn = all(name in st.session_state for name in levers() or ("dataset", "architecture"))
    if drawn and (query == st.session_state.get(_LINK) or _form_changed()):
        return []
    # a first visit, a return from another page (which clears the address), a new link, or Back in the browser
    wanted = query if query or drawn else st.session_state.get(_RECIPE, {})
    config, problems = tolerant(wanted)
    fill(config)
    st.session_state[_LINK] = query
    only = st.query_params.get("only", "").split(",")
    return problems + [unknown_setting(name) for name in only if name and name not in SETTINGS]


def tolerant(texts: dict[str, str]) -> tuple[TrainingConfig, list[SettingError]]:
    """The recipe of a link, without the settings that do not fit; and why each of them does not."""
    good: dict[str, str] = {}
    problems: list[SettingError] = []
    for name in [*(name for name in SETTINGS if name in texts), *(name for name in texts if name not in SETTINGS)]:
        try:
            TrainingConfig.from_text({**good, name: texts[name]})
            good[name] = texts[name]
        except SettingError as error:
            problems.append(error)
    return TrainingConfig.from_text(good), problems


def fill(config: TrainingConfig) -> None:
    """Puts a recipe into the form's controls."""
    st.session_state[_RECIPE] = config.link()
    own = config.network_settings()
    for setting in settings():
        value = own.get(setting.name, setting.default) if setting.own else getattr(config, setting.name)
        st.session_state[setting.name] = _as_control(setting, value)


def _as_control(setting: Setting, value: Any) -> Any:
    """The value as the control of a setting keeps it."""
    if setting.kind == "counts":
        return as_text(value)
    return list(value) if setting.kind == "names" else value


def fill_own(name: str) -> None:
    """Another architecture was chosen: its own values go into the controls that depend on it."""
    for setting_name, value in architectures.get(name).settings.items():
        st.session_state[setting_name] = _as_control(SETTINGS[setting_name], value)


def levers() -> tuple[str, ...]:
    """The settings that a lesson's link leaves open, in the order of the form; none: all of them are."""
    return st.session_state.get(_ONLY, ())


def open_only(names: Iterable[str]) -> None:
    """Leaves those settings open; none: all of them."""
    known = set(names)
    st.session_state[_ONLY] = tuple(name for name in SETTINGS if name in known)


def recipe() -> TrainingConfig:
    """What the controls say, and of a lesson with locked settings what its link said; raises SettingError."""
    known = architectures.get(st.session_state["architecture"]).settings
    values: dict[str, Any] = _locked(known)
    for setting in settings():
        if setting.name in values:
            _keep(setting.name)
            continue
        if not offered(setting):
            _keep(setting.name)
            continue
        if setting.group == "augmentation" and not st.session_state.get("augmentation"):
            continue  # a strength of nothing
        value = st.session_state.get(setting.name, setting.default)
        if setting.kind == "counts" and isinstance(value, str):
            value = parse(setting, value)
        values[setting.name] = None if setting.own and value == known[setting.name] else value
    return TrainingConfig.from_dict(values)


def offered(setting: Setting) -> bool:
    """Whether a setting has a meaning beside the others that are chosen."""
    names = [one[0] for one in (setting.only, setting.but) if one]
    beside = {name: st.session_state.get(name, SETTINGS[name].default) for name in names}
    return counts(setting, st.session_state["architecture"], beside)


def _keep(name: str) -> None:
    """Streamlit forgets what a control said that is not drawn: a baseline chosen for a moment, or a lock, would cost
    the rest.
    """
    if name in st.session_state:
        st.session_state[name] = st.session_state[name]


def _locked(own: Mapping[str, Any]) -> dict[str, Any]:
    """name -> value of the settings that may not be moved. What belongs to an open one is open: strengths, widths."""
    only = levers()
    if not only:
        return {}
    names = opened(only)
    return {
        name: value
        for name, value in vars(last_recipe()).items()
        if name not in names and (not SETTINGS[name].own or name in own)
    }


def keep_link(config: TrainingConfig, bound: bool = False) -> None:
    """Writes the recipe, the language and the run in view into the address bar, if they changed.

    bound  the teacher holds the form to its levers, for as long as they like: the address says nothing of that
    """
    st.session_state[_RECIPE] = st.session_state[_LINK] = config.link()
    only = {"only": ",".join(levers())} if levers() and not bound else {}
    wanted = {**config.link(), **only, **frame_parameters(), **projected()}
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)


def keep_frame(**own: str) -> None:
    """The same for a page without a recipe, and with `own` parameters."""
    wanted = {**frame_parameters(), **own}
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)


def last_recipe() -> TrainingConfig:
    """The recipe that the form of the Train page was left with; the default one before it was seen."""
    return tolerant(st.session_state.get(_RECIPE, {}))[0]


def adopt_recipe() -> list[SettingError]:
    """On a page without a form: the recipe of a link that carries one becomes the one chosen last.

    Returns all that was wrong with it.
    """
    config, problems = tolerant({name: text for name, text in st.query_params.items() if name not in _OF_THE_FRAME})
    if any(name in SETTINGS for name in st.query_params):
        fill(config)
    return problems


def run_id() -> str | None:
    """The run in view: from the address bar, else the one this viewer last started or opened."""
    return st.session_state.get(_RUN)


def choose_run(name: str | None) -> None:
    """Puts a run into view, or none."""
    st.session_state[_RUN] = name
    st.query_params.pop("epoch", None)  # was of another run
    if name:
        st.query_params["run"] = name
    elif "run" in st.query_params:
        del st.query_params["run"]


def epoch(run: str) -> int | None:
    """The epoch of that run whose network is asked; None for the one that it keeps."""
    of, number = st.session_state.get(_EPOCH, ("", None))
    return number if of == run else None


def choose_epoch(run: str, number: int | None) -> None:
    """Asks the network of an epoch, on every page that asks one; None: the one that the run keeps."""
    st.session_state[_RUN] = st.query_params["run"] = run
    if number is None:
        st.session_state.pop(_EPOCH, None)
        st.query_params.pop("epoch", None)
    else:
        st.session_state[_EPOCH] = (run, number)
        st.query_params["epoch"] = str(number)


def link(config: TrainingConfig | None = None, run: str | None = None) -> dict[str, str]:
    """The query parameters of a link to a recipe, to a run, or to both."""
    parameters = config.link() if config else {}
    if run:
        parameters["run"] = run
    return {**parameters, "lang": language()}


def count(name: str) -> None:
    """One more press of a button that shows something new each time."""
    st.session_state[f"_count_{name}"] = counted(name) + 1


def counted(name: str) -> int:
    return st.session_state.get(f"_count_{name}", 0)


def _form_changed() -> bool:
    """Did the viewer move a control since the last run? Then the address is older than the form."""
    try:
        return recipe().link() != st.session_state.get(_RECIPE)
    except SettingError:
        return True


def frame_parameters() -> dict[str, str]:
    """What the address of every page holds."""
    parameters = {"lang": language()}
    run = st.session_state.get(_RUN)
    if not run:
        return parameters
    asked = epoch(run)
    return {**parameters, "run": run, **({} if asked is None else {"epoch": str(asked)})}


def unknown(parameter: str, known: Iterable[str]) -> list[SettingError]:
    """What is wrong with a parameter of the address that names one of `known`, or is left out.

    It is told once: the parameter is taken out of the address.
    """
    known, value = list(known), st.query_params.get(parameter, "")
    if not value or value in known:
        return []
    del st.query_params[parameter]
    return [plugins.unknown(parameter, value, known)]


def begin_telling() -> None:
    """Where `tell` writes on this page: what is wrong with the frame and with the form of a link stands in one box."""
    st.session_state[_TOLD] = (st.empty(), [])


def tell(problems: Sequence[FitscopeError]) -> None:
    """What is wrong with a link, all of it in one place."""
    if not problems:
        return
    place, told = st.session_state[_TOLD]
    told += problems
    sentence = _("The link was not quite right, and the rest of it is used.")
    with place.container():
        st.warning("\n- ".join([sentence, *map(_briefly, told)]), icon=":material/link:")
        if any(isinstance(one, UnknownSettingError) for one in told):
            with st.expander(_("All settings"), icon=":material/tune:"):
                st.markdown("  \n".join(f"`{one.name}` {_(one.title)}" for one in settings()))


def _briefly(error: FitscopeError) -> str:
    """Without the names of all settings, which stand below it."""
    if isinstance(error, UnknownSettingError) and "known" in error.values:
        return _("There is no setting called {name}; all settings are below.", name=error.values["name"])
    return say(error)
