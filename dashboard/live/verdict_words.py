"""What the curves say, in sentences: the titles of the charts and the note below them. The rules are in `core/fit`."""

import functools
from dataclasses import dataclass
from typing import Literal

from core.fit import curves
from core.fit.confidence import weighed
from core.fit.rules import AT_ONCE, Finding, Verdict
from core.fit.verdict import Opinion, verdict
from core.runs.history import History
from core.runs.run import Run
from dashboard.live.state_words import at_work
from dashboard.words import _, number, percent, points

SURE = 0.75  # below, the second guess is named too


@dataclass(frozen=True)
class Note:
    """The verdict as it stands below the curves.

    why   the rule with its numbers, the epochs it looked at, and how sure it is
    icon  the name of one of Material's
    """

    kind: Literal["info", "success", "warning"]
    title: str
    text: str
    why: str
    icon: str


def said(run: Run, state: str, history: History) -> Verdict | None:
    """The verdict as it is told: while the training goes on, a finding that holds; at the end, the last word."""
    config = run.config
    shown = curves.of_history(history, config.label_noise, run.diverged)
    if shown is None:
        return None
    if not at_work(run, state):
        return _last_word(shown)
    return weighed(_opinion(str(run.folder), history.attempts, config.label_noise).hear(shown), shown)


@functools.lru_cache(maxsize=128)
def _last_word(shown: curves.Curves) -> Verdict | None:
    """Of a training that has ended: the same for all who look, at each run of a page."""
    return weighed(verdict(shown), shown)


@functools.lru_cache(maxsize=128)
def _opinion(_folder: str, _attempts: int, _label_noise: float) -> Opinion:
    """The one of a training that goes on; a resumed one is judged anew."""
    return Opinion()


def loss_title(verdict: Verdict | None) -> str:
    """What the loss curves say, above their chart."""
    match verdict and verdict.rule:
        case "validation_rises" | "surer_of_its_mistakes" | "more_than_the_right_labels":
            return _("Validation loss is lowest at epoch {epoch}", epoch=verdict.epochs[0]) if verdict else ""
        case "only_training_goes_on":
            return _("Only training loss still falls")
        case "training_is_ahead" | "worse_than_untrained" | "wrong_labels_beside_a_level_validation":
            return _("Training loss is far below validation loss")
        case "training_is_low" | "both_are_high":
            return _("Loss of the fitted baseline")
        case None:
            return _("Loss so far")
    words: dict[Finding, str] = {
        "still_improving": _("Validation loss still falls"),
        "underfitting": _("Both losses stay high"),
        "good_fit": _("Validation loss is level at its lowest"),
        "not_learning": _("The loss hardly moves"),
        "diverged": _("The loss has run away"),
        "too_few_images": _("Loss, on very few images"),
    }
    return words[verdict.finding] if verdict else ""


def accuracy_title(verdict: Verdict | None) -> str:
    """What the accuracy curves say, above their chart."""
    words: dict[Finding | None, str] = {
        None: _("Accuracy so far"),
        "still_improving": _("There is more to learn"),
        "underfitting": _("Even the training images are missed"),
        "good_fit": _("What it learnt holds for new images"),
        "overfitting": _("Training runs ahead of validation"),
        "memorising_noise": _("Wrong labels are learnt by heart"),
        "not_learning": _("No better than guessing"),
        "diverged": _("What it had learnt is lost"),
        "too_few_images": _("Accuracy, on very few images"),
    }
    return words[verdict.finding if verdict else None]


def question(verdict: Verdict | None) -> str:
    """What to ask oneself next."""
    words: dict[Finding | None, str] = {
        None: _("At which epoch will validation loss be lowest?"),
        "still_improving": _("How many more epochs would you give it, and what do you expect of them?"),
        "underfitting": _("What would you change so that it knows its own training images better?"),
        "good_fit": _("With how many images fewer would it still be as good?"),
        "overfitting": _("What would you change so that the two curves stay closer together?"),
        "memorising_noise": _("At which epoch would you have stopped, before it learnt the wrong labels?"),
        "not_learning": _("Which one setting would you change first so that the loss begins to fall?"),
        "diverged": _("Which one setting would you change first so that the loss stays low?"),
        "too_few_images": _("How many images would it take to tell one finding from another?"),
    }
    return words[verdict.finding if verdict else None]


def word(finding: Finding) -> str:
    """A finding in one or two words."""
    return _meaning(Verdict(finding, "", (0, 0)))[2]


def note(verdict: Verdict | None) -> Note | None:
    """The verdict in words: what was seen, what it means, and why; None while it is too early to say."""
    if verdict is None:
        return None
    kind, icon, title, text = _meaning(verdict)
    numbers = {name: _numbered(name, value) for name, value in verdict.evidence.items()}
    why = [_rule(verdict.rule).format(**numbers), _where(verdict, percent(verdict.confidence, 0))]
    if verdict.otherwise and verdict.confidence < SURE:
        why.append(_("Second guess: {finding}.", finding=word(verdict.otherwise).lower()))
    return Note(kind, title, text, " ".join(why), icon)


def _where(verdict: Verdict, sure: str) -> str:
    """The epochs that it looked at, and how sure it is."""
    first, last = verdict.epochs
    if verdict.rule in (*AT_ONCE.values(), "training_is_ahead"):
        return _("Confidence {sure}.", sure=sure)
    if first < last:
        return _("Epochs {first} to {last}; confidence {sure}.", first=first, last=last, sure=sure)
    return _("Epoch {first}; confidence {sure}.", first=first, sure=sure)


def _meaning(verdict: Verdict) -> tuple[Literal["info", "success", "warning"], str, str, str]:
    """Kind, icon, title and text."""
    match verdict.finding:
        case "not_learning":
            text = _("The network answers no better than somebody who always names the commonest class.")
            return "warning", "trending_flat", _("Not learning"), text
        case "diverged":
            text = _("The steps overshoot: the loss has left the place where it began and does not come back.")
            return "warning", "rocket_launch", _("Diverged"), text
        case "underfitting":
            text = _("Even its own training images are badly known: it is too small, too restrained or too slow.")
            return "warning", "trending_flat", _("Underfitting"), text
        case "still_improving":
            text = _("It had not finished learning when the training ended: more epochs would help.")
            return "info", "trending_down", _("Still improving"), text
        case "good_fit":
            text = _("What the network learnt holds for images it has not seen. A gap that costs nothing does no harm.")
            return "success", "check", _("Good fit"), text
        case "memorising_noise":
            text = _("It knows labels by heart that are wrong, and new images pay for it.")
            return "warning", "psychology_alt", _("Memorising noise"), text
        case "too_few_images":
            text = _(
                "With so few images luck decides, and nothing can be told from these curves. Bring more images of "
                "each class."
            )
            return "info", "filter_none", _("Too few images"), text
    if verdict.rule == "surer_of_its_mistakes":
        text = _("It makes about as many mistakes as before, but is surer of them: the loss rises, the accuracy holds.")
    else:
        text = _("What it still learns is true of its training images only: it learns them by heart.")
    return "warning", "trending_up", _("Overfitting"), text


def _rule(name: str) -> str:
    """A rule with the names of its numbers in it."""
    return {
        "loss_is_no_number": _("A loss stopped being a number."),
        "loss_far_above": _("Training loss is {loss}; naming every class alike has {untrained}."),
        "more_than_the_right_labels": _(
            "Of the training labels {accuracy} are fitted, {right} are right; validation loss, single spikes left out, "
            "stands {rise} above its lowest, where {noise} would be noise."
        ),
        "wrong_labels_beside_a_level_validation": _(
            "Of the training labels {accuracy} are fitted, {right} are right; validation no longer gets better and is "
            "{gap} behind, where {gap_noise} would be noise."
        ),
        "no_better_than_the_commonest_class": _(
            "Training accuracy is {accuracy}, validation accuracy {val_accuracy}, the commonest class {baseline}."
        ),
        "validation_rises": _(
            "Validation loss, single spikes left out, stands {rise} above its lowest, where {noise} would be "
            "noise, and training is {gap} "
            "ahead, where {gap_noise} would be noise."
        ),
        "surer_of_its_mistakes": _(
            "Validation loss, single spikes left out, stands {rise} above its lowest, where {noise} would be "
            "noise; validation accuracy has not "
            "fallen beyond noise."
        ),
        "only_training_goes_on": _(
            "Validation loss has not improved for {epochs} epochs, training goes on and is {gap} ahead, where "
            "{gap_noise} would be noise."
        ),
        "worse_than_untrained": _(
            "Validation loss is {val_loss}; naming every class alike has {untrained}. Training is {gap} ahead, where "
            "{gap_noise} would be noise."
        ),
        "the_interval_holds_everything": _(
            "Validation accuracy on {n_validation} images: somewhere between {low} and {high}."
        ),
        "validation_falls": _(
            "Validation loss fell by {fall} over the last {epochs} epochs, where {noise} would be noise."
        ),
        "validation_falls_jaggedly": _(
            "Validation loss jumps about, but fell by {fall} over the last {epochs} epochs, its lowest among them."
        ),
        "validation_accuracy_climbs": _(
            "Validation accuracy rose by {climb} over the last {epochs} epochs, where {climb_noise} would be noise."
        ),
        "level_and_low": _(
            "Validation no longer gets better, and training accuracy is {accuracy}; high would be {high}."
        ),
        "training_is_ahead": _(
            "Training accuracy is {accuracy}, validation accuracy {val_accuracy}; {gap_noise} apart would be noise."
        ),
        "training_is_low": _("Training accuracy is {accuracy}; high would be {high}."),
        "both_are_high": _("Training accuracy is {accuracy}, validation accuracy {val_accuracy}."),
        "validation_at_its_best": _(
            "Validation loss, single spikes left out, stands {rise} above its lowest, where {noise} would be "
            "noise; training accuracy is "
            "{accuracy}, validation accuracy {val_accuracy}."
        ),
    }[name]


def _numbered(name: str, value: float) -> str:
    """A number of a rule: shares in percent, gaps in points, counts whole, losses with three digits."""
    match name:
        case "accuracy" | "val_accuracy" | "baseline" | "right" | "high" | "low":
            return percent(value)
        case "gap" | "gap_noise" | "climb" | "climb_noise":
            return points(value)
        case "epochs" | "epoch" | "n_validation":
            return number(int(value))
    return number(value, 3)
