"""Five padded convolutions, twice as wide at each step: the deepest network here, for faces."""

from models.architecture import Architecture, scaled


def build(input_shape, num_classes, settings):
    import keras
    from keras import layers

    x = image = keras.Input(input_shape)  # (48, 48, 1), float32 in 0..1
    for block, width in enumerate(scaled(settings["filters"], settings["filter_multiplier"])):
        x = layers.Conv2D(width, 3, padding="same")(x)  # (48, 48, 1) -> (48, 48, 32)
        if settings["batch_norm"] and block > 0:  # the first sees pixels, which are in 0..1 already
            x = layers.BatchNormalization()(x)
        x = layers.Activation(settings["activation"])(x)
        x = layers.MaxPooling2D(padding="same")(x)  # -> (24, 24, 32); padded, so that even one pixel can be pooled
        x = layers.Dropout(settings["dropout"] / 2)(x)  # half of the rate below: filters have few weights to lose
    x = layers.Flatten()(x)  # 48, 24, 12, 6, 3, 2 pixels a side: (2, 2, 512) -> (2048,)
    x = layers.Dense(settings["dense_units"], activation=settings["activation"])(x)  # -> (512,)
    x = layers.Dropout(settings["dropout"])(x)
    x = layers.Dense(num_classes, activation="softmax", dtype="float32")(x)  # -> (7,)
    return keras.Model(image, x)


SPEC = Architecture(
    title="Faces, deep",
    about=(
        "Five blocks of convolution and pooling, each looking at a picture half the size with more filters, as in the "
        "VGG networks of 2014, with batch normalisation to keep the deep layers trainable. Made for FER2013's faces."
    ),
    build=build,
    settings={
        "filters": (32, 64, 128, 256, 512),
        "filter_multiplier": 1.0,
        "dense_units": 512,
        "dropout": 0.5,
        "activation": "relu",
        "batch_norm": True,
    },
)
