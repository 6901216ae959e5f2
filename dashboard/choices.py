"""What this viewer has chosen: the only module that names session-state keys and query parameters.

A lab is a link: the address bar carries the language, the recipe and the run in view. Whatever comes from there
is checked like any other input.
"""

import secrets
import time
from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

from core.errors import SettingError
from core.recipe import architectures
from core.recipe.config import SETTINGS, TrainingConfig, settings
from core.recipe.setting import Setting, as_text, parse
from dashboard.words import LANGUAGES, language

T = TypeVar("T")

_LINK = "_link"  # the address as this module last saw it
_RECIPE = "_recipe"  # the link of the recipe, kept while another page is in view
_RUN = "_run"
_DELETED = "_deleted"
_IMAGES = "_images"  # the dataset on the Images page, as it was last written into the address


def adopt_frame() -> None:
    """Takes the language from the link, once (the switch changes it afterwards), and the run in view."""
    wanted = st.query_params.get("lang")
    if "lang" not in st.session_state:
        st.session_state["lang"] = wanted if wanted in LANGUAGES else language()
    if "run" in st.query_params:
        st.session_state[_RUN] = st.query_params["run"]


def adopt_link() -> SettingError | None:
    """Fills the form from the address bar, or from what was chosen before; returns what was wrong with the link.

    A bad value is left out; the rest of the link counts.
    """
    query = {name: text for name, text in st.query_params.items() if name in SETTINGS}
    drawn = all(name in st.session_state for name in ("dataset", "architecture"))
    if drawn and (query == st.session_state.get(_LINK) or _form_changed()):
        return None
    # a first visit, a return from another page (which clears the address), a new link, or Back in the browser
    wanted = query if query or drawn else st.session_state.get(_RECIPE, {})
    config, problem = tolerant(wanted)
    fill(config)
    st.session_state[_LINK] = query
    return problem


def tolerant(texts: dict[str, str]) -> tuple[TrainingConfig, SettingError | None]:
    """The recipe of a link, without the settings that do not fit; and the first that did not."""
    good: dict[str, str] = {}
    problem = None
    for name in [name for name in SETTINGS if name in texts]:
        try:
            TrainingConfig.from_text({**good, name: texts[name]})
            good[name] = texts[name]
        except SettingError as error:
            problem = problem or error
    return TrainingConfig.from_text(good), problem


def fill(config: TrainingConfig) -> None:
    """Puts a recipe into the form's controls."""
    st.session_state[_RECIPE] = config.link()
    own = config.network_settings()
    for one in settings():
        value = own.get(one.name, one.default) if one.own else getattr(config, one.name)
        st.session_state[one.name] = _as_control(one, value)


def _as_control(one: Setting, value: Any) -> Any:
    """The value as the control of a setting keeps it."""
    if one.kind == "counts":
        return as_text(value)
    return list(value) if one.kind == "names" else value


def fill_own(name: str) -> None:
    """Another architecture was chosen: its own values go into the controls that depend on it."""
    for setting_name, value in architectures.get(name).settings.items():
        st.session_state[setting_name] = _as_control(SETTINGS[setting_name], value)


def recipe() -> TrainingConfig:
    """What the controls say; raises SettingError."""
    known = architectures.get(st.session_state["architecture"]).settings
    values: dict[str, Any] = {}
    for one in settings():
        if one.own and one.name not in known:
            continue
        if one.group == "augmentation" and not st.session_state.get("augmentation"):
            continue  # a strength of nothing
        value = st.session_state.get(one.name, one.default)
        if one.kind == "counts" and isinstance(value, str):
            value = parse(one, value)
        values[one.name] = None if one.own and value == known[one.name] else value
    return TrainingConfig.from_dict(values)


def keep_link(config: TrainingConfig) -> None:
    """Writes the recipe, the language and the run in view into the address bar, if they changed."""
    st.session_state[_RECIPE] = st.session_state[_LINK] = config.link()
    wanted = {**config.link(), **_frame_parameters()}
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)


def keep_frame() -> None:
    """The same for a page without a recipe."""
    wanted = _frame_parameters()
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)


def adopt_images(known: list[str]) -> None:
    """Takes the dataset to look at from the link, where it names one that is here."""
    wanted = st.query_params.get("images")
    if wanted in known and wanted != st.session_state.get(_IMAGES):
        st.session_state["images_dataset"] = wanted
        other_images()
    elif st.session_state.get("images_dataset") not in known:
        st.session_state["images_dataset"] = known[0]  # never chosen, or deleted meanwhile


def keep_images(name: str) -> None:
    """Writes the dataset in view into the address bar."""
    st.session_state[_IMAGES] = name
    wanted = {**_frame_parameters(), "images": name}
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)


def other_images() -> None:
    """Another dataset is in view: its classes and numbers are others."""
    for key in ("images_classes", "images_page", "images_row", "images_split", "images_brightness"):
        st.session_state.pop(key, None)


def run_id() -> str | None:
    """The run in view: from the address bar, else the one this viewer last started or opened."""
    return st.session_state.get(_RUN)


def choose_run(name: str | None) -> None:
    """Puts a run into view, or none."""
    st.session_state[_RUN] = name
    if name:
        st.query_params["run"] = name
    elif "run" in st.query_params:
        del st.query_params["run"]


def link(config: TrainingConfig | None = None, run: str | None = None) -> dict[str, str]:
    """The query parameters of a link to a recipe, to a run, or to both."""
    parameters = config.link() if config else {}
    if run:
        parameters["run"] = run
    return {**parameters, "lang": language()}


def deleted() -> list[str] | None:
    """The runs this viewer deleted last, while they can be brought back."""
    return st.session_state.get(_DELETED)


def remember_deleted(names: list[str] | None) -> None:
    st.session_state[_DELETED] = names


def job(kind: str) -> str | None:
    """The name of this viewer's job of a kind."""
    return st.session_state.get(f"_job_{kind}")


def new_job(kind: str) -> str:
    st.session_state[f"_job_{kind}"] = secrets.token_hex(8)
    return st.session_state[f"_job_{kind}"]


def upload() -> str:
    """The name of the folder in which this viewer puts pictures together."""
    return st.session_state.setdefault("_upload", secrets.token_hex(8))


def new_upload() -> None:
    """The next pictures go into a folder of their own."""
    for name in ("_upload", "_seen"):
        st.session_state.pop(name, None)
    for name in ("import_name", "import_path", "class_names", "_kept_class_names"):
        st.session_state[name] = ""


def first_time(file_id: str) -> bool:
    """Is this uploaded file new? A control gives the same file again at every rerun."""
    seen = st.session_state.setdefault("_seen", [])
    if file_id in seen:
        return False
    seen.append(file_id)
    return True


def suggest_name(name: str) -> None:
    """Fills in the name of a new dataset where the viewer has not."""
    if not st.session_state.get("import_name"):
        st.session_state["import_name"] = name[:60]


def drawing() -> str:
    """What this viewer drew last, as a data address; kept here, since the pad forgets it when the page is left."""
    return st.session_state.get("_drawing", "")


def keep_drawing(address: str) -> None:
    st.session_state["_drawing"] = address


def kept_toggle(label: str, default: bool, key: str, help: str) -> bool:
    """A toggle that remembers its state on other pages: Streamlit forgets controls that are not drawn."""
    _recall(key, default)
    return st.toggle(label, key=key, help=help, on_change=_remember, args=(key,))


def kept_slider(label: str, low: int, high: int, default: int, step: int, key: str, format: str, help: str) -> int:
    """The same for a slider of whole numbers."""
    _recall(key, default)
    return st.slider(label, low, high, step=step, key=key, format=format, help=help, on_change=_remember, args=(key,))


def _recall(key: str, default: Any) -> None:
    if key not in st.session_state:
        st.session_state[key] = st.session_state.get(f"_kept_{key}", default)


def _remember(key: str) -> None:
    st.session_state[f"_kept_{key}"] = st.session_state[key]


def picture() -> tuple[str, bytes] | None:
    """The name and the bytes of the picture this viewer asked about last, for the page that asks why."""
    return st.session_state.get("_picture")


def picture_is_whole() -> bool:
    """No face is to be looked for in it: it is a test image, or drawn."""
    return st.session_state.get("_picture_whole", False)


def keep_picture(name: str, content: bytes, whole: bool) -> None:
    st.session_state["_picture"] = (name, content)
    st.session_state["_picture_whole"] = whole


def batch() -> str:
    """The name of the folder in which this viewer's pictures for a batch lie."""
    return st.session_state.setdefault("_batch", secrets.token_hex(8))


def watcher(make: Callable[[], T]) -> T:
    """What looks at the frames of this viewer's camera; made at the first visit."""
    if "_watcher" not in st.session_state:
        st.session_state["_watcher"] = make()
    return st.session_state["_watcher"]


def begin_camera(now: float) -> None:
    st.session_state["_camera_began"] = now


def camera_began() -> float:
    """When Start or Stop was pressed last, in seconds as `time.time`; now where it never was."""
    return st.session_state.setdefault("_camera_began", time.time())


def freeze(content: bytes | None) -> None:
    """Keeps a frame of the camera as PNG, or lets go of it."""
    st.session_state["_frozen"] = content
    st.session_state.pop("_kept", None)


def frozen() -> bytes | None:
    return st.session_state.get("_frozen")


def recall_classes() -> None:
    """Puts the names of the new classes into their control, as they were before another page was seen."""
    _recall("class_names", "")


def keep_classes() -> None:
    _remember("class_names")


def new_classes() -> list[str]:
    """The classes of a dataset this viewer is putting together, so far."""
    text = st.session_state.get("class_names", st.session_state.get("_kept_class_names", ""))
    return [name.strip() for name in text.split(",") if name.strip()]


def add_class(name: str) -> None:
    """One more class of the dataset being put together."""
    known = new_classes()
    if name not in known:
        st.session_state["_kept_class_names"] = ", ".join([*known, name])
        st.session_state.pop("class_names", None)


def tell_kept(sentence: str) -> None:
    """What became of the frozen frame: said until there is another, as this page is drawn anew at any time."""
    st.session_state["_kept"] = sentence


def told_kept() -> str | None:
    return st.session_state.get("_kept")


def way() -> str:
    """Where this viewer's last picture to classify came from: a file, the pad, the camera."""
    return st.session_state.get("_way", "upload")


def keep_way(name: str) -> None:
    st.session_state["_way"] = name


def count(name: str) -> None:
    """One more press of a button that shows something new each time."""
    st.session_state[f"_count_{name}"] = counted(name) + 1


def counted(name: str) -> int:
    return st.session_state.get(f"_count_{name}", 0)


def deleted_dataset() -> str | None:
    """The imported dataset this viewer deleted last, while it can be brought back."""
    return st.session_state.get("_deleted_dataset")


def remember_deleted_dataset(name: str | None) -> None:
    st.session_state["_deleted_dataset"] = name


def _form_changed() -> bool:
    """Did the viewer move a control since the last run? Then the address is older than the form."""
    try:
        return recipe().link() != st.session_state.get(_RECIPE)
    except SettingError:
        return True


def _frame_parameters() -> dict[str, str]:
    parameters = {"lang": language()}
    run = st.session_state.get(_RUN)
    return {**parameters, "run": run} if run else parameters
