"""Everything a user can mend: each error says what happened, what was expected, and what to do next."""

from collections.abc import Iterator, Mapping
from typing import Any


def N_(text: str) -> str:  # noqa: N802  gettext's own name
    """Marks an English text for the catalogue where it is not said at once."""
    return text


class FitscopeError(Exception):
    """Base of all errors meant for the user's eyes.

    The message is an English template with named fields, kept apart from its values, so that the
    dashboard can translate it: `str(error)` is the English sentence, `error.template.format(**error.values)`
    the same by hand.
    """

    def __init__(self, template: str, **values: object):
        super().__init__(template, values)
        self.template = template
        self.values = values

    def __str__(self) -> str:
        return self.template.format(**self.values)

    def as_json(self) -> dict[str, Any]:
        """What it is, as JSON can hold it; `from_json` gives it back."""
        return {"kind": type(self).__name__, "error": self.template, "values": as_words(self.values)}


def from_json(fields: Mapping[str, Any]) -> FitscopeError:
    """The error that another process wrote down, of the same kind; of an unknown kind, a FitscopeError."""
    kinds = {kind.__name__: kind for kind in _kinds(FitscopeError)}
    return kinds.get(fields.get("kind", ""), FitscopeError)(fields["error"], **fields["values"])


def as_words(values: Mapping[str, object]) -> dict[str, Any]:
    """The values of an error as JSON can hold them."""
    return {name: value if isinstance(value, int | float | str) else str(value) for name, value in values.items()}


def _kinds(of: type[FitscopeError]) -> Iterator[type[FitscopeError]]:
    yield of
    for kind in of.__subclasses__():
        yield from _kinds(kind)


class SettingError(FitscopeError):
    """A setting is unknown, out of range, or contradicts another."""


class UnknownSettingError(SettingError):
    """A setting that there is not; `known` of its values are all that there are, where none is called nearly so."""


class DataError(FitscopeError):
    """A dataset is missing, damaged or too small for what was asked of it."""


class OfflineError(DataError):
    """A dataset has to be downloaded and the network did not answer."""


class TrainingError(FitscopeError):
    """A training cannot go on, for instance because its loss is no longer a number."""


class DivergedError(TrainingError):
    """A loss is no number any more."""


class RunError(FitscopeError):
    """A run is unknown, damaged, or in a state that does not allow what was asked."""


class StorageError(FitscopeError):
    """A folder cannot be written: full, read-only, or not a folder."""


class UnexpectedError(FitscopeError):
    """A bug, written down where a user may read it; everything above is something they can mend."""
