"""NAME=VALUE as people type it after `--set` and `--with`."""

from collections.abc import Sequence

from core.errors import SettingError


def pairs(given: Sequence[str] | None) -> dict[str, str]:
    """name -> value; raises SettingError for one without a value."""
    found = {}
    for text in given or ():
        name, equals, value = text.partition("=")
        if not equals:
            raise SettingError("{pair} has no value; write NAME=VALUE.", pair=text)
        found[name.strip()] = value
    return found
