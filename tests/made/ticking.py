"""A page with a live view beside a button, its server kept busy: what test_browser_ticks.py presses."""

import asyncio
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import streamlit as st
from streamlit.runtime import get_instance

from dashboard.upstream import reruns


async def be_busy():
    """Holds the event loop up for 25 of 35 ms, as frames of a camera do on a slow machine, to the end."""
    while True:
        await asyncio.sleep(0.01)
        time.sleep(0.025)


@st.cache_resource
def once():
    reruns.apply()
    loop = get_instance()._get_async_objs().eventloop
    loop.call_soon_threadsafe(loop.create_task, be_busy())


def press():
    st.session_state.presses += 1


@st.fragment(run_every=0.05)
def live():
    for line in range(5):
        st.caption(f"{time.time()}, line {line}")


reruns.from_the_top()
once()
st.session_state.setdefault("presses", 0)
left, right = st.columns(2)
left.write("beside")
with right:
    live()
st.button("Press", on_click=press)
for row in range(30):
    st.write("row", row, st.session_state.presses)
st.markdown(f"pressed {st.session_state.presses} times")
