"""Your own pictures become a dataset: a zip, files and snapshots class by class, or a folder of this computer."""

import streamlit as st

from dashboard import choices, staging
from dashboard.imports import imported, understood, uploads
from dashboard.server import jobs
from dashboard.words import _

TITLE = "Your images"
ICON = ":material/add_photo_alternate:"

problems = [*jobs.lost("import"), *staging.lost()]
jobs.adopt("import", st.query_params.get("import", ""))
choices.keep_frame(**staging.address(), **jobs.address("import"))
st.title(_("Your own images"), anchor=False)
choices.tell(problems)
st.markdown(
    _(
        "Bring pictures of two or more things, some ten of each or better a hundred, and a network learns to tell them "
        "apart. They stay on the computer that runs Fitscope."
    )
)
job = jobs.current("import")
if job and job.take_result():
    staging.forget()
with st.container():  # always there: what follows keeps its place, and a camera in it its held button
    uploads.earlier()
ways = uploads.ways()
way = st.segmented_control(
    _("From where"),
    list(ways),
    key="import_way",
    default=uploads.likely_way(),
    required=True,
    format_func=lambda one: ways[one][0],
    help=_("A zip for pictures that are sorted already; class by class for files and snapshots as you go."),
)
path = ways[way][1]()
answers = understood.step(path, path.name) if path and way != "classes" and not (job and not job.done) else []
words = uploads.options()
name, into = uploads.target()
locked = path is None or answers is None or bool(job and not job.done)
pressed = st.button(_("Import"), key="import", type="primary", icon=":material/library_add:", disabled=locked)
if pressed and not locked:  # without a name, too: one that is typed last arrives with the press
    if not (name or into):
        st.warning(_("Give the dataset a name, then import it."), icon=":material/edit:")
    elif uploads.start(path, name, into, [*words, *answers]):
        st.rerun()
jobs.follow("import", imported.imported)
choices.keep_frame(**staging.address(), **jobs.address("import"))  # a reload finds what was begun just now

st.subheader(_("What you have"), anchor=False)
imported.listing()
st.markdown("*" + _("What else is different between your classes: the light, the background, who took them?") + "*")
