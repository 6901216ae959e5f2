"""What every page shares: the page's settings, the navigation, the language."""

from pathlib import Path

import streamlit as st

from dashboard import choices, navigation, resources, words
from dashboard.people import here
from dashboard.server import garbage
from dashboard.upstream import addresses, reruns, stream
from dashboard.widgets import plot, wording
from dashboard.words import LANGUAGES, _

ICON = Path(__file__).parent / "icon.svg"  # a Material icon here would be fetched from the internet

# Over the header, which has that z-index and comes before, and under the open sidebar of a phone, which has one more; a
# container is as wide as the page unless that is overruled.
TOP_BAR = ".st-key-language { position:fixed; top:.5rem; right:1rem; width:fit-content!important; z-index:999990 }"
# What is wider than the room beside it goes into the list at the end of the navigation, not below the language.
BESIDE = "[data-testid=stToolbar]:has([data-testid=stTopNav]) { padding-right:10.5rem }"
# Streamlit writes white on them in both themes; on a dark page the accent is light, so that it can be read as text too.
BUTTONS = "[kind^=primary]:enabled { color:light-dark(#fff, #0B1520)!important }"

# On a phone a long link takes a second line: Streamlit would cut it off.
LINKS = "[data-testid=stPageLink] a p { white-space:normal }"
# A long title of a figure too; the figures beside each other stand on one line all the same.
METRICS = """
[data-testid=stMetricLabel] { height:auto; align-items:flex-start }
[data-testid=stMetricLabel] :is(div, p) { white-space:normal!important }
[data-testid=stMetric] > div { height:100%; display:flex; flex-direction:column; justify-content:space-between }
"""
HELP = ".fitscope-pressed [role=tooltip] { visibility:hidden }"  # see widgets/pressed.js


def main() -> None:
    reruns.from_the_top()
    garbage.collect_soon()  # first: a page may end early
    st.set_page_config(page_title="Fitscope", page_icon=str(ICON), layout="wide")
    problems = choices.adopt_frame()
    with words.speaking(words.language()):
        here.must_be_of_the_class()
    current = st.navigation(navigation.groups(), position="top")
    addresses.show(current.url_path)
    if not navigation.has_camera(current.url_path):
        stream.leave()
    resources.chosen_run()  # says of one that is gone that it is, on every page
    language()  # before the page, which may end early where it has nothing to show
    with words.speaking(words.language()):  # looked up once, not for each of its sentences
        choices.begin_telling()
        choices.tell(problems)
        current.run()
    garbage.keep()  # the libraries of this page, which came with its first visit


def language() -> None:
    """The choice of the language in the top bar, where every page has it, on a phone too; and oneself in a class."""
    with st.container(key="language", width="content"):
        st.html(f"<style>{TOP_BAR} {BESIDE} {BUTTONS} {LINKS} {METRICS} {HELP}</style>")
        st.segmented_control(
            _("Language"),
            list(LANGUAGES),
            key="lang",
            format_func=LANGUAGES.__getitem__,
            on_change=lambda: st.session_state.update(_language_chosen=True),
            required=True,
            label_visibility="collapsed",
        )
        plot.preload()
        wording.wording()
    here.menu()


if __name__ == "__main__":
    main()
