"""What an architecture is: a title, the settings it understands, and a function that builds the network."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # Keras takes seconds to import, and only a worker needs it
    import keras


class ImpossibleNetwork(ValueError):
    """The settings cannot be built, for instance because the image is too small for another block.

    The message is an English template with named fields, as in `core.errors`.
    """

    def __init__(self, template: str, **values: object):
        super().__init__(template, values)
        self.template = template
        self.values = values

    def __str__(self) -> str:
        return self.template.format(**self.values)


@dataclass(frozen=True)
class Architecture:
    """One way of building a network.

    title     shown in the form, English
    about     one or two sentences: what it is and what it is good for, English
    settings  the defaults of the settings it understands, by their names in the recipe: a subset of
              `dropout`, `filter_multiplier`, `filters` (a tuple, one count per block), `dense_units`,
              `activation`, `batch_norm`. A recipe that leaves one open gets the value given here
    build     (input_shape, num_classes, settings) -> keras.Model, not compiled.
              `input_shape` is (height, width, channels), the input float32 in 0..1;
              `settings` has a value for each name in `self.settings`;
              the output is (n, num_classes) probabilities, float32.
              Raises ImpossibleNetwork.
    name      of its file, filled in where it is found
    translations  language -> {English: translation} of title and about, where the catalogues lack them
    """

    title: str
    about: str
    build: "Callable[[tuple[int, int, int], int, Mapping[str, Any]], keras.Model]"
    settings: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def scaled(filters: Sequence[int], multiplier: float) -> list[int]:
    """The filters of each block times `filter_multiplier`, and never fewer than one."""
    return [max(1, round(count * multiplier)) for count in filters]


def require_room(input_shape: tuple[int, int, int], blocks: int, pools: Callable[[int], Sequence[bool]]) -> None:
    """Raises ImpossibleNetwork when the image would be used up before the last block.

    A block is an unpadded 3×3 convolution; `pools(blocks)` says for each of them whether a 2×2 pool follows.
    """
    height, width, _ = input_shape
    needed = smallest_side(pools(blocks))
    if min(height, width) >= needed:
        return
    fitting = [fewer for fewer in range(1, blocks) if smallest_side(pools(fewer)) <= min(height, width)]
    if fitting:
        raise ImpossibleNetwork(
            "{blocks} blocks need images of at least {needed}×{needed} pixels, and these are {height}×{width}; "
            "lower the number of blocks in filters to {most}, or choose an image_size of at least {needed}.",
            blocks=blocks,
            needed=needed,
            height=height,
            width=width,
            most=max(fitting),
        )
    raise ImpossibleNetwork(
        "This network needs images of at least {needed}×{needed} pixels, and these are {height}×{width}; "
        "choose an image_size of at least {needed}.",
        needed=needed,
        height=height,
        width=width,
    )


def smallest_side(pools: Sequence[bool]) -> int:
    """Pixels a side of the smallest image that leaves one pixel at the end, worked out from the end."""
    side = 1
    for pooled in reversed(pools):
        side = (2 * side if pooled else side) + 2  # a 2×2 pool halves; a 3×3 window without padding costs 2
    return side
