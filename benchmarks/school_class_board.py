"""The teacher's board of a class, open in a browser while all train: what it hears, and when."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterable
from urllib.parse import urlencode, urlsplit

from benchmarks.server import OpenClass

PATIENCE = 60.0  # seconds without a word; a board that has nothing to tell says so each quarter of a minute


class Board:
    """A thread that follows `/api/class/events`, as the page does.

    messages  how many came
    ended     id of a run -> when its card first said that it is over, seconds since 1970
    """

    def __init__(self, opened: OpenClass):
        self._server = urlsplit(opened.address).netloc
        self._cookie = self._join(opened)
        self.messages, self.ended = 0, dict[str, float]()
        self._link = http.client.HTTPConnection(self._server, timeout=PATIENCE)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._follow)

    def __enter__(self) -> "Board":
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        if self._link.sock:
            self._link.sock.shutdown(socket.SHUT_RDWR)  # it waits for a word
        self._thread.join()

    def hear(self, runs: Iterable[str]) -> None:
        """Waits until the end of all these runs has been told, or nothing more comes."""
        wanted, deadline = set(runs), time.monotonic() + PATIENCE
        while not wanted <= self.ended.keys() and self._thread.is_alive() and time.monotonic() < deadline:
            time.sleep(0.05)

    def _join(self, opened: OpenClass) -> str:
        link = http.client.HTTPConnection(self._server, timeout=PATIENCE)
        form = {"Content-Type": "application/x-www-form-urlencoded", "Origin": opened.address}
        link.request("POST", "/join", urlencode({"way": "teacher", "passcode": opened.passcode}), form)
        heard = link.getresponse()
        assert heard.status == 303, heard.read()
        return heard.headers["set-cookie"].partition(";")[0]

    def _follow(self) -> None:
        headers = {"Cookie": self._cookie, "Accept": "text/event-stream"}
        self._link.request("GET", "/api/class/events?lang=en", headers=headers)
        heard = self._link.getresponse()
        try:
            while line := heard.readline():
                if line.startswith(b"data: "):
                    self.messages += 1
                    self._note(json.loads(line.removeprefix(b"data: "))["cards"])
        except (OSError, http.client.HTTPException):
            if not self._over.is_set():
                raise

    def _note(self, cards: list[dict]) -> None:
        for card in cards:
            if card["run"] and not card["at_work"]:
                self.ended.setdefault(card["run"], time.time())
