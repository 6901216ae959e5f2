"""A connection whose other side answers late goes on; with aioice alone it ends."""

import asyncio

import aioice
import pytest
from aioice import ice

from dashboard.upstream import consent

pytestmark = pytest.mark.slow

LATE = 0.9  # seconds until an answer; aioice waits 0.5


async def connected():
    """Two sides of a connection on this machine."""
    sides = aioice.Connection(ice_controlling=True), aioice.Connection(ice_controlling=False)
    for side in sides:
        await side.gather_candidates()
    for side, other in (sides, sides[::-1]):
        for candidate in side.local_candidates:
            await other.add_remote_candidate(candidate)
        await other.add_remote_candidate(None)
        other.remote_username, other.remote_password = side.local_username, side.local_password
    await asyncio.gather(*(side.connect() for side in sides))
    return sides


def answering_late(side, monkeypatch):
    answer = side.request_received
    later = lambda *what: asyncio.get_running_loop().call_later(LATE, answer, *what)  # noqa: E731
    monkeypatch.setattr(side, "request_received", later)


async def ends(monkeypatch):
    """Whether a connection ends by itself whose other side answers late; the questions come ten times a second."""
    monkeypatch.setattr(ice, "CONSENT_INTERVAL", 0.1)
    monkeypatch.setattr(ice, "CONSENT_FAILURES", 2)
    asking, late = await connected()
    answering_late(late, monkeypatch)
    try:
        await asyncio.wait_for(asking.recvfrom(), 4)
    except ConnectionError:
        return True
    except TimeoutError:
        return False
    finally:
        await asyncio.gather(asking.close(), late.close())


@pytest.fixture
def as_it_came(monkeypatch):
    monkeypatch.setattr(ice.StunProtocol, "request", consent._request)


def test_aioice_alone_ends_a_connection_whose_answers_are_late(as_it_came, monkeypatch):
    assert asyncio.run(ends(monkeypatch))


def test_asked_again_it_goes_on(as_it_came, monkeypatch):
    consent.use()
    assert not asyncio.run(ends(monkeypatch))
