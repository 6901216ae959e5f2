"""What a run's export holds and whether it may be offered, read without Keras: `export.zip` and `export.json`."""

import functools
import hashlib
import zipfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from core.errors import RunError
from core.files import read_json
from core.network.classifier import is_baseline, network_file
from core.runs import checkpoints
from core.runs.run import ACTIVE, Run

ZIP, FACTS, NETWORK = "export.zip", "export.json", "network.keras"


@dataclass(frozen=True)
class Form:
    """One form of a network, as it answered in a process of its own.

    file         its name in the zip
    bytes        its size
    n            images it was asked about
    difference   largest difference of a probability from Keras's; None where another measure counts
    accuracy     share of right answers of the int8 network, beside Keras's on the same images; else None
    template     why it is left out, an English template with its `values`; "" where it is offered
    """

    file: str
    bytes: int = 0
    n: int = 0
    difference: float | None = None
    accuracy: float | None = None
    keras_accuracy: float | None = None
    template: str = ""
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def offered(self) -> bool:
        return not self.template

    @property
    def reason(self) -> str:
        return self.template.format(**self.values)


@dataclass(frozen=True)
class Export:
    """An export as its facts say.

    made      seconds since 1970
    network   SHA-256 of the file it was made of: network.keras, or the numbers of the epoch
    size      bytes of the zip
    images    bytes of pixels that the zip carries, 0 where it carries none
    epoch     whose network it is; None for that which the run keeps
    """

    run_id: str
    made: float
    network: str
    size: int
    images: int
    forms: tuple[Form, ...]
    epoch: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """JSON values of all of it."""
        return {**asdict(self), "forms": [asdict(form) for form in self.forms]}


def current(run: Run) -> Export | None:
    """The export of a run's network as it is now; None where there is none, or where the network has changed since."""
    stored = read_json(run.folder / FACTS)
    try:
        forms = tuple(Form(**one) for one in stored.pop("forms"))
        export = Export(forms=forms, **stored)
        whole = (run.folder / ZIP).stat().st_size == export.size
    except (KeyError, TypeError, OSError):
        return None
    return export if whole and is_same(run, export.epoch, export.network) else None


def is_stale(run: Run) -> bool:
    """Whether there is an export, but of a network that was trained on since, or a damaged one."""
    return (run.folder / ZIP).exists() and current(run) is None


def check(run: Run, epoch: int | None = None) -> str:
    """The fingerprint of the network that is to be prepared: by its owner or the teacher, since it keeps the machine
    at work for half a minute and takes the place of what was prepared before. What is there, everybody takes.

    epoch  whose network, one that was kept; None: that which the run keeps, once it has ended
    Raises PeopleError, and RunError where there is no such network.
    """
    run.check_yours()
    if is_baseline(run):
        raise RunError(
            "Run {run} is a baseline of scikit-learn, which other programs do not read. Take its file network.skops.",
            run=run.id,
        )
    network = fingerprint(run, epoch)
    if epoch is None and run.state in ACTIVE:
        raise _still_changing(run)
    if not network or (epoch is None and network_file(run) is None):
        raise run.without_network()
    return network


def _still_changing(run: Run) -> RunError:
    return RunError(
        "Run {run} is {state}: its network is still changing. Name one of the epochs that were kept ({epochs}), wait "
        "for its end, or stop it.",
        run=run.id,
        state=run.state,
        epochs=", ".join(map(str, checkpoints.epochs(run.checkpoints))) or "–",
    )


def fingerprint(run: Run, epoch: int | None = None) -> str:
    """SHA-256 of a run's network, or of the numbers of a kept epoch; "" where there is none."""
    path = run.folder / NETWORK if epoch is None else checkpoints.path_of(run.checkpoints, epoch)
    try:
        fact = path.stat()
        return _fingerprint(path, fact.st_mtime_ns, fact.st_size)
    except OSError:
        return ""


def is_same(run: Run, epoch: int | None, network: str) -> bool:
    """Whether that is still the network; an epoch that has made room since was never trained anew."""
    now = fingerprint(run, epoch)
    return now == network or (epoch is not None and not now)


def member(run: Run, name: str) -> bytes:
    """One file of a run's export; raises RunError where it is gone or damaged."""
    try:
        with zipfile.ZipFile(run.folder / ZIP) as archive:
            return archive.read(name)
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise RunError("{file} is not in the export of run {run}. Prepare it again.", file=name, run=run.id) from error


@functools.lru_cache(maxsize=200)
def _fingerprint(path: Path, _changed: int, _size: int) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
