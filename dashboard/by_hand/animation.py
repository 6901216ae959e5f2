"""The animated convolution: a component that runs in the browser, fed with numbers of `core.by_hand.convolution`."""

from typing import Any

import numpy as np
import streamlit as st

from core.by_hand.convolution import Steps
from dashboard.by_hand.player import BAR, STYLE, script
from dashboard.words import _, number

_component = st.components.v2.component(
    "fitscope_convolution",
    html=f"""
<div class="convolution">
  {BAR}
  <div class="grids"></div>
  <p class="sum"></p>
</div>
""",
    css=STYLE
    + """
.convolution { font-family: var(--st-font); color: var(--st-text-color); }
.grids { display: flex; flex-wrap: wrap; gap: .6rem .7rem; align-items: center; }
.channels { display: grid; gap: .6rem; }
.line { display: flex; flex-wrap: wrap; gap: .6rem .7rem; align-items: center; }
figure { margin: 0; } figcaption { font-weight: 600; margin-bottom: .25rem; }
table { border-collapse: collapse; }
td { border: 1px solid var(--st-border-color); min-width: 2.3rem; height: 2.1rem; padding: 0 .2rem; text-align: center;
  font-variant-numeric: tabular-nums; }
.small td { min-width: 1.75rem; height: 1.6rem; font-size: .8rem; padding: 0 .1rem; }
td.zero { opacity: .45; } td.pick { cursor: pointer; }
td.lit { outline: 3px solid var(--st-primary-color); outline-offset: -3px; font-weight: 700; }
.sign { font-size: 1.5rem; opacity: .7; }
.sum { font-size: 1.1rem; margin: .9rem 0 0; line-height: 1.6; font-variant-numeric: tabular-nums; min-height: 3.2rem; }
""",
    js=script("animation.js"),
)


def animate(
    image: np.ndarray,
    kernel: np.ndarray,
    bias: float,
    steps: Steps,
    active: np.ndarray | None,
    pooled: Steps | None,
    pool_size: int,
    pool_kind: str,
    activation: str,
) -> None:
    """Shows the window going over the image (h, w, channels), then the activation and the pooling window."""
    data: dict[str, Any] = {
        "padded": np.moveaxis(steps.padded, -1, 0).tolist(),
        "image_shape": list(image.shape[:2]),
        "border": list(steps.border),
        "kernel": np.moveaxis(kernel, -1, 0).tolist(),
        "bias": bias,
        "corners": steps.corners.tolist(),
        "output": steps.output.tolist(),
        "active": None if active is None else active.tolist(),
        "pool_corners": [] if pooled is None else pooled.corners.tolist(),
        "pooled": [] if pooled is None else pooled.output.tolist(),
        "pool_size": pool_size,
        "pool_kind": pool_kind,
        "words": {
            "image": _("Image"),
            "kernel": _("Kernel"),
            "channel": _("channel {number}"),
            "products": _("Products"),
            "bias": _("bias"),
            "output": _("Sum"),
            "active": activation,
            "pooled": _("Pooled"),
            "step": _("step {step} of {steps}"),
            "play": _("Play"),
            "pause": _("Pause"),
            "back": _("One step back"),
            "next": _("One step on"),
            "slider": _("Step"),
            "decimal": number(0.5, 1)[1],
        },
    }
    _component(data=data, key="convolution", height="content")
