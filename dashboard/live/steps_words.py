"""What the thin line and the pale band of a chart of curves are, in words."""

from core.runs.history import History
from dashboard.words import _, number


def of_steps(history: History) -> str:
    """Over how many steps each point of the line is a mean."""
    return _(
        "Thin line: while learning, dropout on, the mean of {steps} steps at a time; in the pale band lie eight of ten "
        "measurements of them.",
        steps=number(history.trace.steps),
    )
