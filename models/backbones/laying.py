"""What published networks for photos are laid of: a convolution and what follows it, channels weighed, rows of layers.

Each layer has the name that `place` knows it by.
"""

EPSILON = 1e-3  # of Keras's own networks


def in_a_row(x, row):
    """What layers one after the other make of a tensor, and the layers."""
    for layer in row:
        x = layer(x)
    return x, row


def convolved(name, filters, kernel, strides=1, activation=None):
    """A convolution without bias and what follows it."""
    from keras import layers

    convolution = layers.Conv2D(filters, kernel, strides=strides, padding="same", use_bias=False, name=name)
    return [convolution, *_followed(name, activation)]


def convolved_each(name, kernel, strides, activation=None):
    """The same of each channel by itself."""
    from keras import layers

    convolution = layers.DepthwiseConv2D(kernel, strides=strides, padding="same", use_bias=False, name=name)
    return [convolution, *_followed(name, activation)]


def _followed(name, activation):
    """Batch normalisation, and an activation if there is one."""
    from keras import layers

    stem = name.removesuffix("_conv")
    normalised = layers.BatchNormalization(epsilon=EPSILON, name=f"{stem}_bn")
    return [normalised, layers.Activation(activation, name=f"{stem}_activation")] if activation else [normalised]


def weighed(x, name, row):
    """Each channel made weaker or not, by what all of them say of the whole picture: squeeze and excite (2018).

    row  the layers between the means of the channels and their weights
    """
    from keras import layers

    means = layers.GlobalAveragePooling2D(keepdims=True, name=f"{name}_squeeze")
    weights, row = in_a_row(x, [means, *row])
    weaker = layers.Multiply(name=f"{name}_gate")
    return weaker([x, weights]), [*row, weaker]
