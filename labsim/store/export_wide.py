"""How does a history look that people put into a spreadsheet? A row for each figure, a column for each quarter."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from labsim.formats import quarter_name, quarter_number
from labsim.store.export_blocks import Block, Floats, Words, texts
from labsim.store.export_tables import BRANCH, LAB, NUMBER, RUN, TEXT, Field, TableSpec
from labsim.store.export_tables import WHEN as WHEN_FIELDS

_KEYS = (
    RUN,
    BRANCH,
    LAB,
    Field("variable", TEXT, "", "Variable", "Name of the figure; the other tables have a column of that name."),
    Field("entry", TEXT, "", "Entry", "Segment, technique, generation or event; missing for other figures."),
    Field("label", TEXT, "", "Label", "Name of the figure for people.", kind="figure"),
    Field("unit", TEXT, "", "Unit", "Unit of the numbers of this row.", kind="figure"),
)
_NOT_FIGURES = {field.name for field in WHEN_FIELDS} | {"lab", "segment", "technique", "generation", "event"}
_ROWS = 500  # of a block


class WideSpool:
    """The wide table: kept in a file until it is known which quarters there are."""

    def __init__(self, folder: Path, specs: Mapping[str, TableSpec]) -> None:
        """Make the file that is read again at the end."""
        self.file = folder / "wide.spool"
        self._stream = self.file.open("w+", encoding="utf-8")
        self._fields = {field.name: field for spec in specs.values() for field in spec.fields}
        self._first, self._last = 10_000, -1

    def add(self, block: Block) -> None:
        """Take the figures of a block with the quarters of one branch."""
        quarters = block.columns["quarter"]
        if not block.rows or not isinstance(quarters, Words):
            return
        turns = len(quarters.entries)
        first = quarter_number(str(quarters.entries[0]))
        self._first, self._last = min(self._first, first), max(self._last, first + turns - 1)
        each = block.rows // turns
        keys = {name: column.values()[:each] for name, column in block.columns.items() if name in _NOT_FIGURES}
        entries: list[Any] = next((keys[name] for name in keys if name in _NOT_FIGURES - _WHOSE), [None] * each)
        labs: list[Any] = keys.get("lab", [None] * each)
        for name, column in block.columns.items():
            if name in _NOT_FIGURES or not isinstance(column, Floats):
                continue
            numbers = np.array(column.values(), dtype=object).reshape(turns, each)
            for row in range(each):
                told = [keys["run"][0], keys["branch"][0], labs[row], name, entries[row], first]
                self._stream.write(json.dumps([told, numbers[:, row].tolist()]) + "\n")

    @property
    def spec(self) -> TableSpec:
        """The table, once everything has been added."""
        quarters = [quarter_name(t) for t in range(self._first, self._last + 1)]
        fields = [Field(q, NUMBER, "as said in unit", q, f"The figure in {q}.", kind="figure") for q in quarters]
        return TableSpec("wide", "A row for each figure, a column for each quarter: for spreadsheets.",
                         (*_KEYS, *fields))  # fmt: skip

    def blocks(self) -> Iterator[Block]:
        """The rows, once everything has been added."""
        self._stream.seek(0)
        waiting: list[Any] = []
        for line in self._stream:
            waiting.append(json.loads(line))
            if len(waiting) == _ROWS:
                yield self._block(waiting)
                waiting = []
        if waiting:
            yield self._block(waiting)

    def _block(self, rows: list[Any]) -> Block:
        numbers = np.full((len(rows), self._last - self._first + 1), np.nan)
        for place, (told, figures) in enumerate(rows):
            begin = told[5] - self._first
            numbers[place, begin : begin + len(figures)] = [np.nan if x is None else x for x in figures]
        names = [told[3] for told, _ in rows]
        columns: dict[str, Words | Floats] = {
            key: texts([told[place] for told, _ in rows])
            for place, key in enumerate(("run", "branch", "lab", "variable", "entry"))
        }
        columns["label"] = texts([self._fields[name].label for name in names])
        columns["unit"] = texts([self._fields[name].unit for name in names])
        for place in range(numbers.shape[1]):
            columns[quarter_name(self._first + place)] = Floats(np.ascontiguousarray(numbers[:, place]))
        return Block("wide", len(rows), columns)

    def close(self) -> None:
        """Remove the file."""
        self._stream.close()
        self.file.unlink(missing_ok=True)


_WHOSE = {field.name for field in WHEN_FIELDS} | {"lab"}
