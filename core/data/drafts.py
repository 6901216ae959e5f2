"""Pictures that a person puts together for a dataset: on the disk until they are imported, or for a week.

own/.drafts/<id>/draft.json names the classes; their pictures lie in numbered folders, so that a class may be called
anything; `file` holds what was uploaded as a whole. No import reads the hidden folders: `.near` holds the near copies
that were left out of each class, `.removed` what was taken out and can be put back.
"""

import hashlib
import json
import re
import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from core.files import read_json, write_json, writing_to
from core.folders import data_folder
from core.people import acting
from core.scratch import remove, scratch_home

DAYS = 7  # that a draft is kept after it was last touched
TAKEN_BACK_SECONDS = 3600.0
MANIFEST = "draft.json"
LONGEST_NAME = 60  # characters of a class
NEAR, REMOVED = ".near", ".removed"
COPIED = 1 << 20  # bytes at a time

_ID = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True)
class Draft:
    """One draft, which is read from its folder whenever it is asked."""

    folder: Path

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def owner(self) -> str:
        """The id of the person whose it is; "" the machine's."""
        return str(read_json(self.folder / MANIFEST).get("owner", ""))

    @property
    def classes(self) -> list[str]:
        """The names of the classes, in their owner's order."""
        return [name for name, _number in self._named()]

    @property
    def set_aside(self) -> dict[str, int]:
        """Classes that are not named any more -> their pictures, which come back with the name."""
        rest = {name: len(self._pictures(number)) for name, number in self._facts("aside")}
        return {name: n for name, n in rest.items() if n}

    @property
    def file(self) -> Path | None:
        """What was uploaded as a whole."""
        files = sorted((self.folder / "file").glob("*")) if (self.folder / "file").is_dir() else []
        return files[0] if files else None

    @property
    def is_empty(self) -> bool:
        return not self.file and not any(map(self.pictures, self.classes)) and not self.set_aside

    def pictures(self, name: str) -> list[Path]:
        """The pictures of a class, in the order in which they came."""
        number = dict(self._named()).get(name)
        return [] if number is None else self._pictures(number)

    def name_classes(self, names: Iterable[str]) -> None:
        """The classes from now on; a name that takes the place of another takes its pictures along."""
        names = [name.strip()[:LONGEST_NAME] for name in names if name.strip()]
        names = list(dict.fromkeys(names))
        before, aside = self._named(), dict(self._facts("aside"))
        known = dict(before)
        renamed = _renamed([name for name, _number in before], names, aside)
        numbers = {new: known[old] for new, old in renamed.items()} | {
            name: known[name] for name in names if name in known
        }
        numbers |= {name: aside.pop(name) for name in names if name in aside and name not in numbers}
        free = iter(range(1000))
        taken = {*known.values(), *aside.values(), *numbers.values()}
        for name in names:
            if name not in numbers:
                numbers[name] = next(number for number in free if number not in taken)
        aside |= {name: number for name, number in before if number not in numbers.values()}
        self._write({"classes": [[name, numbers[name]] for name in names], "aside": list(aside.items())})

    def put(self, name: str, content: bytes, suffix: str) -> bool:
        """Adds a picture to a class, unless the class has the very same; says whether it is new."""
        place = str(dict(self._named())[name])
        if any(path.name.partition("-")[2].startswith(_mark(content)) for path in self._pictures(place)):
            return False
        self._add(place, content, suffix)
        return True

    def leave_out(self, name: str, content: bytes, suffix: str) -> None:
        """Keeps a picture aside that is nearly one the class has, or is the very same: each is counted."""
        self._add(f"{NEAR}/{dict(self._named())[name]}", content, suffix)

    def near(self, name: str) -> list[Path]:
        """The near copies that were left out of a class, in the order in which they came."""
        return self._pictures(f"{NEAR}/{dict(self._named())[name]}")

    def keep_near(self, name: str) -> None:
        """Puts the near copies of a class among its pictures after all; what is the very same stays out."""
        for path in self.near(name):
            self.put(name, path.read_bytes(), path.suffix)
        self.forget_near(name)

    def forget_near(self, name: str) -> None:
        self._check_yours()
        remove(self.folder / NEAR / str(dict(self._named())[name]))

    def remove(self, paths: Sequence[Path]) -> None:
        """Takes pictures of classes out; `put_back` brings back those that went last."""
        self._check_yours()
        last = self.folder / REMOVED / str(time.time_ns())
        with writing_to(last):
            for path in paths:
                if path.exists():  # not taken out meanwhile, in another tab
                    (last / path.parent.name).mkdir(parents=True, exist_ok=True)
                    path.rename(last / path.parent.name / path.name)
        self._touch()

    @property
    def removed(self) -> int:
        """How many pictures `put_back` would bring back."""
        return len(list(self._last_removed().glob("*/*")))

    def put_back(self) -> None:
        self._check_yours()
        last = self._last_removed()
        for path in last.glob("*/*"):
            with writing_to(self.folder):
                (self.folder / path.parent.name).mkdir(exist_ok=True)
                path.rename(self.folder / path.parent.name / path.name)
        remove(last)
        self._touch()

    def put_file(self, name: str, content: BinaryIO) -> Path:
        """Keeps an uploaded file in place of the one before."""
        self._check_yours()
        folder = self.folder / "file"
        path = folder / (re.sub(r"[^\w .()-]", "_", name)[-80:].strip(". ") or "images.zip")
        with writing_to(path):
            remove(folder)
            folder.mkdir(parents=True)
            with open(path, "wb") as file:
                while block := content.read(COPIED):
                    file.write(block)
        self._write({"touched": time.time(), "answers": []})
        return path

    @property
    def answers(self) -> dict[str, str]:
        """What was said about its file: option of the import -> answer."""
        return {str(option): str(answer) for option, answer in read_json(self.folder / MANIFEST).get("answers", [])}

    def say(self, answers: Mapping[str, str]) -> None:
        self._write({"answers": list(answers.items())})

    def throw_away(self) -> None:
        """It is not offered any more, and goes an hour later; until then it can be taken back."""
        self._write({"thrown_away": time.time()})

    def take_back(self) -> None:
        self._touch()

    def delete(self) -> None:
        self._check_yours()
        remove(self.folder)

    def _named(self) -> list[tuple[str, int]]:
        return self._facts("classes")

    def _facts(self, kind: str) -> list[tuple[str, int]]:
        pairs = read_json(self.folder / MANIFEST).get(kind, [])
        return [(str(pair[0]), int(pair[1])) for pair in pairs if isinstance(pair, list) and len(pair) == 2]

    def _pictures(self, number: int | str) -> list[Path]:
        folder = self.folder / str(number)
        return sorted(folder.iterdir()) if folder.is_dir() else []

    def _add(self, place: str, content: bytes, suffix: str) -> None:
        self._check_yours()
        folder = self.folder / place
        with writing_to(folder):
            folder.mkdir(parents=True, exist_ok=True)
            last = max((int(path.name.partition("-")[0]) for path in self._pictures(place)), default=-1)
            (folder / f"{last + 1:05d}-{_mark(content)}{suffix.lower()[:8]}").write_bytes(content)
        self._touch()

    def _last_removed(self) -> Path:
        return max((self.folder / REMOVED).glob("*"), key=lambda path: path.name, default=self.folder / REMOVED / "0")

    def _write(self, facts: dict[str, Any]) -> None:
        self._check_yours()
        with writing_to(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        stored = read_json(self.folder / MANIFEST) or {"owner": acting.owner()}
        # Whoever goes on with it, in another tab perhaps, takes it back.
        write_json(self.folder / MANIFEST, {**stored, "thrown_away": None, **facts})

    def _check_yours(self) -> None:
        """Raises PeopleError where it is somebody else's."""
        if (self.folder / MANIFEST).exists():
            acting.check(self.owner, self.id)

    def _touch(self) -> None:
        self._write({"touched": time.time()})


def _mark(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def new() -> Draft:
    """A draft of which nothing is on the disk yet; old ones go."""
    remove_old()
    return Draft(home() / secrets.token_hex(8))


def get(name: str) -> Draft | None:
    """The draft of that id, if there is any of it and whoever acts may go on with it."""
    draft = Draft(home() / name)
    there = _ID.fullmatch(name) and (draft.folder / MANIFEST).exists()
    return draft if there and acting.may_change(draft.owner) else None


def every() -> list[Draft]:
    """All drafts that hold something and that whoever acts may go on with, the newest first."""
    folders = [path for path in home().glob("*") if _ID.fullmatch(path.name) and (path / MANIFEST).exists()]
    drafts = [Draft(path) for path in sorted(folders, key=lambda path: -(path / MANIFEST).stat().st_mtime)]
    yours = (draft for draft in drafts if acting.may_change(draft.owner))
    return [draft for draft in yours if not draft.is_empty and not _thrown_away(draft.folder)]


def remove_old(days: float = DAYS) -> None:
    now = time.time()
    for path in home().glob("*"):
        manifest = path / MANIFEST
        if (
            not manifest.exists()
            or now - manifest.stat().st_mtime > days * 86_400
            or (_thrown_away(path) and now - _thrown_away(path) > TAKEN_BACK_SECONDS)
        ):
            remove(path)


def _thrown_away(folder: Path) -> float:
    """When, in seconds as `time.time`; 0 where it is not."""
    return float(read_json(folder / MANIFEST).get("thrown_away") or 0)


def names_in(folder: Path) -> dict[str, str] | None:
    """Of a draft's folder: the folder of each class -> its name; None for any other folder."""
    try:
        facts = json.loads((folder / MANIFEST).read_text("utf-8"))
        return {str(number): str(name) for name, number in facts["classes"]}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _renamed(before: Sequence[str], names: Sequence[str], aside: Iterable[str]) -> dict[str, str]:
    """new name -> old name, where one took the other's place; a name that was set aside has pictures of its own."""
    if len(before) != len(names):
        return {}
    return {
        new: old for old, new in zip(before, names, strict=True) if new not in {*before, *aside} and old not in names
    }


def brought() -> tuple[Path, Path]:
    """The folders in which files lie that people brought by their browsers."""
    return home(), scratch_home()


def home() -> Path:
    """The folder that holds them all."""
    return data_folder() / "own" / ".drafts"
