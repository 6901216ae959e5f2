"""Pairs of convolutions with batch normalisation: the small network for the last per cent."""

from models.architecture import Architecture, scaled


def build(input_shape, num_classes, settings):
    import keras
    from keras import layers

    x = image = keras.Input(input_shape)  # (28, 28, 1), float32 in 0..1
    for width in scaled(settings["filters"], settings["filter_multiplier"]):
        for _ in range(2):  # two 3×3 windows in a row see 5×5 pixels, with fewer weights than one 5×5 window
            x = layers.Conv2D(width, 3, padding="same", activation=settings["activation"])(x)  # -> (28, 28, 32)
            if settings["batch_norm"]:  # mean 0, spread 1 over the batch: larger steps stay safe
                # after the activation it learned faster than before it; with Keras's momentum of 0.99 the averages
                # lag behind the weights, and validation jumps
                x = layers.BatchNormalization(momentum=0.9)(x)
        x = layers.MaxPooling2D(padding="same")(x)  # -> (14, 14, 32); padded, so that even one pixel can be pooled
        x = layers.Dropout(settings["dropout"] / 2)(x)  # half of the rate below: filters have few weights to lose
    x = layers.Flatten()(x)  # (7, 7, 64) -> (3136,)
    x = layers.Dense(settings["dense_units"], activation=settings["activation"])(x)  # -> (128,)
    x = layers.Dropout(settings["dropout"])(x)
    x = layers.Dense(num_classes, activation="softmax", dtype="float32")(x)  # -> (10,)
    return keras.Model(image, x)


SPEC = Architecture(
    title="CNN with batch normalisation",
    about=(
        "Two convolutions before each pool, as in the VGG networks of 2014, and every one brought back to a common "
        "scale by batch normalisation, an idea of 2015. It takes longer per epoch and gets the last per cent on "
        "Fashion-MNIST."
    ),
    build=build,
    settings={
        "filters": (32, 64),
        "filter_multiplier": 1.0,
        "dense_units": 128,
        "dropout": 0.25,
        "activation": "relu",
        "batch_norm": True,
    },
)
