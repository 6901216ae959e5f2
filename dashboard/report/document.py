"""The frame of a page to hand in: one HTML file that needs no network, is read on any machine, and prints well."""

from collections.abc import Sequence
from html import escape

STYLE = """
html { background: #fff; color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; color: #1B2733; max-width: 760px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .3rem; } h2 { font-size: 1.2rem; margin: 2rem 0 .4rem; }
h3 { font-size: 1rem; margin: 1.2rem 0 .2rem; } figure { margin: 0; } svg { width: 100%; height: auto; }
table { border-collapse: collapse; font-size: .9rem; } td, th { padding: .25rem .6rem; text-align: left; }
tr { border-bottom: 1px solid #DDE3E8; } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
.matrix td { text-align: center; min-width: 2rem; border: 1px solid #fff; } .pale { color: #5B6B7A; }
.matrix.named tr:first-child th {
  writing-mode: vertical-rl; transform: rotate(180deg); font-weight: 500;
}
.said { border-left: 4px solid #0B6E99; padding: .1rem 1rem; margin: 1rem 0; white-space: pre-wrap; }
.verdict { background: #EEF5F9; padding: .6rem 1rem; border-radius: 6px; } .scroll { overflow-x: auto; }
figure, tr, .verdict, .matrix, .said { break-inside: avoid; } h2, h3 { break-after: avoid; }
@page { size: A4; margin: 15mm; }
@media print {
  body { max-width: none; margin: 0; padding: 0; font-size: 10.5pt; print-color-adjust: exact; }
  figure > svg { max-height: 75mm; } .scroll { overflow: visible; } td, th { padding: .12rem .5rem; }
  .matrix { font-size: 8.5pt; } .matrix td, .matrix th { min-width: 0; padding: .12rem .3rem; }
}
"""
# Nothing is fetched and no script is run, also where somebody has written into the file
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def document(title: str, language: str, under: Sequence[str], sections: Sequence[str]) -> bytes:
    """The whole file.

    under     lines of plain text below the title
    sections  HTML
    """
    lines = "".join(f'<p class="pale" style="margin:.1rem 0">{escape(line)}</p>' for line in under)
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f"<title>{escape(title)}</title><style>{STYLE}</style>"
    )
    body = f"<h1>{escape(title)}</h1>{lines}{''.join(sections)}"
    return f'<!doctype html><html lang="{language}"><head>{head}</head><body>{body}</body></html>\n'.encode()


def section(title: str, *parts: str) -> str:
    """HTML parts under a title; nothing where there are none."""
    filled = [part for part in parts if part]
    return f"<section><h2>{escape(title)}</h2>{''.join(filled)}</section>" if filled else ""


def paragraph(text: str, kind: str = "") -> str:
    return f'<p class="{kind}">{escape(text)}</p>' if text else ""


def table(head: Sequence[str], rows: Sequence[Sequence[str]], numbers: int = 0) -> str:
    """Of words; the last `numbers` columns stand to the right."""
    if not rows:
        return ""
    first = len(head) - numbers

    def row(cells: Sequence[str], kind: str) -> str:
        aligned = ["" if place < first else ' class="n"' for place in range(len(cells))]
        return "".join(f"<{kind}{how}>{escape(cell)}</{kind}>" for how, cell in zip(aligned, cells, strict=True))

    lines = "".join(f"<tr>{row(cells, 'td')}</tr>" for cells in rows)
    return f'<div class="scroll"><table><tr>{row(head, "th")}</tr>{lines}</table></div>'
