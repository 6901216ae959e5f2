"""The numbers of the Mistakes page equal scikit-learn's and hand-worked values, and belong to the right images."""

import contextlib
import json
import shutil
import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn import metrics

from core.errors import RunError
from core.evaluation.calibration import calibration_error, reliability
from core.evaluation.confusion import confusion, most_confused, sorted_classes
from core.evaluation.curves import POINTS, UNDEFINED, precision_recall, roc
from core.evaluation.evaluation import SPLITS, Evaluation, read
from core.evaluation.scores import macro, per_class, top_k, weighted
from core.evaluation.worst import cell, false_negatives, false_positives, most_confident_mistakes, worst
from core.files import read_arrays
from core.network.inference import Network
from core.recipe.config import TrainingConfig
from core.runs.run import Run
from core.runs.store import RunStore
from core.training import worker
from tests.made import by_name
from tests.made.runs import make_run
from tests.made.workers import train_here

pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning")  # NumPy's of 0/0


def evaluation(labels, probabilities, names=None):
    """An evaluation of given numbers; the rows count down, so that they are not mistaken for positions."""
    probabilities = np.asarray(probabilities, np.float32)
    names = names or tuple(f"class {number}" for number in range(probabilities.shape[1]))
    return Evaluation(np.asarray(labels, np.int64), probabilities, 9000 - np.arange(len(labels)), names)


def answering(labels, predicted, classes, sure=0.9):
    """Every answer given with the same probability, the rest shared out evenly."""
    probabilities = np.full((len(labels), classes), (1 - sure) / (classes - 1))
    probabilities[np.arange(len(labels)), predicted] = sure
    return evaluation(labels, probabilities)


@st.composite
def evaluations(draw, least=1, ties=True):
    """Random ones, of 0 to 80 images, often with classes that do not occur, or are never answered, or with ties."""
    n, classes = draw(st.integers(least, 80)), draw(st.integers(2, 6))
    present = draw(st.lists(st.integers(0, classes - 1), min_size=1, max_size=classes, unique=True))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    labels = random.choice(present, n)
    if ties and draw(st.booleans()):
        return evaluation(labels, random.multinomial(8, np.full(classes, 1 / classes), size=n) / 8)
    scores = random.normal(scale=draw(st.sampled_from([0.1, 2, 6])), size=(n, classes))
    scores[:, draw(st.integers(0, classes - 1))] -= draw(st.sampled_from([0, 20]))
    scores[np.arange(n), labels] += draw(st.sampled_from([0, 2]))
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    return evaluation(labels, shares / shares.sum(axis=1, keepdims=True))


def classes(one):
    return range(len(one.classes))


# Accuracy, loss, interval


@given(evaluations(ties=False))
def test_accuracy_and_loss_equal_scikit_learns(one):
    assume((one.true_probability > 1e-15).all())  # below it `log_loss` clips, and the worker does not
    shares = one.probabilities.astype(np.float64)
    shares /= shares.sum(axis=1, keepdims=True)
    assert one.accuracy == metrics.accuracy_score(one.labels, one.predicted)
    assert one.loss == pytest.approx(metrics.log_loss(one.labels, shares, labels=classes(one)), rel=1e-5, abs=1e-6)
    found = binomtest(one.hits, one.n).proportion_ci(0.95, method="wilson")
    assert one.interval == pytest.approx((found.low, found.high), abs=1e-6)


def test_the_loss_of_a_confident_mistake_is_not_clipped_at_keras_epsilon():
    """As in the worker, where Keras reads the logits behind the softmax."""
    one = evaluation([0, 0], [[1e-20, 1], [0, 1]])
    assert one.losses[0] == pytest.approx(20 * np.log(10), rel=1e-6)
    assert 87 < one.losses[1] < 88


def test_a_sure_right_answer_costs_nothing_and_that_is_written_without_a_minus():
    one = evaluation([0, 1], [[1, 0], [0, 1.0000001]])
    assert one.loss == 0
    assert not np.signbit(one.losses).any()


# Confusion


@given(evaluations(least=1))
def test_the_confusion_matrix_equals_scikit_learns(one):
    for ours, theirs in (("counts", None), ("true", "true"), ("predicted", "pred")):
        with np.errstate(all="ignore"):
            expected = metrics.confusion_matrix(one.labels, one.predicted, labels=classes(one), normalize=theirs)
        np.testing.assert_allclose(confusion(one, ours), expected, atol=1e-15)
    assert confusion(one).dtype == np.int64


def test_a_thousand_classes_have_a_matrix_and_an_order():
    labels = np.arange(2000) % 1000
    one = answering(labels, labels // 2 * 2, 1000)
    assert confusion(one).sum() == 2000
    assert np.array_equal(np.sort(sorted_classes(one, "similarity")), np.arange(1000))


@given(evaluations(least=0), st.integers(0, 10))
def test_the_most_confused_pairs_are_the_largest_cells_beside_the_diagonal(one, k):
    pairs, matrix = most_confused(one, k), confusion(one)
    np.fill_diagonal(matrix, 0)
    assert [pair.n for pair in pairs] == sorted(matrix[matrix > 0].tolist(), reverse=True)[:k]
    for pair in pairs:
        assert pair.n == matrix[pair.true, pair.predicted]
        assert pair.share == pair.n / np.count_nonzero(one.labels == pair.true)
    assert len({(pair.true, pair.predicted) for pair in pairs}) == len(pairs)


def test_of_equally_many_confusions_the_larger_share_comes_first():
    one = answering([0, 0, 0, 1, 1, 2], [1, 0, 0, 1, 0, 2], 3)
    assert [(pair.true, pair.predicted, pair.share) for pair in most_confused(one, 9)] == [(1, 0, 0.5), (0, 1, 1 / 3)]


# Orders of the matrix


@given(evaluations(least=0), st.sampled_from(["name", "errors", "support", "similarity"]))
def test_an_order_has_every_class_once(one, by):
    order = sorted_classes(one, by)
    assert order.dtype == np.int64
    assert sorted(order.tolist()) == list(classes(one))


def test_names_are_sorted_by_the_numbers_in_them():
    one = evaluation([], np.empty((0, 5)), ("T-shirt", "10", "9", "ankle boot", "Bag"))
    assert [one.classes[label] for label in sorted_classes(one, "name")] == ["9", "10", "ankle boot", "Bag", "T-shirt"]


def test_errors_and_support_come_in_falling_order():
    one = answering([0, 1, 1, 1, 2, 2], [0, 1, 1, 1, 0, 1], 3)
    assert sorted_classes(one, "errors").tolist() == [2, 0, 1]
    assert sorted_classes(one, "support").tolist() == [1, 2, 0]


def test_similar_classes_are_side_by_side():
    """0 and 3 are taken for each other, 1 and 4 too; 2 and 5 are always right."""
    labels = np.repeat(np.arange(6), 10)
    predicted = labels.copy()
    for one, other in ((0, 3), (3, 0), (1, 4), (4, 1)):
        predicted[np.flatnonzero(labels == one)[:4]] = other
    order = sorted_classes(answering(labels, predicted, 6), "similarity").tolist()
    assert abs(order.index(0) - order.index(3)) == 1
    assert abs(order.index(1) - order.index(4)) == 1


# Scores


@given(evaluations(least=1))
def test_precision_recall_and_f1_equal_scikit_learns(one):
    scores = per_class(one)
    expected = metrics.precision_recall_fscore_support(
        one.labels, one.predicted, labels=list(classes(one)), zero_division=0
    )
    ours = [[score.precision, score.recall, score.f1, score.support] for score in scores]
    np.testing.assert_allclose(np.transpose(ours), expected, atol=1e-15)
    assert [score.predicted for score in scores] == np.bincount(one.predicted, minlength=len(scores)).tolist()
    assert [(score.label, score.name) for score in scores] == list(enumerate(one.classes))


@given(evaluations(least=1), st.sampled_from([("macro", macro), ("weighted", weighted)]))
def test_the_averages_equal_scikit_learns(one, average):
    name, function = average
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(
        one.labels, one.predicted, average=name, zero_division=0
    )
    found = function(per_class(one))
    assert (found.precision, found.recall, found.f1) == pytest.approx((precision, recall, f1), abs=1e-12)


@given(evaluations(least=1))
def test_the_intervals_of_the_scores_equal_scipys(one):
    for score in per_class(one):
        hits = round(score.recall * score.support)
        for found, n in ((score.recall_interval, score.support), (score.precision_interval, score.predicted)):
            expected = binomtest(hits, n).proportion_ci(0.95, method="wilson") if n else (0, 1)
            assert found == pytest.approx(tuple(expected), abs=1e-6)


@given(evaluations(least=1, ties=False), st.integers(1, 6))
def test_top_k_equals_scikit_learns(one, k):
    k = min(k, len(one.classes) - 1)
    shares = one.probabilities if len(one.classes) > 2 else one.probabilities[:, 1]
    distinct = all(len(set(row)) == len(row) for row in one.probabilities.tolist())
    assume(distinct)  # of equal ones scikit-learn takes the last, `argmax` the first
    expected = metrics.top_k_accuracy_score(one.labels, shares, k=k, labels=list(classes(one)))
    found = top_k(one, k)
    assert found.accuracy == pytest.approx(expected, abs=1e-15)
    assert found.n == one.n
    interval = binomtest(round(expected * one.n), one.n).proportion_ci(0.95, method="wilson")
    assert found.interval == pytest.approx((interval.low, interval.high), abs=1e-6)


@given(evaluations())
def test_one_allowed_answer_is_the_accuracy_and_all_of_them_are_certain(one):
    assert top_k(one, 1).accuracy == one.accuracy
    assert top_k(one, len(one.classes)).accuracy == 1


# Curves


@given(evaluations())
def test_the_curves_of_each_class_equal_scikit_learns(one):
    for label in classes(one):
        truth, shares = one.labels == label, one.probabilities[:, label].astype(np.float64)
        if 0 < truth.sum() < one.n:
            x, y, thresholds = metrics.roc_curve(truth, shares, drop_intermediate=False)
            found = roc(one, label)
            np.testing.assert_allclose([found.x, found.y, found.thresholds], [x, y, thresholds], atol=1e-12)
            assert found.area == pytest.approx(metrics.auc(x, y), abs=1e-12)
            assert found.area == pytest.approx(metrics.roc_auc_score(truth, shares), abs=1e-12)
        if truth.any():
            precision, recall, thresholds = metrics.precision_recall_curve(truth, shares)
            found = precision_recall(one, label)
            np.testing.assert_allclose(found.x[::-1], recall, atol=1e-12)
            np.testing.assert_allclose(found.y[::-1], precision, atol=1e-12)
            np.testing.assert_allclose(found.thresholds[:0:-1], thresholds, atol=1e-12)
            assert found.area == pytest.approx(metrics.average_precision_score(truth, shares), abs=1e-12)


@pytest.mark.parametrize("curve", [roc, precision_recall])
def test_a_thinned_curve_keeps_its_ends_its_shape_and_its_area(curve):
    random = np.random.default_rng(1)
    labels = random.choice(3, 5000, p=[0.9, 0.09, 0.01])
    scores = random.normal(size=(5000, 3))
    scores[np.arange(5000), labels] += 2
    one = evaluation(labels, np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True))
    for label in range(3):
        thin, whole = curve(one, label), curve(one, label, points=10**6)
        assert len(thin.x) == len(thin.y) == len(thin.thresholds) <= POINTS < len(whole.x)
        assert thin.area == whole.area
        for end in (0, -1):
            ends = [(one.x[end], one.y[end], one.thresholds[end]) for one in (thin, whole)]
            assert ends[0] == ends[1]
        way = np.abs(np.diff(whole.x)).sum() + np.abs(np.diff(whole.y)).sum()
        gap = np.abs(whole.x[:, None] - thin.x) + np.abs(whole.y[:, None] - thin.y)
        assert gap.min(axis=1).max() <= way / (POINTS - 1)  # no point is far from a point that is drawn


def test_a_class_that_does_not_occur_has_no_curve():
    one = evaluation([0, 0], [[0.9, 0.1], [0.2, 0.8]])
    assert roc(one, 0) is roc(one, 1) is precision_recall(one, 1) is UNDEFINED
    assert precision_recall(one, 0).area == 1


# Calibration


def test_the_calibration_error_of_a_worked_example():
    """Three bins of ten hold images.

    (0.5, 0.6]: 0.55 and 0.6, one right  -> confidence 0.575, accuracy 0.5, gap 0.075, n 2
    (0.7, 0.8]: 0.8, wrong               -> confidence 0.8,   accuracy 0,   gap 0.8,   n 1
    (0.9, 1.0]: 0.95 and 1.0, both right -> confidence 0.975, accuracy 1,   gap 0.025, n 2
    error = (2 · 0.075 + 1 · 0.8 + 2 · 0.025) / 5 = 0.2
    """
    sure = np.array([0.55, 0.6, 0.8, 0.95, 1.0])
    one = evaluation([0, 1, 1, 0, 0], np.stack([sure, 1 - sure], axis=1))
    found = reliability(one, bins=10)
    assert found.error == pytest.approx(0.2, abs=1e-6)
    assert found.n.tolist() == [0, 0, 0, 0, 0, 2, 0, 1, 0, 2]
    full = found.n > 0
    np.testing.assert_allclose(found.confidence[full], [0.575, 0.8, 0.975], atol=1e-6)
    np.testing.assert_allclose(found.accuracy[full], [0.5, 0, 1])
    assert np.isnan(found.confidence[~full]).all()
    assert np.isnan(found.accuracy[~full]).all()
    assert found.intervals[0].tolist() == [0, 1]
    expected = binomtest(1, 2).proportion_ci(0.95, method="wilson")
    assert found.intervals[5] == pytest.approx((expected.low, expected.high), abs=1e-6)


@given(evaluations(), st.sampled_from([10, 15]))
def test_the_calibration_error_equals_equation_3_written_out(one, bins):
    total = 0.0
    for m in range(1, bins + 1):
        low, high = np.float32((m - 1) / bins), np.float32(m / bins)
        inside = (one.confidence > low) & (one.confidence <= high)
        if inside.any():
            right = (one.predicted == one.labels)[inside]
            total += inside.sum() / one.n * abs(right.mean() - one.confidence[inside].mean(dtype=np.float64))
    assert calibration_error(one, bins) == pytest.approx(total, abs=1e-9)
    assert reliability(one, bins).n.sum() == one.n


# Which images to look at


@given(evaluations(least=0), st.integers(0, 100))
def test_each_answer_carries_what_belongs_to_its_image(one, k):
    for found in (worst(one, k), most_confident_mistakes(one, k), cell(one, 0, 1), false_positives(one, 1)):
        at = found.positions
        np.testing.assert_array_equal(found.rows, one.rows[at])
        np.testing.assert_array_equal(found.true, one.labels[at])
        np.testing.assert_array_equal(found.predicted, one.predicted[at])
        np.testing.assert_array_equal(found.true_probability, one.probabilities[at, one.labels[at]])
        np.testing.assert_array_equal(found.predicted_probability, one.probabilities[at].max(axis=1, initial=0))
        np.testing.assert_array_equal(found.losses, one.losses[at])
        assert len(set(at.tolist())) == len(found)


@given(evaluations(least=0), st.integers(0, 100))
def test_the_worst_have_the_highest_losses(one, k):
    found = worst(one, k)
    assert found.losses.tolist() == sorted(one.losses.tolist(), reverse=True)[:k]
    wrong = most_confident_mistakes(one, k)
    sure = one.confidence[one.predicted != one.labels].tolist()
    assert wrong.predicted_probability.tolist() == sorted(sure, reverse=True)[:k]
    assert (wrong.true != wrong.predicted).all()


@given(evaluations(least=0))
def test_cells_hold_the_images_that_the_matrix_counts(one):
    matrix = confusion(one)
    for true in classes(one):
        for predicted in classes(one):
            found = cell(one, true, predicted)
            assert len(found) == matrix[true, predicted]
            assert (np.diff(found.predicted_probability) <= 0).all()
        others = [label for label in classes(one) if label != true]
        assert len(false_negatives(one, true)) == matrix[true, others].sum()
        assert len(false_positives(one, true)) == matrix[others, true].sum()
        assert set(false_negatives(one, true).true.tolist()) <= {true}
        assert set(false_positives(one, true).predicted.tolist()) <= {true}


# Nothing, one image, one class


def test_without_images_every_number_says_so():
    one = evaluation([], np.empty((0, 3)))
    assert np.isnan([one.accuracy, one.loss, top_k(one, 2).accuracy, calibration_error(one)]).all()
    assert one.interval == top_k(one, 2).interval == (0, 1)
    assert not confusion(one, "true").any()
    for average in (macro(per_class(one)), weighted(per_class(one))):
        assert np.isnan([average.precision, average.recall, average.f1]).all()
    assert [(score.precision, score.recall, score.f1, score.support) for score in per_class(one)] == [(0, 0, 0, 0)] * 3
    assert roc(one, 0) is precision_recall(one, 0) is UNDEFINED
    assert len(worst(one, 5)) == len(most_confident_mistakes(one, 5)) == len(most_confused(one, 5)) == 0


def test_one_image_is_enough():
    one = evaluation([1], [[0.3, 0.7]])
    assert (one.accuracy, top_k(one, 1).accuracy) == (1, 1)
    assert one.loss == pytest.approx(-np.log(0.7), abs=1e-6)
    assert calibration_error(one) == pytest.approx(0.3, abs=1e-6)
    assert macro(per_class(one)).f1 == 1  # the class that neither occurs nor is answered does not count


def test_a_split_of_one_class_that_is_never_answered_is_all_mistakes():
    one = answering([2, 2, 2], [0, 1, 0], 3)
    score = per_class(one)[2]
    assert (score.precision, score.precision_interval, score.predicted) == (0, (0, 1), 0)
    assert (score.recall, score.support) == (0, 3)
    assert macro(per_class(one)).recall == 0
    assert roc(one, 2) is UNDEFINED
    assert precision_recall(one, 2).area == 1


# From a run's files


def test_the_answers_of_a_run_are_read_with_its_rows_and_classes(store):
    run = make_run(store, "finished")
    found, stored = read(run, "test"), read_arrays(run.folder / "evaluation.npz")
    np.testing.assert_array_equal(found.labels, stored["test_labels"])
    np.testing.assert_array_equal(found.probabilities, stored["test_probabilities"])
    np.testing.assert_array_equal(found.rows, run.images["test"])
    assert found.classes == tuple(run.history.start["classes"])
    assert (found.labels.dtype, found.probabilities.dtype, found.rows.dtype) == (np.int64, np.float32, np.int64)
    assert found.accuracy == run.status.result["test_accuracy"]
    assert found.interval == tuple(run.status.result["interval"])


@pytest.mark.parametrize("state", ["queued", "starting", "running"])
def test_a_run_at_work_is_to_be_waited_for(store, state):
    with pytest.raises(RunError, match=f"is {state}: .* Wait for that, or stop it"):
        read(make_run(store, state), "test")


@pytest.mark.parametrize("state", ["failed", "lost", "damaged"])
def test_a_run_that_was_never_tested_says_what_to_do(store, state):
    with pytest.raises(RunError, match=f"is {state} and .* never tested. Train its recipe again"):
        read(make_run(store, state), "test")


@pytest.mark.parametrize("split", ["train", "validation", "nonsense", ""])
def test_a_split_that_is_not_there_says_what_to_do(store, split):
    with pytest.raises(RunError, match=f"no answers for split {split}: .* Choose another split"):
        read(make_run(store, "finished"), split)


def test_training_images_that_are_being_asked_about_are_to_be_waited_for(store, monkeypatch):
    monkeypatch.setattr(Run, "process_alive", True)
    with pytest.raises(RunError, match="Try again in a few seconds"):
        read(make_run(store, "finished"), "train")


@pytest.mark.parametrize("file", ["evaluation.npz", "images.npz"])
@pytest.mark.parametrize("content", [b"", b"garbage", b"PK\x03\x04" + bytes(50), None], ids=repr)
def test_a_damaged_file_says_what_to_do(store, file, content):
    run = make_run(store, "finished")
    path = run.folder / file
    path.write_bytes(path.read_bytes()[:-50] if content is None else content)
    with pytest.raises(RunError, match=f"{file} of run .* is damaged. Train its recipe again"):
        read(run, "test")


DAMAGES = {
    "a label too many": lambda stored: {"test_labels": np.append(stored["test_labels"], 0)},
    "a label of no class": lambda stored: {"test_labels": stored["test_labels"] + 1},
    "a negative label": lambda stored: {"test_labels": stored["test_labels"] - 1},
    "labels with a comma": lambda stored: {"test_labels": stored["test_labels"] * 1.0},
    "labels in a table": lambda stored: {"test_labels": stored["test_labels"][:, None]},
    "one label": lambda stored: {"test_labels": np.int64(3)},
    "a class missing": lambda stored: {"test_probabilities": stored["test_probabilities"][:, 1:]},
    "an image missing": lambda stored: {"test_probabilities": stored["test_probabilities"][1:]},
    "no number": lambda stored: {"test_probabilities": stored["test_probabilities"] * np.float32(np.nan)},
    "no probability": lambda stored: {"test_probabilities": stored["test_probabilities"] * 2},
    "words": lambda stored: {"test_probabilities": stored["test_probabilities"].astype(str)},
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_answers_that_do_not_fit_the_images_are_refused(store, damage):
    run = make_run(store, "finished")
    stored = read_arrays(run.folder / "evaluation.npz")
    np.savez(run.folder / "evaluation.npz", **{**stored, **DAMAGES[damage](stored)})
    with pytest.raises(RunError, match=r"do not fit its images or its classes: .* Train its recipe again"):
        read(run, "test")


@pytest.mark.parametrize("known", [None, [], "0123456789", list(range(10)), ["0", "1"]], ids=repr)
def test_a_run_that_does_not_say_its_classes_is_refused(store, known):
    run = make_run(store, "finished")
    events = [json.loads(line) for line in (run.folder / "events.jsonl").read_text("utf-8").splitlines()]
    for event in events:
        if event["event"] == "started":
            event["classes"] = known
    (run.folder / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events), "utf-8")
    with pytest.raises(RunError, match="Train its recipe again"):
        read(run, "test")


# A network that was really trained

LEARNT = TrainingConfig(epochs=3, label_noise=0.2, classes=("1", "3", "4", "7", "8"))


@pytest.fixture(scope="module")
def trained(data_folder, tmp_path_factory):
    """A run of three epochs, on a part of the classes and with wrong labels: nothing is where it lay before."""
    run = RunStore(tmp_path_factory.mktemp("trained")).create(LEARNT, queue=False)
    assert train_here(run) == 0
    return run


def check_aligned(run, split):
    """The labels give the recorded accuracy, and each image, shown to the network again, gets its own answer."""
    found, result = read(run, split), run.status.result
    if split != "train":
        name = {"validation": "val", "test": "test"}[split]
        assert found.accuracy == pytest.approx(result[f"{name}_accuracy"], abs=1e-12)
        assert found.loss == pytest.approx(result[f"{name}_loss"], abs=1e-5)
    shown = by_name.pictures(run.config.dataset, found.rows, run.config.image_size, run.config.dataset_version)
    answers = Network(run.folder / "network.tflite").probabilities(shown)
    np.testing.assert_allclose(answers, found.probabilities, atol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("split", SPLITS)
def test_every_answer_belongs_to_its_image_and_its_label(trained, split):
    check_aligned(trained, split)


@pytest.mark.slow
@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("what", ["probabilities", "rows"])
def test_shuffled_answers_would_be_noticed(trained, tmp_path, split, what):
    """The trap: predictions in the order of another pass than the labels, as one grown-out-of system had it."""
    run = Run(shutil.copytree(trained.folder, tmp_path / trained.id))
    file, key = ("images.npz", split) if what == "rows" else ("evaluation.npz", f"{split}_{what}")
    stored = read_arrays(run.folder / file)
    order = np.random.default_rng(0).permutation(len(stored[key]))
    np.savez(run.folder / file, **{**stored, key: stored[key][order]})
    with pytest.raises(AssertionError):
        check_aligned(run, split)


@pytest.mark.slow
@pytest.mark.parametrize("split", SPLITS)
def test_the_labels_are_those_that_the_recipe_gives_and_their_noise_is_in_training_only(trained, split):
    splits = by_name.of(LEARNT)
    found, changed = read(trained, split), trained.images["changed"]
    np.testing.assert_array_equal(found.labels, getattr(splits, split).labels)
    np.testing.assert_array_equal(found.rows, splits.rows[split])
    assert found.classes == LEARNT.classes
    published = by_name.load(LEARNT.dataset)
    stored = np.concatenate([part.labels for part in (published.train, published.test)])[found.rows]
    wrong = np.flatnonzero(np.array([int(name) for name in found.classes])[found.labels] != stored)
    np.testing.assert_array_equal(wrong, changed if split == "train" else [])


@pytest.mark.slow
def test_the_training_accuracy_is_that_of_the_kept_epoch(trained):
    """Digits are few enough that all training images are scored after each epoch, too."""
    kept = trained.history.epochs[trained.status.result["kept_epoch"] - 1]
    assert trained.history.start["n_scored"] == trained.history.start["n_train"]
    assert read(trained, "train").accuracy == pytest.approx(kept["accuracy"], abs=1e-12)
    assert read(trained, "train").loss == pytest.approx(kept["loss"], abs=1e-5)


@pytest.mark.slow
def test_the_result_does_not_wait_for_the_training_images(store, monkeypatch):
    run, seen = store.create(replace(LEARNT, epochs=1), queue=False), []

    def ask(*arguments):
        seen.append((run.state, run.status.result["n_test"]))
        with contextlib.suppress(RunError):
            seen.append(read(run, "train"))
        answer(*arguments)

    answer = worker.answer_training_images
    monkeypatch.setattr(worker, "answer_training_images", ask)
    assert train_here(run) == 0
    assert seen == [("finished", read(run, "test").n)]
    assert read(run, "train").n == run.history.start["n_train"]


@pytest.mark.slow
def test_what_goes_wrong_with_the_training_images_does_not_fail_the_run(store, monkeypatch, capsys):
    run = store.create(replace(LEARNT, epochs=1), queue=False)
    monkeypatch.setattr(worker, "read_arrays", lambda path: 1 / 0)
    assert train_here(run) == 0
    assert run.state == "finished"
    assert "ZeroDivisionError" in capsys.readouterr().err
    assert read(run, "test").accuracy == run.status.result["test_accuracy"]


@pytest.mark.slow
def test_a_stopped_run_that_is_to_go_on_is_let_go_of(store, monkeypatch, capsys):
    run = store.create(replace(LEARNT, epochs=500), queue=False)
    answer = worker.answer_training_images

    def resume_meanwhile(*arguments):
        run.ask_to_start()
        answer(*arguments)

    monkeypatch.setattr(worker, "answer_training_images", resume_meanwhile)
    assert train_here(run, lambda report: run.ask_to_stop() if len(run.history.epochs) > 1 else None) == 0
    assert "the run is to go on" in capsys.readouterr().err
    assert run.state == "queued"
    assert "train_labels" not in read_arrays(run.folder / "evaluation.npz")


# Fast enough for a page


@pytest.mark.slow
def test_all_numbers_of_ten_thousand_answers_are_there_at_once():
    """20 ms of calculation on a core of 2024."""
    random = np.random.default_rng(0)
    labels, scores = random.integers(0, 10, 10_000), random.normal(size=(10_000, 10))
    scores[np.arange(10_000), labels] += 3
    shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    took = []
    for _ in range(3):
        one, began = evaluation(labels, shares), time.process_time()
        everything(one)
        took.append(time.process_time() - began)
    assert min(took) < 0.1


def everything(one):
    scores = per_class(one)
    numbers = [one.accuracy, one.loss, one.interval, macro(scores), weighted(scores), reliability(one)]
    numbers += [confusion(one, normalise) for normalise in ("counts", "true", "predicted")]
    numbers += [top_k(one, k) for k in (1, 2, 3, 5)]
    numbers += [curve(one, label) for curve in (roc, precision_recall) for label in classes(one)]
    numbers += [most_confused(one, 10), worst(one, 50), most_confident_mistakes(one, 50), cell(one, 1, 2)]
    return numbers
