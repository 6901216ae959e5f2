"""The frames of a camera, asked one at a time: the newest counts, those that come meanwhile are dropped."""

import threading
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from core.network.classifier import Answer, Classifier
from core.pictures import faces
from core.pictures.box import Box
from core.pictures.preprocessing import ALL_ON, Switches

FACES_LONGEST = 640  # pixels, as the frames have: 16 ms, and faces from a seventh of the height on are found
REMEMBERED = 60  # frames that the rates are taken over: two seconds

# Shared by all cameras, so that thirty viewers do not mean thirty threads; each has one frame in it at most.
_hands = ThreadPoolExecutor(2, thread_name_prefix="camera")


@dataclass(frozen=True)
class View:
    """What is asked of each frame.

    region  side of the square in the middle that is looked at, as a fraction of the frame's shorter side
    faces   faces are looked for instead, in the whole frame
    """

    classifier: Classifier
    switches: Switches = ALL_ON
    region: float = 0.7
    faces: bool = False


@dataclass(frozen=True)
class Sight:
    """What was found in one frame.

    frame         (height, width, 3) uint8, as it came
    boxes         what was looked at, in its pixels; empty where no face was found
    answers       one for each box
    milliseconds  from the frame's arrival to its answers
    """

    frame: np.ndarray
    boxes: tuple[Box, ...]
    answers: tuple[Answer, ...]
    milliseconds: float = 0.0


@dataclass(frozen=True)
class Rates:
    """Frames a second that came and that were answered, and the median milliseconds an answer took."""

    shown: float = 0.0
    answered: float = 0.0
    milliseconds: float = 0.0


def middle(frame: np.ndarray, region: float) -> Box:
    """The square in the middle of a frame (height, width, 3)."""
    height, width = frame.shape[:2]
    side = max(8, min(height, width, round(region * min(height, width))))
    return Box((width - side) // 2, (height - side) // 2, side, side)


def look(frame: np.ndarray, view: View) -> Sight:
    """A frame (height, width, 3) uint8 and what the network says of it, of its middle or of each face."""
    picture = Image.fromarray(frame)
    if view.faces:
        boxes = faces.find(picture, longest=FACES_LONGEST)
        parts = [faces.crop(picture, box) for box in boxes]
    else:
        boxes = [middle(frame, view.region)]
        parts = [picture.crop(boxes[0].corners)]
    return Sight(frame, tuple(boxes), tuple(view.classifier.answers(parts, view.switches)))


@dataclass
class Watcher:
    """The eyes of one viewer. `see` never waits; `sight` is the newest answer, `error` why there is none."""

    view: View | None = None
    sight: Sight | None = None
    error: Exception | None = None
    frames: int = 0
    _busy: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _came: deque = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    _answered: deque = field(default_factory=lambda: deque(maxlen=REMEMBERED))

    def see(self, frame: np.ndarray) -> Sight | None:
        """Takes a frame (height, width, 3) uint8 unless one is being asked about; returns the newest answer."""
        now = time.perf_counter()
        with self._lock:
            self.frames += 1
            self._came.append(now)
            view = self.view
            if view is not None and not self._busy:
                self._busy = True
                _hands.submit(self._ask, frame, view, now)
            return self.sight

    def rates(self) -> Rates:
        """Over the last two seconds; all zero where no frame came in the last one."""
        now = time.perf_counter()
        with self._lock:
            came, answered = list(self._came), list(self._answered)
        if len(came) < 2 or now - came[-1] > 1 or len(answered) < 2:
            return Rates()
        times = [taken for _when, taken in answered]
        return Rates(_rate(came), _rate([when for when, _taken in answered]), float(np.median(times)))

    def forget(self) -> None:
        """The camera has stopped: its last frame is not kept."""
        with self._lock:
            self.sight = self.error = None
            self._came.clear()
            self._answered.clear()
            self.frames = 0

    def _ask(self, frame: np.ndarray, view: View, came: float) -> None:
        sight, error = None, None
        try:
            sight = look(frame, view)
        except Exception as problem:  # of a thread that nobody waits for: the page tells it
            error = problem
        done = time.perf_counter()
        with self._lock:
            self._busy = False
            self.error = error
            if sight is not None and self.frames:
                taken = 1000 * (done - came)
                self.sight = Sight(sight.frame, sight.boxes, sight.answers, taken)
                self._answered.append((done, taken))


def _rate(times: list[float]) -> float:
    return (len(times) - 1) / max(times[-1] - times[0], 1e-9)
