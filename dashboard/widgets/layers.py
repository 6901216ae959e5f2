"""The layers of a recipe's network: asked of an idle worker, shown as a table."""

import pandas as pd
import streamlit as st

from core.errors import RunError, SettingError
from core.recipe import architectures
from core.recipe.config import TrainingConfig
from core.training.layers import Plan
from dashboard.server.engine import engine
from dashboard.words import _, say

NO_LAYERS = Plan((), 0, 0, 0)
"""Of a baseline."""


def plan(config: TrainingConfig) -> Plan | None:
    """The layers of a recipe's network; None, with the reason on the page, while or where there are none."""
    trainer = engine()
    if trainer is None:
        st.info(_("Nobody is training here. Start the dashboard again."), icon=":material/power_off:")
        return None
    if architectures.is_baseline(config.architecture):
        return NO_LAYERS
    try:
        if trainer.device is None:
            with st.spinner(_("Warming up the worker, a few seconds …")):
                return trainer.plan(config)
        return trainer.plan(config)
    except SettingError as impossible:
        st.error(say(impossible), icon=":material/layers_clear:")
    except RunError as error:
        st.error(say(error), icon=":material/error:")
    return None


def table(plan: Plan) -> pd.DataFrame:
    """One row a layer: kind, shape, parameters, multiply-adds."""
    rows = [
        {
            _("Layer"): layer.kind,
            _("Output shape"): shape_text(layer.output_shape),
            _("Parameters"): layer.parameters,
            _("Multiply-adds"): layer.multiply_adds,
        }
        for layer in plan.layers
    ]
    return pd.DataFrame(rows)


def shape_text(shape: tuple) -> str:
    """28 × 28 × 1."""
    return " × ".join(str(size) for size in shape)
