"""Many trees of yes-or-no questions about single pixels, each grown on another sample of the images."""

from models.baseline import Baseline


def estimator(settings, seed):
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(
        settings["n_estimators"], max_depth=settings["max_depth"] or None, n_jobs=-1, random_state=seed
    )


SPEC = Baseline(
    title="Random forest",
    about=(
        "Many decision trees, each grown on a random sample of the images with random pixels to ask about; they vote. "
        "Trees without a limit know their training images by heart, and the forest is good all the same."
    ),
    estimator=estimator,
    settings={"n_estimators": 100, "max_depth": 0},
    growth=1.1,
)
