from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.store import games


@pytest.fixture(scope="session")
def made_game(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small game that nobody changes."""
    return games.small_game(tmp_path_factory.mktemp("game") / "small.labsim")


@pytest.fixture
def game_file(made_game: Path, tmp_path: Path) -> Path:
    """A copy of the small game."""
    return Path(shutil.copy(made_game, tmp_path / "game.labsim"))
