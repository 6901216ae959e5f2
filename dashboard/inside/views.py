"""How explanations are shown: a function for each kind of view, and one for explanations that name none."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from core.evaluation.evaluation import Evaluation
from core.inside.explanation import Explained
from core.runs.run import Run
from dashboard import looking
from dashboard.charts import answers, pictures
from dashboard.widgets.plot import clickable, plot
from dashboard.words import _, class_words, number, percent, plural

MAPS = 64  # of a layer, shown at a glance
SIDE = 72  # pixels of one map on the screen


@dataclass(frozen=True)
class Look:
    """What was looked at: the run, its answers to the test set, while it trains to validation, one picture, or several
    with their positions in that set."""

    run: Run
    evaluation: Evaluation
    picture: np.ndarray | None
    images: np.ndarray | None
    positions: np.ndarray | None


View = Callable[[Explained, Look], None]
VIEWS: dict[str, View] = {}  # what an explanation may name as its `view`


def view(name: str) -> Callable[[View], View]:
    """Makes a function the view of that name."""

    def register(function: View) -> View:
        VIEWS[name] = function
        return function

    return register


def show(name: str, explained: Explained, look: Look) -> None:
    """Draws what an explanation explained in the view it names; its facts and arrays where it names none."""
    VIEWS.get(name, anything)(explained, look)


@view("feature maps")
def feature_maps(explained: Explained, look: Look) -> None:
    """A layer at a glance, one of its maps large."""
    layers = {layer["name"]: layer for layer in explained.facts["layers"]}
    boxes = [(layer["kind"], " × ".join(map(str, layer["shape"])), name) for name, layer in layers.items()]
    st.html(pictures.layers(boxes))
    name, common = _layer_and_scale(list(layers))
    values = explained.arrays[name].astype(np.float32)
    if values.ndim == 1:
        _vector(values)
        return
    maps = np.moveaxis(values, 2, 0)[:MAPS]
    shown = pictures.as_grey(maps, common)
    words = [str(place + 1) for place in range(len(maps))]
    left, right = st.columns([3, 1])
    with left:
        st.html(pictures.wall(shown, words, words, side=SIDE))
        if values.shape[2] > MAPS:
            st.caption(_("{shown} of {n} maps.", shown=MAPS, n=values.shape[2]))
    with right:
        one = st.number_input(_("One map large"), 1, values.shape[2], key="inside_map", help=_("Its number."))
        large = pictures.as_grey(values[None, :, :, one - 1], common)
        st.html(pictures.wall(large, [str(one)], [str(one)], side=220))
        low, high = float(values[..., one - 1].min()), float(values[..., one - 1].max())
        st.caption(_("From {low} (dark) to {high} (bright).", low=number(low, 2), high=number(high, 2)))


@view("kernels")
def filters(explained: Explained, _look: Look) -> None:
    """The kernels of one convolution, by one input channel or in colour."""
    layers = {layer["name"]: layer for layer in explained.facts["layers"]}
    name, common = _layer_and_scale(list(layers))
    kernels = np.moveaxis(explained.arrays[name], 3, 0)[:MAPS]  # (k, k, in, out) -> (out, k, k, in)
    if kernels.shape[3] != 3:
        channel = 1
        if kernels.shape[3] > 1:
            channel = st.number_input(
                _("Input channel"), 1, kernels.shape[3], key="inside_channel", help=_("Which map of the layer before.")
            )
        kernels = kernels[..., channel - 1 : channel]
    most = np.abs(kernels).max() if common else np.abs(kernels).max(axis=(1, 2, 3), keepdims=True)
    grey = np.round(127.5 + 127.5 * kernels / np.maximum(most, 1e-9)).astype(np.uint8)
    words = [str(place + 1) for place in range(len(grey))]
    st.html(pictures.wall(grey, words, words, side=SIDE))
    st.caption(_("Grey is 0, bright adds, dark takes away."))


@view("over picture")
def over_picture(explained: Explained, look: Look) -> None:
    """A map of the picture's own size, or of a layer's size and resized, laid over the picture."""
    assert look.picture is not None
    heat = explained.arrays.get("resized", explained.arrays["map"])
    looking.over_picture(look.picture, heat, look.evaluation.classes[explained.facts["class"]])


@view("covered")
def occlusion(explained: Explained, look: Look) -> None:
    """Where covering hurts, warm; where it helps is left dark."""
    assert look.picture is not None
    drop = np.maximum(explained.arrays["map"], 0)
    label = look.evaluation.classes[explained.facts["class"]]
    looking.over_picture(look.picture, drop / max(float(drop.max()), 1e-9), label)
    st.caption(
        _(
            "A square of {patch}×{patch} pixels covered each place; at the warmest the probability fell by {drop}.",
            patch=explained.facts["patch"],
            drop=percent(float(drop.max())),
        )
    )


@view("noise and image")
def activation_maximisation(explained: Explained, _look: Look) -> None:
    """The noise it began with, and what became of it."""
    both = np.stack([explained.arrays["start"], explained.arrays["image"]])
    words = [_("the noise it began with"), _("what excites the filter")]
    st.html(pictures.wall(np.round(both * 255).astype(np.uint8), words, words, side=200))
    st.caption(
        _(
            "Layer {layer}, filter {filter} of {filters}: its mean sum rose from {before} to {after}.",
            layer=explained.facts["layer"],
            filter=explained.facts["filter"] + 1,
            filters=explained.facts["filters"],
            before=number(explained.facts["before"], 2),
            after=number(explained.facts["after"], 2),
        )
    )


@view("most exciting")
def most_exciting(explained: Explained, look: Look) -> None:
    """The test pictures that excite a filter most, by its strongest place and on average."""
    assert look.images is not None
    for title, order, values in (
        (_("At its strongest place"), "by_maximum", "maximum"),
        (_("On average"), "by_mean", "mean"),
    ):
        st.markdown(f"**{title}**")
        chosen = explained.arrays[order]
        words = [number(float(explained.arrays[values][place]), 2) for place in chosen]
        st.html(pictures.wall(look.images[chosen], words, words, side=SIDE))
    st.caption(_("Under each picture: the filter's activation. {n} pictures were asked.", n=explained.facts["n"]))


@view("silent units")
def dead_units(explained: Explained, _look: Look) -> None:
    """Per layer, how many units never answered."""
    rows = [
        {
            _("Layer"): layer["name"],
            _("Kind"): layer["kind"],
            _("Units"): layer["units"],
            _("Silent"): layer["dead"],
        }
        for layer in explained.facts["layers"]
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt=_("Silent units of each layer"))
    st.markdown(
        plural(
            explained.facts["dead"],
            "**{n}** unit was 0 for all of {pictures} pictures.",
            "**{n}** units were 0 for all of {pictures} pictures.",
            pictures=explained.facts["n"],
        )
    )


@view("histograms")
def histograms(explained: Explained, _look: Look) -> None:
    """Weights and activations of one layer as bars."""
    kinds = {"weights": _("Weights"), "activations": _("Activations")}
    left, right = st.columns(2)
    for column, kind in zip((left, right), kinds, strict=True):
        with column:
            rows = {row["name"]: row for row in explained.facts[kind]}
            name = st.selectbox(kinds[kind], list(rows), key=f"inside_{kind}", help=_("Of which layer."))
            row = rows[name]
            counts, edges = explained.arrays[f"{name} counts"], explained.arrays[f"{name} edges"]
            title = _(
                "{name}: mean {mean}, spread {deviation}",
                name=name,
                mean=number(row["mean"], 3),
                deviation=number(row["deviation"], 3),
            )
            plot(answers.bins(edges, counts, _("value"), _("how many"), title), key=f"inside-bins-{kind}")


@view("map of pictures")
def hidden_map(explained: Explained, look: Look) -> None:
    """A map of test pictures; a click shows the picture."""
    assert look.positions is not None
    assert look.images is not None
    labels = look.evaluation.labels[look.positions]
    classes = class_words(look.evaluation.dataset, look.evaluation.classes)
    left, right = st.columns([3, 1])
    with left:
        title = _("{n} pictures in the last hidden layer", n=len(labels))
        clicked = clickable(answers.scatter(explained.arrays["points"], labels, classes, title, _), key="inside-map")
        if not explained.facts["hidden"]:
            st.caption(_("This network has no hidden layer: the map is made of the pixels themselves."))
        kept = explained.facts["kept"]
        if kept is not None:
            st.caption(_("Two dimensions keep {share} of the spread.", share=percent(kept)))
    with right:
        st.caption(_("Click a dot to see its picture."))
        if clicked:
            members = np.flatnonzero(labels == np.unique(labels)[clicked[1]])
            place = members[min(clicked[0], len(members) - 1)]
            position = look.positions[place]
            said = classes[look.evaluation.predicted[position]]
            words = _("is: {label}", label=classes[labels[place]]) + " · " + _("says: {label}", label=said)
            st.html(pictures.wall(look.images[place][None], [words], [words], side=180))


def anything(explained: Explained, _look: Look) -> None:
    """For an explanation without a view of its own: its facts, and its arrays that look like pictures."""
    for name, array in explained.arrays.items():
        if array.ndim == 2 and min(array.shape) > 1:
            st.html(pictures.wall(pictures.as_grey(array[None].astype(np.float32), True), [name], [name], side=200))
    st.json(dict(explained.facts), expanded=False)


def _layer_and_scale(names: list[str]) -> tuple[str, bool]:
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    name = left.selectbox(_("Layer"), names, key="inside_layer", help=_("In the order in which the picture passes."))
    common = right.toggle(
        _("One scale for all"), key="inside_scale", help=_("Off: each by its own brightest. On: comparable.")
    )
    return name, common


def _vector(values: np.ndarray) -> None:
    shown = values[:200]
    title = _("{n} units, each one number", n=len(values))
    plot(
        answers.bins(np.arange(len(shown) + 1) + 0.5, shown, _("unit"), _("activation"), title),
        key="inside-vector",
    )
