"""What the animations of this page share: the bar with back, play, on and a slider. Its JavaScript is player.js."""

from pathlib import Path

HERE = Path(__file__).parent

BAR = """
<div class="bar">
  <button class="back" type="button">◀</button>
  <button class="play" type="button">▶</button>
  <button class="next" type="button">▶▏</button>
  <input type="range" min="0" max="1" value="0">
  <span class="where"></span>
</div>
"""
STYLE = (HERE / "bar.css").read_text("utf-8")


def script(name: str) -> str:
    """The JavaScript of an animation, with what it plays by."""
    return "\n".join((HERE / one).read_text("utf-8") for one in ("player.js", name))
