"""How are the figures of a batch written? Quantiles, final values and the panel, as CSV and .npy or as Parquet."""

from __future__ import annotations

import csv
import importlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from labsim.errors import BadWorld, Problem
from labsim.formats import quarter_name
from labsim.play.batch import Batch
from labsim.play.forecast import LEVELS
from labsim.variables import Array

CSV_RUNS = 100_000  # more final values are written as .npy: a text of them would be gigabytes
BLOCK_BYTES = 100_000_000  # figures held at once while quantiles are taken
LEVEL_NAMES = tuple(f"p{round(100 * level):02d}" for level in LEVELS)
QUANTILE_HEADER = ("variable", "lab", "quarter", "mean", *LEVEL_NAMES)
Rows = Sequence[Mapping[str, Any]]


class Kept(Protocol):
    """A batch on disk, as the tables need it."""

    batch: Batch
    keep: str

    @property
    def names(self) -> list[str]:
        """Names of the columns."""

    @property
    def final_names(self) -> list[str]:
        """Names of the final values of a run."""

    def blocks(self) -> Iterator[tuple[int, Array, Array]]:
        """(first run, cells ``(quarter, column, run)``, final values ``(run, column)``) of each part."""

    def sorted_cells(self, quarter: int, columns: slice) -> Array:
        """Values of a few columns in one quarter, sorted; ``(column, run)``."""


def quantile_rows(kept: Kept) -> list[dict[str, Any]]:
    """A row for each column and quarter. All runs of a few cells are read at a time: exact, and flat in memory."""
    batch, columns = kept.batch, kept.batch.columns
    width = max(1, BLOCK_BYTES // (8 * batch.runs))
    ranks = [int(level * (batch.runs - 1) + 0.5) for level in LEVELS]
    found: dict[tuple[int, int], dict[str, Any]] = {}
    for start in range(0, len(columns), width):
        for quarter in range(batch.length):
            name = quarter_name(batch.scenario.start + quarter)
            for i, values in enumerate(kept.sorted_cells(quarter, slice(start, start + width)), start):
                picked = (float(values[rank]) for rank in ranks)
                row = (*columns[i], name, float(np.mean(values)), *picked)
                found[i, quarter] = dict(zip(QUANTILE_HEADER, row, strict=True))
    return [found[key] for key in sorted(found)]


def write_folder(kept: Kept, rows: Rows, folder: Path) -> None:
    """Write ``quantiles.csv``, ``finals.csv`` or ``finals.npy``, and ``panel.npy`` where it is kept."""
    with (folder / "quantiles.csv").open("w", newline="", encoding="utf-8") as stream:
        table = csv.DictWriter(stream, QUANTILE_HEADER)
        table.writeheader()
        table.writerows(rows)
    if kept.batch.runs <= CSV_RUNS:
        with (folder / "finals.csv").open("w", newline="", encoding="utf-8") as stream:
            lines = csv.writer(stream)
            lines.writerow(["run", *kept.final_names])
            for first, _, finals in kept.blocks():
                lines.writerows([first + i, *row] for i, row in enumerate(finals.tolist()))
    else:
        shape: tuple[int, ...] = (kept.batch.runs, len(kept.final_names))
        _npy(folder / "finals.npy", shape, (finals for _, _, finals in kept.blocks()))
    if kept.keep == "panel":
        shape = (kept.batch.runs, kept.batch.length, len(kept.names))
        _npy(folder / "panel.npy", shape, (cells.transpose(2, 0, 1) for _, cells, _ in kept.blocks()))


def write_parquet(kept: Kept, rows: Rows, out: Path, meta: Mapping[bytes, bytes]) -> None:
    """Write the quantiles or the panel to ``out`` and the final values beside it; ``meta`` goes into both."""
    if kept.keep == "panel":
        main: Iterable[Mapping[str, Any]] = _panel_tables(kept)
    else:
        main = [{key: [row[key] for row in rows] for key in QUANTILE_HEADER}]
    _parquet(out.with_name(f"{out.stem}.finals.parquet"), _final_tables(kept), meta)
    _parquet(out, main, meta)


def _final_tables(kept: Kept) -> Iterator[dict[str, Any]]:
    for first, _, finals in kept.blocks():
        named = dict(zip(kept.final_names, finals.T, strict=True))
        yield {"run": np.arange(first, first + len(finals)), **named}


def _panel_tables(kept: Kept) -> Iterator[dict[str, Any]]:
    """Rows by run and quarter, a column for each variable and lab."""
    names = [quarter_name(kept.batch.scenario.start + i) for i in range(kept.batch.length)]
    for first, cells, _ in kept.blocks():
        quarters, _, runs = cells.shape
        keys = {"run": np.repeat(np.arange(first, first + runs), quarters), "quarter": names * runs}
        yield {**keys, **{name: cells[:, i].T.ravel() for i, name in enumerate(kept.names)}}


def _npy(file: Path, shape: tuple[int, ...], blocks: Iterable[Array]) -> None:
    """Write blocks of runs one after the other as one array; a mapped file would hold its pages in memory."""
    with file.open("wb") as stream:
        header = {"descr": "<f8", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(stream, header)
        for block in blocks:
            stream.write(np.ascontiguousarray(block, dtype="<f8").tobytes())


def _parquet(file: Path, tables: Iterable[Mapping[str, Any]], meta: Mapping[bytes, bytes]) -> None:
    """Write tables as the row groups of one file, which appears whole or not at all."""
    pa, pq = pyarrow(str(file))
    unfinished = file.with_suffix(".new")
    writer = None
    for columns in tables:
        table = pa.table(columns).replace_schema_metadata(meta)
        writer = writer or pq.ParquetWriter(unfinished, table.schema, compression="zstd")
        writer.write_table(table)
    assert writer is not None
    writer.close()
    os.replace(unfinished, file)


def pyarrow(where: str) -> tuple[Any, Any]:
    """Pyarrow and its Parquet module, imported only when a Parquet file is written.

    Raises:
        BadWorld: it is not installed.
    """
    try:
        return importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    except ImportError as error:
        remedy = "install labsim with the extra `parquet`, or name a folder"
        raise BadWorld(Problem(where, "writing Parquet needs pyarrow", remedy)) from error
