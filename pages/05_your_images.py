"""Your own pictures become a dataset: a zip, files and snapshots class by class, or a folder of this computer."""

import streamlit as st

from dashboard import choices
from dashboard.imports import imported, uploads
from dashboard.server import jobs
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
name, into = uploads.target()
job = jobs.current("import")
st.button(
    _("Import"),
    key="import",
    type="primary",
    icon=":material/library_add:",
    disabled=path is None or not (name or into) or bool(job and not job.done),
    on_click=uploads.start,
    args=(path, name, into, words),
)
jobs.follow("import", imported.imported)

st.subheader(_("What you have"), anchor=False)
imported.listing()
st.markdown("*" + _("What else is different between your classes: the light, the background, who took them?") + "*")
