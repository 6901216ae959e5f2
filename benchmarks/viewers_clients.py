"""Viewers of a run's page, in a process of their own: each speaks Streamlit's protocol, obeys timers, hears the news.

`python -m benchmarks.viewers_clients ADDRESS RUN VIEWERS SECONDS [quiet]` prints what they saw as JSON. With a word
more they refuse the news, as behind a proxy that lets none through: the page then asks for itself.
"""

import asyncio
import json
import re
import sys
import time
from dataclasses import asdict, dataclass, field
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

NEWS = re.compile(rb"/api/runs/[\w-]+/events\?lang=\w+")
PLACE = re.compile(rb'^data: \{"place":"([\d.]+)"')
PATIENCE = 300  # seconds: a first page loads the libraries


@dataclass
class Seen:
    """What one viewer saw: `opened` seconds to the page with its first news, and of each update when, how large, what.

    updates  (seconds since 1970, bytes, place after it: "" for a run of the script)
    """

    opened: float = 0.0
    runs: int = 0
    updates: list[tuple[float, int, str]] = field(default_factory=list)


class Viewer:
    """One tab of a browser."""

    def __init__(self, address: str, run: str = "", deaf: bool = False, page: str = ""):
        self.server, self.run, self.deaf, self.page = urlsplit(address).netloc, run, deaf, page
        self.seen = Seen()
        self._timers: dict[str, asyncio.Task] = {}
        self._news: asyncio.Task | None = None
        self._first_news, self._received = asyncio.Event(), 0
        self._head = ""

    async def watch(self, opened: asyncio.Barrier, seconds: float) -> Seen:
        """Opens the page and stays that long after all have it."""
        began = time.monotonic()
        async with connect(f"ws://{self.server}/_stcore/stream", max_size=None, open_timeout=PATIENCE) as socket:
            await self._ask(socket)
            listening = asyncio.create_task(self._listen(socket))
            try:
                async with asyncio.timeout(PATIENCE):
                    while not self.seen.runs:
                        if listening.done():
                            await listening  # raises what went wrong in it
                        await asyncio.sleep(0.01)
                    if self._news:
                        await self._first_news.wait()
                self.seen.opened = time.monotonic() - began
                if await opened.wait() == 0:
                    print("opened", flush=True)
                await asyncio.sleep(seconds + 0.5)
            finally:
                for task in (listening, self._news, *self._timers.values()):
                    if task:
                        task.cancel()
        return self.seen

    async def _ask(self, socket: ClientConnection, fragment: str = "") -> None:
        message = BackMsg()
        state = message.rerun_script
        state.query_string = f"run={self.run}&lang=en" if self.run else "lang=en"
        state.page_name = self.page  # the first page shows a run as well; Train also waits for a worker
        state.fragment_id, state.is_auto_rerun = fragment, bool(fragment)
        if self.deaf and self._head:
            alone = WidgetState(id=self._head, json_value=json.dumps({"alone": True}))
            state.widget_states.widgets.append(alone)
        await socket.send(message.SerializeToString())

    async def _listen(self, socket: ClientConnection) -> None:
        async for raw in socket:
            content = raw if isinstance(raw, bytes) else raw.encode()
            self._received += len(content)
            message = ForwardMsg.FromString(content)
            kind = message.WhichOneof("type")
            if kind == "auto_rerun":
                self._tick(socket, message.auto_rerun.fragment_id, message.auto_rerun.interval)
            elif kind == "stop_auto_rerun":
                for fragment in message.stop_auto_rerun.fragment_ids:
                    self._stop(fragment)
            elif kind == "new_session" and not message.metadata.run.fragment_ids:
                for fragment in list(self._timers):
                    self._stop(fragment)
            elif kind == "script_finished":
                await self._finished(socket)
            elif (where := NEWS.search(content)) and not self._news:
                if self.deaf:
                    self._head = self._head or _head(message)
                else:
                    self._news = asyncio.create_task(self._hear(where[0].decode()))

    async def _finished(self, socket: ClientConnection) -> None:
        self.seen.updates.append((time.time(), self._received, ""))
        self.seen.runs += 1
        self._received = 0
        if self.deaf and self._head and self.seen.runs == 1:
            await self._ask(socket)  # this tab says that it hears nothing

    def _tick(self, socket: ClientConnection, fragment: str, interval: float) -> None:
        async def ticking() -> None:
            while True:
                await asyncio.sleep(interval)
                await self._ask(socket, fragment)

        self._stop(fragment)
        self._timers[fragment] = asyncio.create_task(ticking())

    def _stop(self, fragment: str) -> None:
        if fragment in self._timers:
            self._timers.pop(fragment).cancel()

    async def _hear(self, path: str) -> None:
        host, port = self.server.split(":")
        reader, writer = await asyncio.open_connection(host, int(port), limit=2**22)
        question = f"GET {path} HTTP/1.1\r\nHost: {self.server}\r\nAccept: text/event-stream\r\n\r\n"
        writer.write(question.encode())
        try:
            async for line in reader:
                if said := PLACE.match(line):
                    self.seen.updates.append((time.time(), len(line), said[1].decode()))
                    self._first_news.set()
        finally:
            writer.close()


def _head(message: ForwardMsg) -> str:
    """The widget that tells the page whether news come; "" in another message."""
    component = message.delta.new_element.bidi_component
    return component.id if b'"leads"' in component.SerializeToString() else ""


async def main(address: str, run: str, viewers: int, seconds: float, deaf: bool) -> list[Seen]:
    """All of them open the page at once."""
    crowd, opened = [Viewer(address, run, deaf) for _ in range(viewers)], asyncio.Barrier(viewers)
    return list(await asyncio.gather(*(viewer.watch(opened, seconds) for viewer in crowd)))


if __name__ == "__main__":
    address, run, viewers, seconds, *deaf = sys.argv[1:]
    print(
        json.dumps([asdict(one) for one in asyncio.run(main(address, run, int(viewers), float(seconds), bool(deaf)))])
    )
