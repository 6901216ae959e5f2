"""One class against all others by hand: four counts, of a network or the learner's own, and what they make."""

from html import escape

import streamlit as st

from core.by_hand.four_fields import FourFields, of_class
from core.errors import FitscopeError
from core.evaluation.confusion import confusion
from dashboard import resources
from dashboard.widgets import run_picker
from dashboard.words import _, after_colon, class_words, in_markdown, number, percent, say

STYLE = """
.four-fields { border-collapse: separate; border-spacing: .3rem; }
.four-fields th { font-weight: 600; padding: .3rem .6rem; text-align: left; max-width: 14rem; overflow-wrap: anywhere; }
.four-fields td { text-align: center; padding: .5rem 1.4rem; border-radius: .4rem; font-variant-numeric: tabular-nums; }
.four-fields b { font-size: 1.5rem; } .four-fields .good { background: rgba(11,110,153,.25); }
.four-fields .bad { background: rgba(217,130,0,.25); }
"""
KEYS = ("tp", "fp", "fn", "tn")
OWN = (8, 2, 4, 86)  # to begin with: rare, and mostly found


def show() -> None:
    """The whole subject."""
    words = {"network": _("A network's answers"), "own": _("My own numbers")}
    source = st.segmented_control(
        _("Begin with"),
        list(words),
        default="network",
        required=True,
        key="by_hand_fields_source",
        format_func=words.__getitem__,
        help=_("The answers to the test images of a network, or four numbers that you write."),
    )
    counted = _own() if source == "own" else _of_network()
    if counted is None:
        return
    fields, name = counted
    _four(fields, name)
    _worked_out(fields, name)
    st.markdown("*" + _("Which of the two matters more for a smoke detector, and which for a spam filter?") + "*")


def _own() -> tuple[FourFields, str]:
    helps = (
        _("True positives: it is one, and the network says so."),
        _("False positives: it is none, but the network says it is one."),
        _("False negatives: it is one, but the network says something else."),
        _("True negatives: it is none, and the network says something else, too."),
    )
    names = (_("TP"), _("FP"), _("FN"), _("TN"))
    numbers = [
        column.number_input(name, 0, 1_000_000, first, key=f"by_hand_{key}", help=help)
        for column, name, key, first, help in zip(st.columns(4), names, KEYS, OWN, helps, strict=True)
    ]
    return FourFields(*numbers), _("the class")


def _of_network() -> tuple[FourFields, str] | None:
    run = run_picker.pick(_("Network"), _("The newest first."), resources.was_tested)
    if run is None:
        st.info(_("No network was tested yet. Train one to its end, or write numbers of your own."))
        return None
    try:
        evaluation = resources.evaluation(run, "test")
    except FitscopeError as error:
        st.warning(say(error), icon=":material/hourglass_top:")
        return None
    names = class_words(evaluation.dataset, evaluation.classes)
    number_of = st.selectbox(
        _("Class"),
        range(len(names)),
        format_func=names.__getitem__,
        key="by_hand_class",
        help=_("All other classes together count as something else."),
    )
    st.caption(_("{n} test images of {run}.", n=number(evaluation.n), run=in_markdown(run.meta.name)))
    return of_class(confusion(evaluation), number_of), names[number_of]


def _four(fields: FourFields, name: str) -> None:
    """The four fields as a table: rows what it is, columns what was said."""
    head = "".join(f"<th>{escape(word)}</th>" for word in ("", _("Says “{name}”", name=name), _("Says something else")))
    rows = (
        (_("Is “{name}”", name=name), (fields.tp, _("TP"), "good"), (fields.fn, _("FN"), "bad")),
        (_("Is something else"), (fields.fp, _("FP"), "bad"), (fields.tn, _("TN"), "good")),
    )
    body = "".join(
        f"<tr><th>{escape(word)}</th>"
        + "".join(f"<td class={kind}><b>{number(value)}</b><br>{short}</td>" for value, short, kind in cells)
        + "</tr>"
        for word, *cells in rows
    )
    st.html(f"<style>{STYLE}</style><table class=four-fields><tr>{head}</tr>{body}</table>")
    st.caption(_("Blue: right. Orange: wrong. Rows: what it is. Columns: what the network says."))


def _worked_out(fields: FourFields, name: str) -> None:
    """Each share as a fraction and as a number, or why it has none."""
    tp, fp, fn, tn = (number(one) for one in (fields.tp, fields.fp, fields.fn, fields.tn))
    true_p, false_p, false_n, true_n = _("TP"), _("FP"), _("FN"), _("TN")
    right, all_ = number(fields.tp + fields.tn), number(fields.n)
    lines = (
        (_("Accuracy"), f"({true_p} + {true_n}) / n = ({tp} + {tn}) / {all_} = {right} / {all_}", fields.accuracy, ""),
        (
            _("Precision"),
            f"{true_p} / ({true_p} + {false_p}) = {tp} / ({tp} + {fp})",
            fields.precision,
            _("of what it called “{name}”, so much is.", name=name),
        ),
        (
            _("Recall"),
            f"{true_p} / ({true_p} + {false_n}) = {tp} / ({tp} + {fn})",
            fields.recall,
            _("of all that are “{name}”, it found so much.", name=name),
        ),
        (
            "F1",
            f"2 · {true_p} / (2 · {true_p} + {false_p} + {false_n})",
            fields.f1,
            _("small as soon as one of the two is small."),
        ),
    )
    for title, formula, share, aid in lines:
        said = _value(share) if share is None or not aid else after_colon(_value(share), aid)
        st.markdown(f"**{title}** = {formula} = {said}")
    if fields.accuracy is not None and fields.n and fields.tp + fields.fn:
        rare = fields.tp + fields.fn
        st.caption(
            _(
                "Whoever never says “{name}” is right for {share} of these {n}: accuracy alone says little of a "
                "rare class.",
                name=name,
                share=percent((fields.n - rare) / fields.n),
                n=number(fields.n),
            )
        )


def _value(share: float | None) -> str:
    return "**" + percent(share, 1) + "**" if share is not None else _("no value: 0 / 0")
