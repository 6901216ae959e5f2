"""The training images most like it, pixel by pixel, vote."""

from models.baseline import Baseline, after_pca


def estimator(settings, seed):
    from sklearn.neighbors import KNeighborsClassifier

    return after_pca(KNeighborsClassifier(settings["n_neighbors"]), settings["pca_components"], seed)


SPEC = Baseline(
    title="k nearest neighbours",
    about=(
        "Keeps all training images and lets those vote that are most like the picture, pixel by pixel. It learns "
        "nothing, and it is slow where many images are kept. One neighbour knows every training image by heart."
    ),
    estimator=estimator,
    settings={"n_neighbors": 5, "pca_components": 0},
)
