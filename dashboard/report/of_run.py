"""What one run has to tell on a page to hand in."""

import importlib.metadata
import platform
from collections.abc import Callable
from contextlib import suppress
from html import escape

import numpy as np

from core.data import catalogue
from core.errors import FitscopeError
from core.evaluation.confusion import confusion, most_confused
from core.evaluation.evaluation import Evaluation
from core.runs import changes
from core.runs import prediction as predictions
from core.runs.history import History
from core.runs.run import Run
from dashboard import resources
from dashboard.charts import curves, learning_rate, memorisation, pictures
from dashboard.charts.vector import svg
from dashboard.diary import by_heart
from dashboard.live import by_heart as heart
from dashboard.live import verdict_words
from dashboard.live.cards import cards
from dashboard.live.flags import flags
from dashboard.live.steps_words import of_steps
from dashboard.report.document import paragraph, section, table
from dashboard.runs import recipe_table, revealed
from dashboard.words import _, class_words, in_digits, number, percent

MISTAKES = 12  # pictures
SHORT = 3  # letters of a class that stand upright over its column of the matrix
WRITTEN = 20  # classes up to which the whole matrix is printed
PAIRS = 10  # most confused ones, of more classes
ALWAYS = ("dataset", "architecture", "train_images", "epochs", "batch_size", "learning_rate", "seed")
LIBRARIES = ("fitscope", "tensorflow", "keras", "scikit-learn", "numpy")


def sections(run: Run) -> list[str]:
    """Of a run that has ended: what it is, what was seen, what came of it, what was expected; HTML."""
    return [
        section(_("The recipe"), _recipe(run)),
        section(_("The curves"), *_curves(run)),
        section(_("What they show"), _verdict(run)),
        section(_("What you said, and what happened"), _expected(run)),
        section(_("The test"), *_test(run)),
    ]


def under_the_title(run: Run) -> list[str]:
    dataset = catalogue.dataset(run.config.dataset)
    return [f"{dataset.title} · {run.id}"]


def made_with(run: Run) -> str:
    """By which versions, from which images: what somebody needs to get the same numbers."""
    versions = [f"Python {platform.python_version()}"]
    for name in LIBRARIES:
        with suppress(importlib.metadata.PackageNotFoundError):  # a checkout is not installed
            versions.append(f"{name} {importlib.metadata.version(name)}")
    start = resources.history(run).start
    told = _("Made with {versions}.", versions=", ".join(versions))
    if start.get("dataset_version"):
        told += " " + _("Version {version} of its images.", version=start["dataset_version"])
    return f"{told} {start.get('device', '')}"


def whole_recipe(run: Run) -> str:
    """Every setting, as an appendix."""
    return section(_("The whole recipe"), _settings(run, lambda _star, _name: True))


def _recipe(run: Run) -> str:
    """What differs from the defaults, and what everybody asks for."""
    return _settings(run, lambda star, name: bool(star) or name in ALWAYS)


def _settings(run: Run, wanted: Callable[[str, str], bool]) -> str:
    told = recipe_table.rows(run.config)
    rows = [[str(cell) for cell in row] for row in told.to_numpy().tolist()]
    return table(list(map(str, told.columns)), [row for row in rows if wanted(row[0], row[-1])])


def _curves(run: Run) -> list[str]:
    history = resources.history(run)
    if not history.epochs or history.start.get("at_once"):
        return [paragraph(by_heart.sentence(run)), _figures(run)]
    said, raised, before = verdict_words.said(run, run.state, history), flags(history), predictions.of(run)
    patience, seen = changes.patience(run.config, history), said.epochs if said else None
    drawn = []
    for name, title, words in (
        ("loss", verdict_words.loss_title(said), in_digits),
        ("accuracy", verdict_words.accuracy_title(said), _in_percent),
    ):
        figure = curves.curves(history, name, title, _, patience, seen, raised)
        if name == "accuracy" and before and before.curve:
            figure = curves.expected(figure, before.curve, _)
        drawn.append(_drawn(title, svg(figure, words)))
    if learning_rate.moves(run.config):
        figure = learning_rate.over_epochs(run.config, history, _("Learning rate"), _)
        drawn.append(_drawn(_("Learning rate"), svg(figure, in_digits, height=200)))
    drawn += _by_heart(run, history)
    lines = _("Solid: validation. Dashed: training. Shaded: what the verdict rests on.")
    drawn.append(paragraph(f"{lines} {of_steps(history)}", "pale"))
    drawn += [paragraph(f"⚑ {_('After epoch {epoch}: {words}.', epoch=epoch, words=words)}") for epoch, words in raised]
    return [*drawn, _figures(run)]


def _by_heart(run: Run, history: History) -> list[str]:
    """Of a run with label noise: how many labels were changed, and how it learnt them."""
    shares = heart.shares(run)
    if shares is None or not len(shares.kept):
        return [paragraph(by_heart.sentence(run))]
    title = heart.title(shares)
    figure = memorisation.over_epochs(shares, history, history.start["epochs"], title, _)
    return [
        paragraph(by_heart.sentence(run)),
        _drawn(title, svg(figure, _in_percent)),
        paragraph(by_heart.aid(run, history), "pale"),
    ]


def _drawn(title: str, drawing: str) -> str:
    return f"<figure><h3>{escape(title)}</h3>{drawing}</figure>"


def _figures(run: Run) -> str:
    shown = cards(resources.history(run))
    return table([card.title for card in shown], [[card.value for card in shown]]) if shown else ""


def _verdict(run: Run) -> str:
    note = verdict_words.note(verdict_words.said(run, run.state, resources.history(run)))
    if not note:
        return ""
    why = f'<p class="pale">{escape(note.why)}</p>'
    return f'<div class="verdict"><b>{escape(note.title)}</b><p>{escape(note.text)}</p>{why}</div>'


def _expected(run: Run) -> str:
    return "".join(paragraph(sentence) for sentence in revealed.sentences(run, resources.history(run)))


def _test(run: Run) -> list[str]:
    result = run.status.result if run.status else None
    if not result:
        return []
    low, high = result["interval"]
    told = _(
        "{accuracy} of {n} test images right, 95 % interval {low} to {high}, by the network of epoch {epoch}.",
        accuracy=percent(result["test_accuracy"], 2),
        n=number(result["n_test"]),
        low=percent(low, 2),
        high=percent(high, 2),
        epoch=result["kept_epoch"],
    )
    try:
        test = resources.evaluation(run, "test")
        return [paragraph(told), _matrix(test), *_mistakes(run, test)]
    except FitscopeError:  # the images, or its answers to them, are gone: the figures stand for themselves
        return [paragraph(told)]


def _matrix(test: Evaluation) -> str:
    classes = class_words(test.dataset, test.classes)
    if len(classes) > WRITTEN:
        rows = [[classes[one.true], classes[one.predicted], number(one.n)] for one in most_confused(test, PAIRS)]
        return table([_("true class"), _("taken for"), _("images")], rows, numbers=1)
    counts = confusion(test)
    strong = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    lines = ""
    for true, cells in enumerate(zip(counts, strong, strict=True)):
        row = "".join(_cell(int(n), float(of), true == at) for at, (n, of) in enumerate(zip(*cells, strict=True)))
        lines += f"<tr><th>{escape(classes[true])}</th>{row}</tr>"
    head = "".join(f"<th>{escape(name)}</th>" for name in classes)
    words = paragraph(_("Rows: true class. Columns: what the network said. Numbers: test images."), "pale")
    kind = "matrix named" if any(len(name) > SHORT for name in classes) else "matrix"
    return f'<div class="scroll"><table class="{kind}"><tr><th></th>{head}</tr>{lines}</table></div>{words}'


def _cell(n: int, share: float, right: bool) -> str:
    colour = "11,110,153" if right else "217,130,0"
    ink = "#fff" if right and share > 0.5 else "inherit"
    return f'<td style="background:rgba({colour},{min(1.0, share):.2f});color:{ink}">{n or ""}</td>'


def _mistakes(run: Run, test: Evaluation) -> list[str]:
    """Those of which the network was surest."""
    wrong = np.flatnonzero(test.predicted != test.labels)
    if not len(wrong):
        return [paragraph(_("No test image was answered wrongly."))]
    worst = wrong[np.argsort(-test.confidence[wrong], kind="stable")][:MISTAKES]
    classes = class_words(test.dataset, test.classes)
    answers = [
        (
            False,
            classes[test.predicted[place]],
            percent(float(test.confidence[place]), 0),
            _("is: {label}", label=classes[test.labels[place]]),
        )
        for place in worst
    ]
    shown = pictures.answered_wall(resources.stored_pictures(run.config, test.rows[worst]), answers, [""] * len(worst))
    return [f"<h3>{escape(_('The mistakes of which it was surest'))}</h3>", shown]


def _in_percent(value: float) -> str:
    return percent(value, 0)
