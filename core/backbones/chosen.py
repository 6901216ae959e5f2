"""The backbone that a recipe names, in its network: laid by the architecture, given its weights here."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from core.backbones import earlier_run, published
from core.progress import Progress, silent
from core.recipe import backbones
from models.backbones.backbone import Backbone

SETTING = "backbone"
GREY = np.array([0.299, 0.587, 0.114], np.float32)  # of red, green and blue: as Pillow makes a picture grey


def resolved(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """An architecture's settings with the backbone itself for its name; raises SettingError where there is none.

    Those of an architecture without a backbone come back as they are.
    """
    name = settings.get(SETTING)
    if name is None or isinstance(name, Backbone):
        return settings
    return {**settings, SETTING: backbones.known().get(name) or earlier_run.backbone(name, resolved)}


def place(model: Any, settings: Mapping[str, Any], progress: Progress = silent) -> None:
    """Puts the backbone's weights into a network that was built with `resolved` settings, if it has one.

    Raises DataError, OfflineError, StorageError, and RunError where an earlier run has lost its network.
    """
    backbone = settings.get(SETTING)
    if backbone is None:
        return
    layers = {layer.name: layer for layer in model.layers}
    backbone.place(layers, published.arrays(backbone, progress))
    if "grey" in layers:
        layers["grey"].set_weights([GREY.reshape(1, 1, 3, 1)])
