"""How do rows of plain data look on a terminal?"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from labsim.formats import NOTHING, ratio

WIDTH = 140
"""Letters a line where the output is not a terminal."""


def print_rows(rows: Sequence[Mapping[str, Any]], shown: Sequence[str] | None = None) -> None:
    """Print rows as a table; ``shown`` names the columns, else all of the first row."""
    names = list(shown or (rows[0] if rows else ()))
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in names:
        is_number = all(isinstance(row[name], int | float) for row in rows)
        table.add_column(name.replace("_", " "), justify="right" if is_number else "left", overflow="fold")
    for row in rows:
        table.add_row(*(_cell(row[name]) for name in names))
    console = Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False, markup=False)
    console.print(table, soft_wrap=False)


def _cell(value: Any) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else ""
    return ratio(value) if isinstance(value, float) else str(value)
