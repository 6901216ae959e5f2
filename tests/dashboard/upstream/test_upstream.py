"""Every patch of a library finds what it takes hold of, says what a reader needs, and refuses where it is gone."""

import importlib
import inspect
from pathlib import Path

import pytest

from dashboard import upstream
from dashboard.upstream.hold import HOLDS, Hold, OutOfHold


@pytest.mark.parametrize("patch", HOLDS)
def test_a_patch_says_what_is_wrong_where_and_when_it_may_go(patch):
    words = inspect.getdoc(importlib.import_module(f"dashboard.upstream.{patch}"))
    for part in ("Wrong in:", "To be seen:", "May go when"):
        assert part in words
    for hold in HOLDS[patch]:
        hold.check(patch)


def test_every_file_of_the_folder_is_a_patch():
    files = {path.stem for path in Path(upstream.__file__).parent.glob("*.py")}
    assert files == {*HOLDS, "hold", "__init__"}


@pytest.mark.parametrize(
    "hold",
    [
        Hold("streamlit", "streamlit.runtime.app_session", "AppSession._is_not_there"),
        Hold("streamlit", "streamlit.runtime.app_session", "Gone.request_rerun"),
        Hold("streamlit", "streamlit.runtime.gone", "AppSession"),
        Hold("", "asyncio.base_events", "_no_such_function"),
    ],
    ids=lambda hold: hold.path,
)
def test_a_name_that_is_gone_is_refused_loudly(hold, monkeypatch):
    monkeypatch.setitem(HOLDS, "reruns", (hold,))
    with pytest.raises(OutOfHold, match=r"any more.*upstream/reruns\.py.*requirements\.txt") as refusal:
        upstream.apply()
    assert hold.path in str(refusal.value)


def test_a_name_in_another_class_does_not_count():
    assert Hold("streamlit", "streamlit.runtime.app_session", "AppSession.request_rerun")._found()
    assert not Hold("streamlit", "streamlit.runtime.app_session", "AppSessionState.request_rerun")._found()
