"""No learning at all: the class that is commonest among the training images, whatever the picture."""

from models.baseline import Baseline


def estimator(settings, seed):
    from sklearn.dummy import DummyClassifier

    return DummyClassifier(strategy="prior")


SPEC = Baseline(
    title="Majority class",
    about=(
        "Looks at no picture and always names the commonest class. Whatever learns has to do better than this; where "
        "one class is common, its accuracy looks high all the same."
    ),
    estimator=estimator,
)
