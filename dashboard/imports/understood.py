"""What an import understood of somebody's files, shown before it is believed: every guess can be said otherwise."""

import html
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from core.data.reading.natural_order import natural_key
from dashboard import staging
from dashboard.server import jobs
from dashboard.words import _, in_markdown, number, plural

SHOWN_CLASSES = 24  # with pictures; a table names the others


def step(path: Path, name: str) -> list[str] | None:
    """Looks at the path and shows what it holds; gives the answers as words of the command line.

    name  of the person's file, as they know it
    None while nothing is known yet, something is wrong, or has to be said first.
    """
    stamp = (str(path), path.stat().st_mtime_ns if path.exists() else 0)
    answers = _answers(path, stamp)
    into = st.session_state.get("import_into") or ""  # of a control further down
    _look(path, answers, into, (*stamp, into, *sorted(answers.items())))
    job = jobs.current("look")
    if job is None or not job.done or job.result is None:
        jobs.follow("look", lambda _result: None)
        return None
    st.subheader(_("What was understood of {file}", file=in_markdown(name)), anchor=False)
    questions = job.result["questions"]
    waiting = [one for one in questions if one["open"] and not one["given"]]
    for one in waiting:
        _control(one, answers)
    _counts(job.result["counts"], job.result["samples"])
    for note in job.result["notes"]:
        st.caption(in_markdown(_(note["template"], **note["values"])))
    for one in questions:
        if one not in waiting and not one["aside"]:
            _control(one, answers)
    aside = [one for one in questions if one["aside"]]
    if aside:
        with st.expander(_("Do the pictures look wrong?"), key="aside_questions"):
            for one in aside:
                _control(one, answers)
    refused(job.result["refused"], "look")
    if waiting:
        st.warning(_("Please answer what is marked above; then it can be imported."), icon=":material/help:")
        return None
    return _words(answers)


def _look(path: Path, answers: dict[str, str], into: str, wanted: tuple[Any, ...]) -> None:
    """Begins to look, unless that is what was looked at last."""
    if st.session_state.get("_looked") == wanted and jobs.current("look"):
        return
    before = jobs.current("look")
    if before and not before.done:
        before.cancel()
    st.session_state["_looked"] = wanted
    where = ["--into", into] if into else []
    jobs.start("look", ["import", str(path), "--look", *where, *_words(answers)])


def _words(answers: dict[str, str]) -> list[str]:
    return [f"--{option}={answer}" for option, answer in answers.items()]


def _answers(path: Path, stamp: tuple[str, int]) -> dict[str, str]:
    """What this viewer said about these files, before a reload too; other files begin anew."""
    if st.session_state.get("_answers_of") != stamp:
        held = staging.draft()
        st.session_state["_answers_of"] = stamp
        st.session_state["_answers"] = held.answers if held.file == path else {}
    return st.session_state["_answers"]


def _counts(counts: dict[str, dict[str, int]], samples: dict[str, list[str]]) -> None:
    classes = sorted({name for by_class in counts.values() for name in by_class}, key=natural_key)
    total = sum(n for by_class in counts.values() for n in by_class.values())
    words = {"train": _("training"), "validation": _("validation"), "test": _("test")}
    parts = [f"{words[split]} {number(sum(counts[split].values()))}" for split in words if split in counts]
    cut = "" if "test" in counts else " " + _("No test pictures were given: a share is set aside for the test.")
    line = plural(total, "{n} picture", "{n} pictures") + " · " + plural(len(classes), "{n} class", "{n} classes")
    st.markdown(line + (f" · {', '.join(parts)}" if parts else "") + "." + cut)
    if len(classes) == 1:
        st.caption(_("One class only: a new dataset needs two or more; to a dataset that is there it can be added."))
    of_class = {name: {split: by_class.get(name, 0) for split, by_class in counts.items()} for name in classes}
    st.html(_cards({name: of_class[name] for name in classes[:SHOWN_CLASSES]}, samples))
    if len(classes) > SHOWN_CLASSES:
        with st.expander(_("All classes"), key="all_classes"):
            rows = [{_("Class"): name, _("Pictures"): sum(of_class[name].values())} for name in classes]
            st.dataframe(pd.DataFrame(rows), hide_index=True, alt=_("All classes with their pictures"))


def _cards(classes: dict[str, dict[str, int]], samples: dict[str, list[str]]) -> str:
    """A card for each class: its name, how many pictures, and a few of them."""
    cards = []
    for name, by_split in classes.items():
        n = plural(sum(by_split.values()), "{n} picture", "{n} pictures")
        pictures = "".join(
            f'<img src="data:image/png;base64,{png}" alt="{html.escape(name)}" '
            'style="width:64px;height:64px;object-fit:contain;border-radius:4px;background:rgba(128,128,128,.12)">'
            for png in samples.get(name, [])
        )
        cards.append(
            '<figure style="margin:0;padding:.5rem .75rem;border:1px solid rgba(128,128,128,.25);border-radius:.5rem">'
            f'<figcaption style="overflow-wrap:anywhere"><b>{html.escape(name)}</b> · {n}</figcaption>'
            f'<div style="display:flex;gap:.25rem;margin-top:.4rem">{pictures}</div></figure>'
        )
    return (
        '<div style="display:grid;grid-template-columns:repeat(auto-fill,minmax(232px,1fr));gap:.6rem">'
        + "".join(cards)
        + "</div>"
    )


def _control(question: dict[str, Any], answers: dict[str, str]) -> None:
    option = question["option"]
    meanings = {one["value"]: in_markdown(_(one["template"], **one["values"])) for one in question["choices"]}
    if len(meanings) < 2:
        st.caption(f"{_(question['question'])} {next(iter(meanings.values()), '')}")
        return
    waiting = question["open"] and not question["given"]
    known = question["answer"] in meanings
    key = f"understood_{option}"
    chosen = st.radio(
        (":material/help: " if waiting else "") + _(question["question"]),
        list(meanings),
        index=list(meanings).index(question["answer"]) if known and not waiting else None,
        key=f"{key}_{'waiting' if waiting else question['answer']}",
        format_func=lambda value: meanings[value],
        help=_("Nothing in the files says it for certain. On the command line: --{option}", option=option),
    )
    if chosen is not None and (waiting or chosen != question["answer"]):
        answers[option] = chosen
        held = staging.draft()
        if held.file and st.session_state["_answers_of"][0] == str(held.file):  # not of a folder of this computer
            held.say(answers)
        st.rerun()


def refused(files: list[dict[str, Any]], key: str) -> None:
    """What is left out and why, as a table that can be taken along."""
    if not files:
        return
    rows = [{_("File"): one["file"], _("Why"): _(one["template"], **one["values"])} for one in files]
    title = plural(len(rows), "{n} file is left out", "{n} files are left out")
    with st.expander(title, expanded=key != "look" and len(rows) <= 20, icon=":material/block:", key=f"refused_{key}"):
        st.dataframe(pd.DataFrame(rows), hide_index=True, alt=_("What is left out and why"))
        text = pd.DataFrame(rows).to_csv(index=False)
        name = "left-out.csv"
        st.download_button(_("As CSV"), text, name, "text/csv", key=f"refused_csv_{key}", on_click="ignore")
