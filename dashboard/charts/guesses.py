"""The curves that a class drew before a training, and the true one over them."""

from collections.abc import Sequence

from dashboard.charts.parts import CURSOR, GREY, VALIDATION, Figure, Say, plain_layout

Curve = Sequence[tuple[float, float]]


def guesses(drawn: Sequence[Curve], middle: Curve, true: Curve, epochs: int, say: Say) -> Figure:
    """Shares 0..1 over the epochs: each guess thin and grey, their median dashed, that of the run solid."""
    x: list[float | None] = []
    y: list[float | None] = []
    for curve in drawn:  # one line with gaps: forty lines would be forty entries of the hover
        x += [epoch for epoch, _share in curve] + [None]
        y += [share for _epoch, share in curve] + [None]
    lines = [_line(x, y, {"color": GREY, "width": 1.5}, say("what each drew"), hover=False)]
    if middle:
        dashed = {"color": CURSOR, "width": 3, "dash": "dash"}
        lines.append(_line(*_both(middle), dashed, say("median of the class"), hover=True))
    if true:
        lines.append(_line(*_both(true), {"color": VALIDATION, "width": 4}, say("the run"), hover=True))
    layout = plain_layout(say("epoch"), say("validation accuracy"), epochs, share=True)
    layout["height"] = 420
    layout["yaxis"]["range"] = [0, 1]
    layout["annotations"] = [_label(line) for line in lines[1:]]
    layout["margin"]["r"] = 170
    alt = say("{n} curves over {epochs} epochs that a class drew", n=len(drawn), epochs=epochs)
    return {"data": lines, "layout": layout, "title": "", "alt": alt}


def _both(curve: Curve) -> tuple[list[float], list[float]]:
    return [epoch for epoch, _share in curve], [share for _epoch, share in curve]


def _line(x: list, y: list, line: dict, name: str, hover: bool) -> dict:
    shown = {"hovertemplate": f"%{{y:.1%}}<extra>{name}</extra>"} if hover else {"hoverinfo": "skip"}
    opacity = 1 if hover else 0.55
    return {"type": "scatter", "mode": "lines", "name": name, "x": x, "y": y, "line": line, "opacity": opacity, **shown}


def _label(line: dict) -> dict:
    """At the end of a line, in its colour."""
    end = {"x": line["x"][-1], "y": line["y"][-1], "xanchor": "left", "xshift": 6, "showarrow": False}
    return {**end, "text": line["name"], "font": {"color": line["line"]["color"], "size": 14}}
