"""The epoch that a link names, on the page of mistakes: obeyed where its answers were kept, else said in words."""

import numpy as np
import pytest

from core.evaluation.evaluation import read
from core.runs import checkpoints
from core.runs.run import ENDED
from dashboard.mistakes import epoch
from tests.made.pages import open_page, texts
from tests.pages.mistakes.made import PAGE, answering

pytestmark = pytest.mark.slow  # together they take too long for a commit


@pytest.fixture
def run(store):
    """Its epochs 1 to 6, each of which is right about as many tenths of the validation images as it counts."""
    made = answering(store)
    assert made.state in ENDED
    labels = read(made, "validation").labels
    for number in range(7):
        said = np.where(np.arange(len(labels)) % 10 < number, labels, (labels + 1) % 10)
        answers = np.full((len(labels), 10), 0.01) + 0.9 * np.eye(10)[said]
        checkpoints.write(
            made.checkpoints, number, [np.zeros(1, np.float32)], best=6, answers=answers if number else None
        )
    return made


def share(run, number):
    return f"{100 * np.mean(np.arange(read(run, 'validation').n) % 10 < number):.2f}"


def test_of_the_test_images_the_kept_network_is_shown_and_the_epoch_of_the_link_is_one_press_away(run):
    app = open_page(PAGE, run=run.id, epoch="2")
    assert "The link names epoch 2; these are the answers of the network that the run keeps." in texts(app)
    app.button(key="mistakes_of_epoch").click().run()
    assert app.segmented_control(key="mistakes_split").value == "validation"
    assert app.select_slider(key=f"mistakes_epoch_{run.id}").value == 2
    assert "after epoch 2, to validation images" in texts(app)
    assert f"**{share(run, 2)}" in texts(app)
    app.select_slider(key=f"mistakes_epoch_{run.id}").set_value(3).run()
    assert app.query_params["epoch"] in ("3", ["3"])
    assert f"**{share(run, 3)}" in texts(app)
    app.select_slider(key=f"mistakes_epoch_{run.id}").set_value(epoch.OWN).run()
    assert "epoch" not in app.query_params
    assert "after epoch" not in texts(app)


@pytest.mark.parametrize("named", ["0", "99"])
def test_an_epoch_without_answers_is_told(run, named):
    app = open_page(PAGE, run=run.id, epoch=named)
    (told,) = app.warning
    assert told.value == (
        f"Of epoch {named} no answers were kept; these are of the network that the run keeps. Kept: 1–6."
    )
    app.segmented_control(key="mistakes_split").set_value("validation").run()
    assert app.select_slider(key=f"mistakes_epoch_{run.id}").value == epoch.OWN


def test_the_kept_epoch_is_the_kept_network(run):
    app = open_page(PAGE, run=run.id, epoch=str(run.status.result["kept_epoch"]))
    assert not [one for one in app.button if one.key == "mistakes_of_epoch"]
