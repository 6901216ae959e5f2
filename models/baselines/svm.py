"""The widest margin between classes, in a space where a radial kernel measures likeness."""

from models.baseline import Baseline, after_pca


def estimator(settings, seed):
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.svm import SVC

    # ties between the votes of pairs are broken by the margins: what is answered is what has the highest probability
    machine = SVC(C=settings["C"], kernel="rbf", gamma=settings["gamma"] or "scale", break_ties=True)
    if settings["multiclass"] == "one_vs_rest":
        machine.set_params(break_ties=False)  # of two classes each
        machine = OneVsRestClassifier(machine)
    return after_pca(machine, settings["pca_components"], seed)


SPEC = Baseline(
    title="Support vector machine",
    about=(
        "Keeps only the images near the border between classes and draws the border as far from them as it can, with "
        "a radial kernel. The best classical learner for small pictures; its time grows with the square of the images."
    ),
    estimator=estimator,
    settings={"C": 5.0, "gamma": 0.0, "multiclass": "one_vs_one", "pca_components": 50},
    growth=2.0,
)
