"""Games for tests of the window: a controller with a game that has been played for some quarters."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from labsim.scenario import DEFAULT
from labsim.ui.controllers.game import GameController


@contextmanager
def played(folder: Path, quarters: int, lab: str = "Anthropic") -> Iterator[GameController]:
    """A new game of the default scenario, its file in a folder, played so far by the lab's policy, then closed."""
    game = GameController(lambda _: folder / "game.labsim")
    game.start(DEFAULT, lab, 1)
    game.session.set_on_policy(True)
    for _ in range(quarters):
        game.end_quarter()
    yield game
    game.close()
