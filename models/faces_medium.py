"""Four convolutions and a hidden layer of 1,024: the network many emotion-recognition tutorials use on FER2013."""

from models.architecture import Architecture, require_room, scaled


def build(input_shape, num_classes, settings):
    import keras
    from keras import layers

    require_room(input_shape, len(settings["filters"]), pools=lambda blocks: [False] + [True] * (blocks - 1))

    x = image = keras.Input(input_shape)  # (48, 48, 1), float32 in 0..1
    for block, width in enumerate(scaled(settings["filters"], settings["filter_multiplier"])):
        x = layers.Conv2D(width, 3, activation=settings["activation"])(x)  # (48, 48, 1) -> (46, 46, 32)
        if block > 0:  # the first two follow each other: fine lines before anything is thrown away
            x = layers.MaxPooling2D()(x)  # (44, 44, 64) -> (22, 22, 64)
        if block % 2 == 1:  # half of the rate below: filters have few weights to lose
            x = layers.Dropout(settings["dropout"] / 2)(x)
    x = layers.Flatten()(x)  # (4, 4, 128) -> (2048,)
    x = layers.Dense(settings["dense_units"], activation=settings["activation"])(x)  # -> (1024,): 9 of 10 weights
    x = layers.Dropout(settings["dropout"])(x)
    x = layers.Dense(num_classes, activation="softmax", dtype="float32")(x)  # -> (7,)
    return keras.Model(image, x)


SPEC = Architecture(
    title="Faces, medium",
    about=(
        "Four convolutions and a hidden layer of 1,024 neurons: the network that goes round in tutorials for the "
        "seven emotions of FER2013, small grey photos of faces. With its 2.3 million weights it needs its dropout."
    ),
    build=build,
    settings={
        "filters": (32, 64, 128, 128),
        "filter_multiplier": 1.0,
        "dense_units": 1024,
        "dropout": 0.5,
        "activation": "relu",
    },
)
