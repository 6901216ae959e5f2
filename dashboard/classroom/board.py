"""Everyone's newest run in one grid: small curves that grow by the news, without a run of the page's script."""

from pathlib import Path

import streamlit as st

from core.people.classroom import Classroom
from dashboard.actions import attempt
from dashboard.charts.parts import TRAINING
from dashboard.classroom import timer
from dashboard.live import board as live
from dashboard.navigation import leave_bare, projected, projector_button
from dashboard.server import joining
from dashboard.widgets import bulletin
from dashboard.words import _, language

FEW = 24  # cards; of more each is smaller, so that forty fit on one screen of a projector
HERE = Path(__file__).parent

_component = st.components.v2.component(
    "fitscope_board",
    html='<div class="board"></div>',
    css=(HERE / "board.css").read_text("utf-8").replace("TRAINING", TRAINING),
    js=(Path(bulletin.__file__).parent / "live.js").read_text("utf-8") + (HERE / "board.js").read_text("utf-8"),
)


def show(room: Classroom) -> None:
    cards = live.cards(room)
    if not cards:
        st.info(_("Nobody has joined yet. Show the class how, under Join."), icon=":material/group_add:")
        return
    leave_bare(large=False)
    if not projected():
        _switches(room)
    with st.container(horizontal=True, vertical_alignment="bottom", key="board_head"):
        timer.show(room)
        order = _order()
        st.space("stretch")
        projector_button(_("Nothing but the cards, so that a whole class is on one screen."))
    st.caption(
        _(
            "The newest run of each: validation loss solid, training loss dashed, over its epochs; each curve has a "
            "scale of its own. A card opens the run, its screen puts it on the projector."
        )
    )
    words = {
        "none": _("no run yet"),
        "curve": _("Loss over the epochs, validation solid, training dashed"),
        "project": _("Put on the projector"),
    }
    address = live.address(language(), str(st.get_option("server.baseUrlPath") or ""))
    page = f"{joining.base()}/train?lang={language()}&"
    data = {"address": address, "cards": cards, "order": order, "words": words, "page": page}
    _component(data={**data, "many": len(cards) > FEW}, key="board", height="content")


def _order() -> str:
    orders = {
        "name": _("Name"),
        "accuracy": _("Validation accuracy"),
        "state": _("State"),
        "verdict": _("Verdict"),
    }
    return st.segmented_control(
        _("Sorted by"),
        list(orders),
        default="name",
        required=True,
        key="board_order",
        format_func=orders.__getitem__,
        help=_("Those that train come first by state; the highest by accuracy."),
    )


def _switches(room: Classroom) -> None:
    """What the teacher does to everybody at once."""
    covers = _("Covers the screens of all pupils within two seconds. What they were doing stays as it is.")
    pauses = _("No further run of a pupil begins; those that train go on, and your own are not held up.")
    programs = _("Programs of the pupils ask networks and begin runs over HTTP, as docs/api.md says.")
    switches = {
        "frozen": (_("Everybody looks at me"), room.frozen, covers),
        "paused": (_("Pause the queue"), room.paused, pauses),
        "programs": (_("Programs may ask"), room.programs, programs),
    }
    with st.container(horizontal=True):
        for name, (label, on, help) in switches.items():
            st.toggle(label, on, key=f"class_{name}", on_change=_switch, args=(room, name), help=help)


def _switch(room: Classroom, name: str) -> None:
    attempt(lambda: room.change(**{name: st.session_state[f"class_{name}"]}))
