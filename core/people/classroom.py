"""A class: who is in it and what the teacher has set, in a folder beside the runs.

`.class/class.json` holds the room's code and the hash of the passcode, `.class/people/ID.json` a person: nickname,
hashes of the tokens in their browsers, the hash of a code that lets them carry on elsewhere. One process writes here,
the server.
"""

import os
import secrets
import shutil
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.files import is_settled, read_json, says, write_json, writing_to
from core.folders import runs_folder
from core.people import acting, proofs
from core.people.person import STRANGER, PeopleError, Person, WrongCodeError, nickname

CLASS = "FITSCOPE_CLASS"  # says that this server is a class's
PERSON = "FITSCOPE_PERSON"  # for whom a child of the server works: an id, "-" for a stranger
ROOM_LETTERS, PASSCODE_LETTERS, CODE_LETTERS = 4, 8, 8
CODE_SECONDS = 15 * 60.0
MOST_PEOPLE = 200
WAITING_EACH = 40  # runs of one person that may wait
DISK_EACH = 2.0  # GB that the runs of one person may keep

_PERSON = {"name": str, "teacher": bool, "joined": (int, float), "tokens": list}
_writing = threading.RLock()  # two who join at once want two names
_read: dict[Path, tuple[int, dict[str, dict[str, Any]]]] = {}  # folder -> its time then, the files in it


@dataclass(frozen=True)
class Classroom:
    """The class of one folder of runs."""

    folder: Path

    @property
    def room(self) -> str:
        """The code that lets somebody in; it stands on the wall."""
        return str(self._facts().get("room", ""))

    @property
    def began(self) -> float:
        return float(self._facts().get("began", 0.0))

    @property
    def waiting_each(self) -> int:
        """How many runs of one person may wait."""
        return int(self._facts().get("waiting_each", WAITING_EACH))

    @property
    def disk_each(self) -> float:
        """How many GB the runs of one person may keep."""
        return float(self._facts().get("disk_each", DISK_EACH))

    @property
    def frozen(self) -> bool:
        """Whether everybody is to look at the teacher."""
        return self._facts().get("frozen") is True

    @property
    def paused(self) -> bool:
        """Whether no run of a pupil begins for now."""
        return self._facts().get("paused") is True

    def said(self, name: str, default: Any = None) -> Any:
        """What the teacher set last under a name; for what has a file of its own elsewhere in `core/`."""
        return self._facts().get(name, default)

    @property
    def programs(self) -> bool:
        """Whether pupils' programs are answered."""
        return self._facts().get("programs") is not False

    def change(self, **facts: Any) -> None:
        """Keeps what the teacher sets; raises PeopleError for a pupil, StorageError."""
        acting.check("", "class")
        with _writing:  # two browsers of the teacher: neither takes back what the other has set
            write_json(self.folder / "class.json", {**self._facts(), **facts})

    def begin(self, renew: bool = False) -> str:
        """A class that was begun goes on, else there is a new one; returns the passcode, a new one each time.

        One that the teacher has chosen stays, and is not returned.

        renew  takes the place of a chosen one, which was forgotten
        Raises StorageError.
        """
        with writing_to(self.folder):
            (self.folder / "people").mkdir(parents=True, exist_ok=True)
            os.chmod(self.folder, 0o700)
        if not self._facts():
            self.change(room=proofs.new_code(ROOM_LETTERS), began=time.time())
        if self._facts().get("chosen") and not renew:
            return ""
        passcode = proofs.new_code(PASSCODE_LETTERS)
        self.change(passcode=proofs.hashed(passcode), chosen=False)
        return passcode

    def set_passcode(self, passcode: str) -> None:
        """Of the teacher's own choosing; raises PeopleError for one that is too short and for a pupil, StorageError."""
        if len(proofs.tidy(passcode)) < PASSCODE_LETTERS:
            raise PeopleError("A passcode has {least} letters or digits at least.", least=PASSCODE_LETTERS)
        self.change(passcode=proofs.hashed(proofs.tidy(passcode)), chosen=True)

    def people(self) -> list[Person]:
        """Everybody, teachers first, by name."""
        found = [_person(name, stored) for name, stored in self._people().items()]
        return sorted(found, key=lambda person: (not person.teacher, person.name.casefold(), person.joined))

    def person(self, person_id: str) -> Person | None:
        stored = self._people().get(person_id)
        return _person(person_id, stored) if stored else None

    def recognise(self, token: str) -> Person | None:
        """Whose browser holds that token; None: nobody's of this class."""
        wanted = proofs.mark(token)
        return next((_person(name, one) for name, one in self._people().items() if wanted in one["tokens"]), None)

    def join(self, room: str, name: str) -> str:
        """Somebody new; returns the token for their browser. Raises PeopleError, StorageError.

        room  the code on the wall
        """
        if not self.room or not secrets.compare_digest(proofs.tidy(room).encode(), self.room.encode()):
            raise WrongCodeError("This is not the code of the room. It stands on the wall, or ask your teacher.")
        name = nickname(name)
        with _writing:
            people = self.people()
            if len(people) >= MOST_PEOPLE:
                raise PeopleError("The class is full: {most} people have joined.", most=MOST_PEOPLE)
            if name.casefold() in (person.name.casefold() for person in people):
                raise PeopleError(
                    "{name} is taken. Choose another nickname; if it is yours, carry on with a code.", name=name
                )
            return self._admit(name, teacher=False)

    def join_as_teacher(self, passcode: str, name: str) -> str:
        """A browser of the teacher's; returns its token. Raises PeopleError, StorageError."""
        if not proofs.is_right(proofs.tidy(passcode), str(self._facts().get("passcode", ""))):
            raise WrongCodeError("This is not the passcode. It stands in the window where the class was started.")
        with _writing:
            known = next((person for person in self.people() if person.teacher), None)
            return self._new_token(known.id) if known else self._admit(nickname(name), teacher=True)

    def promote(self, person: Person) -> None:
        """Somebody is a teacher from now on; whoever calls this has proof of it. Raises PeopleError, StorageError."""
        self._write(person.id, teacher=True)

    def code_for(self, person: Person) -> str:
        """A code with which that person carries on in another browser, once and within 15 minutes.

        Raises PeopleError for anybody but them and the teacher, StorageError.
        """
        acting.check(person.id, "code")
        code = proofs.new_code(CODE_LETTERS)
        self._write(person.id, code={"mark": proofs.mark(code), "until": time.time() + CODE_SECONDS})
        return code

    def token_for(self, person: Person) -> str:
        """A further token of that person, for their programs; the oldest of many is forgotten. Raises as `code_for`."""
        acting.check(person.id, "token")
        with _writing:
            return self._new_token(person.id)

    def carry_on(self, code: str) -> str:
        """The token for the browser in which somebody typed their code; the code is used up. Raises PeopleError."""
        wanted = proofs.mark(proofs.tidy(code))
        with _writing:
            for name, stored in self._people().items():
                kept = stored.get("code") or {}
                if kept.get("mark") == wanted and time.time() < kept.get("until", 0.0):
                    self._write(name, code=None)
                    return self._new_token(name)
        raise WrongCodeError(
            "This code is not valid, or not any more. Ask for a new one, then type it within 15 minutes."
        )

    def rename(self, person: Person, name: str) -> None:
        """Raises PeopleError where the name is taken or none, and for somebody else, StorageError."""
        acting.check(person.id, "nickname")
        name = nickname(name)
        if name.casefold() in (one.name.casefold() for one in self.people() if one.id != person.id):
            raise PeopleError("{name} is taken. Choose another nickname.", name=name)
        self._write(person.id, name=name)

    def forget_token(self, token: str) -> None:
        """That browser is nobody's any more; the person stays."""
        wanted = proofs.mark(token)
        for name, stored in self._people().items():
            if wanted in stored["tokens"]:
                self._write(name, tokens=[one for one in stored["tokens"] if one != wanted])

    def remove(self, person: Person) -> None:
        """Somebody is of the class no more, until `put_back`; what they made stays. Raises as `change`."""
        acting.check("", "person")
        path = self._path(person.id)
        with writing_to(path):
            path.unlink(missing_ok=True)
        _read.pop(self.folder, None)

    def facts_of(self, person: Person) -> dict[str, Any]:
        """What is kept of somebody, for `put_back`; no secret is among it."""
        return dict(self._people().get(person.id, {}))

    def put_back(self, person: Person, facts: Mapping[str, Any]) -> None:
        """Undoes `remove`: their browser knows them again. Raises PeopleError where the name is taken, StorageError."""
        acting.check("", "person")
        with _writing:
            if person.name.casefold() in (one.name.casefold() for one in self.people()):
                raise PeopleError("{name} is taken. Choose another nickname.", name=person.name)
            write_json(self._path(person.id), dict(facts))
            _read.pop(self.folder, None)

    def end(self) -> None:
        """Nicknames, tokens, codes and settings are gone. Raises PeopleError for a pupil, StorageError."""
        acting.check("", "class")
        with writing_to(self.folder):
            shutil.rmtree(self.folder, ignore_errors=False)
        _read.pop(self.folder, None)

    def _admit(self, name: str, teacher: bool) -> str:
        person_id = secrets.token_hex(6)
        token = proofs.new_token()
        facts = {"name": name, "teacher": teacher, "joined": time.time(), "tokens": [proofs.mark(token)]}
        write_json(self._path(person_id), facts)
        _read.pop(self.folder, None)
        return token

    def _new_token(self, person_id: str) -> str:
        token = proofs.new_token()
        self._write(person_id, tokens=[*self._people()[person_id]["tokens"], proofs.mark(token)][-10:])
        return token

    def _write(self, person_id: str, **facts: Any) -> None:
        with _writing:
            stored = self._people().get(person_id)
            if stored is None:
                raise PeopleError("This person has left the class.")
            write_json(self._path(person_id), {**stored, **facts})
            _read.pop(self.folder, None)

    def _path(self, person_id: str) -> Path:
        return self.folder / "people" / f"{person_id}.json"

    def _facts(self) -> dict[str, Any]:
        return read_json(self.folder / "class.json")

    def _people(self) -> dict[str, dict[str, Any]]:
        """id -> what its file says; read again when one of the files was written, which changes their folder's time."""
        home = self.folder / "people"
        try:
            changed = home.stat().st_mtime_ns
        except OSError:
            return {}
        known = _read.get(self.folder)
        if known and known[0] == changed:
            return known[1]
        found = {path.stem: read_json(path) for path in sorted(home.glob("*.json"))}
        people = {name: stored for name, stored in found.items() if says(stored, _PERSON)}
        if is_settled(changed):
            _read[self.folder] = (changed, people)
        return people


def _person(person_id: str, stored: dict[str, Any]) -> Person:
    return Person(person_id, stored["name"], stored["teacher"], float(stored["joined"]))


def home() -> Classroom:
    """The class of this machine's runs, begun or not."""
    return Classroom(runs_folder() / ".class")


def as_person(person: Person | None) -> dict[str, str]:
    """What a child process is told, so that it acts for somebody; nothing where the machine itself acts."""
    return {} if person is None else {PERSON: person.id or "-"}


def named() -> Person | None:
    """For whom this process was told to act; None: for the machine itself."""
    name = os.environ.get(PERSON)
    return (home().person(name) or STRANGER) if name else None


def current() -> Classroom | None:
    """The class that this server is of; None: nobody is asked who they are."""
    return home() if os.environ.get(CLASS) else None
