"""A network that was trained before, and one new layer that answers: for a few pictures of one's own."""

import importlib
from typing import Any

from models.architecture import Architecture, ImpossibleNetwork
from models.backbones.backbone import Backbone

FEATURES = "features"  # name of the layer whose numbers the new one gets: all that lies before is the backbone


def build(input_shape, num_classes, settings):
    import keras
    from keras import layers

    backbone = named(settings["backbone"])
    image = keras.Input(input_shape)  # (64, 64, 3), float32 in 0..1
    laid = backbone.lay(_as_it_wants(image, backbone))  # -> (4, 4, 1280)
    _freeze(laid.blocks, settings["fine_tune_blocks"])
    flat = layers.GlobalAveragePooling2D if len(laid.output.shape) == 4 else layers.Flatten
    x = flat(name=FEATURES)(laid.output)  # -> (1280,)
    x = layers.Dropout(settings["dropout"])(x)
    x = layers.Dense(num_classes, activation="softmax", dtype="float32")(x)  # -> (5,)
    return keras.Model(image, x)


def named(backbone: str | Backbone) -> Backbone:
    """The backbone of a file in `models/backbones`; itself where it is one (an earlier run)."""
    if isinstance(backbone, Backbone):
        return backbone
    try:
        return importlib.import_module(f"models.backbones.{backbone}").SPEC
    except (ImportError, AttributeError):
        raise ImpossibleNetwork(
            "backbone={value} is unknown; choose one that the form offers, or the id of a finished run.",
            value=backbone,
        ) from None


def _as_it_wants(image: Any, backbone: Backbone) -> Any:
    """The picture in the size and the colours that the backbone was trained on."""
    from keras import layers

    x = image
    if tuple(x.shape[1:3]) != backbone.size:
        x = layers.Resizing(*backbone.size, name="resized")(x)  # (64, 64, 3) -> (128, 128, 3)
    if x.shape[-1] == 1 and backbone.channels == 3:
        x = layers.Concatenate(name="coloured")([x, x, x])  # grey in each of red, green and blue
    if x.shape[-1] == 3 and backbone.channels == 1:
        x = layers.Conv2D(1, 1, use_bias=False, trainable=False, name="grey")(x)  # weights: `core.backbones`
    return x


def _freeze(blocks: Any, trained: int) -> None:
    """All but the last blocks. Batch normalisation always: measured on a few pictures, its averages would be chance."""
    for place, block in enumerate(blocks):
        for layer in block:
            frozen = place < len(blocks) - trained or type(layer).__name__ == "BatchNormalization"
            layer.trainable = not frozen


SPEC = Architecture(
    title="Transfer learning",
    about=(
        "Begins from a network that was trained before, for example on a million photos, and learns only how to tell "
        "your classes apart by what that one sees. Thirty pictures of each are enough; that is how it is mostly done."
    ),
    build=build,
    settings={"backbone": "efficientnet_lite0", "fine_tune_blocks": 0, "dropout": 0.2},
)
