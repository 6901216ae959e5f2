"""A backbone that is quick to build and to ask, with everything a real one has: scaling, branches, normalisation."""

import numpy as np

from models.backbones.backbone import Backbone, Laid


def lay(pictures):
    from keras import layers  # seconds, which a test that is not slow does not wait for

    scale = layers.Rescaling(2.0, -1.0, name="scale")
    x, blocks = scale(pictures), [[scale]]
    for number in range(2):
        row = [
            layers.Conv2D(6, 3, padding="same", use_bias=False, name=f"block{number}_conv"),
            layers.BatchNormalization(name=f"block{number}_bn"),
            layers.ReLU(6.0, name=f"block{number}_relu"),
        ]
        before = x
        for layer in row:
            x = layer(x)
        if number:
            row.append(layers.Add(name=f"block{number}_add"))
            x = row[-1]([before, x])
        blocks.append(row)
    return Laid(x, blocks)


def place(layers, _arrays):
    rng = np.random.default_rng(1)
    for name, layer in layers.items():
        if name.startswith("block"):
            below = 0.5 * name.endswith("conv")  # kernels have both signs, a variance has not
            layer.set_weights([rng.random(weight.shape, np.float32) - below for weight in layer.weights])


TINY = Backbone("Tiny", "Two convolutions.", (20, 20), 3, lay, place)
