"""Four fully connected layers: a deep network that does not know that pixels have neighbours."""

from models.architecture import Architecture


def build(input_shape, num_classes, settings):
    import keras
    from keras import layers

    image = keras.Input(input_shape)  # (28, 28, 1), float32 in 0..1
    x = layers.Flatten()(image)  # -> (784,)
    for units in (200, 100, 60, 30):  # a funnel: each layer has to say the same in fewer numbers
        x = layers.Dense(units, activation=settings["activation"])(x)  # (784,) -> (200,)
        x = layers.Dropout(settings["dropout"])(x)  # in training only: nobody may rely on one neighbour
    x = layers.Dense(num_classes, activation="softmax", dtype="float32")(x)  # (30,) -> (10,)
    return keras.Model(image, x)


SPEC = Architecture(
    title="Fully connected, four layers",
    about=(
        "Layers of 200, 100, 60 and 30 neurons, each connected to every neuron before it: the network people built "
        "for handwritten digits before convolutions, with the dropout of 2012 added. It learns digits well, though "
        "shuffling the pixels would make no difference to it."
    ),
    build=build,
    settings={"dropout": 0.1, "activation": "relu"},
)
