"""What is published? The tables of ``assets/reference``: chips, training runs, serving rows, the era, sources."""

from __future__ import annotations

import csv
from collections.abc import Mapping

from labsim.resources import asset_text

Row = Mapping[str, str]


def rows(name: str) -> list[Row]:
    """The rows of ``assets/reference/<name>.csv``, texts by column. Raises BadWorld when the file is missing."""
    return list(csv.DictReader(asset_text("reference", f"{name}.csv").splitlines()))


def number(row: Row, column: str) -> float | None:
    """A number of a row; None where nothing is published."""
    text = row[column].strip()
    return float(text) if text else None
