"""Images in numbers -> how many of each class, how bright, how large."""

import numpy as np

from dashboard.charts.parts import GREY, TRAINING, VALIDATION, Figure, Say, plain_layout


def class_bars(classes: list[str], counts: dict[str, list[int]], title: str, say: Say) -> Figure:
    """Images per class and split, as grouped bars."""
    colours = {"train": TRAINING, "validation": VALIDATION, "test": GREY}
    words = {"train": say("training"), "validation": say("validation"), "test": say("test")}
    patterns = {"train": "/", "validation": "", "test": "."}
    data = [
        {
            "type": "bar",
            "name": words[split],
            "x": classes,
            "y": values,
            "marker": {"color": colours[split], "pattern": {"shape": patterns[split], "size": 5}},
            "hovertemplate": f"%{{x}}: %{{y:,}} {say('images')}<extra>{words[split]}</extra>",
        }
        for split, values in counts.items()
    ]
    layout = plain_layout("", say("images"), 1, False)
    layout.update(barmode="group", height=240, showlegend=True)
    layout["legend"] = {"orientation": "h", "y": 1.12, "x": 0}
    layout["xaxis"] = {"type": "category", "fixedrange": True, "automargin": True}  # names turn on a phone
    layout["margin"] = {"l": 56, "r": 8, "t": 8, "b": 48}
    return {"data": data, "layout": layout, "title": title, "alt": title}


def brightness(histogram: np.ndarray, title: str, say: Say) -> Figure:
    """How often each pixel value occurs: (channels, 32) counts in bins of 8 grey levels, as a share of all values."""
    colours = ("#C0504D", "#2F8F5B", "#0B6E99") if len(histogram) == 3 else (GREY,)
    names = (say("red"), say("green"), say("blue")) if len(histogram) == 3 else (say("grey"),)
    dashes = ("solid", "dash", "dot")
    middles = [8 * place + 3.5 for place in range(histogram.shape[1])]
    data = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": name,
            "x": middles,
            "y": (counts / max(1, counts.sum())).tolist(),
            "line": {"color": colour, "width": 2.5, "shape": "hvh", "dash": dash},
            "hovertemplate": f"%{{y:.1%}}<extra>{name}</extra>",
        }
        for counts, colour, name, dash in zip(histogram, colours, names, dashes, strict=False)
    ]
    layout = plain_layout(say("pixel value, 0 dark to 255 bright"), say("share of values"), 255, True)
    layout.update(height=230, showlegend=len(data) > 1)
    layout["yaxis"]["rangemode"] = "tozero"
    layout["legend"] = {"orientation": "h", "y": 1.12, "x": 0}
    layout["margin"] = {"l": 62, "r": 16, "t": 18, "b": 48}
    return {"data": data, "layout": layout, "title": title, "alt": title}


def sizes(widths: np.ndarray, heights: np.ndarray, title: str, say: Say) -> Figure:
    """Widths and heights of pictures as they were found, one dot a size, larger where more have it."""
    pairs, counts = np.unique(np.stack([widths, heights], axis=1), axis=0, return_counts=True)
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": pairs[:, 0].tolist(),
        "y": pairs[:, 1].tolist(),
        "customdata": counts.tolist(),
        "marker": {"size": (6 + 14 * np.sqrt(counts / counts.max())).tolist(), "color": GREY, "opacity": 0.7},
        "hovertemplate": f"%{{x}} × %{{y}}: %{{customdata:,}} {say('images')}<extra></extra>",
    }
    layout = plain_layout(say("width in pixels"), say("height in pixels"), 1, False)
    layout["xaxis"].pop("range")
    layout["xaxis"]["rangemode"] = layout["yaxis"]["rangemode"] = "tozero"
    layout.update(height=230, hovermode="closest")
    layout["margin"] = {"l": 62, "r": 16, "t": 18, "b": 48}
    return {"data": [dots], "layout": layout, "title": title, "alt": title}
