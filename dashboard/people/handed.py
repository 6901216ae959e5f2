"""What is said of a page that was handed in, to whoever handed it in and to the teacher."""

from datetime import datetime

from core.classwork.handed_in import HandedIn
from dashboard.words import _, plural


def in_words(one: HandedIn) -> str:
    """When it was handed in, and how often."""
    at = datetime.fromtimestamp(one.at).strftime("%H:%M")
    words = plural(one.times, "Handed in at {at}", "Handed in {n} times, last at {at}", at=at)
    return f"{words} · {_('after time')}" if one.late else words
