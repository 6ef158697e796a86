"""Where do the figures of a batch go? Parts while it runs, so that it can be stopped and resumed; then tables.

A folder gets ``quantiles.csv``, ``finals.csv`` (``finals.npy`` for many runs) and ``batch.json``, with the whole panel
also ``panel.npy``. A name ending in ``.parquet`` gets one table there and the final values beside it.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from labsim import __version__
from labsim.errors import BadInput, BadWorld, Problem
from labsim.formats import quarter_name
from labsim.play.batch import Batch, Part
from labsim.store.result_tables import pyarrow, quantile_rows, write_folder, write_parquet
from labsim.variables import Array

FORMAT = 1
MANIFEST = "batch.json"
PARTS = "parts"
KEEPS = ("quantiles", "panel")
SPARE = 1.05  # disk asked for over what is computed


class Results:
    """The place of one batch on disk."""

    def __init__(self, out: str | os.PathLike[str], batch: Batch, keep: str = "quantiles") -> None:
        """Take a folder, or a file ending in .parquet, and the batch that goes there; nothing is written yet.

        Raises:
            BadInput: an unknown way of keeping. BadWorld: .parquet without pyarrow.
        """
        if keep not in KEEPS:
            raise BadInput(Problem("keep", f'"{keep}" is not a way of keeping', f"choose {' or '.join(KEEPS)}"))
        self.out = Path(out)
        self.batch = batch
        self.keep = keep
        self.is_parquet = self.out.suffix == ".parquet"
        if self.is_parquet:
            pyarrow(str(self.out))
        self.folder = Path(f"{self.out}.parts") if self.is_parquet else self.out
        self.part_runs = batch.part_runs
        self._size = batch.length * len(batch.columns)

    def begin(self) -> list[tuple[int, int]]:
        """Make the folder, or take up what an interrupted batch left there; the parts that are still to be computed.

        Raises:
            BadInput: the place holds something else. BadWorld: it cannot be written, or the disk is too small.
        """
        self._refuse_other_things()
        try:
            (self.folder / PARTS).mkdir(parents=True, exist_ok=True)
            if not (self.folder / MANIFEST).exists():
                self._write_manifest(is_complete=False)
        except OSError as error:
            raise _unwritable(self.out, error) from error
        left = [part for part in self.batch.parts(self.part_runs) if not self._is_there(part)]
        panel_runs = self.batch.runs if self.keep == "panel" else 0
        need = 8 * self._size * (sum(runs for _, runs in left) + panel_runs)
        free = shutil.disk_usage(self.folder).free
        if need * SPARE > free:
            what = f"needs {need / 1e9:.1f} GB while it runs, {free / 1e9:.1f} GB are free"
            raise BadWorld(Problem(str(self.out), what, "keep fewer variables or runs, or choose another disk"))
        return left

    @property
    def sink(self) -> partial[int]:
        """What a worker does with a part: write it, and answer with its number of runs."""
        return partial(write_part, str(self.folder / PARTS))

    @property
    def runs_done(self) -> int:
        """Runs whose parts are on disk."""
        return sum(runs for first, runs in self.batch.parts(self.part_runs) if self._is_there((first, runs)))

    def finish(self) -> list[dict[str, Any]]:
        """Write the tables, remove the parts, and return the rows of the quantiles.

        Raises:
            BadWorld: they cannot be written; the parts stay.
        """
        try:
            rows = quantile_rows(self)
            if self.is_parquet:
                write_parquet(self, rows, self.out, {b"labsim": json.dumps(self._manifest()).encode()})
            else:
                write_folder(self, rows, self.folder)
                self._write_manifest(is_complete=True)
            shutil.rmtree(self.folder if self.is_parquet else self.folder / PARTS)
        except OSError as error:
            raise _unwritable(self.out, error) from error
        return rows

    def fates(self) -> Array:
        """Part of the runs in which each lab lives, was acquired or went bankrupt at the end; ``(3, lab)``."""
        status = self._ends("status")
        return np.stack([np.mean(status == code, axis=-1) for code in (0.0, 1.0, 2.0)])

    def scores(self) -> Array:
        """Scores by lab and run; no lab in a scenario without objectives."""
        return self._ends("score")

    # ---- parts ------------------------------------------------------------------------------------------------------

    def _refuse_other_things(self) -> None:
        if self.is_parquet and self.out.exists():
            raise BadInput(Problem(str(self.out), "there is such a file already", "name another one, or delete it"))
        if self.folder.exists() and not self.folder.is_dir():
            raise BadInput(Problem(str(self.folder), "this is a file, not a folder", "name a folder, or a .parquet"))
        if not self.folder.is_dir() or not any(self.folder.iterdir()):
            return
        found = self._manifest()
        if found.get("is_complete"):
            raise BadInput(Problem(str(self.out), "it holds a finished batch", "name another folder, or delete it"))
        if found.get("digest") != self.batch.digest or found.get("keep") != self.keep:
            what = "it holds something else, or a batch with other settings"
            raise BadInput(Problem(str(self.out), what, "name another folder, or delete it"))
        self.part_runs = int(found["part_runs"])

    def _manifest(self) -> dict[str, Any]:
        try:
            found = json.loads((self.folder / MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _write_manifest(self, is_complete: bool) -> None:
        b = self.batch
        said = {
            "format": FORMAT, "labsim": __version__, "digest": b.digest, "is_complete": is_complete,
            "scenario": b.scenario.name, "runs": b.runs, "seed": b.seed,
            "quarters": [quarter_name(b.scenario.start + i) for i in range(b.length)],
            "labs": list(b.scenario.labs), "lab": None if b.seat is None else b.scenario.labs[b.seat],
            "keep": self.keep, "variables": list(b.variables), "part_runs": self.part_runs,
            "panel": {"file": "panel.npy", "axes": ["run", "quarter", "column"], "columns": self.names},
            "finals": {"columns": self.final_names},
        }  # fmt: skip
        if self.keep != "panel":
            del said["panel"]
        _replace(self.folder / MANIFEST, json.dumps(said, indent=1).encode())

    def _file(self, kind: str, first_run: int) -> Path:
        return self.folder / PARTS / f"{first_run:010d}.{kind}.npy"

    def _is_there(self, part: tuple[int, int]) -> bool:
        """Is a part on disk, whole? Its cells are written last."""
        try:
            return bool(np.load(self._file("cells", part[0]), mmap_mode="r").shape[-1] == part[1])
        except (OSError, ValueError):
            return False

    def _ends(self, kind: str) -> Array:
        parts = self.batch.parts(self.part_runs)
        return np.concatenate([np.load(self._file(kind, first)) for first, _ in parts], axis=-1)

    # ---- what they hold ---------------------------------------------------------------------------------------------

    @property
    def names(self) -> list[str]:
        """Names of the columns of a part: the lab and the variable, or the variable of the world."""
        return [f"{lab}: {name}" if lab else name for name, lab in self.batch.columns]

    @property
    def final_names(self) -> list[str]:
        """Names of the final values of a run."""
        labs = self.batch.scenario.labs
        scores = [f"{lab}: score" for lab in labs] if self.batch.scenario.objectives else []
        return [*self.names, *(f"{lab}: status" for lab in labs), *scores]

    def blocks(self) -> Iterator[tuple[int, Array, Array]]:
        """(first run, cells ``(quarter, column, run)``, final values ``(run, column)``) of each part."""
        for first, _ in self.batch.parts(self.part_runs):
            cells = np.load(self._file("cells", first))
            ends = (np.load(self._file(kind, first)) for kind in ("status", "score"))
            yield first, cells, np.concatenate([cells[-1], *ends]).T

    def sorted_cells(self, quarter: int, columns: slice) -> Array:
        """Values of a few columns in one quarter, sorted; ``(column, run)``."""
        cells = np.empty((len(self.names[columns]), self.batch.runs))
        for first, runs in self.batch.parts(self.part_runs):
            # Opened anew each time: maps that stay open would use up the open files and hold their pages.
            part = np.load(self._file("cells", first), mmap_mode="r")
            cells[:, first : first + runs] = part[quarter, columns]
        cells.sort(axis=-1)
        return cells


def write_part(folder: str, part: Part) -> int:
    """Write a part and return its number of runs. Each file appears whole or not at all.

    Raises:
        BadWorld: it cannot be written, as on a full disk.
    """
    try:
        for kind, values in (("status", part.status), ("score", part.score), ("cells", part.cells)):
            file = Path(folder) / f"{part.first_run:010d}.{kind}.npy"
            unfinished = file.with_suffix(f".{os.getpid()}.new")
            with unfinished.open("wb") as stream:
                np.save(stream, values)
            os.replace(unfinished, file)
    except OSError as error:
        raise _unwritable(Path(folder), error) from error
    return int(part.cells.shape[-1])


def _replace(file: Path, content: bytes) -> None:
    unfinished = file.with_suffix(".new")
    unfinished.write_bytes(content)
    os.replace(unfinished, file)


def _unwritable(path: Path, error: OSError) -> BadWorld:
    reason = error.strerror or str(error)
    return BadWorld(
        Problem(str(path), f"it cannot be written ({reason})", "check the folder, its permissions and space")
    )
