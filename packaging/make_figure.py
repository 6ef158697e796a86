"""Draw the figure of README.md: one real game and two hundred runs of it, through the Python door, as SVG.

python packaging/make_figure.py [FILE]
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import labsim  # noqa: E402
from labsim.cli import main as command  # noqa: E402

PICTURE = ROOT / "packaging" / "pictures" / "notebook.svg"
SCENARIO, LAB, SEED, RUNS = "token-era", "Anthropic", 7, 200
WIDTH, HEIGHT, TOP, BOTTOM = 1000, 380, 64, 42
LEFT_PANEL, RIGHT_PANEL = (52, 372), (640, 930)  # from and to, in pixels
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#7f7f7f")  # Okabe and Ito, and grey
INK, PALE = "#24292f", "#8c959f"
GAP = 15.0  # pixels between labels at the ends of lines

Points = Sequence[tuple[float, float]]


def main() -> None:
    """Play, open, draw."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "game.labsim"
        done = command(["run", SCENARIO, "--lab", LAB, "--seed", str(SEED), "--out", str(file)])
        assert done == 0
        with labsim.open(file) as game:
            frame = game.quarters()
            shares = frame.set_index(["quarter", "lab"])["market_share"].unstack()[list(game.labs)]
    panel = labsim.run(SCENARIO, runs=RUNS, seed=SEED, variables=["valuation"])
    values = panel["valuation"][:, panel.lab(LAB)] / 1000.0  # $B
    low, middle, high = np.quantile(values, [0.05, 0.5, 0.95], axis=-1)
    parts = [
        *_frame(LEFT_PANEL, list(shares.index), 1.0, lambda y: f"{100 * y:.0f} %", (0.0, 0.25, 0.5, 0.75, 1.0)),
        *_lines(shares.to_numpy().T, list(shares.columns)),
        *_frame(RIGHT_PANEL, list(panel.quarters), _round_up(high.max()), lambda y: f"${y:,.0f}B",
                [_round_up(high.max()) * part for part in (0.0, 0.25, 0.5, 0.75, 1.0)]),
        *_band(low, middle, high),
        _text(LEFT_PANEL[0] - 40, 26, "Share of all labs' revenue", INK, 15, "600"),
        _text(LEFT_PANEL[0] - 40, 46, f"one game: {SCENARIO}, seed {SEED}", PALE),
        _text(RIGHT_PANEL[0] - 40, 26, f"Valuation of {LAB}", INK, 15, "600"),
        _text(RIGHT_PANEL[0] - 40, 46, f"{RUNS} runs: median, and nine in ten of them", PALE),
    ]  # fmt: skip
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURE
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(_svg(parts), encoding="utf-8")


def _round_up(value: float) -> float:
    step = 10.0 ** np.floor(np.log10(value))
    return float(np.ceil(value / step) * step)


def _place(panel: tuple[int, int], quarters: int, top: float, values: Sequence[float]) -> Points:
    across = (panel[1] - panel[0]) / (quarters - 1)
    down = HEIGHT - BOTTOM - TOP
    return [(panel[0] + i * across, HEIGHT - BOTTOM - down * v / top) for i, v in enumerate(values)]


def _frame(panel: tuple[int, int], quarters: list[str], top: float, show, ticks: Sequence[float]) -> list[str]:  # type: ignore[no-untyped-def]
    parts = []
    for tick in ticks:
        y = _place(panel, len(quarters), top, [tick])[0][1]
        parts.append(f'<line x1="{panel[0]}" x2="{panel[1]}" y1="{y:.1f}" y2="{y:.1f}" stroke="{PALE}" opacity="0.3"/>')
        parts.append(_text(panel[0] - 8, y + 4, show(tick), PALE, anchor="end"))
    for place, quarter in enumerate(quarters):
        if quarter.endswith("Q1"):
            x = _place(panel, len(quarters), top, [0.0] * (place + 1))[-1][0]
            parts.append(_text(x, HEIGHT - BOTTOM + 20, quarter[:4], PALE, anchor="middle"))
    return parts


def _lines(values: np.ndarray, labs: list[str]) -> list[str]:
    parts, ends = [], []
    for row, lab, colour in zip(values, labs, COLOURS, strict=True):
        points = _place(LEFT_PANEL, len(row), 1.0, row)
        parts.append(_path(points, colour, 2.6 if lab == LAB else 1.6))
        ends.append((points[-1][1], lab, colour))
    below = TOP - GAP
    for y, lab, colour in sorted(ends):
        below = max(y, below + GAP)
        parts.append(_text(LEFT_PANEL[1] + 8, below + 4, lab, colour, weight="600" if lab == LAB else "400"))
    return parts


def _band(low: np.ndarray, middle: np.ndarray, high: np.ndarray) -> list[str]:
    top = _round_up(float(high.max()))
    upper, lower, line = (_place(RIGHT_PANEL, len(part), top, part) for part in (high, low, middle))
    outline = " ".join(f"{x:.1f},{y:.1f}" for x, y in [*upper, *reversed(lower)])
    return [f'<polygon points="{outline}" fill="{COLOURS[1]}" opacity="0.2"/>', _path(line, COLOURS[1], 2.6)]


def _path(points: Points, colour: str, width: float) -> str:
    told = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{told}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-linejoin="round"/>'


def _text(
    x: float, y: float, text: str, colour: str, size: int = 12, weight: str = "400", anchor: str = "start"
) -> str:
    return (f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" font-size="{size}" font-weight="{weight}" '
            f'text-anchor="{anchor}">{escape(text)}</text>')  # fmt: skip


def _svg(parts: Sequence[str]) -> str:
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
            'font-family="Inter, Helvetica, Arial, sans-serif">')  # fmt: skip
    return "\n".join([head, f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>', *parts, "</svg>\n"])


if __name__ == "__main__":
    main()
