"""What runs keep on the disk is told, and old ones can be made smaller."""

import numpy as np
import pytest

from core.runs import checkpoints
from dashboard.server import engine as engine_module
from tests.made.pages import open_page, texts
from tests.made.runs import make_run

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pages")]


@pytest.fixture
def old_run(store, monkeypatch):
    monkeypatch.setattr(engine_module, "_engine", None)
    run = make_run(store, "failed")
    for epoch in range(7):
        checkpoints.write(run.checkpoints, epoch, [np.full(100_000, epoch, np.float32)], best=6)
    run.change_meta(created=run.meta.created - 40 * 86_400)
    return run


def opened(app):
    app.session_state["room"] = True
    app.run()
    assert not app.exception
    return app


def test_a_run_says_what_it_keeps(old_run):
    app = open_page("03_train.py", run=old_run.id)
    assert "This run keeps 2.8 MB on the disk." in texts(app)


def test_old_runs_are_thinned_on_the_runs_page(old_run):
    app = opened(open_page("06_runs.py"))
    assert "1 run keeps 2.8 MB on the disk." in texts(app)
    assert "Of 1 such run " in texts(app)
    assert "2.0 MB" in texts(app)
    app.button(key="thin").click().run()
    assert checkpoints.epochs(old_run.checkpoints) == [0, 6]
    assert app.button(key="thin").disabled


def test_a_young_run_is_left_alone(old_run):
    app = opened(open_page("06_runs.py"))
    app.number_input(key="room_days").set_value(50).run()
    assert app.button(key="thin").disabled


def test_the_disk_is_spoken_of_in_french(old_run):
    app = opened(open_page("06_runs.py", lang="fr"))
    assert "2,8 Mo" in texts(app)
