"""Random changes of the training images: layers that live beside the network and act in the training step only."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.recipe.config import TrainingConfig

if TYPE_CHECKING:
    import keras

# The edge pixels go on outside the picture, as in ImageDataGenerator: a black or white frame would be something
# to learn that no test picture has.
FILL = "nearest"

GREY = 0.5  # what is rubbed out becomes mid-grey: seen on black digits and on white paper alike


@dataclass(frozen=True)
class Augmentation:
    """How strongly each training image is changed, anew at every step; 0 and "none" change nothing.

    rotation  degrees either way, 0..180
    shift     share of the side in each direction, 0..0.5
    zoom      share by which it grows or shrinks, 0..0.5; the picture keeps its proportions
    shear     sideways slant either way, Keras's factor 0..0.5: a row moves by this share of its distance from the
              top row, so 0.15 leans a picture by 8.5° and moves its middle by 7 % of the side. (ImageDataGenerator's
              `shear_range=0.15` was an angle in degrees, too small to be seen.)
    flip      mirrored half of the time: left and right ("horizontal"), top and bottom ("vertical"), each ("both")
    contrast  share by which each value's distance from its picture's mean grows or shrinks, 0..0.9
    noise     standard deviation of Gaussian noise, 0..0.5 of full brightness
    erasing   share of the area, 0..0.5, that a grey rectangle in every picture rubs out at most (Zhong et al. 2017,
              "Random Erasing Data Augmentation"); a side is rounded up to whole pixels
    """

    rotation: float = 0.0
    shift: float = 0.0
    zoom: float = 0.0
    shear: float = 0.0
    flip: str = "none"
    contrast: float = 0.0
    noise: float = 0.0
    erasing: float = 0.0


def strengths(recipe: TrainingConfig) -> Augmentation:
    """How strongly a recipe changes its training images each time; nothing where it does not."""
    if not recipe.augmentation:
        return Augmentation()
    return Augmentation(
        rotation=recipe.rotation,
        shift=recipe.shift,
        zoom=recipe.zoom,
        shear=recipe.shear,
        flip=recipe.flip,
        contrast=recipe.contrast,
        noise=recipe.augmentation_noise,
        erasing=recipe.random_erasing,
    )


def augmenter(changes: Augmentation, seed: int) -> "keras.Sequential | None":
    """A model to be called with `training=True`; None where nothing is to change.

    Takes images (n, height, width, channels) float32 in 0..1, of 8 pixels a side or more, and gives images of the
    same shape, type and range, under any precision policy. `variables` holds its whole random state.
    """
    if changes == Augmentation():
        return None
    import keras

    model = keras.Sequential(_layers(changes, seed))
    model.dtype_policy = "float32"  # else it casts the images to the policy's half precision before the first layer
    return model


def _layers(of: Augmentation, seed: int) -> "list[keras.layers.Layer]":
    """First where things are, then how bright they are, so that noise stays sharp and rectangles straight.

    Keras has no layer that makes all moves at once. Four in a row take about three times as long as one, and blur:
    MNIST keeps 36 % of its squared gradients through the published FER2013 recipe, 69 % through a rotation alone.
    """
    from keras import layers

    changes = [
        (of.rotation, lambda **kw: layers.RandomRotation(of.rotation / 360, fill_mode=FILL, **kw)),  # of a full turn
        (of.shift, lambda **kw: layers.RandomTranslation(of.shift, of.shift, fill_mode=FILL, **kw)),
        (of.zoom, lambda **kw: layers.RandomZoom(of.zoom, fill_mode=FILL, **kw)),
        (of.shear, lambda **kw: layers.RandomShear(x_factor=of.shear, fill_mode=FILL, **kw)),
        # Keras's "horizontal_and_vertical" makes both or neither: it would only turn pictures upside down.
        (of.flip in ("horizontal", "both"), lambda **kw: layers.RandomFlip("horizontal", **kw)),
        (of.flip in ("vertical", "both"), lambda **kw: layers.RandomFlip("vertical", **kw)),
        # A single number would mean 0..contrast here, only ever more of it, and for erasing a chance, not a certainty.
        (of.contrast, lambda **kw: layers.RandomContrast((of.contrast, of.contrast), value_range=(0, 1), **kw)),
        (of.noise, lambda **kw: layers.GaussianNoise(of.noise, **kw)),
        (of.erasing, lambda **kw: layers.RandomErasing((1, 1), (0, of.erasing), GREY, value_range=(0, 1), **kw)),
    ]
    seeds = _seeds(seed, len(changes))
    wanted = [make(seed=own, dtype="float32") for (strength, make), own in zip(changes, seeds, strict=True) if strength]
    return [*wanted, layers.ReLU(max_value=1.0, dtype="float32")]  # clips to 0..1


def _seeds(seed: int, n: int) -> list[int]:
    """A seed for each change, whether it is wanted or not: adding one leaves what the others draw as it is.

    10 is a purpose of its own beside those of `core.training.prepare`.
    """
    return np.random.default_rng([seed, 0, 10]).integers(2**31, size=n).tolist()
