"""How each explanation is shown: a function of its name, and one for those that have none."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.evaluation.evaluation import Evaluation
from core.inside.explanation import Explained, Explanation
from core.runs.store import Run
from dashboard.charts import answers, parts, pictures
from dashboard.widgets.plot import clickable, plot
from dashboard.words import _, number, percent

MAPS = 64  # of a layer, shown at a glance
SIDE = 72  # pixels of one map on the screen


@dataclass(frozen=True)
class Look:
    """What was looked at: the run, its test answers, one picture, or several with their positions in the test set."""

    run: Run
    found: Evaluation
    picture: np.ndarray | None
    images: np.ndarray | None
    positions: np.ndarray | None
    convolutions: tuple[str, ...] = ()


def options(name: str, explanation: Explanation, run: Run, look: Look) -> dict[str, Any]:
    """What the viewer may choose for an explanation: class, filter, method."""
    chosen: dict[str, Any] = {}
    columns = st.columns(3)
    if "class" in explanation.options:
        classes = look.found.classes
        words = {-1: _("what the network says"), **{label: _(one) for label, one in enumerate(classes)}}
        label = columns[0].selectbox(
            _("For which class"),
            list(words),
            key="inside_class",
            format_func=words.__getitem__,
            help=_("Speaks for it."),
        )
        chosen["class"] = None if label < 0 else label
    if "layer" in explanation.options and len(look.convolutions) > 1:
        chosen["layer"] = columns[1].selectbox(
            _("Layer"),
            look.convolutions,
            len(look.convolutions) - 1,
            key="inside_convolution",
            help=_("The first convolutions see edges, the last ones parts of things."),
        )
    if "filter" in explanation.options:
        chosen["filter"] = (
            columns[0].number_input(
                _("Filter"), 1, 1024, key="inside_filter", help=_("Of that convolution, counted from 1.")
            )
            - 1
        )
    if "method" in explanation.options:
        methods = {"pca": "PCA", "tsne": "t-SNE", "umap": "UMAP"}
        chosen["method"] = columns[0].selectbox(
            _("Method"),
            list(methods),
            key="inside_method",
            format_func=methods.__getitem__,
            help=_("PCA comes at once, t-SNE takes some seconds."),
        )
    return chosen


def feature_maps(found: Explained, look: Look) -> None:
    """A layer at a glance, one of its maps large."""
    layers = {layer["name"]: layer for layer in found.facts["layers"]}
    boxes = [(layer["kind"], " × ".join(map(str, layer["shape"])), name) for name, layer in layers.items()]
    st.html(pictures.layers(boxes))
    name, common = _layer_and_scale(list(layers))
    values = found.arrays[name].astype(np.float32)
    if values.ndim == 1:
        _vector(values)
        return
    maps = np.moveaxis(values, 2, 0)[:MAPS]
    shown = as_grey(maps, common)
    words = [str(place + 1) for place in range(len(maps))]
    left, right = st.columns([3, 1])
    with left:
        st.html(pictures.wall(shown, words, words, side=SIDE))
        if values.shape[2] > MAPS:
            st.caption(_("{shown} of {n} maps.", shown=MAPS, n=values.shape[2]))
    with right:
        one = st.number_input(_("One map large"), 1, values.shape[2], key="inside_map", help=_("Its number."))
        large = as_grey(values[None, :, :, one - 1], common)
        st.html(pictures.wall(large, [str(one)], [str(one)], side=220))
        low, high = float(values[..., one - 1].min()), float(values[..., one - 1].max())
        st.caption(_("From {low} (dark) to {high} (bright).", low=number(low, 2), high=number(high, 2)))


def filters(found: Explained, _look: Look) -> None:
    """The kernels of one convolution, by one input channel or in colour."""
    layers = {layer["name"]: layer for layer in found.facts["layers"]}
    name, common = _layer_and_scale(list(layers))
    kernels = np.moveaxis(found.arrays[name], 3, 0)[:MAPS]  # (k, k, in, out) -> (out, k, k, in)
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


def grad_cam(found: Explained, look: Look) -> None:
    _over_picture(found.arrays["resized"], found, look)


def saliency(found: Explained, look: Look) -> None:
    _over_picture(found.arrays["map"], found, look)


def smooth_gradient(found: Explained, look: Look) -> None:
    _over_picture(found.arrays["map"], found, look)


def occlusion(found: Explained, look: Look) -> None:
    """Where covering hurts, warm; where it helps is left dark."""
    drop = np.maximum(found.arrays["map"], 0)
    _over_picture(drop / max(float(drop.max()), 1e-9), found, look)
    st.caption(
        _(
            "A square of {patch}×{patch} pixels covered each place; at the warmest the probability fell by {drop}.",
            patch=found.facts["patch"],
            drop=percent(float(drop.max())),
        )
    )


def activation_maximisation(found: Explained, _look: Look) -> None:
    """The noise it began with, and what became of it."""
    both = np.stack([found.arrays["start"], found.arrays["image"]])
    words = [_("the noise it began with"), _("what excites the filter")]
    st.html(pictures.wall(np.round(both * 255).astype(np.uint8), words, words, side=200))
    st.caption(
        _(
            "Layer {layer}, filter {filter} of {filters}: its mean sum rose from {before} to {after}.",
            layer=found.facts["layer"],
            filter=found.facts["filter"] + 1,
            filters=found.facts["filters"],
            before=number(found.facts["before"], 2),
            after=number(found.facts["after"], 2),
        )
    )


def most_exciting(found: Explained, look: Look) -> None:
    """The test pictures that excite a filter most, by its strongest place and on average."""
    assert look.images is not None
    for title, order, values in (
        (_("At its strongest place"), "by_maximum", "maximum"),
        (_("On average"), "by_mean", "mean"),
    ):
        st.markdown(f"**{title}**")
        chosen = found.arrays[order]
        words = [number(float(found.arrays[values][place]), 2) for place in chosen]
        st.html(pictures.wall(look.images[chosen], words, words, side=SIDE))
    st.caption(_("Under each picture: the filter's activation. {n} test pictures were asked.", n=found.facts["n"]))


def dead_units(found: Explained, _look: Look) -> None:
    """Per layer, how many units never answered."""
    rows = [
        {
            _("Layer"): layer["name"],
            _("Kind"): layer["kind"],
            _("Units"): layer["units"],
            _("Silent"): layer["dead"],
        }
        for layer in found.facts["layers"]
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt=_("Silent units of each layer"))
    st.markdown(
        _("**{dead}** units were 0 for all of {n} test pictures.", dead=found.facts["dead"], n=found.facts["n"])
    )


def histograms(found: Explained, _look: Look) -> None:
    """Weights and activations of one layer as bars."""
    kinds = {"weights": _("Weights"), "activations": _("Activations")}
    left, right = st.columns(2)
    for column, kind in zip((left, right), kinds, strict=True):
        with column:
            rows = {row["name"]: row for row in found.facts[kind]}
            name = st.selectbox(kinds[kind], list(rows), key=f"inside_{kind}", help=_("Of which layer."))
            row = rows[name]
            counts, edges = found.arrays[f"{name} counts"], found.arrays[f"{name} edges"]
            title = _(
                "{name}: mean {mean}, spread {deviation}",
                name=name,
                mean=number(row["mean"], 3),
                deviation=number(row["deviation"], 3),
            )
            plot(answers.bins(edges, counts, _("value"), _("how many"), title), key=f"inside-bins-{kind}")


def hidden_map(found: Explained, look: Look) -> None:
    """A map of test pictures; a click shows the picture."""
    assert look.positions is not None
    assert look.images is not None
    labels = look.found.labels[look.positions]
    classes = [_(name) for name in look.found.classes]
    left, right = st.columns([3, 1])
    with left:
        title = _("{n} test pictures in the last hidden layer", n=len(labels))
        clicked = clickable(answers.scatter(found.arrays["points"], labels, classes, title, _), key="inside-map")
        if not found.facts["hidden"]:
            st.caption(_("This network has no hidden layer: the map is made of the pixels themselves."))
        kept = found.facts["kept"]
        if kept is not None:
            st.caption(_("Two dimensions keep {share} of the spread.", share=percent(kept)))
    with right:
        st.caption(_("Click a dot to see its picture."))
        if clicked:
            members = np.flatnonzero(labels == np.unique(labels)[clicked[1]])
            place = members[min(clicked[0], len(members) - 1)]
            position = look.positions[place]
            said = classes[look.found.predicted[position]]
            words = _("is: {label}", label=classes[labels[place]]) + " · " + _("says: {label}", label=said)
            st.html(pictures.wall(look.images[place][None], [words], [words], side=180))


def anything(found: Explained, _look: Look) -> None:
    """For an explanation without a view of its own: its facts, and its arrays that look like pictures."""
    for name, array in found.arrays.items():
        if array.ndim == 2 and min(array.shape) > 1:
            st.html(pictures.wall(as_grey(array[None].astype(np.float32), True), [name], [name], side=200))
    st.json(dict(found.facts), expanded=False)


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


def as_grey(maps: np.ndarray, common: bool) -> np.ndarray:
    """(n, height, width) of any range -> (n, height, width, 1) uint8, by one scale or each by its own."""
    axes = None if common else (1, 2)
    low, high = maps.min(axis=axes, keepdims=True), maps.max(axis=axes, keepdims=True)
    return np.round(255 * (maps - low) / np.maximum(high - low, 1e-9)).astype(np.uint8)[..., None]


def _over_picture(heat: np.ndarray, found: Explained, look: Look) -> None:
    assert look.picture is not None
    over_picture(look.picture, heat, look.found.classes[found.facts["class"]])


def over_picture(picture: np.ndarray, heat: np.ndarray, label: str) -> None:
    """The picture, the map, and the map laid over the picture: what spoke for a class."""
    both = [_as_rgb(picture), parts.warm(heat), _blend(picture, heat)]
    words = [_("the picture"), _("the map"), _("both")]
    st.html(pictures.wall(np.stack(both), words, words, side=200))
    st.caption(_("For “{label}”. Dark: nothing. Bright yellow: most.", label=_(label)))


def _as_rgb(picture: np.ndarray) -> np.ndarray:
    return np.repeat(picture, 3, axis=2) if picture.shape[2] == 1 else picture


def _blend(picture: np.ndarray, heat: np.ndarray) -> np.ndarray:
    share = 0.65 * np.clip(heat, 0, 1)[..., None]
    return np.round((1 - share) * _as_rgb(picture) + share * parts.warm(heat)).astype(np.uint8)
