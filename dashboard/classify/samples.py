"""Pictures to begin with: test images the run has never learnt from, and things that are none of its classes."""

from collections.abc import Iterator

import numpy as np
import streamlit as st

from core.data import cache, catalogue
from core.data.dataset import Images
from core.errors import FitscopeError
from core.runs.run import Run
from dashboard import choices, resources
from dashboard.charts import pictures
from dashboard.widgets.pick import pick
from dashboard.words import _, as_named, class_words, say

EACH = 12  # pictures on a wall
STRANGERS = 2  # from each other dataset


def examples(run: Run) -> tuple[str, bytes] | None:
    """Test images of the run's dataset; the one that was pressed, as (what it is, PNG)."""
    dataset = catalogue.dataset(run.config.dataset)
    test = resources.splits(dataset, run.config.dataset_version).test
    turn = choices.counted("examples")
    rows = np.random.default_rng(turn).choice(len(test), min(EACH, len(test)), replace=False)
    words = class_words(dataset.name, [dataset.classes[test.labels[row]] for row in rows])
    images = [np.asarray(test.images[row]) for row in rows]
    place = pick(images, words, f"{run.id}-{turn}", "classify_examples")
    st.button(_("Others"), key="other_examples", icon=":material/refresh:", on_click=choices.count, args=("examples",))
    if place is None:
        return None
    return _("test image {row}, it is: {label}", row=rows[place], label=words[place]), pictures.png(images[place])


def strangers(run: Run) -> tuple[str, bytes] | None:
    """Pictures that show none of its classes: of other datasets, noise, nothing."""
    offered = list(_strangers(run))
    place = pick([image for image, _word in offered], [word for _image, word in offered], run.id, "classify_strangers")
    return None if place is None else (offered[place][1], pictures.png(offered[place][0]))


def choose(run: Run) -> tuple[str, bytes] | None:
    """The wall of examples or of strangers, whichever is wanted."""
    kind = st.segmented_control(
        _("Examples"),
        ["test", "strange"],
        key="classify_sample",
        default="test",
        required=True,
        format_func={"test": _("Of its test set"), "strange": _("Things it never learnt")}.__getitem__,
        help=_("The first it should know; for the others there is no right answer among its classes."),
    )
    try:
        return examples(run) if kind == "test" else strangers(run)
    except FitscopeError as error:
        st.info(_("The examples cannot be shown: {reason}", reason=say(error)), icon=":material/image_not_supported:")
        return None


def _strangers(run: Run) -> Iterator[tuple[np.ndarray, str]]:
    own = run.config.dataset
    random = np.random.default_rng(0)
    yield random.integers(0, 256, (64, 64, 1), np.uint8), _("noise")
    yield np.full((64, 64, 1), 128, np.uint8), _("nothing")
    yield _half(), _("an edge")
    mine = {one.casefold() for one in catalogue.dataset(own).classes}
    for dataset in catalogue.datasets().values():
        if dataset.name == own or not cache.is_read(dataset):
            continue
        if mine & {one.casefold() for one in dataset.classes}:
            continue  # digits for a network of digits are no strangers
        try:
            shown: Images = resources.samples(dataset)
        except FitscopeError:  # a dataset that is damaged is told on the page of its images
            continue
        for image, label in list(zip(shown.images, shown.labels, strict=True))[:STRANGERS]:
            yield np.asarray(image), as_named(dataset.name, dataset.classes[label])


def _half() -> np.ndarray:
    picture = np.zeros((64, 64, 1), np.uint8)
    picture[:, 32:] = 255
    return picture
