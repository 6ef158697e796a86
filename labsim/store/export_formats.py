"""How do blocks become files? As CSV, JSON, Parquet or a workbook; rows are passed on, never gathered."""

from __future__ import annotations

import importlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from labsim.errors import BadInput, BadWorld, Problem
from labsim.store.export_blocks import Block, Column, Dates, Floats, Wholes, csv_text, joined
from labsim.store.export_tables import DATE, NUMBER, TEXT, WHOLE, TableSpec

FORMATS = ("csv", "json", "parquet", "xlsx")
WORKBOOK = "labsim.xlsx"
WIDE = "wide"
_GROUP_BYTES = 4 * 2**20
"""Bytes that a Parquet table gathers for a row group: few groups read fast, small ones keep memory flat."""
_COLUMN_BYTES = 250  # that a column takes besides its numbers
_SHEET_ROWS = 1_048_576  # a sheet of Excel has no more
_BOM = "\ufeff"


class TableSet(Protocol):
    """The files of one export in one format."""

    def begin(self, spec: TableSpec) -> None:
        """Make a table, still empty."""

    def add(self, block: Block) -> None:
        """Add rows to a table that has been begun."""

    def close(self) -> None:
        """Finish the files."""


def table_set(form: str, folder: Path) -> TableSet:
    """The files of a format. Raises BadWorld naming the extra that is missing."""
    if form == "parquet":
        return ParquetSet(folder)
    if form == "xlsx":
        return WorkbookSet(folder)
    return CsvSet(folder) if form == "csv" else JsonSet(folder)


def _missing(form: str, library: str) -> BadWorld:
    remedy = f"install labsim with the extra `{form}` (pip install 'labsim[{form}]'), or use --format csv"
    return BadWorld(Problem(f"--format {form}", f"it needs {library}, which is not installed", remedy))


# ---- text -----------------------------------------------------------------------------------------------------------


class _TextSet:
    """A text file for each table."""

    suffix = ""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files: dict[str, io.TextIOWrapper] = {}
        self._names: dict[str, tuple[str, ...]] = {}

    def begin(self, spec: TableSpec) -> None:
        file = (self.folder / f"{spec.name}{self.suffix}").open("w", encoding="utf-8", newline="")
        self._files[spec.name] = file
        self._names[spec.name] = spec.names
        file.write(self.head(spec))

    def head(self, spec: TableSpec) -> str:
        raise NotImplementedError

    def close(self) -> None:
        for file in self._files.values():
            file.close()


class CsvSet(_TextSet):
    """CSV after RFC 4180, UTF-8; missing is an empty cell."""

    suffix = ".csv"

    def head(self, spec: TableSpec) -> str:
        """The line of names; for spreadsheets with the mark by which they know UTF-8."""
        mark = _BOM if spec.name == WIDE else ""
        return mark + ",".join(map(csv_text, spec.names)) + "\r\n"

    def add(self, block: Block) -> None:
        """Write a line a row."""
        cells = [column.cells() for column in block.filled(self._names[block.table])]
        lines = map(",".join, zip(*cells, strict=True))
        self._files[block.table].write("".join([f"{line}\r\n" for line in lines]))


class JsonSet(_TextSet):
    """An array of objects for each table, one a line; missing is null."""

    suffix = ".json"

    def __init__(self, folder: Path) -> None:
        """Hold the folder."""
        super().__init__(folder)
        self._begun: set[str] = set()  # tables with a row

    def head(self, spec: TableSpec) -> str:
        """The beginning of the array."""
        return "["

    def add(self, block: Block) -> None:
        """Write an object a row."""
        names = self._names[block.table]
        cells = [_json_cells(column) for column in block.filled(names)]
        pattern = "{" + ",".join(f"{json.dumps(name, ensure_ascii=False)}:%s" for name in names) + "}"
        lines = ",\n".join([pattern % row for row in zip(*cells, strict=True)])
        if lines:
            self._files[block.table].write(("\n" if block.table not in self._begun else ",\n") + lines)
            self._begun.add(block.table)

    def close(self) -> None:
        """End the arrays."""
        for file in self._files.values():
            file.write("\n]\n")
        super().close()


def _json_cells(column: Column) -> list[str]:
    if isinstance(column, Floats):
        return [cell or "null" for cell in column.cells()]
    if isinstance(column, Wholes):
        return column.cells()
    shown = [json.dumps(entry, ensure_ascii=False) for entry in column.entries]
    return [shown[code] for code in column.codes.tolist()]


# ---- Parquet --------------------------------------------------------------------------------------------------------


class ParquetSet:
    """A Parquet file for each table, with units and meanings beside the columns; missing is null."""

    def __init__(self, folder: Path) -> None:
        """Raises BadWorld without pyarrow."""
        try:
            self._pa, self._pq = importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
        except ImportError as error:
            raise _missing("parquet", "pyarrow") from error
        self.folder = folder
        self._writers: dict[str, Any] = {}
        self._schemas: dict[str, Any] = {}
        self._waiting: dict[str, list[Block]] = {}
        self._bytes: dict[str, int] = {}  # that wait

    def begin(self, spec: TableSpec) -> None:
        """Make a file with its schema."""
        pa = self._pa
        types = {TEXT: pa.string(), DATE: pa.date32(), WHOLE: pa.int64(), NUMBER: pa.float64()}
        fields = [
            pa.field(f.name, types[f.type], metadata={"unit": f.unit, "label": f.label, "meaning": f.meaning})
            for f in spec.fields
        ]
        schema = pa.schema(fields, metadata={"labsim.meaning": spec.meaning})
        texts = [field.name for field in spec.fields if field.type in (TEXT, DATE)]
        self._writers[spec.name] = self._pq.ParquetWriter(
            self.folder / f"{spec.name}.parquet", schema, compression="zstd", compression_level=1, use_dictionary=texts
        )
        self._schemas[spec.name] = schema
        self._waiting[spec.name], self._bytes[spec.name] = [], 0

    def add(self, block: Block) -> None:
        """Gather rows, and write a group when there are enough."""
        self._waiting[block.table].append(block)
        self._bytes[block.table] += block.rows * 8 * len(block.columns) + _COLUMN_BYTES * len(block.columns)
        if self._bytes[block.table] >= _GROUP_BYTES:
            self._write(block.table)

    def _array(self, column: Column, type: Any) -> Any:
        pa = self._pa
        if isinstance(column, Floats):
            return pa.array(column.numbers, mask=column.missing)
        if isinstance(column, Wholes):
            return pa.array(column.numbers)
        entries = column.day_entries() if isinstance(column, Dates) else list(column.entries)
        if entries == [None]:
            return pa.nulls(len(column.codes), type)
        return pa.DictionaryArray.from_arrays(pa.array(column.codes), pa.array(entries, type)).dictionary_decode()

    def _write(self, table: str) -> None:
        waiting, schema = self._waiting[table], self._schemas[table]
        if waiting:
            # Joined before pyarrow sees them: many small arrays would take it more time and memory than their numbers.
            columns = zip(*(block.filled(schema.names) for block in waiting), strict=True)
            arrays = [self._array(joined(parts), type) for parts, type in zip(columns, schema.types, strict=True)]
            self._writers[table].write_table(self._pa.Table.from_arrays(arrays, schema=schema))
            self._waiting[table], self._bytes[table] = [], 0

    def close(self) -> None:
        """Write what waits, and finish the files."""
        for table, writer in self._writers.items():
            self._write(table)
            writer.close()


# ---- a workbook -----------------------------------------------------------------------------------------------------


class WorkbookSet:
    """One workbook with a sheet for each table. Texts are texts, whatever they begin with; numbers are exact."""

    def __init__(self, folder: Path) -> None:
        """Raises BadWorld without openpyxl."""
        try:
            openpyxl = importlib.import_module("openpyxl")
            cells = importlib.import_module("openpyxl.cell.cell")
        except ImportError as error:
            raise _missing("xlsx", "openpyxl") from error
        self.file = folder / WORKBOOK
        self._book = openpyxl.Workbook(write_only=True)
        self._cell, self._illegal = cells.WriteOnlyCell, cells.ILLEGAL_CHARACTERS_RE
        self._sheets: dict[str, Any] = {}
        self._names: dict[str, tuple[str, ...]] = {}
        self._rows: dict[str, int] = {}

    def begin(self, spec: TableSpec) -> None:
        """Make a sheet with a line of names."""
        sheet = self._book.create_sheet(spec.name)
        sheet.freeze_panes = "A2"
        sheet.append(list(spec.names))
        self._sheets[spec.name], self._names[spec.name], self._rows[spec.name] = sheet, spec.names, 1

    def add(self, block: Block) -> None:
        """Add a line a row. Raises BadInput when a sheet is full."""
        self._rows[block.table] += block.rows
        if self._rows[block.table] > _SHEET_ROWS:
            what = f"the table {block.table} has more rows than a sheet of a workbook can hold ({_SHEET_ROWS:,})"
            raise BadInput(Problem("--format xlsx", what, "export fewer games, or use --format csv or parquet"))
        sheet = self._sheets[block.table]
        columns = [list(self._values(sheet, column)) for column in block.filled(self._names[block.table])]
        for row in zip(*columns, strict=True):
            sheet.append(row)

    def _values(self, sheet: Any, column: Column) -> Iterator[Any]:
        if isinstance(column, Dates):
            yield from column.dates()
        elif isinstance(column, Wholes):
            yield from column.values()
        elif isinstance(column, Floats):
            for number in column.values():
                # openpyxl writes 16 digits; where that is not the same number, all digits are given as text.
                exact = number is None or float(f"{number:.16g}") == number
                yield number if exact else self._typed(sheet, repr(number), "n")
        else:
            entries = [entry and self._illegal.sub("?", entry) for entry in column.entries]
            for code in column.codes.tolist():
                text = entries[code]
                # What looks like a formula or an error is a text all the same.
                yield self._typed(sheet, text, "s") if text and text[0] in "=#" else text

    def _typed(self, sheet: Any, text: str, type: str) -> Any:
        """A cell of a type that openpyxl would not guess."""
        cell = self._cell(sheet, text)
        cell.data_type = type
        return cell

    def close(self) -> None:
        """Write the workbook."""
        self._book.save(self.file)
