"""Two narrow convolutions for colour pictures: small enough to train on faces while the class waits."""

from models.architecture import Architecture, require_room, scaled


def build(input_shape, num_classes, settings):
    import keras
    from keras import layers

    require_room(input_shape, len(settings["filters"]), pools=lambda blocks: [True] * blocks)

    x = image = keras.Input(input_shape)  # (64, 64, 3), float32 in 0..1
    for width in scaled(settings["filters"], settings["filter_multiplier"]):
        x = layers.Conv2D(width, 3, activation=settings["activation"])(x)  # (64, 64, 3) -> (62, 62, 16)
        x = layers.MaxPooling2D()(x)  # -> (31, 31, 16)
    x = layers.Flatten()(x)  # (14, 14, 32) -> (6272,): a larger image makes the next layer grow, not the filters
    x = layers.Dense(settings["dense_units"], activation=settings["activation"])(x)  # -> (64,)
    x = layers.Dropout(settings["dropout"])(x)  # 0 unless asked for: see it overfit first, then cure it
    x = layers.Dense(num_classes, activation="softmax", dtype="float32")(x)  # -> (10,)
    return keras.Model(image, x)


SPEC = Architecture(
    title="Faces, small",
    about=(
        "Sixteen and then thirty-two filters and one small hidden layer, the kind of network a tutorial trains on a "
        "few hundred photos of its own. Quick on colour pictures, and without dropout quick to overfit them."
    ),
    build=build,
    settings={
        "filters": (16, 32),
        "filter_multiplier": 1.0,
        "dense_units": 64,
        "dropout": 0.0,
        "activation": "relu",
    },
)
