"""Runs all benchmarks, or those named: `python -m benchmarks [speed start memory images understand …]`."""

import json
import sys
from pathlib import Path

from benchmarks import (
    api,
    camera,
    draw,
    faces,
    images,
    memory,
    paper,
    photos,
    school_class,
    school_year,
    soak,
    speed,
    start,
    understand,
    viewers,
)

FOLDER = Path(__file__).resolve().parent
ALL = {
    "speed": speed.rows,
    "start": start.rows,
    "memory": memory.rows,
    "images": images.rows,
    "understand": understand.rows,
    "faces": faces.rows,
    "api": api.rows,
    "camera": camera.rows,
    "draw": draw.rows,
    "paper": paper.rows,
    "photos": photos.rows,
    "viewers": viewers.rows,
}
# only where they are named
LONG = {
    "soak": soak.rows,
    "school_class": school_class.rows,
    "school_year": school_year.rows,
}
MARK = "<!-- results -->"


def main(names: list[str]) -> None:
    path = FOLDER / "results.json"
    known = {row["name"]: row for row in json.loads(path.read_text("utf-8"))} if path.exists() else {}
    for name in names or ALL:
        for row in (ALL | LONG)[name]():
            print(json.dumps(row), flush=True)
            known[row["name"]] = row
    path.write_text(json.dumps(list(known.values()), indent=1) + "\n", "utf-8")
    _write_table(list(known.values()))


def _write_table(rows: list[dict]) -> None:
    lines = [
        "| what | ours | peer | unit | ratio | spread | command |",
        "| --- | ---: | ---: | --- | ---: | --- | --- |",
    ]
    for row in rows:
        peer = f"{row['peer']:g}" if row["peer"] is not None else "–"
        ratio = f"{row['ratio']:.2f}×" if row["ratio"] is not None else "–"
        cells = (row["name"], f"{row['ours']:g}", peer, row["unit"], ratio, row["spread"], f"`{row['command']}`")
        lines.append(f"| {' | '.join(cells)} |")
    readme = FOLDER / "README.md"
    before, _, after = readme.read_text("utf-8").partition(MARK)
    _, _, rest = after.partition(MARK)
    readme.write_text(f"{before}{MARK}\n" + "\n".join(lines) + f"\n{MARK}{rest}", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
