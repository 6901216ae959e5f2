"""Questions to the HTTP routes, as browsers and phones send them."""

import json
from dataclasses import dataclass

import pytest

from core.runs.store import RunStore
from tests.made.served import dashboard
from tests.made.workers import command

BOUNDARY = "between"


MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"


@dataclass(frozen=True)
class Answered:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def error(self):
        """The one sentence of a refusal; fails where it is anything else."""
        assert self.headers["content-type"] == "application/json"
        assert list(self.json) == ["error"]
        assert "Traceback" not in self.json["error"]
        return self.json["error"]


def multipart(*parts):
    """(name, content) or (name, content, file name) as the body of a form."""
    lines = []
    for name, content, *file in parts:
        named = f'; filename="{file[0]}"' if file else ""
        content = content if isinstance(content, bytes) else content.encode()
        lines.append(f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'.encode() + content)
    return b"\r\n".join([*lines, f"--{BOUNDARY}--\r\n".encode()])


FILE_BEGINS = multipart(("image", b"", "a.png")).partition(b"\r\n--")[0]


def question(image=b"", run="latest", **fields):
    return multipart(("image", image, "a.png"), ("run", run), *fields.items())


RUN = ("run", "latest")


@dataclass(frozen=True)
class Running:
    address: str
    run: object
    log: object


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """The dashboard with one trained run of digits."""
    runs = tmp_path_factory.mktemp("api") / "runs"
    words = ["train", "--set", "dataset=digits", "--set", "architecture=softmax", "--set", "epochs=8"]
    done = command(*words, FITSCOPE_RUNS=str(runs))
    assert done.returncode == 0, done.stderr
    with dashboard(runs) as here:
        yield Running(here.address, RunStore(runs).all()[0], runs / ".server.log")
