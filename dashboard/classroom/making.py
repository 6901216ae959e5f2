"""What was collected becomes a dataset: its split looked at before, by person or by chance; and how chance flatters."""

import numpy as np
import pandas as pd
import streamlit as st

from core.classwork import class_dataset
from core.classwork.class_dataset import Foreseen, Kind
from core.classwork.collecting import Collection
from core.classwork.flattery import Flattery, Tested, flattery
from core.data import imported
from core.data.dataset import Dataset
from core.data.imported import LONGEST_NAME
from core.errors import FitscopeError
from core.people.classroom import Classroom
from core.recipe.config import TrainingConfig
from core.recipe.sent import send_recipe
from dashboard import choices, resources
from dashboard.actions import attempt
from dashboard.navigation import page
from dashboard.words import _, in_markdown, language, number, percent, plural, points, say

LOOK_SECONDS = 5.0


@st.fragment(run_every=LOOK_SECONDS)
def show(room: Classroom, collection: Collection) -> None:
    """Looks again by itself: pictures come in meanwhile."""
    words: dict[Kind, str] = {"apart": _("By person"), "chance": _("By chance")}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.segmented_control(
            _("How it is split"),
            list(words),
            default="apart",
            required=True,
            key="split_kind",
            format_func=words.__getitem__,
            help=_("By person, nobody's pictures stand on two sides. By chance they do, and the test flatters."),
        )
        shares = _shares()
    try:
        planned = class_dataset.foreseen(collection, kind, shares)
    except FitscopeError as error:
        st.warning(say(error), icon=":material/group_add:")
    else:
        _level(planned)
        _table(planned)
        _make(collection, planned, kind)
    _made(room, collection)
    _flattery(collection)


def _shares() -> tuple[float, float, float]:
    """Of training, validation and test."""
    help = _("Of each class; as near as whole people allow.")
    validation = st.number_input(_("Validation (%)"), 5, 40, 20, 5, key="split_validation", width=150, help=help)
    test = st.number_input(_("Test (%)"), 5, 40, 20, 5, key="split_test", width=150, help=help)
    return 1 - (validation + test) / 100, validation / 100, test / 100


def _level(planned: Foreseen) -> None:
    match planned.division.level:
        case "person":
            st.success(_("All pictures of one person stand on one side: the test asks about people it never saw."))
        case "burst":
            st.warning(
                _(
                    "Too few people gave pictures of each class: all pictures of one burst stand on one side, but "
                    "those of one person on several. The test flatters somewhat."
                )
            )
        case "chance":
            st.warning(
                _("Pictures of one person stand on both sides: accuracy flatters. To see by how much, make both.")
            )


def _table(planned: Foreseen) -> None:
    """Of each class and side how many pictures, and of how many people."""
    sides = (_("Training"), _("Validation"), _("Test"))
    rows = [
        {_("Class"): name, **{side: _cell(planned, label, at) for at, side in enumerate(sides)}}
        for label, name in enumerate(planned.classes)
    ]
    totals = planned.counts.sum(axis=0)
    givers = np.array([one.giver for one in planned.pictures])
    people = [len({*givers[planned.division.sides == at]}) for at in range(len(sides))]
    rows.append({_("Class"): _("All"), **{side: _words(totals[at], people[at]) for at, side in enumerate(sides)}})
    st.dataframe(pd.DataFrame(rows), key="split_table", hide_index=True, alt=_("The split before it is made"))


def _cell(planned: Foreseen, label: int, side: int) -> str:
    return _words(planned.counts[label, side], planned.people[label, side])


def _words(pictures: int, people: int) -> str:
    return f"{number(int(pictures))} · {plural(int(people), '{n} person', '{n} people')}"


def _make(collection: Collection, planned: Foreseen, kind: Kind) -> None:
    there = imported.dataset(collection.datasets.get(kind, ""))
    title = there.title if there else collection.title
    if not there:
        wished = title if kind == "apart" else _marked(title)
        title = st.text_input(_("Name of the dataset"), wished, key=f"made_title_{kind}", max_chars=LONGEST_NAME)
    label = _("Make it again, as a new version") if there else _("Make the dataset")
    if not st.button(label, key="make_dataset", type="primary", icon=":material/dataset:"):
        return
    about = _("Collected by the class; all pictures of one person stand on one side.")
    if kind == "chance":
        about = _("Collected by the class and split by chance: pictures of one person stand on both sides.")
    elif planned.division.level == "burst":
        about = _("Collected by the class; all pictures of one burst stand on one side.")
    bar = st.progress(0.0)

    def told(what: str, part: float) -> None:
        bar.progress(min(1.0, part), _(what))

    def work() -> None:
        class_dataset.make(collection, planned, title, about, told)

    if attempt(work):
        st.rerun()
    bar.empty()


def _marked(title: str) -> str:
    """A title that says how the dataset was split, also where it is too long for both."""
    mark = len(_("{title}, by chance", title=""))
    return _("{title}, by chance", title=title[: LONGEST_NAME - mark])


def _made(room: Classroom, collection: Collection) -> None:
    """The datasets that were made, each with the ways on from it."""
    for kind in ("apart", "chance"):
        spec = imported.dataset(collection.datasets.get(kind, ""))
        if spec:
            _ways_on(room, spec, kind)


def _ways_on(room: Classroom, spec: Dataset, kind: str) -> None:
    link = {"dataset": spec.name, "lang": language()}
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        n = spec.n_train + spec.n_validation + spec.n_test
        st.markdown(f"**{in_markdown(spec.title)}**  \n{plural(n, '{n} picture', '{n} pictures')} · {split_word(spec)}")
        st.space("stretch")
        st.page_link(
            page("images"),
            label=_("Look"),
            icon=":material/image:",
            query_params={"images": spec.name, "lang": language()},
        )
        st.page_link(page("train"), label=_("Train from scratch"), icon=":material/exercise:", query_params=link)
        st.page_link(
            page("train"),
            label=_("Train from a network that has seen a million pictures"),
            icon=":material/play_circle:",
            query_params={**link, **choices.TRANSFER},
        )
        st.button(
            _("Send to everybody"),
            key=f"send_{kind}",
            icon=":material/send:",
            on_click=_send,
            args=(room, spec),
            help=_("On every screen a bar opens the Train page with this dataset; all settings stay open."),
        )


def split_word(spec: Dataset) -> str:
    """How a dataset of the class was split, in a word."""
    words = {"person": _("split by person"), "burst": _("split by burst"), "chance": _("split by chance: it flatters")}
    return words.get(spec.split, "")


def _send(room: Classroom, spec: Dataset) -> None:
    def work() -> None:
        recipe = TrainingConfig.from_text({"dataset": spec.name, **choices.TRANSFER})
        send_recipe(room, recipe, resources.run_name(recipe), (), locked=False)

    if attempt(work):
        st.toast(_("Done; their screens show it within two seconds."), icon=":material/check:")


def _flattery(collection: Collection) -> None:
    """The two test accuracies beside each other, once both datasets were trained on alike."""
    if len(collection.datasets) < 2:
        return
    st.subheader(_("How much chance flatters"), anchor=False)
    found = flattery(resources.store(), collection)
    if found is None:
        st.caption(_("Train on both with the same recipe; then both test accuracies stand here."))
        return
    rows = [(_("By person"), found.apart), (_("By chance"), found.chance)]
    st.dataframe(
        pd.DataFrame([_row(word, one) for word, one in rows]),
        key="flattery",
        hide_index=True,
        alt=_("Test accuracy by person and by chance"),
    )
    st.markdown(_sentence(found))


def _row(word: str, one: Tested) -> dict[str, str]:
    low, high = one.interval
    return {
        _("How it is split"): word,
        _("Run"): one.name,
        _("Test accuracy"): f"{percent(one.accuracy)} · n = {number(one.n)}",
        _("95 % interval"): f"{percent(low, 0)} – {percent(high, 0)}",
    }


def _sentence(found: Flattery) -> str:
    low, high = found.interval
    values = {
        "points": points(found.difference),
        "low": number(100 * low, 1),
        "high": number(100 * high, 1),
    }
    if found.more_than_noise:
        return _(
            "Split by chance the same recipe seems **{points}** better (95 % interval {low} to {high}): it "
            "meets people in the test whose pictures it has learnt. On somebody new it is as good as the first row "
            "says.",
            **values,
        )
    return _(
        "Split by chance the same recipe differs by {points} (95 % interval {low} to {high}): with so few test "
        "pictures that may be luck. Collect more, or train both from several seeds.",
        **values,
    )
