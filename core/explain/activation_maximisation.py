"""Activation maximisation: a picture, made from noise, that excites one filter."""

from typing import Any

import numpy as np

from core.inside import anatomy
from core.inside.explanation import FILTER, LAYER, SEED, Explained, Explanation, Options
from core.inside.gradients import gradient
from core.recipe.setting import Setting

STEPS = 60
STEP = 0.05  # of the way from black to white, for a typical pixel
FADE = 0.01  # of the distance to grey, at each step: what the filter does not care for stays grey
BLUR_EVERY = 4  # steps; without it, single pixels win over shapes
BLUR = 0.5  # pixels


def explain(model: Any, _image: None, options: Options) -> Explained:
    """Gradient ascent on the mean sum of one filter over all places (Erhan et al. 2009, Visualizing Higher-Layer
    Features of a Deep Network), with fading and blurring as in Yosinski et al. 2015, arXiv 1506.06579.

    The sum before the activation function is raised: a ReLU that is silent for noise would have no slope to climb.

    options  layer: a convolution, None for the last; filter: its number, from 0; steps; seed: of the noise
    arrays   image (height, width, channels) float32 in 0..1; start: the noise it began with;
             course (steps + 1,) float32: the mean sum before each step and after the last
    facts    layer, filter, filters (how many there are), before, after (mean sum of start and image)
    """
    name, layer = anatomy.convolution(model, options["layer"])
    number = anatomy.filter_number(layer, options["filter"])
    start = _noise((1, *model.input_shape[1:]), options["seed"])
    excite = _excitement(model, layer, number)
    images, course = _climb(excite, start, options["steps"])
    image = images[int(np.argmax(course))]
    facts = {"layer": name, "filter": number, "filters": layer.output.shape[-1]}
    facts |= {"before": float(course[0]), "after": float(course.max())}
    return Explained({"image": image[0], "start": start[0], "course": course}, facts)


def _noise(shape: tuple[int, ...], seed: int) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0.4, 0.6, shape).astype(np.float32)


def _excitement(model: Any, layer: Any, number: int) -> Any:
    """A function: pixels -> (mean sum of the filter over all places, pixels)."""
    import keras

    before = keras.Model(model.inputs[0], layer.input)

    def outcome(pixels: Any) -> tuple[Any, Any]:
        answer = anatomy.sums(layer, before(pixels, training=False))
        return keras.ops.mean(answer[..., number]), pixels

    return outcome


def _climb(excite: Any, start: np.ndarray, steps: int) -> tuple[list[np.ndarray], np.ndarray]:
    """The picture before each step and after the last, and the filter's mean sum for each."""
    images, course = [start], []
    for step in range(steps):
        value, image, slope = gradient(excite, images[-1])
        course.append(value)
        images.append(_stepped(image, slope, blur=step % BLUR_EVERY == BLUR_EVERY - 1 and step < steps - BLUR_EVERY))
    course.append(gradient(excite, images[-1])[0])
    return images, np.array(course, np.float32)


def _stepped(image: np.ndarray, slope: np.ndarray, blur: bool) -> np.ndarray:
    from scipy.ndimage import gaussian_filter

    size = np.sqrt(np.mean(slope**2))
    image = image + STEP * slope / size if size > 0 else image
    image = image - FADE * (image - 0.5)
    if blur:
        image = gaussian_filter(image, (0, BLUR, BLUR, 0))
    return np.clip(image, 0, 1).astype(np.float32)


SPEC = Explanation(
    title="What a filter looks for",
    about=(
        "Starts from grey noise and changes every pixel, step by step, so that one filter reacts more and more. The "
        "picture that comes out shows the pattern that the filter is looking for."
    ),
    limits=(
        "No such picture exists in the data, and other noise leads to another one. It shows what the filter likes "
        "best, not everything it reacts to, and not what the network uses it for."
    ),
    kind="network",
    view="noise and image",
    explain=explain,
    options=(
        LAYER,
        FILTER,
        Setting("steps", "int", STEPS, "Steps", "Each makes the picture excite the filter more.", low=1, high=500),
        SEED,
    ),
    order=7,
)
