"""How do saved games become tables for analysts? Game after game, row after row, into one set of files."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from labsim.errors import BadInput, BadWorld, LabsimError, Problem
from labsim.play.tree import Branch
from labsim.store.connect import check_header, connect
from labsim.store.export_blocks import Block, as_unicode
from labsim.store.export_formats import FORMATS, WORKBOOK, TableSet, table_set
from labsim.store.export_rows import GameRows
from labsim.store.export_tables import OWN_NAMES, TableSpec, columns_of_all, described_columns, table_specs
from labsim.store.export_told import Labels, Tell, ToldRows
from labsim.store.export_wide import WideSpool
from labsim.store.export_words import DICTIONARY, DICTIONARY_MD, README, dictionary_csv, dictionary_markdown, readme
from labsim.store.saves import SUFFIX, open_save
from labsim.store.schema import Column

Explained = Literal["seat", "all", "none"]
"""Whose changes are explained: the played lab's, every lab's, or nobody's."""
Progress = Callable[[Path], None]
"""Is called after each file."""
FILE_NAMES = frozenset(
    {README, DICTIONARY, DICTIONARY_MD, WORKBOOK, *(f"{n}.{f}" for n in OWN_NAMES for f in FORMATS if f != "xlsx")}
)
"""Every name that a file of an export can have; --force removes these and no others."""
_QUARTERS = frozenset({"quarters", "world"})
_NOTES = 20  # shown in the README


@dataclass(frozen=True)
class Wanted:
    """What is exported of each game."""

    form: str = "csv"
    branches: tuple[str, ...] = ()  # names; without any the branch that is being played
    every_branch: bool = False
    explained: Explained = "seat"
    wide: bool = False


@dataclass
class Exported:
    """What became of an export."""

    runs: int = 0
    rows: dict[str, int] = field(default_factory=dict)  # by table
    problems: list[Problem] = field(default_factory=list)  # of files that were left out
    notes: list[str] = field(default_factory=list)  # what could not be explained, what was mended


def export(
    files: Sequence[Path],
    to: Path,
    wanted: Wanted,
    tell: Tell,
    *,
    force: bool = False,
    progress: Progress | None = None,
) -> Exported:
    """Export games into the folder ``to`` as one set of tables. Files that cannot be read are left out and told.

    ``tell`` makes sentences of messages; ``progress`` is called after each file. The set appears whole or not at all.

    Raises:
        BadInput: an unknown format; the folder holds an export already; one file only, and it is wrong.
        BadWorld: the folder cannot be written; an extra is missing.
    """
    if wanted.form not in FORMATS:
        raise BadInput(Problem("--format", f'"{wanted.form}" is not a format', f"choose one of {', '.join(FORMATS)}"))
    _refuse_overwriting(to, force)
    done = Exported()
    good, columns = _look(files, done, progress)
    _refuse_nothing(files, done, good)
    unfinished = to / f".unfinished.{os.getpid()}"
    try:
        unfinished.mkdir(parents=True)
        made = _Set(unfinished, wanted, table_specs(columns), tell)
        try:
            _write(made, good, done, progress)
        except BaseException:
            made.abandon()
            raise
        _refuse_nothing(files, done, good[: done.runs])
        _put_in_place(unfinished, to)
    except OSError as error:
        what = f"it cannot be written ({error.strerror or error})"
        raise BadWorld(Problem(str(to), what, "check the folder, its permissions and the disk")) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return done


def game_files(named: Sequence[Path]) -> list[Path]:
    """The files that are meant: files as they are, folders with every game in them.

    Raises BadInput for a folder without games.
    """
    found: list[Path] = []
    for path in named:
        inside = sorted(p for p in path.glob(f"*{SUFFIX}") if not p.name.startswith(".")) if path.is_dir() else [path]
        if not inside:
            what = f"there is no game ({SUFFIX}) in this folder"
            raise BadInput(Problem(str(path), what, "name a folder with games, or files"))
        found += inside
    return list(dict.fromkeys(found))


def run_names(files: Sequence[Path]) -> list[str]:
    """A name in the export for each file: that of the file, with a number where two have the same."""
    taken: set[str] = set()
    names = []
    for file in files:
        stem = as_unicode(file.name.removesuffix(SUFFIX))
        name, number = stem, 2
        while name in taken:
            name, number = f"{stem}-{number}", number + 1
        taken.add(name)
        names.append(name)
    return names


# ---- one game -------------------------------------------------------------------------------------------------------


def game_blocks(
    game: GameRows, wanted: Wanted, tell: Tell, labels: Labels | None = None
) -> tuple[list[Block], list[str]]:
    """Every row of one game, and notes on what it lacks. Raises BadInput for an unknown branch."""
    tree, labs = game.stored.tree, range(len(game.stored.scenario.labs))
    names = [branch.name for branch in tree.shown()] if wanted.every_branch else list(wanted.branches) or None
    chosen = game.branches(names)
    explained = {"seat": [game.stored.game.seat], "all": list(labs), "none": []}[wanted.explained]
    told = ToldRows(game, tell, explained, labels)
    blocks = [game.runs_block(), game.branches_block(chosen)]
    for branch in chosen:
        blocks += _branch_blocks(game, told, branch, wanted)
    return blocks, told.notes


def _branch_blocks(game: GameRows, told: ToldRows, branch: Branch, wanted: Wanted) -> Iterator[Block]:
    nodes = game.path(branch)
    if not nodes:
        return
    yield from game.quarter_blocks(branch, nodes)
    yield told.events(branch, nodes)
    if wanted.explained != "none":
        yield told.explanations(branch, nodes)


# ---- one set --------------------------------------------------------------------------------------------------------


class _Set:
    """The files of an export that is being written."""

    def __init__(self, folder: Path, wanted: Wanted, specs: Mapping[str, TableSpec], tell: Tell) -> None:
        self.folder, self.wanted, self.tell = folder, wanted, tell
        left_out = {"explanations"} if wanted.explained == "none" else set()
        self.specs = {name: spec for name, spec in specs.items() if name not in left_out}
        self.rows = dict.fromkeys(self.specs, 0)
        self.labels: Labels = {}
        self.files: TableSet = table_set(wanted.form, folder)
        self.wide = WideSpool(folder, self.specs) if wanted.wide else None
        for spec in self.specs.values():
            self.files.begin(spec)

    def add(self, blocks: Sequence[Block]) -> None:
        for block in blocks:
            self.files.add(block)
            self.rows[block.table] += block.rows
            if self.wide is not None and (block.table in _QUARTERS or "by_" in block.table):
                self.wide.add(block)

    def close(self, notes: Sequence[str]) -> None:
        """Write what can only be written at the end."""
        if self.wide is not None:
            self.specs["wide"] = self.wide.spec
            self.files.begin(self.wide.spec)
            self.rows["wide"] = 0
            for block in self.wide.blocks():
                self.files.add(block)
                self.rows["wide"] += block.rows
            self.wide.close()
        self.files.close()
        said = {
            README: readme(self.specs, self.wanted.form, self.rows, notes),
            DICTIONARY: dictionary_csv(self.specs),
            DICTIONARY_MD: dictionary_markdown(self.specs),
        }
        for name, text in said.items():
            (self.folder / name).write_text(text, encoding="utf-8", newline="")

    def abandon(self) -> None:
        """Let go of the files of an export that went wrong."""
        with suppress(OSError, ValueError):
            if self.wide is not None:
                self.wide.close()
            self.files.close()


def _write(made: _Set, good: Sequence[tuple[Path, str]], done: Exported, progress: Progress | None) -> None:
    for file, run in good:
        try:
            save = open_save(file, write=False)
            try:
                # All of a game or nothing of it: what is wrong with a file shows before its first row is written.
                blocks, notes = game_blocks(GameRows(save, run), made.wanted, made.tell, made.labels)
                done.notes += ([f"{run}: {save.mended}"] if save.mended else []) + notes
            finally:
                save.close()
        except LabsimError as error:
            done.problems += _named(file, error)
        else:
            made.add(blocks)
            done.runs += 1
        if progress is not None:
            progress(file)
    made.close(_shortened(done.notes))
    done.rows = made.rows


def _shortened(notes: Sequence[str]) -> list[str]:
    return [*notes[:_NOTES], *([f"and {len(notes) - _NOTES} more"] if len(notes) > _NOTES else [])]


def _look(
    files: Sequence[Path], done: Exported, progress: Progress | None
) -> tuple[list[tuple[Path, str]], tuple[Column, ...]]:
    """The files that seem to be games, with the names of their runs, and the variables that they describe."""
    good: list[tuple[Path, str]] = []
    described: list[tuple[Column, ...]] = []
    for file, run in zip(files, run_names(files), strict=True):
        try:
            columns = _columns_in(file)
        except LabsimError as error:
            done.problems += _named(file, error)
            if progress is not None:
                progress(file)
            continue
        if columns not in described:
            described.append(columns)
        good.append((file, run))
    return good, columns_of_all(described)


def _columns_in(file: Path) -> tuple[Column, ...]:
    check_header(file)
    try:
        connection = connect(file, write=False)
        try:
            return described_columns(connection)
        finally:
            connection.close()
    except (sqlite3.Error, ValueError):
        save = open_save(file, write=False)  # it says what is wrong, or mends it
        save.close()
        return save.columns


def _named(file: Path, error: LabsimError) -> list[Problem]:
    """The problems of a file; each says which file it is about."""
    where = str(file)
    return [p if where in p.where else Problem(f"{where}: {p.where}", p.what, p.remedy) for p in error.problems]


def _refuse_nothing(files: Sequence[Path], done: Exported, good: Sequence[object]) -> None:
    if not good and len(files) == 1:
        raise BadInput(*done.problems)
    if not good:
        raise BadInput(*done.problems, Problem("export", "none of the files can be exported", "name saved games"))


def _refuse_overwriting(to: Path, force: bool) -> None:
    if to.exists() and not to.is_dir():
        raise BadInput(Problem(str(to), "this is a file, not a folder", "name a folder"))
    there = sorted(name for name in FILE_NAMES if (to / name).exists())
    if there and not force:
        what = f"there is an export in it already ({there[0]})"
        raise BadInput(Problem(str(to), what, "name another folder, or replace it with --force"))


def _put_in_place(unfinished: Path, to: Path) -> None:
    made = {file.name for file in unfinished.iterdir()}
    for name in made:
        os.replace(unfinished / name, to / name)
    # What is left of an earlier export in another format would be taken for a part of this one.
    for name in FILE_NAMES - made:
        (to / name).unlink(missing_ok=True)
