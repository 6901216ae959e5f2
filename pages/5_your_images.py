"""Your own pictures become a dataset: a zip, files and snapshots class by class, or a folder of this computer."""

import streamlit as st

from dashboard import choices, jobs, own_images, uploads
from dashboard.words import _

TITLE = "Your images"
ICON = ":material/add_photo_alternate:"

choices.keep_frame()
st.title(_("Your own images"), anchor=False)
st.markdown(
    _(
        "Bring pictures of two or more things, some ten of each or better a hundred, and a network learns to tell them "
        "apart. They stay on the computer that runs Fitscope."
    )
)
ways = uploads.ways()
way = st.segmented_control(
    _("From where"),
    list(ways),
    key="import_way",
    default="file",
    required=True,
    format_func=lambda one: ways[one][0],
    help=_("A zip for pictures that are sorted already; class by class for files and snapshots as you go."),
)
path = ways[way][1]()
words = uploads.options()
left, right = st.columns([3, 1], vertical_alignment="bottom")
name = left.text_input(
    _("Name of the dataset"), key="import_name", max_chars=60, help=_("How it is called in the list of datasets.")
)
job = jobs.current("import")
right.button(
    _("Import"),
    key="import",
    type="primary",
    icon=":material/library_add:",
    width="stretch",
    disabled=path is None or not name.strip() or bool(job and not job.done),
    on_click=uploads.start,
    args=(path, name, words),
)
jobs.follow("import", own_images.imported)

st.subheader(_("What you have"), anchor=False)
own_images.listing()
st.markdown("*" + _("What else is different between your classes: the light, the background, who took them?") + "*")
