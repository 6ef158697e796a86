"""A game of another model: it opens with all it holds, and goes on only on a branch that says so."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from labsim.errors import BadInput
from labsim.play import replay, session, timeline
from labsim.play.session import Session
from labsim.store import saves, schema, writing
from labsim.store import verify as verifying
from labsim.store.saves import open_save
from labsim.store.verify import verify
from tests.store import games

MODULES = (session, timeline, replay, saves, writing, verifying)


def play_as(monkeypatch: pytest.MonkeyPatch, version: int, columns: tuple[schema.Column, ...]) -> None:
    for module in MODULES:
        monkeypatch.setattr(module, "MODEL_VERSION", version)
    monkeypatch.setattr(schema, "present_columns", lambda: columns)


@pytest.fixture
def old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A game of a model that knew no energy, and knew the share of steam that later models forgot."""
    known = schema.present_columns()
    steam = dataclasses.replace(next(c for c in known if c.name == "revenue"), name="steam", is_ledger=False)
    older = (*(c for c in known if c.name != "energy"), steam)
    with monkeypatch.context() as patched:
        play_as(patched, 1, older)
        from labsim.play.series import values as now
        from labsim.store import rows

        patched.setattr(rows, "values", lambda record: {**now(record), "steam": now(record)["revenue"]})
        return games.small_game(tmp_path / "old.labsim")


def test_an_old_game_shows_all_it_holds(old_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    play_as(monkeypatch, 2, schema.present_columns())
    save = open_save(old_file, write=False)
    game = Session(save)
    record = game.record(3)
    assert np.isnan(record.report.compute.energy).all()
    assert record.report.compute.energy.shape == record.report.market.revenue.shape
    assert np.isfinite(record.report.market.revenue).all()
    assert np.array_equal(save.numbers(3)["steam"], record.report.market.revenue)
    game.close()


def test_an_old_game_goes_on_only_on_a_marked_branch_with_the_new_variables(
    old_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    play_as(monkeypatch, 2, schema.present_columns())
    game = Session(open_save(old_file))
    with pytest.raises(BadInput, match="fork it"):
        game.end_quarter()
    assert game.fork(5, "newer").continued_under == 2
    game.end_quarter()
    game.end_quarter()
    game.close()
    save = open_save(old_file)
    columns = {column.name: column for column in save.columns}
    assert (columns["energy"].since, columns["steam"].until) == (2, 2)
    again = Session(save)
    assert np.isfinite(again.record().report.compute.energy).all()
    assert np.isnan(again.record(5).report.compute.energy).all()
    rows = save.connection.execute("SELECT quarter, energy, steam FROM history ORDER BY quarter").fetchall()
    assert [row[1] is None for row in rows] == [row[2] is not None for row in rows]
    again.close()
    found = verify(old_file)
    assert found.is_good
    assert found.replayed == 2


def test_a_state_that_has_another_shape_now_is_not_continued(old_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlite3

    play_as(monkeypatch, 2, schema.present_columns())
    db = sqlite3.connect(old_file)
    text = db.execute("SELECT stocks FROM engines").fetchone()[0]
    db.execute("UPDATE engines SET stocks = ?", (text.replace('"cash": [7, 1]', '"cash": [1, 7, 1]'),))
    db.commit()
    db.close()
    game = Session(open_save(old_file))
    with pytest.raises(BadInput, match="cash has the shape"):
        game.fork(5, "newer")
    game.close()
