"""The recipe: every setting of a training, declared once with its default, range, unit and meaning.

Form, validation, help, command line, links and docs are derived from the declarations in `TrainingConfig`.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import SettingError
from core.recipe.setting import Setting, as_text, checked, parse, setting

FILTER_MULTIPLIERS = {0.25: "×¼", 0.5: "×½", 1.0: "×1", 2.0: "×2", 4.0: "×4"}
OPTIMIZERS = {"adam": "Adam", "adamw": "AdamW", "sgd": "SGD with momentum", "rmsprop": "RMSprop"}
ACTIVATIONS = {
    "relu": "ReLU",
    "leaky_relu": "Leaky ReLU",
    "elu": "ELU",
    "gelu": "GELU",
    "tanh": "tanh",
    "sigmoid": "sigmoid",
}
FLIPS = {"none": "none", "horizontal": "left and right", "vertical": "up and down", "both": "both ways"}
MONITORS = {"val_loss": "validation loss", "val_accuracy": "validation accuracy"}


@dataclass(frozen=True)
class TrainingConfig:
    """Everything needed to repeat a run. Flat, frozen, JSON."""

    dataset: str = setting("digits", "Dataset", "The images to learn from.", "plugin")
    architecture: str = setting(
        "cnn_small",
        "Architecture",
        "How the network is built: which layers, in which order.",
        "plugin",
    )
    epochs: int = setting(
        20, "Epochs", "How many times the network sees every training image.", "int", low=1, high=500, unit="epochs"
    )
    batch_size: int = setting(
        64,
        "Batch size",
        "Images looked at before each step. Small batches make noisy steps, large ones fewer steps an epoch.",
        "int",
        low=1,
        high=4096,
        unit="images",
    )
    learning_rate: float = setting(
        1e-3,
        "Learning rate",
        "Length of each step downhill. Too small learns nothing in time, too large jumps over the valley.",
        "float",
        low=1e-6,
        high=1.0,
        log=True,
    )
    optimizer: str = setting(
        "adam", "Optimizer", "The rule that turns gradients into steps.", "choice", options=OPTIMIZERS
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
    )
    filter_multiplier: float | None = setting(
        None,
        "Filters",
        "Widens or narrows every convolution. More filters can tell more apart, and memorise more.",
        "choice",
        options=FILTER_MULTIPLIERS,
        own=True,
    )
    filters: tuple[int, ...] | None = setting(
        None,
        "Filters per block",
        "One number for each convolution block, for example 32,64. More numbers build more blocks, fewer build fewer.",
        "counts",
        low=1,
        high=1024,
        own=True,
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
    l2: float = setting(
        0.0,
        "L2",
        "Penalty on large weights, added to the loss that is minimised. Holds overfitting back.",
        "float",
        low=0.0,
        high=0.1,
        log=True,
    )
    train_images: int = setting(
        0,
        "Training images",
        "How many images to learn from, the same share of each class; 0 takes all. Few images are easy to memorise.",
        "int",
        low=0,
        high=1_000_000,
        unit="images",
    )
    validation_fraction: float = setting(
        0.2,
        "Validation share",
        "Part of the training images held back to watch for overfitting; the network never learns from them.",
        "float",
        low=0.05,
        high=0.5,
        step=0.05,
    )
    dataset_version: str = setting(
        "",
        "Version",
        "Which version of the images: one with pictures left out or relabelled, or the original without such edits; "
        "empty takes the newest.",
        "version",
    )
    classes: tuple[str, ...] = setting(
        (), "Classes", "Which classes to tell apart, at least two; none named takes all.", "names"
    )
    test_fraction: float = setting(
        0.0,
        "Test share",
        "0 keeps the published test images; otherwise training and test images are mixed and this share of them "
        "becomes the test set.",
        "float",
        low=0.05,
        high=0.5,
        step=0.05,
    )
    imbalance: float = setting(
        1.0,
        "Imbalance",
        "How many times more training images the first class has than the last; those between fall off evenly. "
        "1 leaves the classes as they are.",
        "float",
        low=1.0,
        high=100.0,
        step=1.0,
    )
    label_noise: float = setting(
        0.0,
        "Label noise",
        "Share of the training labels that are changed to a wrong class. Validation and test stay clean.",
        "float",
        low=0.0,
        high=1.0,
        step=0.05,
    )
    input_noise: float = setting(
        0.0,
        "Image noise",
        "Grain added to the training images for good, as a share of full brightness. Validation and test stay clean.",
        "float",
        low=0.0,
        high=0.5,
        step=0.05,
    )
    augmentation: bool = setting(
        False,
        "Augmentation",
        "Shows the network each training image a little changed every time: more variety from the same images. "
        "Validation and test stay as they are.",
        "bool",
    )
    rotation: float = setting(
        10.0,
        "Rotation",
        "Turned by up to so many degrees, either way.",
        "float",
        low=0.0,
        high=180.0,
        step=5.0,
        unit="degrees",
    )
    shift: float = setting(
        0.1, "Shift", "Moved by up to this share of the side, each way.", "float", low=0.0, high=0.5, step=0.05
    )
    zoom: float = setting(
        0.1, "Zoom", "Made larger or smaller by up to this share.", "float", low=0.0, high=0.5, step=0.05
    )
    shear: float = setting(
        0.0, "Shear", "Slanted by up to this share of the side.", "float", low=0.0, high=0.5, step=0.05
    )
    flip: str = setting(
        "none",
        "Mirror",
        "Shown mirrored half of the time. A mirrored cat is a cat; a mirrored 2 is no digit.",
        "choice",
        options=FLIPS,
    )
    contrast: float = setting(
        0.0, "Contrast", "Contrast raised or lowered by up to this share.", "float", low=0.0, high=0.9, step=0.05
    )
    augmentation_noise: float = setting(
        0.0,
        "Grain",
        "Noise that is new each time, as a share of full brightness.",
        "float",
        low=0.0,
        high=0.5,
        step=0.05,
    )
    random_erasing: float = setting(
        0.0,
        "Erasing",
        "A rectangle of up to this share of the picture is rubbed out.",
        "float",
        low=0.0,
        high=0.5,
        step=0.05,
    )
    early_stopping_patience: int = setting(
        0,
        "Patience",
        "Early stopping: stop when the watched value has not improved for so many epochs; 0 never stops early.",
        "int",
        low=0,
        high=500,
        unit="epochs",
    )
    early_stopping_monitor: str = setting(
        "val_loss",
        "Watched value",
        "What counts as better: it decides the best epoch, early stopping and the learning-rate schedule.",
        "choice",
        options=MONITORS,
    )
    restore_best_weights: bool = setting(
        True,
        "Keep the best epoch",
        "Test and keep the network of the best epoch; otherwise that of the last.",
        "bool",
    )
    reduce_lr_patience: int = setting(
        0,
        "Learning-rate patience",
        "Halve the learning rate when the watched value has not improved for so many epochs; 0 never does.",
        "int",
        low=0,
        high=500,
        unit="epochs",
    )
    seed: int = setting(
        0,
        "Seed",
        "Start of every random choice: the same recipe with the same seed gives the same run.",
        "int",
        low=0,
        high=2**31 - 1,
    )
    image_size: int = setting(
        0,
        "Image size",
        "Side of the square the images are resized to, 8 to 128 pixels; 0 leaves them as stored.",
        "int",
        low=8,
        high=128,
        unit="pixels",
    )
    mixed_precision: bool = setting(
        False,
        "Mixed precision",
        "Calculate in 16 bits where that is safe: faster on a recent GPU, refused on a CPU.",
        "bool",
    )

    def __post_init__(self) -> None:
        for one in settings():
            object.__setattr__(self, one.name, checked(one, getattr(self, one.name)))
        _check_together(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "TrainingConfig":
        """A recipe from JSON values; raises SettingError for an unknown name or a value that does not fit."""
        _refuse_unknown(values)
        return cls(**values)

    @classmethod
    def from_text(cls, values: Mapping[str, str]) -> "TrainingConfig":
        """A recipe from typed words, as in a link or after `--set`; raises SettingError."""
        _refuse_unknown(values)
        return cls(**{name: parse(SETTINGS[name], text) for name, text in values.items()})

    def as_dict(self) -> dict[str, Any]:
        """JSON values of all settings; `from_dict` gives the recipe back."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in vars(self).items()}

    def changes(self) -> dict[str, Any]:
        """Only the settings that differ from their defaults."""
        return {one.name: value for one in settings() if (value := getattr(self, one.name)) != one.default}

    def link(self) -> dict[str, str]:
        """The query parameters of an address that carries this recipe."""
        return {name: as_text(value) for name, value in self.changes().items()}

    def pinned(self) -> "TrainingConfig":
        """The same recipe with the version of its images named, so that later edits change nothing in a run."""
        from core.data import versions

        return dataclasses.replace(self, dataset_version=versions.pinned(self.dataset, self.dataset_version))

    def spelled_out(self) -> "TrainingConfig":
        """A run's recipe for another run: no version means the original there, but the newest in a new recipe."""
        from core.data import versions

        return dataclasses.replace(self, dataset_version=self.dataset_version or versions.ORIGINAL)

    def data_settings(self) -> dict[str, Any]:
        """What `core.training.prepare.prepare` is asked for, beside the name of the dataset."""
        values = {name: getattr(self, name) for name in DATA_SETTINGS}
        return {**values, "version": self.dataset_version}

    def network_settings(self) -> dict[str, Any]:
        """What the architecture is built with: its own defaults, overridden where the recipe says so."""
        from core.data.catalogue import architecture

        own = architecture(self.architecture).settings
        return {name: default if (given := getattr(self, name)) is None else given for name, default in own.items()}


def settings() -> tuple[Setting, ...]:
    """All settings in the order of the form."""
    return tuple(SETTINGS.values())


def _check_together(config: TrainingConfig) -> None:
    from core.data import catalogue

    architecture = catalogue.architecture(config.architecture)
    for one in settings():
        if one.own and getattr(config, one.name) is not None and one.name not in architecture.settings:
            raise SettingError(
                "{name}={value} has no meaning for {architecture}; leave {name} out, or choose another architecture.",
                name=one.name,
                value=as_text(getattr(config, one.name)),
                architecture=config.architecture,
            )
    classes = len(class_indices(catalogue.dataset(config.dataset).classes, config.classes))
    if classes < 2:
        raise SettingError(
            "classes={value} names one class only; choose at least two, or none for all.",
            value=as_text(config.classes),
        )
    if 0 < config.train_images < classes:
        raise SettingError(
            "train_images={value} is fewer than the {classes} classes of {dataset}; "
            "choose at least {classes}, or 0 for all.",
            value=config.train_images,
            classes=classes,
            dataset=config.dataset,
        )


def class_indices(known: Sequence[str], classes: Sequence[str]) -> list[int]:
    """Which of the known classes those are, in ascending order, all for none; raises SettingError."""
    for one in classes:
        if one not in known:
            raise SettingError(
                "classes={value} is out of range; there is no such class. Choose among: {known}.",
                value=one,
                known=", ".join(known[:30]) + (" …" if len(known) > 30 else ""),
            )
    return [index for index, one in enumerate(known) if not classes or one in classes]


def _refuse_unknown(values: Mapping[str, Any]) -> None:
    for name in values:
        if name not in SETTINGS:
            raise SettingError(
                "There is no setting called {name}; the settings are: {known}.", name=name, known=", ".join(SETTINGS)
            )


DATA_SETTINGS = (
    "image_size",
    "classes",
    "test_fraction",
    "validation_fraction",
    "imbalance",
    "train_images",
    "label_noise",
    "input_noise",
    "seed",
)
AUGMENTATION = (
    "rotation",
    "shift",
    "zoom",
    "shear",
    "flip",
    "contrast",
    "augmentation_noise",
    "random_erasing",
)  # strengths, which count only where `augmentation` is true

SETTINGS: dict[str, Setting] = {
    f.name: Setting(name=f.name, default=f.default, **f.metadata) for f in dataclasses.fields(TrainingConfig)
}
