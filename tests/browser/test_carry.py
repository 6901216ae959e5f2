"""In a real browser: a run is packed on one machine, opened on another, and plays there to its own last numbers."""

import pytest

from core.runs.store import RunStore
from tests.made.browser import CHROMIUM, at_rest, viewer
from tests.made.served import dashboard as served

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here; install it with: sudo apt-get install chromium"),
    pytest.mark.xdist_group("browser trains"),
]

# Of each line of the curves: how many points it has, and the last of them.
ENDS = "[...document.querySelectorAll('.js-plotly-plot')].flatMap((at) => at.data).map(({ y }) => [y.length, y.at(-1)])"


def test_a_run_is_packed_here_opened_there_and_played(browser, classified, tmp_path):
    (run,) = RunStore(classified.runs).all()
    with served(tmp_path / "runs") as there, viewer(browser) as page:
        page.goto(f"{classified.address}/runs")
        page.locator(".st-key-carry summary").click()
        page.locator(".st-key-carry_go button:visible:enabled").click()
        with page.expect_download() as download:
            page.locator(".st-key-carry_file button:visible").click()
        file = tmp_path / download.value.suggested_filename
        download.value.save_as(file)

        page.goto(f"{there.address}/runs")
        page.locator(".st-key-arriving input[type=file]").set_input_files(file)
        page.get_by_text("1 run:").wait_for()  # what is in it, before anything comes in
        assert not RunStore(there.runs).all()
        page.locator(".st-key-arriving_go button:visible:enabled").click()
        page.get_by_text("1 run came in.").wait_for()
        (came,) = RunStore(there.runs).all()
        losses = came.history.column("val_loss")
        assert losses == run.history.column("val_loss")
        assert came.status.result["test_accuracy"] == run.status.result["test_accuracy"]
        at_rest(page)
        page.locator(".st-key-arriving").get_by_role("link", name=run.meta.name).click()

        page.locator(f".st-key-replay-{came.id} label").click()
        page.locator(".replay .again").click()
        page.locator(".replay .play[aria-label=Pause]").wait_for()
        page.wait_for_function(f"() => {ENDS}.some(([n]) => n > 0 && n < {len(losses)})")
        page.locator(".replay .speeds button[value='100']").click()
        page.locator(".replay .speeds button[value='100'][aria-pressed=true]").wait_for()
        page.locator(".replay .play[aria-label=Play]").wait_for()  # it has come to its end
        page.wait_for_function(
            f"(last) => {ENDS}.some(([n, y]) => n === {len(losses)} && Math.abs(y - last) < 1e-3)", arg=losses[-1]
        )
