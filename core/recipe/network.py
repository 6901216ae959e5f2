"""How the network is built."""

from dataclasses import dataclass

from core.recipe import backbones
from core.recipe.setting import setting

FILTER_MULTIPLIERS = {0.25: "×¼", 0.5: "×½", 1.0: "×1", 2.0: "×2", 4.0: "×4"}
ACTIVATIONS = {
    "relu": "ReLU",
    "leaky_relu": "Leaky ReLU",
    "elu": "ELU",
    "gelu": "GELU",
    "tanh": "tanh",
    "sigmoid": "sigmoid",
}


@dataclass(frozen=True)
class NetworkSettings:
    """How the network is built."""

    architecture: str = setting(
        "cnn_small",
        "Architecture",
        "How the network is built: which layers, in which order.",
        "plugin",
        place="front",
        pace=True,
        in_name=False,
    )
    backbone: str | None = setting(
        None,
        "Backbone",
        "The network to begin from, trained before on other pictures; the id of an earlier run is one, too.",
        "backbone",
        options={name: backbone.title for name, backbone in backbones.known().items()},
        own=True,
        place="front",
        pace=True,
    )
    fine_tune_blocks: int | None = setting(
        None,
        "Fine-tuned blocks",
        "So many of the backbone's last blocks go on learning, at a tenth of the learning rate; 0 leaves it as it is.",
        "int",
        low=0,
        high=20,
        own=True,
        place="front",
        pace=True,
    )
    filter_multiplier: float | None = setting(
        None,
        "Filters",
        "Widens or narrows every convolution. More filters can tell more apart, and memorise more.",
        "choice",
        options=FILTER_MULTIPLIERS,
        own=True,
        place="front",
        pace=True,
    )
    dropout: float | None = setting(
        None,
        "Dropout",
        "Share of the units switched off at random in each training step. More of it holds overfitting back.",
        "float",
        low=0.0,
        high=0.9,
        step=0.05,
        own=True,
        place="front",
    )
    filters: tuple[int, ...] | None = setting(
        None,
        "Filters per block",
        "One number for each convolution block, for example 32,64. More numbers build more blocks, fewer build fewer.",
        "counts",
        low=1,
        high=1024,
        own=True,
        pace=True,
    )
    dense_units: int | None = setting(
        None,
        "Dense units",
        "Width of the hidden layer between the convolutions and the answer.",
        "int",
        low=1,
        high=4096,
        unit="units",
        own=True,
        pace=True,
    )
    activation: str | None = setting(
        None,
        "Activation",
        "The non-linearity after each layer; without one, any stack of layers could do no more than a single one.",
        "choice",
        options=ACTIVATIONS,
        own=True,
    )
    batch_norm: bool | None = setting(
        None,
        "Batch normalisation",
        "Rescales each layer's output by the batch's mean and spread; deep networks learn faster with it.",
        "bool",
        own=True,
    )
