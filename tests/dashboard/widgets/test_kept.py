"""Controls that remember their state on other pages, and that a browser draws right from the beginning."""

from streamlit.testing.v1 import AppTest

from tests.made.workers import PATIENCE


def page():
    import streamlit as st

    from dashboard.widgets import kept

    if not st.session_state.get("elsewhere"):
        st.write(kept.toggle("Light and dark", True, "light", "help"))
        st.write(kept.slider("Below", 0, 95, 40, 5, "below", "%d %%", "help"))


def opened():
    app = AppTest.from_function(page, default_timeout=PATIENCE)
    return app.run()


def test_a_browser_draws_them_as_they_are_from_the_beginning():
    app = opened()
    toggle, slider = app.toggle(key="light").proto, app.slider(key="below").proto
    assert (toggle.default, toggle.set_value) == (True, False)  # a value that is set comes a moment later
    assert (list(slider.default), slider.set_value) == ([40], False)


def test_they_remember_what_was_chosen_while_they_were_not_drawn():
    app = opened()
    app.toggle(key="light").set_value(False).run()
    app.slider(key="below").set_value(60).run()
    app.session_state["elsewhere"] = True
    app.run()
    assert not app.toggle
    app.session_state["elsewhere"] = False
    app.run()
    assert (app.toggle(key="light").value, app.slider(key="below").value) == (False, 60)
    assert (app.toggle(key="light").proto.default, list(app.slider(key="below").proto.default)) == (False, [60])
