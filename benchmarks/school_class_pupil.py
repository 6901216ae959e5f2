"""Pupils of a class, in a process of their own: each joins, opens a page, trains, watches, answers, gives pictures.

Each follows the news of its own run as its page does, and tries to change its neighbour's while that trains and after.

`python -m benchmarks.school_class_pupil ADDRESS ROOM PUPILS` prints what they saw as JSON.
"""

import asyncio
import http.client
import io
import json
import sys
import time
import uuid
from dataclasses import asdict, dataclass, field
from urllib.parse import urlencode, urlsplit

import numpy as np
from PIL import Image
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import UploadedFileInfo
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

PICTURES, EPOCHS = 10, 3
POLL = 2.0  # seconds, as the page of a pupil asks what the teacher wants
PATIENCE = 900.0
LONGEST = 2**24  # bytes of a message
XSRF = "_streamlit_xsrf"
Files = tuple[str, list[UploadedFileInfo]]  # the id of an uploader, and what was put into it


@dataclass
class Seen:
    """What one pupil saw: durations in seconds, `began` and `ended` since 1970.

    told            epoch -> when the news of its end were heard, since 1970; messages: how many came
    tried, refused  what was tried with a neighbour's run, and how often that was refused
    changed         what differed at the neighbour's run after the attempts, in words
    """

    name: str
    run: str = ""
    began: float = 0.0
    ended: float = 0.0
    joined: list[float] = field(default_factory=list)
    opened: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    gave: list[float] = field(default_factory=list)
    asked: list[float] = field(default_factory=list)
    told: dict[int, float] = field(default_factory=dict)
    messages: int = 0
    tried: int = 0
    refused: int = 0
    changed: list[str] = field(default_factory=list)


class Pupil:
    """One browser, which keeps its cookie."""

    def __init__(self, address: str, room: str, number: int):
        self.server, self.address, self.room, self.number = urlsplit(address).netloc, address, room, number
        self.seen = Seen(f"Pupil {number}")
        self.cookies: dict[str, str] = {}

    async def lesson(self, ready: asyncio.Barrier, neighbour: "Pupil") -> None:
        self.seen.joined.append(await _timed(self._join()))
        await ready.wait()
        listening = asyncio.create_task(self._listen())
        try:
            async with self._socket() as socket:
                self.seen.opened.append(await _timed(self._rerun(socket, "train")))
                self.seen.answered.append(await _timed(self._answer()))
                await self._begin()
                await ready.wait()
                await asyncio.gather(self._watch(), self._follow(), self._give(), self.tries(neighbour))
                await ready.wait()
        finally:
            listening.cancel()

    async def tries(self, neighbour: "Pupil") -> None:
        """Whatever changes a run, tried with a neighbour's; and what only the teacher may see."""
        address = f"/api/runs/{neighbour.seen.run}"
        before = await self._look(address)
        for how in ("stop", "resume", "export"):
            status, _said = await self._post(f"{address}/{how}", {})
            self.seen.tried += 1
            self.seen.refused += status == 403
        status, _said = await self._ask("GET", "/api/class/events")
        self.seen.tried += 1
        self.seen.refused += status == 403
        self.seen.changed += differences(before, await self._look(address))

    async def _look(self, address: str) -> dict:
        status, said = await self._ask("GET", address)
        assert status == 200, said
        return json.loads(said)

    async def _join(self) -> None:
        form = urlencode({"room": self.room, "name": self.seen.name})
        status, said = await self._ask("POST", "/join", form, "application/x-www-form-urlencoded")
        assert status == 303, said
        await self._ask("GET", "/_stcore/health")  # brings the mark without which nothing is uploaded

    def _socket(self) -> connect:
        return connect(
            f"ws://{self.server}/_stcore/stream",
            additional_headers={"Cookie": self._cookie()},
            origin=self.address,  # type: ignore[arg-type]
            max_size=None,
            open_timeout=PATIENCE,
        )

    async def _rerun(
        self, socket: ClientConnection, page: str, files: tuple[str, list[UploadedFileInfo]] | None = None
    ) -> str:
        """One run of a page's script; returns the id of the file uploader on it. Raises TimeoutError."""
        message = BackMsg()
        message.rerun_script.query_string, message.rerun_script.page_name = "lang=en", page
        if files:
            widget = message.rerun_script.widget_states.widgets.add(id=files[0])
            widget.file_uploader_state_value.uploaded_file_info.extend(files[1])
        await socket.send(message.SerializeToString())
        uploader = ""
        async with asyncio.timeout(PATIENCE):
            async for raw in socket:
                heard = ForwardMsg.FromString(raw if isinstance(raw, bytes) else raw.encode())
                if heard.WhichOneof("type") == "script_finished":
                    return uploader
                uploader = heard.delta.new_element.file_uploader.id or uploader
        raise ConnectionError("The server let go of the page.")

    async def _answer(self) -> None:
        status, said = await self._post("/api/class/answer", {"number": 1, "choice": self.number % 2})
        assert status == 200, said

    async def _begin(self) -> None:
        self.seen.began = time.time()
        recipe = {"dataset": "digits", "epochs": EPOCHS, "seed": self.number}
        status, said = await self._post("/api/runs", {"recipe": recipe, "name": self.seen.name})
        assert status == 201, said
        self.seen.run = json.loads(said)["id"]

    async def _watch(self) -> None:
        """Until the own run has ended."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            _status, said = await self._ask("GET", f"/api/runs/{self.seen.run}")
            if json.loads(said)["state"] in ("finished", "failed", "stopped"):
                self.seen.ended = time.time()
                return
            await asyncio.sleep(1)
        raise TimeoutError(self.seen.run)

    async def _follow(self) -> None:
        """The news of the own run, as its page hears them, until they end."""
        async with asyncio.timeout(PATIENCE):
            host, _colon, port = self.server.partition(":")
            reader, writer = await asyncio.open_connection(host, int(port), limit=LONGEST)
            head = f"GET /api/runs/{self.seen.run}/events?lang=en HTTP/1.1\r\nHost: {self.server}\r\n"
            head += f"Cookie: {self._cookie()}\r\nAccept: text/event-stream\r\nConnection: close\r\n\r\n"
            writer.write(head.encode())
            async for line in reader:  # a message is one line; those around it are of the transfer
                if line.startswith(b"data: "):
                    news = json.loads(line.removeprefix(b"data: "))
                    self.seen.messages += 1
                    for epoch in news.get("epochs", {}).get("epoch", ()):  # none before the first
                        self.seen.told.setdefault(epoch, time.time())
                    if news["phase"] == "ended":
                        writer.close()
                        return
        raise ConnectionError("The news ended before the run did.")

    async def _give(self) -> None:
        """Ten pictures of a class, put into the page's uploader as a browser does it."""
        async with self._socket() as socket:
            uploader = await self._rerun(socket, "collect")
            assert uploader
            began = time.monotonic()
            message = BackMsg()
            message.file_urls_request.file_names.extend(f"{place}.png" for place in range(PICTURES))
            message.file_urls_request.request_id = str(uuid.uuid4())
            await socket.send(message.SerializeToString())
            async for raw in socket:
                heard = ForwardMsg.FromString(raw if isinstance(raw, bytes) else raw.encode())
                if heard.WhichOneof("type") == "file_urls_response":
                    break
            infos: list[UploadedFileInfo] = []
            for place, urls in enumerate(heard.file_urls_response.file_urls):
                await self._upload(urls.upload_url, f"{place}.png", _picture(100 * self.number + place))
                infos.append(UploadedFileInfo(file_id=urls.file_id, name=f"{place}.png", size=1, file_urls=urls))
            await self._rerun(socket, "collect", (uploader, infos))
            self.seen.gave.append(time.monotonic() - began)

    async def _upload(self, path: str, name: str, content: bytes) -> None:
        mark = uuid.uuid4().hex
        head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}"\r\n'
        body = head.encode() + b"Content-Type: image/png\r\n\r\n" + content + f"\r\n--{mark}--\r\n".encode()
        status, said = await self._ask("PUT", path, body, f"multipart/form-data; boundary={mark}")
        assert status in (200, 204), (status, said)

    async def _listen(self) -> None:
        """Asks what the teacher wants, as the page does all the time."""
        while True:
            self.seen.asked.append(await _timed(self._ask("GET", "/api/class/state?lang=en")))
            await asyncio.sleep(POLL)

    async def _post(self, path: str, value: dict) -> tuple[int, str]:
        return await self._ask("POST", path, json.dumps(value), "application/json")

    async def _ask(self, method: str, path: str, body: str | bytes = "", kind: str = "") -> tuple[int, str]:
        return await asyncio.to_thread(self._asked, method, path, body, kind)

    def _asked(self, method: str, path: str, body: str | bytes, kind: str) -> tuple[int, str]:
        link = http.client.HTTPConnection(self.server, timeout=PATIENCE)
        headers = {"Origin": self.address, "Cookie": self._cookie(), "X-Xsrftoken": self.cookies.get(XSRF, "")}
        link.request(method, path, body or None, headers | ({"Content-Type": kind} if kind else {}))
        heard = link.getresponse()
        said = heard.read().decode("utf-8", "replace")
        for cookie in heard.headers.get_all("set-cookie") or ():
            name, _is, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value.strip('"')
        link.close()
        return heard.status, said

    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())


def differences(before: dict, after: dict) -> list[str]:
    """What somebody else changed of a run: all that differs once it has ended, before that all but how far it is."""
    fixed = ("id", "name", "owner", "recipe", "epochs", *(before if before["state"] == "finished" else ()))
    changed = [
        f"{name}: {before[name]} -> {after[name]}" for name in dict.fromkeys(fixed) if before[name] != after[name]
    ]
    return changed + ([f"state: {after['state']}"] if after["state"] in ("stopped", "failed", "lost") else [])


def _picture(seed: int) -> bytes:
    file = io.BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 256, (96, 96, 3), np.uint8)
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


async def _timed(work: object) -> float:
    began = time.monotonic()
    await work  # type: ignore[misc]
    return time.monotonic() - began


async def main(address: str, room: str, number: int) -> list[Seen]:
    """All at once; each tries what is its neighbour's while that trains, and once more at the end."""
    pupils, ready = [Pupil(address, room, place) for place in range(number)], asyncio.Barrier(number)
    pairs = list(zip(pupils, [*pupils[1:], pupils[0]], strict=True))
    async with asyncio.TaskGroup() as group:
        for pupil, neighbour in pairs:
            group.create_task(pupil.lesson(ready, neighbour))
    for pupil, neighbour in pairs:
        await pupil.tries(neighbour)
    return [pupil.seen for pupil in pupils]


if __name__ == "__main__":
    address, room, number = sys.argv[1:]
    print(json.dumps([asdict(one) for one in asyncio.run(main(address, room, int(number)))]))
