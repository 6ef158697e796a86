"""Where do games live? In a folder of the user, one file each; what is deleted goes to a trash folder inside it."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import platformdirs

from labsim.errors import BadWorld, LabsimError, Problem
from labsim.play.tree import checked_name
from labsim.store.connect import check_header, connect
from labsim.store.saves import SUFFIX, open_save

FOLDER_VARIABLE = "LABSIM_GAMES"
"""Environment variable that names another folder for games."""
TRASH = "trash"
_LONGEST_FILE_NAME = 60
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


@dataclass(frozen=True)
class GameFile:
    """A game in the folder, as a list shows it."""

    path: Path
    name: str
    scenario: str
    lab: str
    quarter: str  # the last one played on the active branch; empty before the first
    turns: int
    changed: datetime
    problem: str = ""  # why it cannot be opened; the other fields are then empty


def games_folder() -> Path:
    """The folder of games, made when it is missing. Raises BadWorld when it cannot be made."""
    chosen = os.environ.get(FOLDER_VARIABLE)
    folder = Path(chosen) if chosen else platformdirs.user_data_path("labsim", appauthor=False) / "games"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = f"the folder of games cannot be made ({error.strerror or error})"
        raise BadWorld(Problem(str(folder), what, f"choose another with {FOLDER_VARIABLE}")) from error
    return folder


def autosave_path(name: str) -> Path:
    """A free path in the folder of games for a game that nobody has named a file for."""
    return _free(games_folder(), file_name(name))


def file_name(name: str) -> str:
    """A name of a game as a name of a file on every platform, without its suffix."""
    clean = re.sub(r"[^\w\- ]+", "", name).strip(" .")[:_LONGEST_FILE_NAME].strip()
    return f"{clean} game" if clean.lower() in _RESERVED else clean or "game"


def list_games() -> list[GameFile]:
    """The games in the folder, the one changed last first; damaged ones with their problem."""
    found = [_shown(path) for path in games_folder().glob(f"*{SUFFIX}") if path.is_file()]
    return sorted(found, key=lambda game: (game.changed, game.path.name), reverse=True)


def duplicate(path: Path) -> Path:
    """A copy of a game beside it, under a free name. Raises BadInput, BadWorld."""
    copy = _free(path.parent, path.name.removesuffix(SUFFIX) + " copy")
    save = open_save(path, write=False)
    try:
        save.copy_to(copy)
    finally:
        save.close()
    return copy


def rename(path: Path, name: str) -> Path:
    """Give a game and its file another name; the new path. Raises BadInput, BadWorld."""
    checked = checked_name(name, "game")
    save = open_save(path)
    try:
        save.rename(checked)
    finally:
        save.close()
    target = path.with_name(file_name(checked) + SUFFIX)
    if target == path:
        return path
    return _moved(path, _free(path.parent, file_name(checked)))


def delete(path: Path) -> Path:
    """Move a game to the trash; the path it has there. Raises BadWorld."""
    trash = path.parent / TRASH
    try:
        trash.mkdir(exist_ok=True)
    except OSError as error:
        what = f"the trash cannot be made ({error.strerror or error})"
        raise BadWorld(Problem(str(trash), what, "check the folder")) from error
    return _moved(path, _free(trash, path.name.removesuffix(SUFFIX)))


def restore(path: Path) -> Path:
    """Bring a game back from the trash; its new path. Raises BadWorld."""
    return _moved(path, _free(path.parent.parent, path.name.removesuffix(SUFFIX)))


def _moved(path: Path, target: Path) -> Path:
    try:
        return path.rename(target)
    except OSError as error:
        what = f"it cannot be moved ({error.strerror or error})"
        raise BadWorld(Problem(str(path), what, "close it in other programs")) from error


def _free(folder: Path, name: str) -> Path:
    return next(path for path in _candidates(folder, name) if not path.exists())


def _candidates(folder: Path, name: str) -> Iterator[Path]:
    yield folder / f"{name}{SUFFIX}"
    number = 2
    while True:
        yield folder / f"{name} {number}{SUFFIX}"
        number += 1


def _shown(path: Path) -> GameFile:
    changed = _changed(path)
    try:
        name, scenario, lab, quarter, turns = _summary(path)
    except LabsimError as error:
        return GameFile(path, path.name.removesuffix(SUFFIX), "", "", "", 0, changed, error.problems[0].what)
    except (sqlite3.Error, TypeError, ValueError):
        return GameFile(path, path.name.removesuffix(SUFFIX), "", "", "", 0, changed, "the game is damaged")
    return GameFile(path, name, scenario, lab, quarter, turns, changed)


def _changed(path: Path) -> datetime:
    """When a file was last changed; a time that no calendar has, or a file just gone, counts as long ago."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime)
    except (OSError, OverflowError, ValueError):
        return datetime.min


def _summary(path: Path) -> tuple[str, str, str, str, int]:
    """A few rows for a list; opening the game checks the rest."""
    check_header(path)
    connection = connect(path, write=False)
    try:
        kinds = {row[0] for row in connection.execute("SELECT DISTINCT type FROM sqlite_master LIMIT 10")}
        if not kinds <= {"table", "view", "index"}:
            raise ValueError("not of labsim")
        row = connection.execute(
            "SELECT game.name, game.scenario, labs.name, turns.quarter, (SELECT count(*) - 1 FROM turns) FROM game "
            "JOIN labs ON labs.id = game.seat JOIN branches ON branches.id = game.active_branch "
            "JOIN turns ON turns.id = branches.tip"
        ).fetchone()
        return str(row[0])[:80], str(row[1])[:80], str(row[2])[:80], str(row[3])[:10], int(row[4])
    finally:
        connection.close()
