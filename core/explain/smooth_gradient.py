"""Smooth gradient: saliency averaged over copies of the picture with different noise."""

from typing import Any

import numpy as np

from core.inside import anatomy
from core.inside.explanation import CLASS, SEED, Explained, Explanation, Options, of_largest
from core.inside.gradients import gradient
from core.pictures.preprocessing import scaled
from core.recipe.setting import Setting

COPIES = 25  # the paper sees little change above 50; 25 are ready in the time of a glance
NOISE = 0.1  # standard deviation; from black to white is 1. The paper finds 10 to 20 % best


def explain(model: Any, image: np.ndarray, options: Options) -> Explained:
    """SmoothGrad (Smilkov et al. 2017, arXiv 1706.03825): the mean of the gradients at noisy copies of the picture.

    options  class: number, None for the one that the network chooses for the picture without noise
             copies: number; noise: standard deviation, from black to white is 1; seed: of the noise
    arrays   map (height, width) float32 in 0..1: the largest |mean slope| among the channels, divided by its maximum;
             gradient (height, width, channels) float32: the mean slopes with their sign
    facts    class, score, maximum (of the map, before it was divided), copies, noise
    """
    ask, pixels = anatomy.scores(model), scaled(image)
    scores = np.asarray(ask(pixels)[1])[0]
    chosen = anatomy.class_number(model, options["class"], scores)
    noise = np.random.default_rng(options["seed"]).normal(0, options["noise"], (options["copies"], *pixels.shape[1:]))
    copies = (pixels + noise).astype(np.float32)
    total, size = np.zeros(pixels.shape[1:]), anatomy.batch_size(model)
    for start in range(0, len(copies), size):
        _, _, slopes = gradient(lambda tensor: (ask(tensor)[1][:, chosen], tensor), copies[start : start + size])
        total += slopes.sum(axis=0)
    slope = (total / len(copies)).astype(np.float32)
    heat, maximum = of_largest(np.abs(slope).max(axis=-1))
    facts = {"class": chosen, "score": float(scores[chosen]), "maximum": maximum}
    return Explained({"map": heat, "gradient": slope}, {**facts, "copies": len(copies), "noise": options["noise"]})


SPEC = Explanation(
    title="Smooth saliency",
    about=(
        "Saliency of many copies of the picture, each with a little noise, and then the average. What shows up in all "
        "of them stays, and chance specks go away."
    ),
    limits=(
        "It looks tidier than plain saliency, but is not truer: how tidy depends on the noise that was chosen. It "
        "too shows what matters for a small change, not why the network decided."
    ),
    kind="image",
    view="over picture",
    explain=explain,
    options=(
        CLASS,
        Setting(
            "copies", "int", COPIES, "Noisy copies", "More of them make the map calmer, and slower.", low=1, high=200
        ),
        Setting("noise", "float", NOISE, "Noise", "As a share of full brightness.", low=0.0, high=0.5, step=0.05),
        SEED,
    ),
    order=5,
)
