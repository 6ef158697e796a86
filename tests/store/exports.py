"""Exports for the tests: one game into a folder, and the rows of a table of it."""

from __future__ import annotations

import csv
from pathlib import Path

from labsim.store.export import Exported, Wanted, export
from labsim.text import render

Rows = list[dict[str, str]]


def exported(file: Path, to: Path, form: str = "csv", **wanted: object) -> Exported:
    return export([file], to, Wanted(form, **wanted), render)  # type: ignore[arg-type]


def rows(folder: Path, table: str) -> Rows:
    with (folder / f"{table}.csv").open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))
