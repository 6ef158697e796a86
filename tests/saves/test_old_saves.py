"""A save of every release opens for ever: it can be read, compared and exported, and played on."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from labsim import __version__
from labsim.play.fingerprint import MODEL_VERSION
from labsim.play.session import Session
from labsim.store.saves import open_save
from labsim.store.verify import verify
from tests.saves.make import HERE, make

SAVES = sorted(HERE.glob("*.labsim"))


def test_there_is_a_save_of_this_release() -> None:
    assert __version__ in [save.name.removesuffix(".labsim") for save in SAVES]


@pytest.fixture(params=SAVES, ids=lambda save: save.name)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return Path(shutil.copy(request.param, tmp_path / "old.labsim"))


def test_an_old_save_can_be_read(old: Path) -> None:
    game = Session(open_save(old, write=False))
    assert [branch.name for branch in game.branches()] == ["main", "cautious"]
    assert len(game.nodes()) == 9
    assert [note.text for note in game.notes] == ["the first quarter"]
    assert game.draft_orders() == {"staff_target": 500.0}
    assert game.forecast(1) == '{"note": "seen"}'
    assert game.path(1)[1].orders["price"] == {"developer": 15.0}
    assert game.world(5).capital.cash.shape == (7, 1)
    game.close()


def test_an_old_save_can_be_queried(old: Path) -> None:
    db = sqlite3.connect(old)
    assert db.execute("SELECT count(*) FROM history").fetchone()[0] == 5 * 7
    db.close()


def test_an_old_save_is_verified_or_says_why_not(old: Path) -> None:
    found = verify(old)
    assert found.broken == ()
    assert found.replayed + (len(found.unchecked) > 0) >= 1


def test_an_old_save_goes_on(old: Path) -> None:
    game = Session(open_save(old))
    if game.current.model_version != MODEL_VERSION:
        assert game.fork(game.current.id, "newer").continued_under == MODEL_VERSION
    node = game.end_quarter()
    assert node.model_version == MODEL_VERSION
    game.close()
    again = Session(open_save(old))
    assert again.current.id == node.id
    assert again.record().t == node.t
    again.close()


def test_the_script_makes_what_it_says(tmp_path: Path) -> None:
    make(tmp_path / "new.labsim")
    assert verify(tmp_path / "new.labsim").is_good
