"""Many images, some at a time."""

import streamlit as st

from dashboard.words import _, number

PER_PAGE = 24


def part(n: int, key: str) -> slice:
    """Which of n images are in view, with the control that turns the pages where there are several."""
    pages = max(1, -(-n // PER_PAGE))
    at = 1
    if pages > 1:
        at = st.number_input(
            _("Page, of {pages}", pages=number(pages)),
            1,
            pages,
            key=key,
            width=160,
            help=_("{n} images a page.", n=PER_PAGE),
        )
    return slice((at - 1) * PER_PAGE, at * PER_PAGE)
