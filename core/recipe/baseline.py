"""What a classical learner is told, in scikit-learn's words."""

from dataclasses import dataclass

from core.recipe.setting import setting

MULTICLASS = {"one_vs_one": "one against one", "one_vs_rest": "one against the rest"}


@dataclass(frozen=True)
class BaselineSettings:
    """What a classical learner is told, in scikit-learn's words."""

    n_neighbors: int | None = setting(
        None,
        "Neighbours",
        "How many of the most similar training images vote. One is led astray by any odd image; many blur the classes.",
        "int",
        low=1,
        high=500,
        own=True,
        place="front",
        unit="images",
    )
    n_estimators: int | None = setting(
        None,
        "Trees",
        "How many trees vote. More are never worse, only slower.",
        "int",
        low=1,
        high=1000,
        own=True,
        place="front",
        unit="trees",
    )
    max_depth: int | None = setting(
        None,
        "Depth",
        "How many questions in a row a tree may ask; 0 sets no limit. Shallow trees underfit.",
        "int",
        low=0,
        high=100,
        own=True,
        place="front",
        unit="questions",
    )
    C: float | None = setting(
        None,
        "C",
        "How dearly each mistake on the training images is paid for. Small values keep the border simple and may "
        "underfit; large ones follow every image.",
        "float",
        low=1e-4,
        high=1e4,
        log=True,
        own=True,
        place="front",
    )
    gamma: float | None = setting(
        None,
        "Gamma",
        "How near an image must be to count as similar: 0 follows the spread of the pixels. Large values look at the "
        "nearest only, and overfit.",
        "float",
        low=0.0,
        high=100.0,
        log=True,
        own=True,
        place="front",
    )
    pca_components: int | None = setting(
        None,
        "Principal components",
        "The pixels are replaced by so many of their principal components first: quicker, and less noise; 0 keeps the "
        "pixels.",
        "int",
        low=0,
        high=1000,
        own=True,
        unit="components",
    )
    multiclass: str | None = setting(
        None,
        "Several classes",
        "A margin divides two classes: either every pair of classes has one of its own, or each class has one against "
        "all the others.",
        "choice",
        options=MULTICLASS,
        own=True,
    )
