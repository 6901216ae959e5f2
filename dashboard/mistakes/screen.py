"""What a network gets wrong: the matrix, the images behind each cell, class by class, curves and honesty."""

import numpy as np
import pandas as pd
import streamlit as st

from core.evaluation import confusion, curves, scores
from core.evaluation import worst as mistakes
from core.evaluation.calibration import reliability
from core.evaluation.evaluation import Evaluation, Split
from core.evaluation.worst import Answers
from core.runs.run import Run
from dashboard import resources
from dashboard.charts import answers as answer_charts
from dashboard.charts import pictures
from dashboard.charts.matrix import matrix as matrix_chart
from dashboard.mistakes import repair
from dashboard.widgets import run_picker
from dashboard.widgets.plot import clickable, is_dark, plot
from dashboard.words import _, class_words, in_markdown, in_turn, number, percent, plural

SHOWN = 24  # images at once
PAIRS = 3  # most confused pairs told in words


def choose() -> tuple[Run | None, Split]:
    """The run and the split in view."""
    run = run_picker.pick(_("Run"), _("Runs that were tested."), resources.was_tested)
    if run is None:
        return None, "test"
    words: dict[Split, str] = {"test": _("Test"), "validation": _("Validation"), "train": _("Training")}
    st.session_state.setdefault("mistakes_split", "test")
    split = st.segmented_control(
        _("Split"),
        list(words),
        key="mistakes_split",
        required=True,
        format_func=words.__getitem__,
        help=_("Test images were never used in training, nor to choose the best epoch."),
    )
    return run, split or "test"


def headline(evaluation: Evaluation) -> None:
    """Accuracy with n and interval, and the most confused pairs in words."""
    low, high = evaluation.interval
    st.markdown(
        _(
            "**{accuracy}** of {n} images right (95 % interval {low} to {high}), loss {loss}.",
            accuracy=percent(evaluation.accuracy, 2),
            n=number(evaluation.n),
            low=percent(low, 2),
            high=percent(high, 2),
            loss=number(evaluation.loss, 4),
        )
    )
    classes = class_words(evaluation.dataset, evaluation.classes)
    sentences = [
        plural(
            pair.n,
            "{true} taken for {predicted} (once, {share} of its images)",
            "{true} taken for {predicted} ({n} times, {share} of its images)",
            true=f"**{in_markdown(classes[pair.true])}**",
            predicted=f"**{in_markdown(classes[pair.predicted])}**",
            share=percent(pair.share),
        )
        for pair in confusion.most_confused(evaluation, PAIRS)
    ]
    st.markdown(
        _("Most often confused: {pairs}.", pairs=in_turn(sentences)) if sentences else _("Not a single mistake.")
    )


def matrix(run: Run, evaluation: Evaluation) -> None:
    """The confusion matrix, and beside it the images of the cell that was clicked."""
    left, right = st.columns([3, 2])
    with left:
        order, normalise = _matrix_controls()
        classes = class_words(evaluation.dataset, evaluation.classes)
        rows = confusion.sorted_classes(evaluation, order)  # type: ignore[arg-type]
        values = confusion.confusion(evaluation, normalise)[np.ix_(rows, rows)]  # type: ignore[arg-type]
        counts = confusion.confusion(evaluation)[np.ix_(rows, rows)]
        title = _("Rows: what it is. Columns: what the network says.")
        figure = matrix_chart(values, counts, [classes[row] for row in rows], title, _, number, is_dark())
        clicked = clickable(figure, key=f"matrix-{run.id}-{evaluation.n}-{order}")
        st.caption(_("The diagonal is right; everything beside it is a mistake. Click a cell to see its images."))
    with right:
        true, predicted = _cell(evaluation, rows, clicked)
        shown = mistakes.cell(evaluation, true, predicted)
        st.markdown("**" + _cell_title(classes, true, predicted, len(shown)) + "**")
        images(run, evaluation, shown, key=f"cell-{true}-{predicted}")


def gallery(run: Run, evaluation: Evaluation) -> None:
    """The images worth a look: worst losses, surest mistakes, what a class misses and what it takes from others."""
    classes = class_words(evaluation.dataset, evaluation.classes)
    kinds = {
        "worst": _("highest loss"),
        "confident": _("surest mistakes"),
        "missed": _("missed of a class"),
        "taken": _("wrongly taken for a class"),
    }
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    kind = left.segmented_control(
        _("Which images"),
        list(kinds),
        key="mistakes_kind",
        default="worst",
        required=True,
        format_func=kinds.__getitem__,
        help=_("Wrong labels and odd pictures gather at the top of the first two."),
    )
    label = 0
    if kind in ("missed", "taken"):
        label = right.selectbox(
            _("Class"), range(len(classes)), key="mistakes_class", format_func=classes.__getitem__, help=_("Of which.")
        )
    shown = {
        "worst": lambda: mistakes.worst(evaluation, SHOWN),
        "confident": lambda: mistakes.most_confident_mistakes(evaluation, SHOWN),
        "missed": lambda: mistakes.false_negatives(evaluation, label),
        "taken": lambda: mistakes.false_positives(evaluation, label),
    }[str(kind)]()
    images(run, evaluation, shown, key=f"gallery-{kind}-{label}")


def images(run: Run, evaluation: Evaluation, shown: Answers, key: str) -> None:
    """Images with what they are, what was said and both probabilities; below, what can be done about them."""
    if not len(shown):
        st.caption(_("No image here."))
        return
    first = slice(0, SHOWN)
    classes, config = class_words(evaluation.dataset, evaluation.classes), run.config
    stored = resources.stored_pictures(config, shown.rows[first])
    answers, alts = [], []
    facts = (shown.true, shown.predicted, shown.predicted_probability, shown.true_probability, shown.rows)
    for true, predicted, sure, share, row in zip(*(one[first] for one in facts), strict=True):
        truth = "" if true == predicted else _("is: {label}", label=f"{classes[true]} {percent(float(share), 0)}")
        caption = (bool(true == predicted), classes[predicted], percent(float(sure), 0), f"{truth} #{row}".strip())
        answers.append(caption)
        alts.append(_("shows {label}, predicted {predicted}", label=classes[true], predicted=classes[predicted]))
    st.html(pictures.answered_wall(stored, answers, alts))
    if len(shown) > SHOWN:
        st.caption(_("{shown} of {n} images, the surest answers first.", shown=SHOWN, n=number(len(shown))))
    repair.offer(run, evaluation, shown.rows[first], key)


def by_class(evaluation: Evaluation) -> None:
    """Precision, recall and F1 of each class with intervals; averages; top-k."""
    classes, rows = class_words(evaluation.dataset, evaluation.classes), scores.per_class(evaluation)
    table = pd.DataFrame(
        [
            {
                _("Class"): classes[row.label],
                _("Precision"): row.precision,
                _("Precision, 95 %"): _interval(row.precision_interval),
                _("Recall"): row.recall,
                _("Recall, 95 %"): _interval(row.recall_interval),
                "F1": row.f1,
                _("Images"): row.support,
            }
            for row in rows
        ]
    )
    shares = {
        name: st.column_config.ProgressColumn(name, format="percent", min_value=0, max_value=1)
        for name in (_("Precision"), _("Recall"), "F1")
    }
    st.dataframe(table, hide_index=True, column_config=shares, alt=_("Scores of each class"))
    st.caption(
        _("Precision: of what was taken for a class, how much is. Recall: of a class, how much was found. F1: both.")
    )
    with st.container(horizontal=True):
        for title, average in ((_("Macro F1"), scores.macro(rows)), (_("Weighted F1"), scores.weighted(rows))):
            st.metric(
                title, percent(average.f1, 2), border=True, width=170, help=_("Mean over classes or over images.")
            )
        for k in (2, 3, 5):
            if k < len(classes):
                best = scores.top_k(evaluation, k)
                low, high = best.interval
                help = _("95 % interval {low} to {high}, {n} images.", low=percent(low), high=percent(high), n=best.n)
                st.metric(_("Top-{k} accuracy", k=k), percent(best.accuracy, 2), border=True, width=170, help=help)


def class_curves(evaluation: Evaluation) -> None:
    """ROC and precision–recall of one class against all others."""
    classes = class_words(evaluation.dataset, evaluation.classes)
    label = st.selectbox(
        _("Class"),
        range(len(classes)),
        key="curve_class",
        format_func=classes.__getitem__,
        help=_("This class against all others, for every threshold."),
    )
    left, right = st.columns(2)
    roc, line = curves.roc(evaluation, label), curves.precision_recall(evaluation, label)
    if not len(line.x) or not len(roc.x):
        st.info(_("These images show this class only, or never: there is no curve."), icon=":material/show_chart:")
        return
    with left:
        title = _("ROC: area {area}", area=number(roc.area, 4))
        figure = answer_charts.curve(roc.x, roc.y, _("wrongly taken for it"), _("found of the class"), title, -1.0)
        plot(figure, key="roc")
        st.caption(_("The closer to the upper left corner the better; the dotted line is guessing."))
    with right:
        title = _("Precision and recall: average precision {area}", area=number(line.area, 4))
        chance = float(np.mean(evaluation.labels == label))
        figure = answer_charts.curve(line.x, line.y, _("recall"), _("precision"), title, chance)
        plot(figure, key="precision-recall")
        st.caption(_("The closer to the upper right corner the better; the dotted line is guessing."))


def honesty(evaluation: Evaluation) -> None:
    """Is the network right as often as it says?"""
    bins = reliability(evaluation)
    sure = float(evaluation.confidence.mean())
    title = (
        _("It is more sure than right: {sure} sure, {right} right")
        if sure > evaluation.accuracy
        else _("It is as right as it is sure, or more: {sure} sure, {right} right")
    ).format(sure=percent(sure), right=percent(evaluation.accuracy))
    plot(answer_charts.reliability(bins.confidence, bins.accuracy, bins.n, title, _), key="reliability")
    st.caption(_("Dots on the dotted line: of 100 answers that are 80 % sure, 80 are right. Below it: too sure."))
    st.metric(
        _("Expected calibration error"),
        percent(bins.error, 2),
        border=True,
        width=240,
        help=_("How far sureness and accuracy are apart on average, over {n} images.", n=number(evaluation.n)),
    )


def download(run: Run, evaluation: Evaluation, split: Split) -> None:
    """Every answer as CSV."""

    def text() -> str:
        table = pd.DataFrame(evaluation.probabilities, columns=[f"p_{name}" for name in evaluation.classes])
        table.insert(0, "loss", evaluation.losses)
        table.insert(0, "predicted", [evaluation.classes[label] for label in evaluation.predicted])
        table.insert(0, "true", [evaluation.classes[label] for label in evaluation.labels])
        table.insert(0, "row", evaluation.rows)
        return table.to_csv(index=False)

    st.download_button(
        _("All answers as CSV"),
        text,
        f"{run.id}-{split}.csv",
        "text/csv",
        key="answers_csv",
        icon=":material/download:",
        on_click="ignore",
        help=_("One line an image: its row in the dataset, true and predicted class, loss, all probabilities."),
    )


def _matrix_controls() -> tuple[str, str]:
    orders = {"name": _("name"), "errors": _("mistakes"), "support": _("images"), "similarity": _("likeness")}
    kinds = {"counts": _("counts"), "true": _("shares of the row"), "predicted": _("shares of the column")}
    left, right = st.columns(2)
    order = left.selectbox(
        _("Order of the classes"),
        list(orders),
        key="matrix_order",
        format_func=orders.__getitem__,
        help=_("Likeness puts classes side by side that are taken for each other."),
    )
    kind = right.selectbox(
        _("Numbers"),
        list(kinds),
        key="matrix_numbers",
        format_func=kinds.__getitem__,
        help=_("Shares of the row add up to 100 % for each true class, of the column for each answer."),
    )
    return order, kind


def _cell(evaluation: Evaluation, order: np.ndarray, clicked: tuple[int, int] | None) -> tuple[int, int]:
    """(true, predicted) of the clicked cell; before a click, the most confused pair."""
    if clicked and max(clicked) < len(order):
        column, row = clicked
        return int(order[row]), int(order[column])
    worst = confusion.most_confused(evaluation, 1)
    return (worst[0].true, worst[0].predicted) if worst else (int(order[0]), int(order[0]))


def _cell_title(classes: list[str], true: int, predicted: int, n: int) -> str:
    names = {"true": in_markdown(classes[true]), "predicted": in_markdown(classes[predicted]), "n": number(n)}
    if true == predicted:
        return _("{true}, rightly recognised: {n}", true=names["true"], n=names["n"])
    return _("{true} taken for {predicted}: {n}", **names)


def _interval(ends: tuple[float, float]) -> str:
    return f"{percent(ends[0])} – {percent(ends[1])}"
