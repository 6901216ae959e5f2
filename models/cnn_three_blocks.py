"""Three convolutions and a wide hidden layer: five times the weights of two blocks, nearly all in one layer."""

from models.architecture import Architecture, require_room, scaled


def build(input_shape, num_classes, settings):
    import keras
    from keras import layers

    require_room(input_shape, len(settings["filters"]), pools=lambda blocks: [True] * (blocks - 1) + [False])

    x = image = keras.Input(input_shape)  # (28, 28, 1), float32 in 0..1
    for block, width in enumerate(scaled(settings["filters"], settings["filter_multiplier"])):
        if block > 0:  # pools stand between the convolutions; after the last one there is little left to halve
            x = layers.MaxPooling2D()(x)  # (26, 26, 32) -> (13, 13, 32)
        x = layers.Conv2D(width, 3, activation=settings["activation"])(x)  # (28, 28, 1) -> (26, 26, 32)
    x = layers.Flatten()(x)  # (3, 3, 128) -> (1152,)
    x = layers.Dense(settings["dense_units"], activation=settings["activation"])(x)  # -> (512,): 590,336 weights
    x = layers.Dropout(settings["dropout"])(x)
    x = layers.Dense(num_classes, activation="softmax", dtype="float32")(x)  # -> (10,)
    return keras.Model(image, x)


SPEC = Architecture(
    title="CNN, three blocks",
    about=(
        "One convolution more than the first network of most courses, and a hidden layer of 512 neurons that holds "
        "six sevenths of all weights. It has room to memorise: try it on few images, then turn the dropout up."
    ),
    build=build,
    settings={
        "filters": (32, 64, 128),
        "filter_multiplier": 1.0,
        "dense_units": 512,
        "dropout": 0.5,
        "activation": "relu",
    },
)
