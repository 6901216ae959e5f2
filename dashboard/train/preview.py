"""A recipe before it is trained: the network's layers and size, what it will cost, what is impossible and why."""

from typing import Any

import pandas as pd
import streamlit as st

from core.data.cache import facts
from core.data.catalogue import architecture, dataset
from core.errors import RunError
from core.recipe.config import TrainingConfig
from core.training.layers import Plan
from dashboard import resources
from dashboard.charts import pictures
from dashboard.server.engine import engine
from dashboard.words import _, duration, number, say, say_again
from models.architecture import ImpossibleNetwork


def plan(config: TrainingConfig) -> Plan | None:
    """The layers of a recipe's network; None, with the reason on the page, while or where there are none."""
    here = engine()
    if here is None:
        st.info(_("Nobody is training here. Start the dashboard again."), icon=":material/power_off:")
        return None
    try:
        if here.device is None:
            with st.spinner(_("Warming up the worker, a few seconds …")):
                return here.plan(config)
        return here.plan(config)
    except ImpossibleNetwork as impossible:
        st.error(say_again(impossible.template, impossible.values), icon=":material/layers_clear:")
    except RunError as error:
        st.error(say(error), icon=":material/error:")
    return None


def cost(config: TrainingConfig, plan: Plan, device: dict[str, Any] | None) -> str:
    """One line under the button: parameters, device, and the time if a run like it was measured here."""
    parts = [_("{n} parameters", n=number(plan.parameters))]
    if device:
        parts.append(device["name"])
    seconds = resources.expected_seconds(config, n_train(config))
    if seconds:
        parts.insert(0, _("about {time}, going by your last run", time=duration(seconds)))
    return " · ".join(parts)


def n_train(config: TrainingConfig) -> int:
    """How many images a recipe learns from; what is published, while the dataset has not been read yet."""
    counts = resources.counts(config)
    if counts:
        return sum(counts["train"])
    chosen = facts(config.dataset)
    held_back = 0 if chosen.n_validation else round(chosen.n_train * config.validation_fraction)
    left = chosen.n_train - held_back
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
        st.markdown(f"**{_(architecture(config.architecture).title)}**")
        st.html(pictures.layers([_input(plan, config), *(_box(layer) for layer in plan.layers)]))
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
                    number(plan.parameters / max(1, images), 1),
                    _("Parameters divided by training images. Many parameters and few images: easy to learn by heart."),
                ),
            ):
                st.metric(title, value, help=help, border=True, width=215)
        with st.expander(_("All layers as a table"), key="layers"):
            st.dataframe(table(plan), hide_index=True, alt=_("Layers of the network"))
        if not folded and not resources.problem(config.dataset):
            st.markdown("**" + _("{dataset}: one image of each class", dataset=_(chosen.title)) + "**")
            st.html(resources.sample_strip(config.dataset))


def _input(plan: Plan, config: TrainingConfig) -> tuple[str, str, str]:
    chosen = dataset(config.dataset)
    side = config.image_size
    shape = (side, side, chosen.shape[2]) if side else chosen.shape
    return _("image"), _shape(shape), ""


def _box(layer: Any) -> tuple[str, str, str]:
    return layer.kind, _shape(layer.output_shape), number(layer.parameters) if layer.parameters else ""


def table(plan: Plan) -> pd.DataFrame:
    """One row a layer: kind, shape, parameters, multiply-adds."""
    rows = [
        {
            _("Layer"): layer.kind,
            _("Output shape"): _shape(layer.output_shape),
            _("Parameters"): layer.parameters,
            _("Multiply-adds"): layer.multiply_adds,
        }
        for layer in plan.layers
    ]
    return pd.DataFrame(rows)


def _shape(shape: tuple) -> str:
    return " × ".join(str(size) for size in shape)
