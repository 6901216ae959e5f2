"""What stands on the wall while people join: the address, its QR code, the code of the room, who is there."""

import html

import segno
import streamlit as st

from core.people.classroom import Classroom
from dashboard.server import certificate, joining
from dashboard.words import _, plural

LOOK_SECONDS = 2.0
STYLE = """
<style>
.poster { display:flex; flex-wrap:wrap; gap:2rem 4rem; align-items:center; justify-content:center; padding:1rem 0 }
.poster img { width:min(28rem, 80vw); height:auto; border-radius:.5rem }
.poster dl { margin:0 } .poster dt { font-size:1.2rem; opacity:.75 }
.poster dd { margin:0 0 1.2rem; font-size:2.6rem; font-weight:600; overflow-wrap:anywhere; line-height:1.2 }
.poster dd.code { font-size:6rem; letter-spacing:.18em }
.poster.small { gap:.5rem; padding:0 } .poster.small img { width:min(17rem, 100%) }
.poster.small dl { width:100%; text-align:center } .poster.small dt { display:none }
.poster.small dd { font-size:1.3rem; margin:0 } .poster.small dd.code { font-size:3rem }
</style>
"""
NAMES = """
<style>
.joined { display:flex; flex-wrap:wrap; gap:.4rem .8rem; padding:0!important; margin:0!important; list-style:none }
.joined li { margin:0!important; padding:.1rem .7rem; border:1px solid #7B8894; border-radius:1rem }
</style>
"""


def show(room: Classroom) -> None:
    st.html(STYLE + poster(f"{chosen_address()}{joining.address('join')}", room.room))
    _joined(room)


def chosen_address() -> str:
    """Where the others find this server; where it has several names, the one that the teacher chooses."""
    known = addresses()
    chosen = known[0]
    if len(known) > 1:
        chosen = st.selectbox(
            _("Address"),
            known,
            key="class_address",
            width=420,
            help=_("This machine has several: choose the one of the network that the class is in."),
        )
    if on_this_machine_only():
        st.warning(
            _("Only this machine can open this address. Start the class with: {command}", command="fitscope class"),
            icon=":material/lan:",
        )
    return chosen


def poster(address: str, code: str, to: str = "") -> str:
    """HTML of the QR code, which holds the address with the code of the room, and of both in letters.

    to  the page to which the QR code leads whoever has joined; "" the first
    """
    more = f"&to={to}" if to else ""
    drawn = segno.make(f"{address}?room={code}{more}", error="m", micro=False)
    picture = drawn.svg_data_uri(dark="#101A24", light="#FFFFFF", border=3, omitsize=True, encode_minimal=True)
    label = html.escape(_("QR code of the address"))
    words = (
        f"<dt>{html.escape(_('Open this address'))}</dt><dd>{html.escape(address)}</dd>"
        f"<dt>{html.escape(_('Code of the room'))}</dt><dd class=code>{html.escape(code)}</dd>"
    )
    size = " small" if to else ""
    return f'<div class="poster{size}"><img src="{html.escape(picture)}" alt="{label}"><dl>{words}</dl></div>'


def addresses() -> list[str]:
    """Where the others find this server, the likeliest first."""
    port, scheme = st.get_option("server.port"), "https" if st.get_option("server.sslCertFile") else "http"
    bound = st.get_option("server.address") or "0.0.0.0"
    hosts = certificate.names()
    others = [name for name in hosts if name not in ("localhost", "127.0.0.1")]
    numbers = [name for name in others if name[0].isdigit()]  # a name is only found where the router knows it
    named = [*numbers, *(name for name in others if name not in numbers)] if bound in ("0.0.0.0", "::") else [bound]
    return [f"{scheme}://{name}:{port}" for name in named or ["127.0.0.1"]]


def on_this_machine_only() -> bool:
    return st.get_option("server.address") in ("127.0.0.1", "localhost", "::1")


@st.fragment(run_every=LOOK_SECONDS)
def _joined(room: Classroom) -> None:
    """How many are there, and who: a class sees at once that it worked."""
    pupils = [person for person in room.people() if not person.teacher]
    if not pupils:
        st.caption(_("Nobody has joined yet. Point a phone's camera at the square, or type the address."))
        return
    st.markdown(f"**{plural(len(pupils), '{n} person has joined', '{n} people have joined')}**")
    names = "".join(f"<li>{html.escape(person.name)}</li>" for person in pupils)
    st.html(f"{NAMES}<ul class=joined>{names}</ul>")
