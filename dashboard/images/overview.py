"""A dataset at a glance: how many of each class, what they look like on average, how bright, how large as found."""

import numpy as np
import streamlit as st

from core.data.dataset import Dataset
from dashboard import resources
from dashboard.charts import images, pictures
from dashboard.widgets.plot import plot
from dashboard.words import _, class_words, number, percent

UNEQUAL = 1.5  # times; above it a class is called rarer than another


def show(dataset: Dataset, version: str, split: str) -> None:
    """Counts per class and split, then mean images and pixel values of the chosen split."""
    statistics = {one: resources.statistics(dataset, version, one) for one in resources.parts(dataset, version)}
    classes = class_words(dataset.name, dataset.classes)[: len(statistics["train"].counts)]
    counts = {one: of.counts.tolist() for one, of in statistics.items()}
    total = sum(sum(values) for values in counts.values())
    title = _("{n} images in {classes} classes", n=number(total), classes=len(classes))
    plot(images.class_bars(classes, counts, title, _), key="class-bars")
    st.caption(
        _("Each bar: how many images of a class a split has. Equal bars: always guessing one class gains nothing.")
    )
    _imbalance(classes, counts)
    of = statistics[split]
    st.markdown("**" + _("The mean image of each class") + "**")
    there = np.flatnonzero(of.counts)
    words = [classes[label] for label in there]
    st.html(pictures.wall(of.mean[there], words, words, side=72))
    st.caption(
        _("All images of a class laid over each other. Sharp: they are alike and in place. Grey fog: they vary a lot.")
    )
    left, right = st.columns(2)
    with left:
        _brightness(classes, of.histogram)
    with right:
        _sizes(dataset, split)


def _imbalance(classes: list[str], counts: dict[str, list[int]]) -> None:
    """Says what always guessing would gain, where the classes are unequal."""
    train, test = np.array(counts["train"]), np.array(counts["test"])
    if train.max() < UNEQUAL * max(1, train.min()):
        return
    majority = int(train.argmax())
    st.warning(
        _(
            "The classes are unequal: {large} has {ratio} times the training images of {small}. A network that always "
            "answers “{large}” gets {share} of {n} test images right without having learnt anything: compare with it.",
            large=classes[majority],
            small=classes[int(train.argmin())],
            ratio=number(train.max() / max(1, train.min()), 1),
            share=percent(test[majority] / test.sum()),
            n=number(int(test.sum())),
        ),
        icon=":material/balance:",
    )


def _brightness(classes: list[str], histogram: np.ndarray) -> None:
    words = {-1: _("all classes"), **dict(enumerate(classes))}
    label = st.selectbox(
        _("Class"),
        list(words),
        key="images_brightness",
        format_func=words.__getitem__,
        help=_("Which images the pixel values are counted in."),
    )
    chosen = histogram.sum(axis=0) if label < 0 else histogram[label]
    plot(images.brightness(chosen, _("How bright the pixels are"), _), key="brightness")
    st.caption(_("A peak at the left is a dark ground, one at the right a bright one."))


def _sizes(dataset: Dataset, split: str) -> None:
    sources = resources.sources(dataset) if dataset.folder else {}
    if split in sources and len(sources[split].sizes):
        sizes = sources[split].sizes
        plot(images.sizes(sizes[:, 0], sizes[:, 1], _("How large the pictures were"), _), key="sizes")
        st.caption(
            _("As found, before they became {side}×{side} pixels. Larger dots: more pictures.", side=dataset.shape[0])
        )
        return
    height, width, channels = dataset.shape
    st.metric(
        _("Size of every image"),
        f"{width} × {height} × {channels}",
        help=_("Width, height and channels: 1 is grey, 3 are red, green and blue."),
        border=True,
    )
    st.metric(
        _("Numbers an image"),
        number(height * width * channels),
        help=_("So many numbers go into the network for each image."),
        border=True,
    )
