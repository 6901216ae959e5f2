"""EfficientNetV2-B0 with the weights of ImageNet: a million photos of a thousand things, nearly six million numbers.

Tan and Le 2021, arXiv 2104.00298, as `keras.applications` has it. Its layers are laid here, not there, so that each
lies in the network by itself; a test finds both to be the same. What only a training from scratch wants is left out
(whole blocks dropped by chance).
"""

from models.backbones.backbone import Backbone, Laid, WeightsFile, in_order
from models.backbones.laying import convolved, convolved_each, in_a_row, weighed

STAGES = (  # repeats, stride of the first, times wider within, squeezed to this share (0: fused instead), filters
    (1, 1, 1, 0, 16),
    (2, 2, 4, 0, 32),
    (2, 2, 4, 0, 48),
    (3, 2, 4, 0.25, 96),
    (5, 1, 6, 0.25, 112),
    (8, 2, 6, 0.25, 192),
)
ACTIVATION = "swish"
MEAN, SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of red, green and blue, over ImageNet


def lay(pictures):
    from keras import layers

    scaled = [1 / spread for spread in SPREAD], [-mean / spread for mean, spread in zip(MEAN, SPREAD, strict=True)]
    scale = layers.Rescaling(*scaled, name="scale")  # 0..1 -> about -2..2
    x, stem = in_a_row(scale(pictures), convolved("stem_conv", 32, 3, 2, ACTIVATION))  # (128, 128, 3) -> (64, 64, 32)
    blocks, width = [[scale, *stem]], 32
    for repeats, stride, wider, share, filters in STAGES:  # ends at (4, 4, 192)
        for repeat in range(repeats):
            strides, name, before = stride if repeat == 0 else 1, f"block{len(blocks) - 1}", x
            inside = _narrow if share else _fused
            x, block = inside(x, name, width, strides, wider, share, filters)
            if strides == 1 and width == filters:
                block.append(layers.Add(name=f"{name}_add"))
                x = block[-1]([before, x])
            blocks.append(block)
            width = filters
    x, top = in_a_row(x, convolved("top_conv", 1280, 1, 1, ACTIVATION))  # -> (4, 4, 1280)
    return Laid(x, [*blocks, top])


def _fused(x, name, width, strides, wider, _share, filters):
    """Wider and looked at through one window, narrow again; the first of all in one step."""
    if wider == 1:
        return in_a_row(x, convolved(f"{name}_project", filters, 3, strides, ACTIVATION))
    row = [
        *convolved(f"{name}_expand", width * wider, 3, strides, ACTIVATION),
        *convolved(f"{name}_project", filters, 1),
    ]
    return in_a_row(x, row)


def _narrow(x, name, width, strides, wider, share, filters):
    """Wider, looked at through a window in each channel, channels weighed, narrow again."""
    within = width * wider
    expand = convolved(f"{name}_expand", within, 1, 1, ACTIVATION)
    x, first = in_a_row(x, [*expand, *convolved_each(f"{name}_depthwise", 3, strides, ACTIVATION)])
    x, gate = _weighed(x, name, within, int(width * share))
    x, last = in_a_row(x, convolved(f"{name}_project", filters, 1))
    return x, [*first, *gate, *last]


def _weighed(x, name, channels, narrow):
    from keras import layers

    row = [
        layers.Conv2D(narrow, 1, activation=ACTIVATION, name=f"{name}_reduce"),
        layers.Conv2D(channels, 1, activation="sigmoid", name=f"{name}_excite"),
    ]
    return weighed(x, name, row)


SPEC = Backbone(
    title="EfficientNetV2-B0 (ImageNet)",
    about=(
        "Has learnt from the same million photos with 5.9 million weights: sees more than EfficientNet-Lite0, and "
        "takes longer. Its weights, 24 MB, are downloaded once."
    ),
    size=(128, 128),  # as for EfficientNet-Lite0
    channels=3,
    lay=lay,
    place=in_order,
    weights=WeightsFile(
        name="efficientnetv2-b0_notop.h5",
        size=24_274_472,
        hash="md5:893217f2bb855e2983157299931e43ff",  # as keras.applications has it; a SHA-256 was never published
        urls=(
            "https://storage.googleapis.com/tensorflow/keras-applications/efficientnet_v2/efficientnetv2-b0_notop.h5",
        ),
    ),
)
