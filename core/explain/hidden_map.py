"""A map of pictures as the network sees them: those it finds alike lie close together."""

import importlib.util
from typing import Any

import numpy as np

from core.errors import RunError
from core.inside.explanation import SEED, Explained, Explanation, Options
from core.inside.features import features, has_hidden
from core.recipe.setting import Setting

METHODS = {"pca": "PCA", "tsne": "t-SNE", "umap": "UMAP"}
FEWEST = 5  # pictures; fewer make no map
DIMENSIONS = 50  # before t-SNE and UMAP, as van der Maaten and Hinton did: distances there are cleaner, and quicker
PERPLEXITY = 30.0  # neighbours that count; t-SNE needs more than three times as many pictures


def explain(model: Any, images: np.ndarray, options: Options) -> Explained:
    """The last hidden layer, brought down to two dimensions.

    Where there is no hidden layer (softmax regression), that is a map of the pixels, and `hidden` says so.
    Sources: PCA, Pearson 1901; t-SNE, van der Maaten and Hinton 2008; UMAP, McInnes et al. 2018, arXiv 1802.03426.

    options  method: pca, tsne or umap (where it is installed); seed
    arrays   points (n, 2) float32, one for each picture, in the order given
    facts    method, units (numbers of the hidden layer), hidden (whether there is one), n,
             kept: share of the spread that the two dimensions keep, 0..1, for pca; else, or without spread, None
    """
    method = options["method"]
    if len(images) < FEWEST:
        raise RunError("A map needs at least {fewest} pictures. Choose more.", fewest=FEWEST)
    hidden = features(model, images).astype(np.float64)
    points, kept = _reduced(hidden, method, options["seed"])
    facts = {"method": method, "units": hidden.shape[1], "hidden": has_hidden(model), "n": len(images), "kept": kept}
    return Explained({"points": points.astype(np.float32)}, facts)


def _reduced(hidden: np.ndarray, method: str, seed: int) -> tuple[np.ndarray, float | None]:
    if not hidden.std(axis=0).any():  # a dead layer: all pictures in one place
        return np.zeros((len(hidden), 2)), None
    if method == "pca":
        return _pca(hidden, 2)
    near, _ = _pca(hidden, DIMENSIONS)
    return (_tsne(near, seed) if method == "tsne" else _umap(near, seed)), None


def _pca(hidden: np.ndarray, dimensions: int) -> tuple[np.ndarray, float]:
    """The directions of the largest spread, (n, dimensions), and the share of it they keep.

    A layer with fewer units is filled up with 0.
    """
    from sklearn.decomposition import PCA

    pca = PCA(min(dimensions, *hidden.shape), svd_solver="full")
    points = pca.fit_transform(hidden)
    filled = np.pad(points, ((0, 0), (0, dimensions - points.shape[1])))
    return filled, float(pca.explained_variance_ratio_.sum())


def _tsne(near: np.ndarray, seed: int) -> np.ndarray:
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    perplexity = min(PERPLEXITY, (len(near) - 1) / 3)
    with threadpool_limits(
        1
    ):  # its threads wait for each other: on a busy machine 40 pictures took 12 s instead of 0.2
        return TSNE(2, perplexity=perplexity, init="pca", random_state=seed).fit_transform(near)


def _umap(near: np.ndarray, seed: int) -> np.ndarray:
    if importlib.util.find_spec("umap") is None:
        raise RunError('UMAP is not installed here. Choose t-SNE, or install it with: pip install "fitscope[umap]"')
    umap = importlib.import_module("umap")
    neighbours = min(15, len(near) - 1)  # 15 is its own default
    return umap.UMAP(n_components=2, n_neighbors=neighbours, random_state=seed).fit_transform(near)


SPEC = Explanation(
    title="Map of the last hidden layer",
    about=(
        "Each dot is a picture. Dots lie close together where the last hidden layer gives similar numbers. Classes "
        "that form islands of their own are easy for the network; where colours mix, it makes mistakes."
    ),
    limits=(
        "A flat map cannot keep all distances. With t-SNE and UMAP the size of an island and the space between two "
        "islands mean nothing, and another start gives another map. With PCA different groups can lie on each other."
    ),
    kind="images",
    view="map of pictures",
    explain=explain,
    options=(
        Setting("method", "choice", "pca", "Method", "PCA comes at once, t-SNE takes some seconds.", options=METHODS),
        SEED,
    ),
    most=2000,
    order=11,
)
