"""What several runs have to tell together: their curves over each other, what differs, what came of it."""

from collections.abc import Mapping
from html import escape

from core.runs.run import Run
from dashboard import resources
from dashboard.charts import curves
from dashboard.charts.vector import svg
from dashboard.report import of_run
from dashboard.report.document import paragraph, section, table
from dashboard.runs import compare
from dashboard.words import _, in_digits, percent


def sections(runs: Mapping[str, Run], answer: str = "") -> list[str]:
    """HTML; first all together, then each.

    answer  a sentence that says who is better
    """
    histories = [(letter, resources.history(run)) for letter, run in runs.items()]
    drawn = []
    for name, title, word in (("loss", _("Loss"), in_digits), ("accuracy", _("Accuracy"), _percent)):
        figure = curves.overlay(histories, name, title, _)
        drawn.append(f"<figure><h3>{escape(title)}</h3>{svg(figure, word)}</figure>")
    drawn.append(
        paragraph(_("Solid: validation. Dashed and thin: training. The letters are those of the runs."), "pale")
    )
    together = section(_("Together"), paragraph(answer), *drawn, _table(runs))
    each = [
        section(f"{letter} · {run.meta.name}", *(paragraph(one, "pale") for one in of_run.under_the_title(run)))
        + "".join(of_run.sections(run))
        for letter, run in runs.items()
    ]
    return [together, *each]


def _table(runs: Mapping[str, Run]) -> str:
    told = compare.frame(runs)
    return table(list(map(str, told.columns)), [[str(cell) for cell in row] for row in told.to_numpy().tolist()])


def _percent(value: float) -> str:
    return percent(value, 0)
