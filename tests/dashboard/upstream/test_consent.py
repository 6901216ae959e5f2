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


def answering_nothing(side, monkeypatch):
    """It asks all the same."""
    monkeypatch.setattr(side, "request_received", lambda *what: None)


def gone(side, monkeypatch):
    answering_nothing(side, monkeypatch)
    side._query_consent_task.cancel()


async def ends(monkeypatch, behaving):
    """Whether a connection ends by itself whose other side behaves like that; ten questions are asked a second."""
    monkeypatch.setattr(ice, "CONSENT_INTERVAL", 0.1)
    monkeypatch.setattr(ice, "CONSENT_FAILURES", 2)
    asking, other = await connected()
    behaving(other, monkeypatch)
    try:
        await asyncio.wait_for(asking.recvfrom(), 6)
    except ConnectionError:
        return True
    except TimeoutError:
        return False
    finally:
        await asyncio.gather(asking.close(), other.close())


@pytest.fixture
def as_it_came(monkeypatch):
    monkeypatch.setattr(ice.StunProtocol, "request", consent._request)
    monkeypatch.setattr(ice.Connection, "request_received", consent._received)


@pytest.mark.parametrize("behaving", [answering_late, answering_nothing, gone])
def test_aioice_alone_ends_a_connection_without_answers_in_time(as_it_came, monkeypatch, behaving):
    assert asyncio.run(ends(monkeypatch, behaving))


def test_asked_again_it_goes_on(as_it_came, monkeypatch):
    consent.use()
    assert not asyncio.run(ends(monkeypatch, answering_late))


@pytest.mark.parametrize(("behaving", "ended"), [(answering_nothing, False), (gone, True)])
def test_one_that_asks_is_there_though_its_answers_are_lost(as_it_came, monkeypatch, behaving, ended):
    monkeypatch.setattr(consent, "AGAIN", 0)
    monkeypatch.setattr(consent, "LATELY", 1.0)
    consent.use()
    assert asyncio.run(ends(monkeypatch, behaving)) == ended


def test_one_that_asks_without_the_password_is_not_there(as_it_came, monkeypatch):
    def stranger(side, monkeypatch):
        side.remote_password = "guessed"
        answering_nothing(side, monkeypatch)

    monkeypatch.setattr(consent, "AGAIN", 0)
    monkeypatch.setattr(consent, "LATELY", 1.0)
    consent.use()
    assert asyncio.run(ends(monkeypatch, stranger))
