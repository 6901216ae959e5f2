"""What the network gets to see: how many images of each class, the images themselves, and what is wrong with them."""

import streamlit as st

from core.data import cache, catalogue, versions
from core.recipe.config import SETTINGS
from dashboard import choices, resources
from dashboard.images import gallery, in_view, overview, problems
from dashboard.navigation import page
from dashboard.words import _, as_named, say

TITLE = "Images"
ICON = ":material/image:"

known = catalogue.datasets()
wrong = in_view.adopt(list(known))
with st.sidebar:
    name = st.selectbox(
        _(SETTINGS["dataset"].title),
        list(known),
        key="images_dataset",
        help=_(SETTINGS["dataset"].help),
        format_func=lambda one: as_named(one, known[one].title),
        on_change=in_view.forget,
    )
    place_for_split = st.container()
    st.page_link(page("your_images"), label=_("Your own images"), icon=":material/add_photo_alternate:")
in_view.keep(name)
dataset = known[name]
choices.tell(wrong)

st.title(as_named(name, dataset.title), anchor=False)
st.markdown(as_named(name, dataset.about))
if dataset.split == "chance":
    st.warning(_("Pictures of one person stand on both sides: accuracy flatters."), icon=":material/group:")
if not cache.available(dataset):
    gallery.download_offer(dataset)
    st.stop()
if not cache.is_read(dataset):
    gallery.read(dataset)
problem = resources.problem(dataset)
if problem:
    st.error(say(problem), icon=":material/broken_image:")
    st.stop()

version = versions.current(dataset)
with place_for_split:
    split = gallery.split_control(resources.parts(dataset, version))
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
        overview.show(dataset, version, split)
    case "pictures":
        gallery.wall(dataset, version, split)
    case "one":
        gallery.one_picture(dataset, version, split)
    case "problems":
        problems.show(dataset, version)
if dataset.licence:
    st.caption(as_named(name, dataset.licence))
st.markdown("*" + _("Which two classes would you mix up yourself?") + "*")
