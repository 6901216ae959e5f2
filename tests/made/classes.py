"""A class on a real server, and its people as browsers that keep their cookie."""

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from benchmarks.server import OpenClass
from tests.made.workers import PATIENCE


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: str


@dataclass
class Browser:
    """Somebody's browser: asks, and keeps what cookie it is given."""

    address: str
    cookie: str = ""
    extra: dict[str, str] = field(default_factory=dict)

    def ask(self, path: str, method: str = "GET", body: str = "", **headers: str) -> Answer:
        link = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=PATIENCE)
        sent = {"Accept": "text/html", **({"Cookie": self.cookie} if self.cookie else {}), **self.extra, **headers}
        link.request(method, path, body or None, sent)
        heard = link.getresponse()
        if heard.status == 101:
            link.close()
            return Answer(101, {}, "")
        answer = Answer(heard.status, {k.lower(): v for k, v in heard.getheaders()}, heard.read().decode())
        link.close()
        if "set-cookie" in answer.headers:
            self.cookie = answer.headers["set-cookie"].partition(";")[0]
        return answer

    def raw(self, path: str) -> bytes:
        """A file, as it comes."""
        link = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=PATIENCE)
        link.request("GET", path, headers={"Cookie": self.cookie, **self.extra})
        heard = link.getresponse()
        assert heard.status == 200, heard.read()
        content = heard.read()
        link.close()
        return content

    def fill(self, path: str, origin: str | None = None, **fields: str) -> Answer:
        """Sends a form as a browser does, from a page of `origin`."""
        form = {"Content-Type": "application/x-www-form-urlencoded", "Origin": origin or self.address}
        return self.ask(path, "POST", urlencode(fields), **form)

    def connect(self, path: str = "/_stcore/stream") -> int:
        """The status with which a websocket is answered: 101 where it opens."""
        return self.ask(path, **self._upgrade()).status

    @contextmanager
    def holding(self) -> Iterator[None]:
        """A websocket that stays open."""
        link = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=PATIENCE)
        link.request("GET", "/_stcore/stream", headers={"Cookie": self.cookie, **self._upgrade()})
        assert link.getresponse().status == 101
        yield
        link.close()

    def _upgrade(self) -> dict[str, str]:
        asked = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
        return asked | {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Origin": self.address}


def pupil(opened: OpenClass, name: str) -> Browser:
    """The browser of somebody who has joined."""
    browser = Browser(opened.address)
    answer = browser.fill("/join", room=opened.room, name=name)
    assert answer.status == 303, answer.body
    return browser


def teacher(opened: OpenClass) -> Browser:
    browser = Browser(opened.address)
    answer = browser.fill("/join", way="teacher", passcode=opened.passcode)
    assert answer.status == 303, answer.body
    return browser
