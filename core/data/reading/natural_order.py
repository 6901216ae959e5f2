"""Names in the order in which a person counts: "2" before "10", capitals beside small letters."""

import re

Key = tuple[tuple[str | tuple[int, str], ...], str]


def natural_key(name: str) -> Key:
    """The key to sort names by; different names have different keys."""
    parts = re.split(r"(\d+)", name.casefold())  # every second part is a number
    # The length of a number stands for its value: `int` refuses numbers of more than 4,300 digits.
    return tuple(_value(part) if place % 2 else part for place, part in enumerate(parts)), name


def _value(digits: str) -> tuple[int, str]:
    significant = digits.lstrip("0")
    return len(significant), significant
