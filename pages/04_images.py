"""What the network gets to see: how many images of each class, the images themselves, and what is wrong with them."""

import streamlit as st

from core.data import catalogue, versions
from core.recipe.config import SETTINGS
from core.training import prepare
from dashboard import choices, resources
from dashboard.frame import page
from dashboard.images import gallery, overview, problems
from dashboard.words import _, say

TITLE = "Images"
ICON = ":material/image:"

known = catalogue.datasets()
choices.adopt_images(list(known))
with st.sidebar:
    name = st.selectbox(
        _(SETTINGS["dataset"].title),
        list(known),
        key="images_dataset",
        help=_(SETTINGS["dataset"].help),
        format_func=lambda one: _(known[one].title),
        on_change=choices.other_images,
    )
    place_for_split = st.container()
    st.page_link(page("your_images"), label=_("Your own images"), icon=":material/add_photo_alternate:")
choices.keep_images(name)
dataset = known[name]

st.title(_(dataset.title), anchor=False)
st.markdown(_(dataset.about))
if not prepare.available(name):
    gallery.download_offer(name)
    st.stop()
if not resources.is_read(name):
    gallery.read(name)
problem = resources.problem(name)
if problem:
    st.error(say(problem), icon=":material/broken_image:")
    st.stop()

version = versions.current(name)
with place_for_split:
    split = gallery.split_control(resources.parts(name, version))
views = {
    "overview": _("Overview"),
    "pictures": _("Pictures"),
    "one": _("One picture in numbers"),
    "problems": _("Problems"),
}
view = st.segmented_control(
    _("Show"),
    list(views),
    key="images_view",
    default="overview",
    required=True,
    format_func=views.__getitem__,
    label_visibility="collapsed",
)
match view:
    case "overview":
        overview.show(name, version, dataset, split)
    case "pictures":
        gallery.wall(name, version, split)
    case "one":
        gallery.one_picture(name, version, split)
    case "problems":
        problems.show(name, version, dataset)
if dataset.licence:
    st.caption(_(dataset.licence))
st.markdown("*" + _("Which two classes would you mix up yourself?") + "*")
