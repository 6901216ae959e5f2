"""Pictures to change at random, and how much they were changed."""

import dataclasses

import numpy as np

from core.recipe.augmentation import PRESETS
from core.training.augmentation import Augmentation, augmenter

FER = Augmentation(**PRESETS["fer2013"])


ALL = dataclasses.replace(FER, flip="both", contrast=0.4, noise=0.05, erasing=0.2)


def random_images(n=64, shape=(12, 12, 1), seed=0):
    return np.random.default_rng(seed).random((n, *shape), np.float32)


def changed(images, strengths, seed=0):
    return augmenter(strengths, seed)(images, training=True).numpy()
