"""Which of many runs the table shows: by words, state, dataset, tag and star; what is archived only where asked for."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from core.data import catalogue
from core.errors import FitscopeError
from core.people import acting
from core.runs.index import Row
from core.runs.run import Run
from dashboard import resources
from dashboard.live.state_words import state_word
from dashboard.people.asking import nicknames
from dashboard.words import _, as_named, number, plural


@dataclass(frozen=True)
class Filter:
    """What is asked for; what is empty asks for nothing."""

    words: str = ""
    states: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    starred: bool = False
    archived: bool = False
    owner: str = ""

    def takes(self, row: Row) -> bool:
        """Whether a run is shown: all its words in name, notes or tags, and one of each kind that is named."""
        text = " ".join((row.name, row.notes, *row.tags)).casefold()
        return (
            all(word in text for word in self.words.casefold().split())
            and (not self.states or row.state in self.states)
            and (not self.datasets or row.dataset in self.datasets)
            and (not self.tags or bool({*self.tags} & {*row.tags}))
            and (row.star or not self.starred)
            and row.archived == self.archived
            and (not self.owner or row.owner == self.owner)
        )


def filtered(runs: list[Run]) -> list[Run]:
    """Draws the filter and returns the runs it leaves."""
    rows = resources.rows()
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover(_("Filter"), icon=":material/filter_list:", key="filter"):
            asked = _ask(list(rows.values()))
        left = [run for run in runs if run.id not in rows or asked.takes(rows[run.id])]  # one may just have been made
        if len(left) < len(runs):
            st.caption(plural(len(left), "{n} run of {all}", "{n} of {all} runs", all=number(len(runs))))
    return left


def _ask(rows: list[Row]) -> Filter:
    """The controls, with what there is to choose among these runs."""
    states = sorted({row.state for row in rows})
    datasets = sorted({row.dataset for row in rows if row.dataset})
    tags = sorted({tag for row in rows for tag in row.tags}, key=str.casefold)
    words = st.text_input(
        _("Words"), key="filter_words", help=_("All of them have to be in the name, the notes or the tags of a run.")
    )
    return Filter(
        words,
        _some(_("State"), states, "filter_states", state_word),
        _some(_("Dataset"), datasets, "filter_datasets", _title),
        _some(_("Tags"), tags, "filter_tags", str) if tags else (),
        st.toggle(_("Starred only"), key="filter_starred", help=_("Only runs with a star.")),
        st.toggle(_("Archived"), key="filter_archived", help=_("The archived runs instead of the others.")),
        _of_one_person(),
    )


def _of_one_person() -> str:
    """In a class, whose runs are shown; "" everybody's."""
    people = nicknames()
    if not people:
        return ""
    asking = acting.acting()
    own = asking.id if asking else ""
    names = {"": _("everybody"), **({own: _("me")} if own in people else {})}
    names |= {name: nickname for name, nickname in people.items() if name != own}
    return st.selectbox(
        _("Made by"), list(names), key="filter_owner", format_func=names.__getitem__, help=_("Whose runs are shown.")
    )


def _some(label: str, options: list[str], key: str, words: Callable[[str], str]) -> tuple[str, ...]:
    """None chosen: all."""
    chosen = st.multiselect(label, options, key=key, format_func=words, help=_("None chosen: all."))
    return tuple(chosen)


def _title(name: str) -> str:
    """What a dataset is called; its bare name where it is not there any more."""
    try:
        return as_named(name, catalogue.dataset(name).title)
    except FitscopeError:
        return name
