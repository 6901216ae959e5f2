"""How a network is asked: what is done to a drawing, when it may say "none of these", how many classes are shown."""

from dataclasses import dataclass

import streamlit as st

from core.data.catalogue import dataset
from core.network.classifier import Classifier
from core.pictures.preprocessing import ALL_ON, Switches
from core.runs.run import Run
from dashboard.widgets import kept
from dashboard.words import _

SHOWN, LIVE = 5, 10  # classes as bars: the likeliest first; while the picture changes, in their own order


@dataclass(frozen=True)
class Asking:
    """switches of the preprocessing; least, the probability below which the answer is "none of these"; faces;
    epoch, whose network is asked, None: that which the run keeps."""

    switches: Switches = ALL_ON
    least: float = 0.0
    faces: bool = False
    epoch: int | None = None


def controls(run: Run, classifier: Classifier, epoch: int | None) -> Asking:
    """The controls, each kept while other pages are visited."""
    least = kept.slider(
        _("None of these, below"),
        0,
        95,
        0,
        5,
        key="classify_least",
        format="%d %%",
        help=_(
            "A network must share out 100 % among the classes it knows, also where none is shown. Below this "
            "probability the answer counts as “none of these”; at 0 % it always names a class."
        ),
    )
    of_faces = bool(run.history.start) and dataset(run.config.dataset).faces
    faces = kept.toggle(
        _("Look for faces first"),
        of_faces,
        key=f"classify_faces_{of_faces}",
        help=_(
            "Finds the faces in a picture, cuts them out and asks about each. For networks that learnt from faces. "
            "Test images and drawings are asked about as they are."
        ),
    )
    return Asking(_switches(classifier), least / 100, faces, epoch)


def _switches(classifier: Classifier) -> Switches:
    """For networks that learnt from drawings on a plain ground; others get their pictures as they are."""
    ink = classifier.preprocessing.ink
    if ink is None:
        return Switches()
    st.caption(_("Made to look like the pictures it learnt from:"))
    polarity = kept.toggle(
        _("Light and dark"),
        True,
        key="classify_polarity",
        help=_(
            "It learnt from light things on dark, or dark on light; a picture that is the other way is turned round."
        ),
    )
    centre = kept.toggle(
        _("Size and place"),
        True,
        key="classify_centre",
        help=_("The drawing is cut out, made as large as those it learnt from and put into the middle."),
    )
    stroke = bool(ink.stroke) and kept.toggle(
        _("Width of the strokes"),
        True,
        key="classify_stroke",
        help=_("A thin pen is made thicker, a thick one thinner."),
    )
    return Switches(polarity, centre, stroke)
