"""What every page shares: the page's settings, the navigation, the language."""

from pathlib import Path

import streamlit as st

from dashboard import choices, navigation, resources
from dashboard.server import garbage
from dashboard.upstream import reruns, stream
from dashboard.widgets import plot
from dashboard.words import LANGUAGES, _

ICON = Path(__file__).parent / "icon.svg"  # a Material icon here would be fetched from the internet


def main() -> None:
    reruns.from_the_top()
    st.set_page_config(page_title="Fitscope", page_icon=str(ICON), layout="wide")
    choices.adopt_frame()
    current = st.navigation(navigation.groups(), position="top")
    if not navigation.has_camera(current.url_path):
        stream.leave()
    resources.chosen_run()  # says of one that is gone that it is, on every page
    current.run()
    with st.sidebar:
        st.segmented_control(
            _("Language"),
            list(LANGUAGES),
            key="lang",
            format_func=LANGUAGES.__getitem__,
            required=True,
            width="stretch",
        )
        plot.preload()
    garbage.keep()  # the libraries of this page, which came with its first visit


if __name__ == "__main__":
    main()
