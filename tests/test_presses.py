"""A press acts on what the form says at the press, not on what it said when the page was drawn last.

Streamlit calls `on_click` before it draws the page anew, with the arguments of the drawing before. On a busy server
what was typed last and the press come together, and a callback that holds what a control returned acts on the old
value. So none may: what is in the form is read in `if st.button(…)`, or by its key in the callback.
"""

import ast
from pathlib import Path

import pytest

from core.folders import PROJECT

CONTROLS = {
    *("text_input", "text_area", "number_input", "slider", "select_slider", "selectbox", "multiselect", "radio"),
    *("checkbox", "toggle", "segmented_control", "pills", "date_input", "color_picker", "file_uploader", "data_editor"),
}
PRESSES = {"on_click", "args", "kwargs"}
FILES = sorted([*(PROJECT / "dashboard").rglob("*.py"), *(PROJECT / "pages").glob("*.py")])


def within(body):
    """The nodes of a function, or of a module, without those of the functions in it."""
    for node in ast.iter_child_nodes(body):
        if not isinstance(node, ast.FunctionDef):
            yield node
            yield from within(node)


def asks(node, forms):
    """Whether it is a control, or calls one of the module's own functions that return what a control said."""
    if not isinstance(node, ast.Call):
        return False
    return getattr(node.func, "attr", "") in CONTROLS or getattr(node.func, "id", "") in forms


def names(node):
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def said(body, forms):
    """The names of a function that hold what a control said, or were made of it."""
    found = set()
    for _again in range(5):  # of what is made of what is made of it
        for node in within(body):
            if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
                continue
            if names(node.value) & found or any(asks(one, forms) for one in ast.walk(node.value)):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                found |= {name for target in targets for name in names(target)}
    return found


def held(source):
    """(line, names) of each button whose callback holds what a control of the same function said."""
    tree = ast.parse(source)
    functions = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)]
    forms = set()
    for _again in range(3):
        for one in functions:
            known = said(one, forms)
            given = [node.value for node in within(one) if isinstance(node, ast.Return) and node.value]
            if any(names(value) & known or any(asks(node, forms) for node in ast.walk(value)) for value in given):
                forms.add(one.name)
    found = []
    for body in [tree, *functions]:
        known = said(body, forms)
        for node in within(body):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "button":
                held_back = [name for word in node.keywords if word.arg in PRESSES for name in names(word.value)]
                found += [(node.lineno, sorted({*held_back} & known))] if {*held_back} & known else []
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(Path(file).relative_to(PROJECT)))
def test_no_button_holds_what_the_form_said_when_it_was_drawn(file):
    assert not held(file.read_text("utf-8")), "read it in `if st.button(…)`, or by its key in the callback"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("name = st.text_input('n')\nst.button('go', on_click=f, args=(name,))", [(2, ["name"])]),
        (
            "def a():\n    n = left.selectbox('n')\n    m = n.strip()\n    st.button('go', on_click=lambda: f(m))",
            [(4, ["m"])],
        ),
        (
            "def w():\n    return st.pills('w')\ndef a():\n    x = w()\n    st.button('go', on_click=f, args=(x,))",
            [(5, ["x"])],
        ),
        ("st.text_input('n', key='n')\nst.button('go', on_click=lambda: f(st.session_state['n']))", []),
        ("name = st.text_input('n')\nif st.button('go'):\n    f(name)", []),
    ],
)
def test_it_is_found(source, found):
    assert held(source) == found
