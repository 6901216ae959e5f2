"""Frames are handed on fresh: where the next in line is slow, what waits longer than two frames is dropped.

streamlit-webrtc passes frames through aiortc's MediaRelay, with an endless queue before the encoder. While a training
keeps the cores busy the encoder falls behind, that queue grows, and the picture in the page gets older by the second.
Without any queue a frame is lost whenever two arrive together, which is five of thirty a second.

Wrong in: aiortc 1.16, streamlit-webrtc 0.79. To be seen: `python -m benchmarks camera`, the age of frames while a
training runs. May go when MediaRelay takes the length of its queue; no report of ours yet.
"""

import asyncio
from typing import Any

from aiortc.contrib.media import MediaRelay
from aiortc.mediastreams import MediaStreamTrack
from streamlit.runtime import Runtime
from streamlit_webrtc.relay import _SERVER_GLOBAL_RELAY_ATTR_NAME_ as PLACE

WAITING = 2  # frames, 67 ms


class FreshRelay(MediaRelay):
    """A MediaRelay whose queues are short."""

    def subscribe(self, track: MediaStreamTrack, buffered: bool = True) -> MediaStreamTrack:
        proxy: Any = super().subscribe(track, buffered=True)
        proxy._queue = _Short()
        return proxy


class _Short(asyncio.Queue):
    """Forgets the oldest where it is full; None, which ends a track, comes last and so is never forgotten."""

    def put_nowait(self, item: Any) -> None:
        while self.qsize() >= WAITING:
            self.get_nowait()
        super().put_nowait(item)


def use() -> None:
    """Gives streamlit-webrtc this relay in place of its own, once for the whole server."""
    if Runtime.exists() and not isinstance(getattr(Runtime.instance(), PLACE, None), FreshRelay):
        setattr(Runtime.instance(), PLACE, FreshRelay())
