"""Frames are handed on fresh: where the next in line is slow, it gets the newest one, and those between are dropped.

streamlit-webrtc passes frames through aiortc's MediaRelay with a queue before the encoder. While a training keeps the
cores busy the encoder falls behind, that queue grows, and the picture in the page gets older by the second.
"""

from aiortc.contrib.media import MediaRelay
from aiortc.mediastreams import MediaStreamTrack
from streamlit.runtime import Runtime
from streamlit_webrtc.relay import _SERVER_GLOBAL_RELAY_ATTR_NAME_ as PLACE


class FreshRelay(MediaRelay):
    """A MediaRelay without queues."""

    def subscribe(self, track: MediaStreamTrack, buffered: bool = False) -> MediaStreamTrack:
        return super().subscribe(track, buffered=False)


def use() -> None:
    """Gives streamlit-webrtc this relay in place of its own, once for the whole server."""
    if Runtime.exists() and not isinstance(getattr(Runtime.instance(), PLACE, None), FreshRelay):
        setattr(Runtime.instance(), PLACE, FreshRelay())
