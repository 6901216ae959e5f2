"""What an explanation is: a way of looking into a network, and the arrays and facts that come out."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from core import plugins
from core.errors import RunError, SettingError
from core.recipe.setting import Setting, checked

if TYPE_CHECKING:  # Keras is imported by the process of `core.inside.process` only
    import keras

Options = Mapping[str, Any]

CLASS = Setting("class", "class", None, "For which class", "Speaks for it.", own=True)
LAYER = Setting(
    "layer", "layer", None, "Layer", "The first convolutions see edges, the last ones parts of things.", own=True
)
FILTER = Setting("filter", "position", 0, "Filter", "Of that convolution, counted from 1.", low=0, high=1023)
SEED = Setting("seed", "int", 0, "Seed", "Another seed begins from other random numbers.", low=0, high=2**31 - 1)
Kind = Literal["network", "image", "images"]


@dataclass(frozen=True)
class Explained:
    """What an explanation found.

    arrays  by name, numeric; each explanation says which, with shape, dtype and range
    facts   JSON values: names, numbers, what was chosen where the options left it open
    """

    arrays: Mapping[str, np.ndarray]
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Explanation:
    """One way of looking inside.

    title    what it is called, English
    about    one or two sentences: how it is made and how to read it, English
    limits   what it does NOT show, English
    kind     what it needs beside the network: "network" nothing, "image" one picture, "images" several
    explain  (network, images, options) -> Explained; `images` (n, height, width, channels) uint8, n = 1 for
             "image", None for "network"; `options` has a value for each name in `self.options`. Raises RunError,
             SettingError
    options  what may be chosen, each declared like a setting of a recipe; None mostly means "choose for me"
    view     how it is shown: a name of `dashboard/inside/views.py`; "" shows its facts and arrays
    most     pictures it takes at most
    order    its place among the explanations, by default behind ours
    name     of its file, filled in where it is found
    translations  language -> {English: translation} of its words, where the catalogues lack them
    """

    title: str
    about: str
    limits: str
    kind: Kind
    explain: "Callable[[keras.Model, Any, Options], Explained]"
    options: tuple[Setting, ...] = ()
    view: str = ""
    most: int = 1
    order: int = 100
    name: str = ""
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __call__(
        self, model: "keras.Model", images: np.ndarray | None = None, options: Options | None = None
    ) -> Explained:
        """Checks what it is given, then explains.

        images   (n, height, width, channels) uint8, of the size the network looks at
        options  those that differ from the defaults
        Raises RunError, SettingError.
        """
        options = {**self.defaults, **self._checked(options or {})}
        if self.kind != "network":
            self._check_images(images, model.input_shape[1:])
        return self.explain(model, None if self.kind == "network" else images, options)

    @property
    def defaults(self) -> Options:
        """name -> value of each option where nothing is chosen, JSON values."""
        return {option.name: option.default for option in self.options}

    def asks_for(self, kind: str) -> bool:
        """Whether one of its options is of that kind."""
        return any(option.kind == kind for option in self.options)

    def _checked(self, options: Options) -> Options:
        known = {option.name: option for option in self.options}
        for name in options:
            if name not in known:
                raise SettingError(
                    "There is no option called {name}; the options are: {known}.",
                    name=name,
                    known=", ".join(known) or "–",
                )
        return {name: checked(known[name], value) for name, value in options.items()}

    def _check_images(self, images: np.ndarray | None, shape: tuple[int, ...]) -> None:
        if images is None or not len(images):
            raise RunError("This explanation needs a picture. Choose one.")
        if len(images) > self.most:
            raise RunError(
                "This explanation takes {most} pictures at most, and these are {n}. Choose fewer.",
                most=self.most,
                n=len(images),
            )
        if images.shape[1:] != shape or images.dtype != np.uint8:
            raise RunError(
                "The pictures are {found} {kind}, and the network looks at {wanted} uint8. Bring them to its size.",
                found=images.shape[1:],
                kind=images.dtype,
                wanted=shape,
            )


@functools.cache
def explanations() -> dict[str, Explanation]:
    """All explanations by name, in the order in which they are shown."""
    return dict(sorted(plugins.discover("core.explain").items(), key=lambda item: item[1].order))


def explanation(name: str) -> Explanation:
    """The explanation called `name`; raises SettingError when there is none."""
    return plugins.pick("explanation", name, explanations())


def of_largest(values: np.ndarray) -> tuple[np.ndarray, float]:
    """Numbers from 0 up, divided by the largest, float32 in 0..1, and that one; all zero where there is none above."""
    largest = float(values.max(initial=0.0))
    return (values / largest if largest > 0 else np.zeros_like(values)).astype(np.float32), largest
