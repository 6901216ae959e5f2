"""Images of a cross-validation whose label is probably wrong: answered otherwise by networks that had not seen them."""

import streamlit as st

from core.errors import FitscopeError
from core.evaluation.label_errors import label_errors
from core.experiments.experiment import Experiment
from core.experiments.kind import Result
from core.experiments.out_of_fold import out_of_fold
from core.runs.run import Run
from dashboard import choices, resources
from dashboard.charts import pictures
from dashboard.diary import gallery as diary
from dashboard.navigation import page
from dashboard.words import _, class_words, in_markdown, number, percent, plural, say

SHOWN = 24  # images


def gallery(experiment: Experiment, results: list[Result]) -> None:
    """The surest first, each with its label and the answer."""
    try:
        evaluation = out_of_fold(results)
        if evaluation is None:
            return
        found = label_errors(evaluation)
        stored = resources.stored_pictures(results[0][1].run.config, found.rows[:SHOWN])
    except FitscopeError as error:
        st.info(say(error), icon=":material/info:")
        return
    st.subheader(
        plural(len(found), "{n} label is probably wrong", "{n} labels are probably wrong"),
        anchor=False,
        help=_(
            "Another class was answered at least as surely as images of that class are on average (confident learning, "
            "Northcutt et al. 2021). Look at each: some are only hard, and only a person can say."
        ),
    )
    if not len(found):
        st.caption(_("Of {n} images that were held back, none speaks against its label.", n=number(evaluation.n)))
        return
    classes = class_words(evaluation.dataset, evaluation.classes)
    captions, alts = [], []
    for true, said, sure, row in zip(
        found.true[:SHOWN],
        found.predicted[:SHOWN],
        found.predicted_probability[:SHOWN],
        found.rows[:SHOWN],
        strict=True,
    ):
        label = _("labelled: {label}", label=classes[true])
        captions.append((False, classes[said], percent(float(sure), 0), f"{label} #{row}"))
        alts.append(_("shows {label}, predicted {predicted}", label=classes[true], predicted=classes[said]))
    st.html(pictures.answered_wall(stored, captions, alts))
    _to_the_diary(resources.newest_of(experiment.recipe) or results[0][1].run)
    if len(found) > SHOWN:
        st.caption(_("The surest {shown} of {n}.", shown=SHOWN, n=number(len(found))))


def _to_the_diary(run: Run) -> None:
    """Where the same images stand beside what a run learnt of them, epoch by epoch, and can be given another label."""
    st.page_link(
        page("mistakes"),
        label=_("When “{run}” learnt them; relabel them or leave them out", run=in_markdown(run.meta.name)),
        icon=":material/auto_stories:",
        query_params={**choices.link(run=run.id), "view": "diary", "images": diary.SUSPECTS},
    )
