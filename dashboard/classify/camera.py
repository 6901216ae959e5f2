"""The camera of whoever looks at the page: the answer drawn over its picture, as live bars, and a frame to keep."""

import io
import time

import av
import numpy as np
import streamlit as st
from PIL import Image, ImageDraw
from streamlit_webrtc import MediaStreamConstraints, Translations, WebRtcMode, webrtc_streamer

from core.data.reading.decode import Refused, open_picture
from core.errors import FitscopeError
from core.network.camera import Sight, View, Watcher
from core.network.classifier import Classifier
from core.pictures.box import Box
from core.runs.run import Run
from dashboard import looking
from dashboard.charts import overlay, pictures
from dashboard.classify import answer as answers
from dashboard.classify import camera_help, frame_keeper
from dashboard.classify.options import Asking
from dashboard.server import ice
from dashboard.upstream import consent, relay, stream
from dashboard.widgets import kept
from dashboard.words import _, class_words, number, say

REFRESH_SECONDS = 0.25
FLAT = 8  # grey levels; a covered camera's noise stays below, a sheet of paper under a lamp does not
WIDTH = 480  # pixels of the snapshot, so that its button is on the first screen
PATIENCE = 8.0  # seconds from Start to the first frame, on a slow network too
WANTED: MediaStreamConstraints = {
    "video": {"width": {"ideal": 640}, "height": {"ideal": 480}, "frameRate": {"ideal": 30}},
    "audio": False,
}


def show(run: Run, options: Asking) -> None:
    """Live, or by snapshots where a live picture cannot be had."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        way = _way()
        mirror, region = _controls(options) if way == "live" else (False, 1.0)
    if not camera_help.is_secure():
        camera_help.not_secure()
    elif way == "live":
        _live(run, options, mirror, region)
    else:
        stream.leave()
        _snapshot(run, options)


def _way() -> str:
    return st.segmented_control(
        _("How"),
        ["live", "snapshots"],
        key="camera_way",
        default="live",
        required=True,
        format_func={"live": _("Live"), "snapshots": _("Snapshots")}.__getitem__,
        help=_("Snapshots need less of the network and also serve where the live picture cannot connect."),
    )


def _live(run: Run, options: Asking, mirror: bool, region: float) -> None:
    left, right = st.columns(2)
    with left:
        watcher, classifier = _watcher(), looking.classifier(run, options.epoch)
        watcher.view = View(classifier, options.switches, region, options.faces)
        words = Words(classifier, options, mirror)
        relay.use()
        consent.use()
        stream.carry_on()
        context = webrtc_streamer(
            stream.KEY,
            WebRtcMode.SENDRECV,
            rtc_configuration={"iceServers": ice.servers()},
            media_stream_constraints=WANTED,
            video_frame_callback=lambda frame: _painted(frame, watcher, words),
            async_processing=False,  # the other way holds back one or two frames; the answers come from threads anyway
            video_html_attrs={"autoPlay": True, "muted": True, "controls": False, "style": {"width": "100%"}},
            media_toggle_controls=False,
            translations=_translations(),
            on_change=lambda: _changed(watcher),
        )
    with right:
        if not context.state.playing:
            watcher.forget()
            st.caption(_("Press Start and allow the camera; hold something into the frame."))
        else:
            _follow(watcher, classifier, options)
    st.button(
        _("Freeze"),
        key="camera_freeze",
        icon=":material/ac_unit:",
        disabled=not context.state.playing,
        on_click=lambda: _freeze(watcher),
        help=_("Keeps this frame below: to look at it closely, to save it as a picture of a class, to ask why."),
    )
    frame_keeper.frozen(run, options)


def _freeze(watcher: Watcher) -> None:
    if watcher.sight is not None:
        frame_keeper.freeze(frozen_picture(watcher.sight))


class Words:
    """What is written over the picture, looked up before: the thread of the frames belongs to no viewer's session."""

    def __init__(self, classifier: Classifier, options: Asking, mirror: bool):
        self.classes = tuple(class_words(classifier.dataset, classifier.classes))
        self.none, self.no_face = _("none of these"), _("no face found")
        self.least, self.mirror, self.faces = options.least, mirror, options.faces

    def of(self, probabilities: np.ndarray) -> str:
        best = int(probabilities.argmax())
        sure = float(probabilities[best])
        return f"{self.classes[best] if sure >= self.least else self.none} {sure:.0%}"


def _painted(frame: av.VideoFrame, watcher: Watcher, words: Words) -> av.VideoFrame:
    """The frame with what was last found drawn over it; runs in the thread of the frames."""
    pixels = frame.to_ndarray(format="rgb24")
    drawn = painted(pixels, watcher.see(pixels), words)
    made = av.VideoFrame.from_ndarray(drawn, format="rgb24")
    made.pts, made.time_base = frame.pts, frame.time_base
    return made


def painted(pixels: np.ndarray, sight: Sight | None, words: Words) -> np.ndarray:
    """A frame (height, width, 3) uint8 with boxes and answers; mirrored where that is wanted, the words never."""
    shown = Image.fromarray(pixels)
    if words.mirror:
        shown = shown.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if sight is None or sight.frame.shape != pixels.shape:
        return np.asarray(shown)
    boxes = [_mirrored(box, pixels.shape[1]) if words.mirror else box for box in sight.boxes]
    if words.faces and not boxes:
        overlay.label(ImageDraw.Draw(shown), shown.size, (8, 8), words.no_face)
    titles = [words.of(answer.probabilities) for answer in sight.answers]
    return np.asarray(overlay.framed(shown, list(zip(boxes, titles, strict=True))))


def _mirrored(box: Box, width: int) -> Box:
    return Box(width - box.left - box.width, box.top, box.width, box.height)


def _controls(options: Asking) -> tuple[bool, float]:
    """Whether the picture is mirrored, and the side of the square as a fraction of the frame's height."""
    mirror = kept.toggle(
        _("Mirror"),
        True,
        key="camera_mirror",
        help=_("Shows you as in a mirror. The network gets the picture as it is."),
    )
    if options.faces:
        return mirror, 1.0
    region = kept.slider(
        _("Square, of the picture's height"),
        20,
        100,
        70,
        5,
        key="camera_region",
        format="%d %%",
        help=_("Only what is inside the square is shown to the network."),
    )
    return mirror, region / 100


@st.fragment(run_every=REFRESH_SECONDS)
def _follow(watcher: Watcher, classifier: Classifier, options: Asking) -> None:
    """The newest answer as bars, what the network saw, and how fast it goes."""
    sight, rates = watcher.sight, watcher.rates()
    if watcher.error is not None:
        st.error(
            say(watcher.error)
            if isinstance(watcher.error, FitscopeError)
            else _("The camera's picture could not be read. Stop and start it again.")
        )
    if sight is None:
        if time.time() - _began() > PATIENCE:
            camera_help.not_connected()
        else:
            st.caption(_("Connecting …"))
        return
    if not sight.answers:
        st.info(_("No face found. Come nearer, and look into the light."), icon=":material/face:")
    else:
        answers.bars(classifier, sight.answers[0].probabilities, options, "camera-answer", live=True)
        seen = sight.answers[0].seen
        st.html(
            pictures.wall(
                seen.pixels[None], [answers.how_seen(seen, classifier)], [_("what the network sees")], side=112
            )
        )
    if rates.shown:
        st.caption(
            _(
                "{shown} frames a second, {answered} of them asked about; an answer takes {ms} ms.",
                shown=number(rates.shown),
                answered=number(rates.answered),
                ms=number(rates.milliseconds, 1),
            )
        )


def frozen_picture(sight: Sight) -> bytes:
    """What the network was shown of a frame, or the whole frame where it was shown nothing, as PNG."""
    picture = Image.fromarray(sight.frame)
    if len(sight.boxes) == 1 and not sight.boxes[0].is_whole(picture.size):
        picture = picture.crop(sight.boxes[0].corners)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def _snapshot(run: Run, options: Asking) -> None:
    """One picture at a time, which also serves phones and networks that let no live picture through."""
    taken = st.camera_input(_("Snapshot"), key="camera_snapshot", label_visibility="collapsed", width=WIDTH)
    if taken is None:
        st.caption(_("Take a snapshot; the answer appears below."))
        return
    if is_flat(taken.getvalue()):
        st.warning(
            _(
                "The snapshot is of one colour: the camera had no picture yet, or something covers it. Press "
                "“Clear photo” and take another."
            ),
            icon=":material/no_photography:",
        )
        return
    answers.show(run, _("snapshot"), taken.getvalue(), options)
    if st.button(_("Keep this picture"), key="camera_keep", icon=":material/ac_unit:"):
        frame_keeper.freeze(taken.getvalue())
    frame_keeper.frozen(run, options)


def is_flat(content: bytes) -> bool:
    """Whether a picture shows one colour all over, as the first frames of many cameras do."""
    try:
        picture = np.asarray(open_picture(content, 64).convert("RGB"))
    except Refused:
        return False  # told where it is opened to be asked about
    return bool((np.ptp(picture.reshape(-1, 3), axis=0) < FLAT).all())


def _changed(watcher: Watcher) -> None:
    _begin(time.time())
    watcher.forget()


def _translations() -> Translations:
    return {
        "start": _("Start"),
        "stop": _("Stop"),
        "select_device": _("Choose the camera"),
        "select_camera": _("Choose the camera"),
        "media_api_not_available": _("This browser gives pages no camera. Use snapshots, or another browser."),
        "device_ask_permission": _("Please allow the camera."),
        "device_not_available": _("No camera was found. Plug one in, or use a phone."),
        "device_access_denied": _("The camera was refused. Allow it in the browser's address bar, then press Start."),
    }


def _watcher() -> Watcher:
    """What looks at the frames of this viewer's camera; made at the first visit."""
    if "_watcher" not in st.session_state:
        st.session_state["_watcher"] = Watcher()
    return st.session_state["_watcher"]


def _begin(now: float) -> None:
    st.session_state["_camera_began"] = now


def _began() -> float:
    """When Start or Stop was pressed last, in seconds as `time.time`; now where it never was."""
    return st.session_state.setdefault("_camera_began", time.time())
