"""A camera goes on though the answers of its browser come late, or are lost on their way.

Every five seconds aioice asks a browser whether it may go on sending. It waits half a second and does not ask again;
after six questions without an answer in time, half a minute, it ends the connection. Where trainings keep the cores
busy, answers take longer than that, and where six times as much is asked of them as they can do, the kernel throws away
what the server does not come to read, those answers among it: the live picture stopped by itself.
Here each question is asked again as all others are, after a half, one and two seconds; and a browser that has itself
asked of late, signed with the password of the connection, counts as one that has answered: it is there, and willing.

Wrong in: aioice 0.13. To be seen: `tests/dashboard/upstream/test_consent.py`. May go when aioice asks again, and counts
what it receives as an answer; no report of ours yet.
"""

import math
import time
from typing import Any
from weakref import WeakKeyDictionary

from aioice import stun
from aioice.ice import Connection, StunProtocol

AGAIN = 3  # times; the next question comes five seconds later, and one that is gone is noticed within two minutes
LATELY = 20.0  # seconds; browsers ask every two or three

_request, _received = StunProtocol.request, Connection.request_received
_heard: WeakKeyDictionary[StunProtocol, dict[tuple[str, int], float]] = WeakKeyDictionary()  # address -> when last


def use() -> None:
    """From now on every question of this process is asked again; twice is the same as once."""
    StunProtocol.request = _request_again  # type: ignore[method-assign, assignment]
    Connection.request_received = _note  # type: ignore[method-assign, assignment]


async def _request_again(
    protocol: StunProtocol,
    request: stun.Message,
    addr: tuple[str, int],
    integrity_key: bytes | None = None,
    retransmissions: int | None = None,
) -> Any:
    if retransmissions != 0:
        return await _request(protocol, request, addr, integrity_key, retransmissions)
    try:
        return await _request(protocol, request, addr, integrity_key, AGAIN)
    except stun.TransactionTimeout:
        if time.monotonic() - _heard.get(protocol, {}).get(addr[:2], -math.inf) > LATELY:
            raise
        return request, addr  # which nobody reads: whoever asks for consent wants to know whether it was refused


def _note(connection: Connection, message: stun.Message, addr: tuple[str, int], protocol: StunProtocol) -> None:
    """Remembers who has asked, if it is signed with our password: anybody can write another's address on a message."""
    if "MESSAGE-INTEGRITY" in message.attributes and message.check_message_integrity(
        connection.local_password.encode()
    ):
        _heard.setdefault(protocol, {})[addr[:2]] = time.monotonic()
    _received(connection, message, addr, protocol)
