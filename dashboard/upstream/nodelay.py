"""Small answers leave the server at once, not 40 ms later.

Streamlit opens its socket without naming the protocol, and asyncio turns Nagle's algorithm off only for sockets that
name TCP. So the second of two small writes (an answer's head, then its body) waited for the browser to acknowledge the
first, which browsers and phones put off by 40 ms: 16 clients of `/api/predict` got 340 answers a second, and about
1,000 without the wait.

Wrong in: Streamlit 1.67 (its socket), Python 3.11 to 3.13 (asyncio asks for the protocol's number). To be seen:
`python -m benchmarks api` with `apply` left out. May go when Streamlit names TCP where it opens its socket, or uvicorn
opens it; no report of ours yet.
"""

import asyncio.base_events
import socket


def apply() -> None:
    """From now on every TCP connection of this process sends what is written to it without waiting for more."""
    asyncio.base_events._set_nodelay = _set_nodelay  # type: ignore[attr-defined]  # called for each new connection


def _set_nodelay(sock: socket.socket) -> None:
    if sock.family in (socket.AF_INET, socket.AF_INET6) and sock.type == socket.SOCK_STREAM:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
