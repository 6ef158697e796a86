"""How does a statement look? Its rows as cells for people, and as exact numbers for other programs."""

from __future__ import annotations

import math

from labsim import formats
from labsim.play.statements import Row, Statement
from labsim.text import render
from labsim.ui.widgets.tables import TableData, TableRow

_LARGE = 10_000.0
"""From this many M$ on no decimals are shown; game choice."""


def table_of(statement: Statement) -> TableData:
    """A statement for people: money in M$ with the same decimals everywhere, lines that never moved left out."""
    largest = max((abs(v) for row in statement.rows if row.unit == "M$" for v in row.values if v == v), default=0.0)
    places = 0 if largest >= _LARGE else 1
    rows = tuple(
        TableRow(render(row.label), tuple(_cell(value, row, places) for value in row.values), row.kind == "sum",
                 row.kind == "section")
        for row in statement.rows if _is_told(row)
    )  # fmt: skip
    return TableData(tuple(formats.quarter_title(turn) for turn in statement.turns), rows)


def _is_told(row: Row) -> bool:
    return row.kind != "line" or row.unit != "M$" or any(value != 0.0 for value in row.values)


def _cell(value: float, row: Row, places: int) -> str:
    if row.unit == "M$" and not row.format:
        return formats.plain(value, places) if math.isfinite(value) else formats.NOTHING
    if row.unit == "FLOP":
        return formats.show(value, "", "scientific")
    return formats.show(value, row.unit, row.format or None)


def exact_tsv(statement: Statement) -> str:
    """A statement for other programs: units, and every number as it is; nothing where there is none."""
    lines = ["\t".join(("", "unit", *(formats.quarter_name(turn) for turn in statement.turns)))]
    for row in statement.rows:
        cells = (repr(value) if math.isfinite(value) else "" for value in row.values)
        lines.append("\t".join((render(row.label), row.unit, *cells)))
    return "\n".join(lines) + "\n"
