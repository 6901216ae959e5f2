"""The smallest network there is: one weight from each pixel to each class, and nothing in between."""

from models.architecture import Architecture


def build(input_shape, num_classes, settings):
    import keras
    from keras import layers

    image = keras.Input(input_shape)  # (28, 28, 1), float32 in 0..1
    x = layers.Flatten()(image)  # -> (784,)
    # float32 even where the rest runs in half precision: 16 bits are too coarse for probabilities close to 0 or 1.
    x = layers.Dense(num_classes, activation="softmax", dtype="float32")(x)  # -> (10,)
    return keras.Model(image, x)


SPEC = Architecture(
    title="Softmax regression",
    about=(
        "Adds up the pixels with one weight per pixel and class, and the largest sum wins. It is the statistician's "
        "logistic regression, older than deep learning, and too simple for most pictures: watch it underfit."
    ),
    build=build,
)
