"""The pictures that excite a filter most."""

from typing import Any

import numpy as np

from core.inside import anatomy
from core.inside.explanation import FILTER, LAYER, Explained, Explanation, Options
from core.recipe.setting import Setting

SHOWN = 9


def explain(model: Any, images: np.ndarray, options: Options) -> Explained:
    """How strongly one filter reacts to each picture, at its strongest place and on average.

    options  layer: a convolution, None for the last; filter: its number, from 0; shown: how many to choose
    arrays   maximum, mean (n,) float32: the filter's activation for each picture, in the order given;
             place (n, 2) int64: row and column of the maximum in the filter's map;
             by_maximum, by_mean (shown,) int64: positions of the most exciting pictures, the strongest first
    facts    layer, filter, filters (how many there are), n, map (rows and columns of the filter's map)
    """
    name, layer = anatomy.convolution(model, options["layer"])
    number = anatomy.filter_number(layer, options["filter"])
    maximum, mean, place = _reactions(model, anatomy.activated(model, layer), number, images)
    size = list(layer.output.shape[1:3])
    arrays = {"maximum": maximum, "mean": mean, "place": np.stack(np.unravel_index(place, size), axis=-1)}
    arrays |= {"by_maximum": _highest(maximum, options["shown"]), "by_mean": _highest(mean, options["shown"])}
    facts = {"layer": name, "filter": number, "filters": layer.output.shape[-1], "n": len(images), "map": size}
    return Explained(arrays, facts)


def _reactions(model: Any, tensor: Any, number: int, images: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each picture: the largest activation, the mean, and the place of the largest, counted through the map."""
    reactions = []
    for (values,) in anatomy.outputs(model, [tensor], images):
        answers = values[..., number].reshape(len(values), -1)  # (n, rows, columns, filters) -> (n, places)
        reactions.append((answers.max(axis=1), answers.mean(axis=1), answers.argmax(axis=1)))
    maximum, mean, place = (np.concatenate(parts) for parts in zip(*reactions, strict=True))
    return maximum, mean, place


def _highest(values: np.ndarray, n: int) -> np.ndarray:
    """Positions of the largest; of equal ones the earlier."""
    return np.argsort(-values, kind="stable")[:n]


SPEC = Explanation(
    title="Most exciting pictures",
    about=(
        "The pictures to which one filter reacts most strongly, at one place or on average. What they have in common "
        "is what the filter may have learnt to find."
    ),
    limits=(
        "Only the pictures you gave it can win. What they have in common to your eye need not be what the filter sees, "
        "and pictures that excite it a little less may look quite different."
    ),
    kind="images",
    view="most exciting",
    explain=explain,
    options=(
        LAYER,
        FILTER,
        Setting("shown", "int", SHOWN, "Pictures", "How many of each kind.", low=1, high=60),
    ),
    most=1000,
    order=8,
)
