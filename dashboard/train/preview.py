"""A recipe before it is trained: the network's layers and size, what it will cost, what is impossible and why."""

from typing import Any

import streamlit as st

from core.data.catalogue import dataset
from core.data.dataset import Dataset
from core.experiments.expected import foretold
from core.experiments.kind import Cell
from core.experiments.places import images_of
from core.recipe import architectures
from core.recipe.config import TrainingConfig
from core.training.layers import Plan
from dashboard import resources
from dashboard.charts import pictures
from dashboard.widgets import layers, timing
from dashboard.widgets.layers import shape_text
from dashboard.words import _, as_named, number, size
from models.transfer import FEATURES


def cost(config: TrainingConfig, plan: Plan, device: dict[str, Any] | None) -> None:
    """One line under the button: the time, parameters, device; where the time is not known, a way to try it."""
    parts = [_("{n} parameters", n=number(plan.parameters))] if plan.layers else []
    if device and plan.layers:
        parts.append(device["name"])
    known = foretold(resources.store(), config)
    if known:
        parts.insert(0, f"{timing.words(known.seconds, known.at_most)}, {timing.doubt(known.predicted)}")
    if known and known.memory:
        parts.insert(1, _("{size} of memory", size=size(known.memory)))
    st.caption(" · ".join(parts))
    if known is None:
        timing.offer_a_try([Cell({}, config)])


def n_train(config: TrainingConfig) -> int:
    """How many images a recipe learns from; what is published, while the dataset has not been read yet."""
    counts = resources.counts(config)
    if counts:
        return sum(counts["train"])
    left = images_of(config)[0]
    return min(config.train_images or left, left)


def show(config: TrainingConfig, plan: Plan, folded: bool) -> None:
    """The network as a strip of layers, its size in figures, and one image of each class.

    folded  under an expander, because a run is in view above
    """
    place = (
        st.expander(_("The network of this recipe"), icon=":material/account_tree:", key="network")
        if folded
        else st.container()
    )
    with place:
        chosen = dataset(config.dataset)
        images = n_train(config)
        st.markdown(f"**{_(architectures.get(config.architecture).title)}**")
        if not plan.layers:
            st.caption(
                _(
                    "A baseline of scikit-learn, fitted in one go: no layers, no epochs. It learns from {n} images.",
                    n=number(images),
                )
            )
            _samples(chosen, folded)
            return
        st.html(pictures.layers([_input(plan, config), *_boxes(plan)]))
        with st.container(horizontal=True):
            for title, value, help in (
                (_("Parameters"), number(plan.parameters), _("Numbers the network learns.")),
                (
                    _("Multiply-adds an image"),
                    number(plan.multiply_adds),
                    _("Work for one answer; training takes about three times as much."),
                ),
                (_("Training images"), number(images), _("After the validation share is held back.")),
                (
                    _("Parameters per image"),
                    number(plan.trainable / max(1, images), 1),
                    _(
                        "Parameters that are learnt, divided by training images. Many parameters and few images: easy "
                        "to learn by heart."
                    ),
                ),
            ):
                st.metric(title, value, help=help, border=True, width=215)
        with st.expander(_("All layers as a table"), key="layers"):
            st.dataframe(layers.table(plan), hide_index=True, alt=_("Layers of the network"))
        _samples(chosen, folded)


def _samples(chosen: Dataset, folded: bool) -> None:
    if not folded and not resources.problem(chosen):
        words = _("{dataset}: one image of each class", dataset=as_named(chosen.name, chosen.title))
        st.markdown(f"**{words}**")
        st.html(resources.sample_strip(chosen))


def _input(plan: Plan, config: TrainingConfig) -> tuple[str, str, str]:
    chosen = dataset(config.dataset)
    side = config.image_size
    shape = (side, side, chosen.shape[2]) if side else chosen.shape
    return _("image"), shape_text(shape), ""


def _boxes(plan: Plan) -> list[tuple[str, str, str]]:
    """One for each layer; a backbone, which may have a hundred, is one."""
    names = [layer.name for layer in plan.layers]
    if FEATURES not in names:
        return [_box(layer) for layer in plan.layers]
    end = names.index(FEATURES)
    parameters = sum(layer.parameters for layer in plan.layers[:end])
    shape = shape_text(plan.layers[end - 1].output_shape) if end else ""
    return [(_("Backbone"), shape, number(parameters)), *(_box(layer) for layer in plan.layers[end:])]


def _box(layer: Any) -> tuple[str, str, str]:
    return layer.kind, shape_text(layer.output_shape), number(layer.parameters) if layer.parameters else ""
