"""The small CNN: two padded convolution blocks and one dense layer; fits images from 8×8 pixels up."""

from models.architecture import Architecture, scaled


def build(input_shape, num_classes, settings):
    import keras
    from keras import layers

    first, second = scaled((16, 32), settings["filter_multiplier"])
    activation = settings["activation"]
    return keras.Sequential(
        [
            keras.Input(input_shape),  # (8, 8, 1) for the digits
            layers.Conv2D(first, 3, padding="same", activation=activation),  # -> (8, 8, 16): padding keeps the size
            layers.MaxPooling2D(padding="same"),  # -> (4, 4, 16)
            layers.Conv2D(second, 3, padding="same", activation=activation),  # -> (4, 4, 32)
            layers.MaxPooling2D(padding="same"),  # -> (2, 2, 32)
            layers.Flatten(),
            layers.Dense(settings["dense_units"], activation=activation),
            layers.Dropout(settings["dropout"]),
            layers.Dense(num_classes, activation="softmax", dtype="float32"),
        ]
    )


SPEC = Architecture(
    title="Small CNN",
    about="Two convolution blocks of 16 and 32 filters. Quick on any laptop, and at home even on 8×8 images.",
    build=build,
    settings={"filter_multiplier": 1.0, "dense_units": 64, "dropout": 0.25, "activation": "relu"},
)
