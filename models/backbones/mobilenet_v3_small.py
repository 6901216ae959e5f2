"""MobileNetV3-small with the weights of ImageNet: a million photos of a thousand things, in a quarter of the numbers.

Howard and others 2019, arXiv 1905.02244, as `keras.applications` has it. Its layers are laid here, not there, so that
each has a name, and lies in the network by itself; a test finds both to be the same.
"""

from models.backbones.backbone import Backbone, Laid, WeightsFile, in_order
from models.backbones.laying import convolved, convolved_each, in_a_row, weighed

BLOCKS = (  # channels within, kernel, stride, squeezed to (0: not), activation, filters
    (16, 3, 2, 8, "relu", 16),
    (72, 3, 2, 0, "relu", 24),
    (88, 3, 1, 0, "relu", 24),
    (96, 5, 2, 24, "hard_swish", 40),
    (240, 5, 1, 64, "hard_swish", 40),
    (240, 5, 1, 64, "hard_swish", 40),
    (120, 5, 1, 32, "hard_swish", 48),
    (144, 5, 1, 40, "hard_swish", 48),
    (288, 5, 2, 72, "hard_swish", 96),
    (576, 5, 1, 144, "hard_swish", 96),
    (576, 5, 1, 144, "hard_swish", 96),
)


def lay(pictures):
    from keras import layers

    scale = layers.Rescaling(2.0, -1.0, name="scale")  # 0..1 -> -1..1
    x, stem = in_a_row(scale(pictures), convolved("stem_conv", 16, 3, 2, "hard_swish"))  # (128, 128, 3) -> (64, 64, 16)
    blocks, width = [[scale, *stem]], 16
    for number, (within, kernel, strides, squeezed, activation, filters) in enumerate(BLOCKS):  # ends at (4, 4, 96)
        name, before = f"block{number}", x
        wider = convolved(f"{name}_expand", within, 1, 1, activation) if within != width else []
        x, first = in_a_row(x, [*wider, *convolved_each(f"{name}_depthwise", kernel, strides, activation)])
        x, gate = _weighed(x, name, within, squeezed) if squeezed else (x, [])
        x, last = in_a_row(x, convolved(f"{name}_project", filters, 1))
        block = [*first, *gate, *last]
        if strides == 1 and width == filters:
            block.append(layers.Add(name=f"{name}_add"))
            x = block[-1]([before, x])
        blocks.append(block)
        width = filters
    x, top = in_a_row(x, convolved("top_conv", 576, 1, 1, "hard_swish"))  # -> (4, 4, 576)
    return Laid(x, [*blocks, top])


def _weighed(x, name, channels, narrow):
    from keras import layers

    row = [
        layers.Conv2D(narrow, 1, name=f"{name}_reduce"),
        layers.ReLU(name=f"{name}_reduce_activation"),
        layers.Conv2D(channels, 1, name=f"{name}_excite"),
        layers.Activation("hard_sigmoid", name=f"{name}_excite_activation"),
    ]
    return weighed(x, name, row)


SPEC = Backbone(
    title="MobileNetV3-small (ImageNet)",
    about=(
        "Has learnt from the same million photos with 0.9 million weights: faster than EfficientNet-Lite0, and it "
        "sees less. Its weights, 4 MB, are downloaded once."
    ),
    size=(128, 128),  # as for EfficientNet-Lite0
    channels=3,
    lay=lay,
    place=in_order,
    weights=WeightsFile(
        name="weights_mobilenet_v3_small_224_1.0_float_no_top_v2.h5",
        size=4_334_752,
        hash="md5:d3e8ec802a04aa4fc771ee12a9a9b836",  # as keras.applications has it; a SHA-256 was never published
        urls=(
            "https://storage.googleapis.com/tensorflow/keras-applications/mobilenet_v3/"
            "weights_mobilenet_v3_small_224_1.0_float_no_top_v2.h5",
        ),
    ),
)
