"""Why there is no live picture, in plain words, and what to do about it."""

from urllib.parse import urlsplit

import streamlit as st

from dashboard.server import ice
from dashboard.words import _

LOCAL = ("localhost", "127.0.0.1", "::1")


def is_secure() -> bool:
    """Whether browsers give a camera to this address: https, or the machine itself."""
    parts = urlsplit(st.context.url or "http://localhost")
    return parts.scheme == "https" or (parts.hostname or "") in LOCAL


def not_secure() -> None:
    """The page was opened by plain http from another machine."""
    st.warning(
        _(
            "Browsers give the camera only to pages with https, or on the machine that serves them; this page came by "
            "plain http. On the machine that serves, run `make https` and open the address it prints."
        ),
        icon=":material/no_encryption:",
    )
    st.caption(_("Meanwhile “A picture” above takes photos: on a phone it offers the camera by itself."))


def not_connected() -> None:
    """Start was pressed, the camera is on, and no frame arrives."""
    sentence = (
        _("The STUN and TURN servers of FITSCOPE_ICE_SERVERS were tried.")
        if ice.servers()
        else _("Across networks a TURN server is needed: set FITSCOPE_ICE_SERVERS (see the README) and start again.")
    )
    st.warning(
        _(
            "No frame has arrived: something between this browser and the server (a firewall, a VPN, a guest network) "
            "lets no live picture through."
        )
        + " "
        + sentence
        + " "
        + _("Or use “Snapshots” above: they come over the page's own connection."),
        icon=":material/videocam_off:",
    )
