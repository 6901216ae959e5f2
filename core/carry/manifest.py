"""What lies in a `.fitscope` file: a zip of run folders, the files that name several runs, datasets, and a list of all.

Text is deflated, arrays lie in it as they are: so a small file cannot become a large one. `manifest.json` names each
file with its size and SHA-256; what it does not name is not read, and neither is a name that is not one of these.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.data.dataset import SPLITS
from core.errors import N_, DataError
from core.files import says
from core.runs.run import LONGEST_NAME

SUFFIX = ".fitscope"
FORMAT = 1
MANIFEST = "manifest.json"

MOST_FILES = 50_000
MOST_TEXT = 64 * 2**20  # bytes of one JSON file; a run of 500 epochs has 2 MB
MOST_BYTES = 8 * 2**30  # of one array: 70,000 pictures of 128×128 in colour have 3.4 GB
MOST_TOTAL = 32 * 2**30
MOST_RATIO = 200  # times that all text may grow when it is unpacked; ours grows 5 to 15 times

_ID = r"[A-Za-z0-9][A-Za-z0-9_-]{0,199}"
_BESIDE = r"[0-9]{8}-[0-9]{6}-[0-9a-f]{6}"
_HASH = r"[0-9a-f]{12}"
_DATASET = r"[a-z0-9][a-z0-9_-]{0,39}"
_SPLIT = "|".join(SPLITS)
TEXT = re.compile(
    rf"runs/{_ID}/(config|meta|status|preprocessing|prediction)\.json|runs/{_ID}/(events|attempts)\.jsonl"
    rf"|(races|experiments)/{_BESIDE}\.json|datasets/{_DATASET}/dataset\.json|datasets/{_DATASET}/versions/{_HASH}\.json"
    rf"|datasets/{_DATASET}/bases/{_HASH}/(base|sources)\.json"
)
ARRAYS = re.compile(
    rf"runs/{_ID}/((images|evaluation)\.npz|diary\.bin|network\.skops)"
    rf"|runs/{_ID}/checkpoints/(epoch-[0-9]{{4,6}}|frozen|last|best)\.npz"
    rf"|datasets/{_DATASET}/bases/{_HASH}/({_SPLIT})-(images|labels)\.npy"
)
_MARKDOWN = re.compile(r"[\[\]<>`*$\\|#~]")  # in a page that shows a reason, a name of a file is no picture or link


@dataclass(frozen=True)
class Contents:
    """What a file says is in it, before anything of it is believed.

    release      of the Fitscope that wrote it;  made  seconds since 1970
    files        name -> (bytes, SHA-256)
    runs         id -> what it is called;  datasets  id -> what it is called
    with_images  the ids of the datasets whose images came along
    """

    release: str
    made: float
    files: Mapping[str, tuple[int, str]]
    runs: Mapping[str, str]
    datasets: Mapping[str, str]

    @property
    def races(self) -> list[str]:
        return self._named("races/")

    @property
    def experiments(self) -> list[str]:
        return self._named("experiments/")

    @property
    def with_images(self) -> list[str]:
        return sorted({name.split("/")[1] for name in self.files if name.startswith("datasets/") and "/bases/" in name})

    @property
    def size(self) -> int:
        """Bytes of everything, unpacked."""
        return sum(size for size, _hash in self.files.values())

    def as_dict(self) -> dict[str, Any]:
        """JSON values, as the manifest holds them."""
        files = {name: list(fact) for name, fact in self.files.items()}
        facts = {"format": FORMAT, "release": self.release, "made": self.made}
        return {**facts, "runs": dict(self.runs), "datasets": dict(self.datasets), "files": files}

    def _named(self, folder: str) -> list[str]:
        return [name[len(folder) :].removesuffix(".json") for name in self.files if name.startswith(folder)]


def contents(told: Mapping[str, Any], file: str) -> Contents:
    """A manifest that was read from JSON; raises DataError where it cannot be one.  file  its name, for messages"""
    kinds = {"release": str, "made": (int, float), "runs": dict, "datasets": dict, "files": dict}
    if isinstance(told.get("format"), int) and told["format"] > FORMAT:
        raise DataError(
            "{file} was written by a newer Fitscope ({release}). Install that one here, then open it.",
            file=file,
            release=plain(str(told.get("release", "?")), 20),
        )
    if told.get("format") != FORMAT or not says(told, kinds):
        raise refused(file, N_("its list of contents is not one"))
    files = told["files"]
    if not 0 < len(files) <= MOST_FILES or not all(map(_is_fact, files.values())):
        raise refused(file, N_("its list of files is not one"))
    for name, (size, _hash) in files.items():
        _check_name(file, name, size)
    if len({name.casefold() for name in files}) < len(files):
        raise refused(file, N_("two of its files have one name"))
    known = {
        kind: {name.split("/")[1] for name in files if name.startswith(f"{kind}/")} for kind in ("runs", "datasets")
    }
    for run in known["runs"]:
        if not {f"runs/{run}/config.json", f"runs/{run}/meta.json", f"runs/{run}/attempts.jsonl"} <= files.keys():
            raise refused(file, N_("a run in it is not whole"), run)
    found = Contents(
        plain(told["release"], 20),
        float(told["made"]),
        {name: (size, digest) for name, (size, digest) in files.items()},
        {run: plain(str(told["runs"].get(run, run)), LONGEST_NAME) for run in sorted(known["runs"])},
        {one: plain(str(told["datasets"].get(one, one)), LONGEST_NAME) for one in sorted(known["datasets"])},
    )
    if not found.runs:
        raise refused(file, N_("there is no run in it"))
    if found.size > MOST_TOTAL:
        raise refused(file, N_("it unpacks to more than is read"), f"{MOST_TOTAL >> 30} GB")
    return found


def is_text(name: str) -> bool:
    """Whether a file of the archive is JSON."""
    return name == MANIFEST or TEXT.fullmatch(name) is not None


def plain(text: str, longest: int) -> str:
    """What can be shown of a stranger's word: one line, no control characters, not too long."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())[:longest]


def refused(file: str, reason: str, part: object = None) -> DataError:
    """Why a file is not opened.

    reason  a sentence of ours, said in the language of the viewer
    part    what in the file it is about
    """
    if part is None:
        return DataError(
            "{file} is not opened: {reason}. Nothing was changed. Have it packed again by Fitscope, where it came "
            "from.",
            file=file,
            reason=_MARKDOWN.sub("·", reason),
        )
    return DataError(
        "{file} is not opened: {reason} ({part}). Nothing was changed. Have it packed again by Fitscope, where it came "
        "from.",
        file=file,
        reason=reason,
        part=_MARKDOWN.sub("·", str(part)),
    )


def _is_fact(fact: Any) -> bool:
    good = isinstance(fact, list) and len(fact) == 2 and isinstance(fact[0], int) and isinstance(fact[1], str)
    return bool(good and fact[0] >= 0 and re.fullmatch(r"[0-9a-f]{64}", fact[1]))


def _check_name(file: str, name: str, size: int) -> None:
    if TEXT.fullmatch(name):
        most = MOST_TEXT
    elif ARRAYS.fullmatch(name):
        most = MOST_BYTES
    else:
        raise refused(file, N_("it holds a file that belongs to no run"), repr(plain(name, 60)))
    if size > most:
        raise refused(file, N_("a file in it is larger than any that is read"), name)
