"""The leaderboard as a table that is read from the back row: place, name, the interval on one scale, the figures."""

import html
from collections.abc import Sequence

import streamlit as st

from core.classwork import asked
from core.classwork import challenge as challenges
from core.classwork.asked import Asking
from core.classwork.challenge import Challenge
from core.classwork.leaderboard import Standing, optimism, standings
from core.files import is_settled
from core.people.classroom import Classroom
from dashboard.charts.parts import GREY, TRAINING, VALIDATION
from dashboard.people.asking import nicknames
from dashboard.words import _, number, percent, plural, points

STYLE = f"""
<style>
.standings {{ width:100%; border-collapse:collapse; font-size:1.2rem }}
.standings th {{ text-align:left; font-weight:500; opacity:.75; font-size:1rem; padding:.2rem .6rem }}
.standings td {{ padding:.45rem .6rem; border-top:1px solid color-mix(in srgb, currentColor 15%, transparent) }}
.standings .n {{ font-variant-numeric:tabular-nums; white-space:nowrap }}
.standings .own td {{ font-weight:700; background:color-mix(in srgb, {VALIDATION} 12%, transparent) }}
.standings .track {{ position:relative; height:1.6rem; min-width:9rem }}
.standings .range {{ position:absolute; top:.65rem; height:.3rem; border-radius:.2rem; background:{GREY} }}
.standings .dot {{ position:absolute; top:.35rem; width:.9rem; height:.9rem; margin-left:-.45rem; border-radius:50% }}
.standings .private {{ background:{VALIDATION} }}
.standings .public {{ box-sizing:border-box; border:.2rem solid {TRAINING} }}
.standings .solid {{ background:{VALIDATION} }}
.standings .scale {{ display:flex; justify-content:space-between }}
@media (max-width:640px) {{
  .standings {{ font-size:1rem }} .standings td, .standings th {{ padding:.35rem .3rem }}
  .standings .wide {{ display:none }} .standings .track {{ min-width:3rem }}
  .standings .n {{ white-space:normal }}
}}
</style>
"""


def board(room: Classroom, made: Challenge, me: str = "") -> None:
    """What everybody may see of it now.

    me  the id of the person whose line stands out
    """
    askings = known(room, made)
    if not [one for one in askings if one.answered]:
        st.info(_("Nobody has asked yet: the first network to be asked opens the board."), icon=":material/flag:")
        return
    over = made.state == "ended"
    lines = standings(askings, "private" if over else "public")
    st.html(STYLE + _table(lines, standings(askings) if over else lines, me))
    if over:
        st.markdown(_lesson(askings))
        st.caption(
            _(
                "Filled: right answers to the private half with the 95 % interval, in this order. Ring: to the public "
                "half, by which each chose. The same place: the difference may be luck (McNemar’s test, p ≥ 5 %)."
            )
        )
    else:
        st.caption(
            _(
                "Right answers to the public half of the sealed images, with the 95 % interval. The same place: the "
                "difference to the first of that place may be luck (McNemar’s test on the same images, p ≥ 5 %)."
            )
        )


def known(room: Classroom, made: Challenge) -> list[Asking]:
    """What was asked; read once for all viewers until the folder changes."""
    folder = challenges.folder(room, made.number) / "asked"
    try:
        changed = folder.stat().st_mtime_ns
    except FileNotFoundError:  # nobody has asked yet
        return []
    return _read(room, made, changed) if is_settled(changed) else asked.askings(room, made)


@st.cache_resource(max_entries=4, show_spinner=False, hash_funcs={Classroom: lambda room: str(room.folder)})
def _read(room: Classroom, made: Challenge, changed: int) -> list[Asking]:
    return asked.askings(room, made)


def _table(lines: Sequence[Standing], public: Sequence[Standing], me: str) -> str:
    """HTML; with two different halves both are drawn, and a place tells from where somebody came."""
    names, before = nicknames(), {one.asking.person: one for one in public}
    over = lines is not public
    every = [one.interval for one in lines] + [(one.share, one.share) for one in public]
    low, high = min(one for one, _high in every), max(one for _low, one in every)
    width = max(high - low, 0.01)

    def at(share: float) -> float:
        return 100 * (share - low) / width

    rows = []
    for one in lines:
        left, right = one.interval
        earlier = before[one.asking.person]
        ring = f'<span class="dot public" style="left:{at(earlier.share):.1f}%"></span>' if over else ""
        came = f" <small>({_('was {place}', place=earlier.place)})</small>" if over else ""
        share = f"{percent(one.share)} <small>({percent(left, 0)} – {percent(right, 0)}, n = {number(one.n)})</small>"
        css = ' class="own"' if one.asking.person == me else ""
        rows.append(
            f"<tr{css}><td class=n>{number(one.place)}{came}</td>"
            f"<td>{html.escape(names.get(one.asking.person, _('somebody who left')))}</td>"
            f'<td><div class=track><span class=range style="left:{at(left):.1f}%;width:{at(right) - at(left):.1f}%">'
            f'</span>{ring}<span class="dot {"private" if over else "solid"}" style="left:{at(one.share):.1f}%"></span>'
            f"</div></td><td class=n>{share}</td><td class='n wide'>{number(one.askings)}</td></tr>"
        )
    head = "".join(
        f"<th{css}>{words}</th>"
        for css, words in (
            ("", html.escape(_("Place"))),
            ("", html.escape(_("Who"))),
            (' class="n"', f"<div class=scale><span>{percent(low, 0)}</span><span>{percent(high, 0)}</span></div>"),
            ("", html.escape(_("Right answers"))),
            (' class="wide"', html.escape(_("Askings"))),
        )
    )
    return f"<table class=standings><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _lesson(askings: Sequence[Asking]) -> str:
    """What the two halves say of leaderboards."""
    answered = [one for one in askings if one.answered]
    flattered, people = optimism(answered), len({one.person for one in answered})
    assert flattered is not None
    by = points(abs(flattered))
    often = number(len(answered) / people, 1)
    if len(answered) == people:  # one asking each: nobody had anything to choose from
        return _(
            "**Public and private half differ by {points}**, and nobody chose: each asked once. So much luck is "
            "in which images are in which half; who asks often and keeps the best answer adds to it.",
            points=by,
        )
    if flattered > 0:
        return plural(
            people,
            "**The public half promised {points} more than the private half kept** ({n} person, who asked "
            "{often} times). Whoever may ask often, and keeps the best answer, is flattered: part of it was luck.",
            "**The public half promised {points} more than the private half kept** (mean of {n} people, who "
            "asked {often} times each). Whoever may ask often, and keeps the best answer, is flattered: part of it "
            "was luck.",
            points=by,
            often=often,
        )
    return plural(
        people,
        "**Here the private half was kinder, by {points}** ({n} person, who asked {often} times): with so "
        "few askings luck decides which half is easier.",
        "**Here the private half was kinder, by {points}** (mean of {n} people, who asked {often} times "
        "each): with so few askings luck decides which half is easier.",
        points=by,
        often=often,
    )
