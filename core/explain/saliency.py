"""Saliency: which pixels would change a class's score the most."""

from typing import Any

import numpy as np

from core.inside import anatomy
from core.inside.explanation import CLASS, Explained, Explanation, Options, of_largest
from core.inside.gradients import gradient
from core.pictures.preprocessing import scaled


def explain(model: Any, image: np.ndarray, options: Options) -> Explained:
    """The gradient of a class's score with respect to the pixels (Simonyan et al. 2013, arXiv 1312.6034, section 3.1).

    options  class: number, None for the one that the network chooses
    arrays   map (height, width) float32 in 0..1: the largest |slope| among the channels, divided by its maximum;
             gradient (height, width, channels) float32: the slopes with their sign, score per unit of brightness
             (from black to white is 1)
    facts    class, score, maximum (of the map, before it was divided)
    """
    ask, pixels = anatomy.scores(model), scaled(image)
    scores = np.asarray(ask(pixels)[1])[0]
    chosen = anatomy.class_number(model, options["class"], scores)
    _, _, slope = gradient(lambda tensor: (ask(tensor)[1][:, chosen], tensor), pixels)
    heat, maximum = of_largest(np.abs(slope[0]).max(axis=-1))
    facts = {"class": chosen, "score": float(scores[chosen]), "maximum": maximum}
    return Explained({"map": heat, "gradient": slope[0]}, facts)


SPEC = Explanation(
    title="Saliency",
    about=(
        "Bright pixels are those with which the class's score would change most if they became a little lighter or "
        "darker. This is the slope of the score at each pixel, worked out backwards through the network."
    ),
    limits=(
        "It shows which pixels matter for a tiny change, not which ones made the network decide. It is noisy, and a "
        "pixel without which nothing works can stay dark."
    ),
    kind="image",
    view="over picture",
    explain=explain,
    options=(CLASS,),
    order=4,
)
