"""A weight for each pixel and class, found to the very best: what the network `softmax` comes near by steps."""

from models.baseline import Baseline, after_pca


def estimator(settings, seed):
    from sklearn.linear_model import LogisticRegression

    found = LogisticRegression(C=settings["C"], max_iter=1000, random_state=seed)
    return after_pca(found, settings["pca_components"], seed)


SPEC = Baseline(
    title="Logistic regression",
    about=(
        "One weight for each pixel and class, and a penalty on large ones. The softmax network without hidden layers "
        "is the same model, reached by gradient steps; here the best weights are solved for."
    ),
    estimator=estimator,
    settings={"C": 1.0, "pca_components": 0},
    growth=1.1,
)
