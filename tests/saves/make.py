"""Make the save of a release: `python -m tests.saves.make`. Run once for each release; what it made is never changed.

The file is named after the version. A save that exists is left alone.
"""

from __future__ import annotations

from pathlib import Path

from labsim import __version__
from labsim.play.session import Session
from labsim.scenario import load_scenario
from labsim.store.saves import new_save

HERE = Path(__file__).parent


def make(path: Path) -> None:
    """Eight turns on two branches, with orders, a forecast, a note and a draft."""
    scenario = load_scenario("token-era")
    game = Session.new(scenario, scenario.seat("Anthropic"), 2023, new_save(path), name=f"Release {__version__}")
    game.set_order("price", {"developer": 15.0})
    game.set_order("buy_gpus", 200.0)
    for _ in range(5):
        game.end_quarter('{"note": "seen"}')
    game.write_note(1, "the first quarter")
    game.fork(2, "cautious")
    game.set_order("alignment_share", 0.2)
    for _ in range(3):
        game.end_quarter()
    game.set_order("staff_target", 500.0)
    game.close()


if __name__ == "__main__":
    target = HERE / f"{__version__}.labsim"
    if not target.exists():
        make(target)
