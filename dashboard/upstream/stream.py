"""A camera that was started goes on through every run of its page, and begins afresh where the page was left.

streamlit-webrtc 0.79 takes a stream for left behind when the count of finished runs grew by more than one since it was
drawn last. Streamlit counts a run when its last message leaves, so two runs in quick succession, as while a camera
starts, may both be counted late: then a stream that had just connected was stopped (2 of 20 starts). Here the page
itself says when it is left.

Wrong in: streamlit-webrtc 0.79 with Streamlit 1.67. To be seen: `tests/dashboard/upstream/test_stream.py`. May go when
streamlit-webrtc no longer counts runs; no report of ours yet.
"""

import streamlit as st

KEY = "live_camera"  # of no other control on any page


def carry_on() -> None:
    """To be called before the stream is drawn: it is not taken for one that was left."""
    if KEY in st.session_state:
        st.session_state[KEY]._last_rendered_run_count = None


def leave() -> None:
    """To be called wherever no stream is drawn: the next one is a new one; the old one ends with its connection."""
    st.session_state.pop(KEY, None)
