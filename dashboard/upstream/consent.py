"""A camera goes on though an answer of its browser took longer than half a second.

Every five seconds aioice asks a browser whether it may go on sending. It waits half a second and does not ask again;
after six questions without an answer in time, half a minute, it ends the connection. Where trainings keep the cores
busy, answers take longer than that: the live picture stopped by itself.
Asked again as all other questions are, after a half, one and two seconds, it has seven and a half for its answer.

Wrong in: aioice 0.13. To be seen: `tests/dashboard/upstream/test_consent.py`. May go when aioice asks again, or counts
what it receives as an answer; no report of ours yet.
"""

from typing import Any

from aioice.ice import StunProtocol

AGAIN = 3  # times; the next question comes five seconds later, and one that is gone is noticed within two minutes

_request = StunProtocol.request


def use() -> None:
    """From now on every question of this process is asked again; twice is the same as once."""
    StunProtocol.request = _request_again  # type: ignore[method-assign, assignment]


async def _request_again(
    protocol: StunProtocol,
    request: Any,
    addr: tuple[str, int],
    integrity_key: bytes | None = None,
    retransmissions: int | None = None,
) -> Any:
    return await _request(protocol, request, addr, integrity_key, AGAIN if retransmissions == 0 else retransmissions)
