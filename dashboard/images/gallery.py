"""The images of a dataset: a wall with paging, one of them as the network receives it, the offer to download."""

import numpy as np
import pandas as pd
import streamlit as st

from core.data import cache
from core.data.dataset import Dataset, Images
from core.errors import FitscopeError
from core.folders import data_folder
from core.pictures import resize as resizing
from core.pictures.preprocessing import scaled
from dashboard import resources
from dashboard.charts import pictures
from dashboard.words import _, class_words, number, percent, say

PER_PAGE = 60
LARGE = 280  # pixels; one image, enlarged


def split_control(parts: list[str]) -> str:
    """Which split to look at. Where no validation images are published they are cut from training by each run."""
    words = {"train": _("Training"), "validation": _("Validation"), "test": _("Test")}
    return st.segmented_control(
        _("Split"),
        parts,
        key="images_split",
        default="train",
        required=True,
        format_func=words.__getitem__,
        help=_("Where no validation images are published, each run cuts its own from the training images."),
    )


def wall(dataset: Dataset, version: str, split: str) -> None:
    """Images of the chosen classes, page by page."""
    part = getattr(resources.splits(dataset, version), split)
    classes = class_words(dataset.name, dataset.classes)
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    wanted = left.multiselect(
        _("Classes"),
        range(len(classes)),
        key="images_classes",
        format_func=classes.__getitem__,
        placeholder=_("All classes"),
        help=_("Only images of these classes are shown."),
    )
    chosen = np.flatnonzero(np.isin(part.labels, wanted)) if wanted else np.arange(len(part))
    pages = max(1, -(-len(chosen) // PER_PAGE))
    page = right.number_input(
        _("Page, of {pages}", pages=number(pages)),
        1,
        pages,
        key="images_page",
        help=_("{n} images a page.", n=PER_PAGE),
    )
    rows = chosen[(page - 1) * PER_PAGE : page * PER_PAGE]
    st.html(
        pictures.numbered_wall(
            np.asarray(part.images[rows]), [classes[part.labels[row]] for row in rows], rows.tolist()
        )
    )


def one_picture(dataset: Dataset, version: str, split: str) -> None:
    """One image as stored and as the network receives it, with its numbers."""
    part: Images = getattr(resources.splits(dataset, version), split)
    classes = class_words(dataset.name, dataset.classes)
    left, right = st.columns(2, vertical_alignment="bottom")
    row = left.number_input(
        _("Image number"), 0, len(part) - 1, key="images_row", help=_("The small number under each image.")
    )
    size = right.number_input(
        _("Image size of the recipe"),
        0,
        resizing.LARGEST,
        key="images_size",
        help=_("0 leaves it as stored; from 8 pixels up, the image is made a square of this size."),
    )
    image = np.asarray(part.images[row])
    given = resizing.resize(image[None], size)[0] if size >= resizing.SMALLEST else image
    label = classes[part.labels[row]]
    left, right = st.columns([1, 2])
    with left:
        st.html(pictures.wall(image[None], [label], [label], side=LARGE))
        if size:
            words = _("as the network receives it: {n} numbers", n=number(given.size))
            st.html(pictures.wall(given[None], [words], [words], side=LARGE))
    with right:
        channel = 0
        if image.shape[2] == 3:
            names = [_("red"), _("green"), _("blue")]
            channel = st.segmented_control(
                _("Channel"),
                range(3),
                key="images_channel",
                default=0,
                required=True,
                format_func=names.__getitem__,
                help=_("A colour image is three images of numbers."),
            )
        numbers = pd.DataFrame(np.round(scaled(given[:, :, channel]), 3))
        st.dataframe(numbers, height=420, alt=_("The numbers the network receives"))
        st.caption(_("What the network receives: each pixel as a number from 0 (dark) to 1 (bright)."))


def download_offer(dataset: Dataset) -> None:
    """For a dataset that is not here: how to get it; where it can be downloaded, one button with progress."""
    if not all(file.urls for file in dataset.files):
        places = [dataset.files[0].path, *(form.files[0].path for form in dataset.forms)]
        folder = data_folder()
        st.info(
            _(
                "These images are not on this machine, and they are not offered for download. Copy them into {folder}, "
                "in one of these forms: {places}.",
                folder=folder,
                places=", ".join(places),
            ),
            icon=":material/folder_open:",
        )
        return
    size = sum(file.size for file in dataset.files) / 1e6
    st.info(
        _("These images are not on this machine yet: {size} MB to download.", size=number(size, 1)),
        icon=":material/cloud_download:",
    )
    if st.button(_("Download"), key="download", type="primary", icon=":material/download:"):
        read(dataset)


def read(dataset: Dataset) -> None:
    """Reads a dataset for the first time, with its progress on the page, then shows the page anew."""
    bar = st.progress(0.0)

    def progress(what: str, fraction: float) -> None:
        bar.progress(min(1.0, fraction), f"{_(what)} · {percent(fraction, 0)}")

    try:
        cache.load(dataset, progress=progress)
    except FitscopeError as error:
        st.error(say(error), icon=":material/error:")
        st.stop()
    st.rerun()
