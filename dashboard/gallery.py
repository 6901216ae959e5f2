"""The images of a dataset: a wall with paging, one image large with its numbers, the offer to download."""

import numpy as np
import pandas as pd
import streamlit as st

from core import data
from core.dataset import Images
from core.errors import FitscopeError
from core.registry import dataset
from dashboard import pictures, resources
from dashboard.words import _, number, percent, say

PER_PAGE = 60
LARGE = 280  # pixels; one image, enlarged


def split_control() -> str:
    """Which split to look at. Validation is cut from training when a run starts, so it is not listed apart."""
    words = {"train": _("Training"), "test": _("Test")}
    return st.segmented_control(
        _("Split"),
        list(words),
        key="images_split",
        default="train",
        required=True,
        format_func=words.__getitem__,
        help=_("The validation images are cut from the training images when a run starts."),
    )


@st.cache_data(max_entries=32, show_spinner=False)
def counts(name: str) -> dict[str, list[int]]:
    """Images per class in each published split."""
    splits, classes = resources.splits(name), len(dataset(name).classes)
    parts = {"train": splits.train, "validation": splits.validation, "test": splits.test}
    return {split: np.bincount(part.labels, minlength=classes).tolist() for split, part in parts.items() if part}


def wall(name: str, split: str) -> None:
    """Images of the chosen classes, page by page, and one of them large."""
    part = getattr(resources.splits(name), split)
    classes = [_(one) for one in dataset(name).classes]
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    wanted = left.multiselect(
        _("Classes"),
        range(len(classes)),
        key="images_classes",
        format_func=classes.__getitem__,
        placeholder=_("All classes"),
    )
    labels = np.asarray(part.labels)
    chosen = np.flatnonzero(np.isin(labels, wanted)) if wanted else np.arange(len(labels))
    pages = max(1, -(-len(chosen) // PER_PAGE))
    page = right.number_input(
        _("Page, of {pages}", pages=number(pages)),
        1,
        pages,
        key="images_page",
        help=_("{n} images a page.", n=PER_PAGE),
    )
    rows = chosen[(page - 1) * PER_PAGE : page * PER_PAGE]
    captions = [f"{classes[labels[row]]} <span style='opacity:.6'>{row}</span>" for row in rows]
    alts = [classes[labels[row]] for row in rows]
    st.html(pictures.wall(np.asarray(part.images[rows]), captions, alts, side=56))
    _one_image(part, classes)


def download_offer(name: str) -> None:
    """For a dataset that is not here: one button, progress, and what to do without a network."""
    chosen = dataset(name)
    size = sum(file.size for file in chosen.files) / 1e6
    st.info(
        _("These images are not on this machine yet: {size} MB to download.", size=number(size, 1)),
        icon=":material/cloud_download:",
    )
    if not st.button(_("Download"), key="download", type="primary", icon=":material/download:"):
        return
    bar = st.progress(0.0)

    def progress(what: str, fraction: float) -> None:
        bar.progress(min(1.0, fraction), f"{_(what)} · {percent(fraction, 0)}")

    try:
        data.load(name, progress=progress)
    except FitscopeError as error:
        st.error(say(error), icon=":material/wifi_off:")
        return
    st.rerun()


def _one_image(part: Images, classes: list[str]) -> None:
    with st.expander(_("One image in numbers"), icon=":material/grid_on:", key="one_image", on_change="rerun") as box:
        if not box.open:
            return
        row = st.number_input(
            _("Image number"), 0, len(part) - 1, key="images_row", help=_("The small number under each image.")
        )
        image = np.asarray(part.images[row])
        left, right = st.columns([1, 2])
        with left:
            label = classes[part.labels[row]]
            st.html(pictures.wall(image[None], [label], [label], side=LARGE))
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
                )
            st.dataframe(pd.DataFrame(image[:, :, channel]), height=300, alt=_("Pixel values"))
            st.caption(_("Pixel values, from 0 (dark) to 255 (bright); the network gets them divided by 255."))
