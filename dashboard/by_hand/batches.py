"""Batch and epoch by hand: a few images, as many of them a step as a batch has, all of them an epoch, shuffled anew."""

import base64
import math

import numpy as np
import streamlit as st

from core.data import catalogue
from core.errors import FitscopeError
from core.training.pace import order
from dashboard import resources
from dashboard.by_hand.player import BAR, STYLE, script
from dashboard.charts import pictures
from dashboard.words import _, class_words, number, plural, say

DATASET = "digits"  # comes with scikit-learn: there without a network
EPOCHS = 20  # played; then it begins anew
SEED = 42

_component = st.components.v2.component(
    "fitscope_batches",
    html=f"""
<div class="batches">
  {BAR}
  <p class="said" role="status"></p>
  <div class="rows"><figure><figcaption class="all-title"></figcaption><div class="all"></div></figure>
  <figure><figcaption class="batch-title"></figcaption><div class="batch"></div></figure></div>
</div>
""",
    css=STYLE
    + """
.batches { font-family: var(--st-font); color: var(--st-text-color); }
.said { font-size: 1.1rem; margin: 0 0 .75rem; min-height: 1.6rem; font-variant-numeric: tabular-nums; }
.rows { display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; }
figure { margin: 0; } figcaption { font-weight: 600; margin-bottom: .35rem; }
.rows figure { flex: 1 1 18rem; max-width: 28rem; }
.all, .batch { display: grid; grid-template-columns: repeat(auto-fill, 3rem); gap: .35rem; }
.batch { grid-template-columns: repeat(auto-fill, 4.4rem); }
.all img, .batch img { width: 3rem; height: 3rem; image-rendering: pixelated; border-radius: .3rem;
  border: 3px solid transparent; box-sizing: border-box; }
.all img.seen { opacity: .3; } .all img.now { border-color: var(--st-primary-color); opacity: 1; }
.batch img { width: 4.4rem; height: 4.4rem; }
""",
    js=script("batches.js"),
)


def show() -> None:
    """The whole subject."""
    with st.sidebar:
        n = st.number_input(_("Images"), 2, 40, 20, key="by_hand_n", help=_("How many training images there are."))
        help = _("How many images the network sees before its weights are changed once.")
        batch_size = st.number_input(_("Batch size"), 1, 40, 4, key="by_hand_batch_size", help=help)
    steps = math.ceil(n / batch_size)
    st.markdown(
        _(
            "Press ▶: each step takes a batch and changes the weights once. After all images an epoch is over, "
            "and they are shuffled."
        )
    )
    try:
        images, names = _images(n)
    except FitscopeError as error:
        st.error(say(error), icon=":material/error:")
        return
    _play(images, names, batch_size)
    last = n - (steps - 1) * batch_size
    st.markdown(
        _(
            "{n} images / {batch_size} a step = **{steps} steps an epoch**.",
            n=number(n),
            batch_size=number(batch_size),
            steps=number(steps),
        )
        + (
            " " + plural(last, "The last step has only {n} image.", "The last step has only {n} images.")
            if last < batch_size
            else ""
        )
    )
    st.caption(_("The order is the one that a training with the seed {seed} has.", seed=SEED))
    st.markdown("*" + _("What changes if the batch holds all images, and what if it holds one?") + "*")


def _images(n: int) -> tuple[list[str], list[str]]:
    """The first n training images, as addresses that hold them, and what they show."""
    dataset = catalogue.dataset(DATASET)
    train = resources.splits(dataset).train
    names = class_words(DATASET, [dataset.classes[label] for label in train.labels[:n]])
    return [_address(image) for image in np.asarray(train.images[:n])], names


def _address(image: np.ndarray) -> str:
    return "data:image/png;base64," + base64.b64encode(pictures.png(image)).decode("ascii")


def _play(images: list[str], names: list[str], batch_size: int) -> None:
    words = {
        "where": _("epoch {epoch}, step {step} of {steps}"),
        "said": _("Changes of the weights so far: {updates}. Images seen: {images}."),
        "all": _("All training images (pale: seen in this epoch)"),
        "batch": _("This batch"),
        "play": _("Play"),
        "pause": _("Pause"),
        "back": _("One step back"),
        "next": _("One step on"),
        "slider": _("Step"),
    }
    orders = [order(len(images), SEED, epoch).tolist() for epoch in range(1, EPOCHS + 1)]
    data = {"images": images, "names": names, "batch_size": batch_size, "orders": orders, "words": words}
    _component(data=data, key="batches", height="content")
