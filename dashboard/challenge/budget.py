"""What a training would take of a challenge's budget, said before it begins: beyond it no asking is left."""

import streamlit as st

from core.classwork import asked
from core.classwork import challenge as challenges
from core.people import acting, classroom
from core.recipe import architectures
from core.recipe.config import TrainingConfig
from dashboard import resources
from dashboard.words import _, in_markdown, number


def say(config: TrainingConfig) -> None:
    """Nothing where no open challenge is about these images."""
    room, person = classroom.current(), acting.acting()
    if room is None or person is None or not person.id:
        return
    made = next(iter(challenges.challenges(room)), None)
    if made is None or made.state != "open" or made.dataset != config.dataset or not made.epochs:
        return
    takes = 0 if architectures.is_baseline(config.architecture) else config.epochs
    left = max(0, made.epochs - asked.spent_until(resources.store(), made, person.id)[0])
    words = _(
        "“{challenge}”: {left} of {all} epochs are left to you; this training takes {n}.",
        challenge=in_markdown(made.title),
        left=number(left),
        all=number(made.epochs),
        n=number(takes),
    )
    if takes > left:
        st.warning(f"{words} {_('Beyond that the sealed images cannot be asked.')}", icon=":material/flag:")
    else:
        st.caption(words)
