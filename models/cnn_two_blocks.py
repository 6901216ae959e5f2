"""Two convolutions, two pools, one hidden layer: the network most courses begin with."""

from models.architecture import Architecture, require_room, scaled


def build(input_shape, num_classes, settings):
    import keras
    from keras import layers

    require_room(input_shape, len(settings["filters"]), pools=lambda blocks: [True] * blocks)

    x = image = keras.Input(input_shape)  # (28, 28, 1), float32 in 0..1
    for width in scaled(settings["filters"], settings["filter_multiplier"]):
        x = layers.Conv2D(width, 3, activation=settings["activation"])(x)  # (28, 28, 1) -> (26, 26, 32)
        x = layers.MaxPooling2D()(x)  # -> (13, 13, 32): where exactly an edge was matters less than that it was there
    x = layers.Flatten()(x)  # (5, 5, 64) -> (1600,)
    x = layers.Dense(settings["dense_units"], activation=settings["activation"])(x)  # -> (64,)
    x = layers.Dropout(settings["dropout"])(x)
    x = layers.Dense(num_classes, activation="softmax", dtype="float32")(x)  # -> (10,)
    return keras.Model(image, x)


SPEC = Architecture(
    title="CNN, two blocks",
    about=(
        "Small windows slide over the picture and look for edges, then for combinations of edges: the idea of LeNet, "
        "which read bank cheques in the 1990s, in today's form. A good first choice for digits and clothes."
    ),
    build=build,
    settings={
        "filters": (32, 64),
        "filter_multiplier": 1.0,
        "dense_units": 64,
        "dropout": 0.5,
        "activation": "relu",
    },
)
