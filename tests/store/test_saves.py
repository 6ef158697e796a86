"""A game in a file: the same game, whole at every instant, and plain to read for other programs."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from labsim.errors import BadInput, BadWorld
from labsim.play.session import Session
from labsim.play.turn import TurnRecord
from labsim.scenario import load_scenario, scenario_names
from labsim.store.saves import Save, new_save, open_save
from labsim.variables import REGISTRY
from tests.store import games


def reopened(path: Path) -> Session:
    return Session(open_save(path))


def continues_as_if_never_stopped(name: str, folder: Path, quarters: int | None, every: int) -> None:
    """From every quarter: save, load and play on; then all of it equals the game that never stopped."""
    scenario = load_scenario(name)
    seat = scenario.seat(scenario.default_seat)
    whole = Session.new(scenario, seat, 5, quarters=quarters)
    saved = Session.new(scenario, seat, 5, new_save(folder / f"{name}.labsim"), quarters=quarters)
    copies = []
    while whole.quarters_left:
        if whole.current.id % every == 0:
            copies.append(Path(shutil.copy(folder / f"{name}.labsim", folder / f"{name}-{whole.t}.labsim")))
        for game in (whole, saved):
            games.give(game, game.t)
            game.end_quarter()
    saved.close()
    for copy in copies:
        loaded = reopened(copy)
        while loaded.quarters_left:
            games.give(loaded, loaded.t)
            loaded.end_quarter()
        assert games.same_world(loaded.world(), whole.world())
        assert games.same_history(loaded, whole)
        loaded.close()
        copy.unlink()


def test_save_load_continue_is_never_having_stopped(tmp_path: Path) -> None:
    continues_as_if_never_stopped("token-era", tmp_path, 9, 2)


@pytest.mark.slow
@pytest.mark.parametrize("name", scenario_names())
def test_save_load_continue_is_never_having_stopped_from_every_quarter_of_every_scenario(
    name: str, tmp_path: Path
) -> None:
    continues_as_if_never_stopped(name, tmp_path, None, 1)


def test_a_file_gives_back_all_that_was_put_into_it(game_file: Path) -> None:
    game = reopened(game_file)
    assert (game.game.name, game.game.seed, game.seat) == ("The Token Consumption Era", games.SEED, games.SEAT)
    assert [branch.name for branch in game.branches()] == ["main", "other"]
    assert game.branch.name == "other"
    assert game.draft_orders() == {"buy_gpus": 77.0}
    assert [(note.turn, note.text) for note in game.notes] == [(2, "why so much?")]
    assert game.forecast(1) == '{"cash": [1.0, 2.0]}'
    assert game.forecast(8) == ""
    assert game.path(3)[1].orders == {"price": {"developer": 10.0, "consumer": 20.0}}
    game.close()


def test_kept_records_are_those_that_a_replay_gives(game_file: Path) -> None:
    kept = reopened(game_file)
    fresh = Session.new(games.scenario(), games.SEAT, games.SEED, quarters=8)
    for _ in range(6):
        games.give(fresh, fresh.t)
        fresh.end_quarter()
    kept.switch("main")
    assert games.same_history(kept, fresh)
    for node in kept.path()[1:]:
        mine, theirs = kept.record(node.id).trimmed, fresh.record(node.id).trimmed
        assert mine.keys() == theirs.keys()
        assert all(np.array_equal(mine[name], theirs[name]) for name in mine)
    kept.close()


def test_every_commit_is_on_the_disk_before_it_returns(game_file: Path) -> None:
    save = open_save(game_file)
    assert save.connection.execute("PRAGMA journal_mode").fetchone()[0] == "delete"
    assert save.connection.execute("PRAGMA synchronous").fetchone()[0] == 2
    save.close()


def test_a_draft_is_in_the_file_when_the_hand_lets_go(game_file: Path) -> None:
    game = reopened(game_file)
    game.set_order("staff_target", 321.0)
    game.set_on_policy(True)
    game.journal.close()
    again = reopened(game_file)
    assert again.draft_orders() == {"buy_gpus": 77.0, "staff_target": 321.0}
    assert again.on_policy
    again.close()


def test_the_second_who_opens_a_game_may_only_read(game_file: Path) -> None:
    first, second = reopened(game_file), open_save(game_file)
    assert not second.can_write
    assert "another window" in second.why_read_only
    game = Session(second)
    with pytest.raises(BadWorld, match="another window"):
        game.end_quarter()
    assert game.record() is not None
    first.end_quarter()
    game.close()
    first.close()
    third = reopened(game_file)
    assert third.can_write
    assert third.current.id == 10
    third.close()


@pytest.mark.parametrize("how", ["removed", "replaced"])
def test_a_file_that_vanishes_while_open_is_noticed_and_nothing_is_lost(how: str, game_file: Path) -> None:
    game = reopened(game_file)
    spare = Path(shutil.copy(game_file, game_file.with_name("spare.labsim")))
    game_file.unlink()
    if how == "replaced":
        spare.rename(game_file)
    with pytest.raises(BadWorld, match="removed, moved or replaced"):
        game.end_quarter()
    rescued = game_file.with_name("rescued.labsim")
    assert isinstance(game.journal, Save)
    game.journal.copy_to(rescued)
    game.close()
    again = reopened(rescued)
    assert again.draft_orders() == {"buy_gpus": 77.0}
    assert again.end_quarter().id == 10
    again.close()


def test_a_change_by_another_program_is_noticed(game_file: Path) -> None:
    game = reopened(game_file)
    other = sqlite3.connect(game_file)
    other.execute("UPDATE notes SET text = 'x'")
    other.commit()
    other.close()
    with pytest.raises(BadWorld, match="another program has changed"):
        game.end_quarter()
    game.close()


FULL_DISK = """
import resource, sys
from labsim.errors import BadWorld
from labsim.play.session import Session
from labsim.store.saves import open_save
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
game = Session(open_save(sys.argv[1]))
import os
size = os.path.getsize(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
failed = 0
for _ in range(2):
    try:
        game.end_quarter()
    except BadWorld as error:
        failed += 1
        said = str(error)
assert failed and game.draft_orders() == {"buy_gpus": 77.0}, failed
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
game.end_quarter()
print(said)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of processes are of Unix")
def test_a_full_disk_is_said_and_loses_nothing(game_file: Path) -> None:
    made = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(game_file)], capture_output=True, text=True, check=False, timeout=60
    )
    assert made.returncode == 0, made.stderr
    assert "disk" in made.stdout
    assert "nothing was lost" in made.stdout
    game = reopened(game_file)
    assert game.current.id == 10
    game.close()


def test_a_folder_that_cannot_be_written_makes_the_game_read_only(
    game_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    save = open_save(game_file)
    assert "does not allow writing" in save.why_read_only
    assert Session(save).record() is not None
    save.close()


def test_there_is_no_game_in_a_folder_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(BadWorld, match="cannot be opened or written"):
        Session.new(games.scenario(), 0, 1, new_save(tmp_path / "no" / "x.labsim"))
    assert list(tmp_path.iterdir()) == []


def test_a_new_game_overwrites_no_file(game_file: Path) -> None:
    with pytest.raises(BadWorld, match="already"):
        Session.new(games.scenario(), 0, 1, new_save(game_file))


def test_a_number_that_is_none_never_reaches_the_file(game_file: Path) -> None:
    game = reopened(game_file)
    record = game.try_quarter()
    record.world.capital.cash[0, 0] = np.nan
    with pytest.raises(ValueError, match="cash is not a finite number"):
        game.take(TurnRecord(record.t, record.decisions, record.trimmed, record.report, record.world), {})
    game.close()
    again = reopened(game_file)
    assert again.current.id == 9
    again.close()


def test_other_programs_can_read_the_file_without_labsim(game_file: Path) -> None:
    db = sqlite3.connect(game_file)
    rows = db.execute("SELECT quarter, lab, cash, revenue FROM history").fetchall()
    assert len(rows) == 6 * 7
    assert rows[0][:2] == ("2023Q1", "OpenAI")
    lines = dict(db.execute("SELECT lab, sum(amount) FROM ledger WHERE quarter = '2023Q2' GROUP BY lab"))
    cash = [dict(db.execute(f"SELECT lab, cash FROM history WHERE quarter = '{q}'")) for q in ("2023Q1", "2023Q2")]
    assert all(abs(cash[1][lab] - cash[0][lab] - lines[lab]) < 1e-6 for lab in lines)
    units = dict(db.execute("SELECT name, unit FROM variables"))
    assert units["cash"] == REGISTRY["cash"].unit
    wide = {row[1] for row in db.execute("PRAGMA table_info(lab_quarters)")} - {"turn", "lab"}
    assert wide == {v.name for v in REGISTRY.values() if v.axes == ("lab", "run") and v.kind != "parameter"}
    ordered = db.execute("SELECT decision, segment, before, after, allowed FROM order_history").fetchall()
    assert ("buy_gpus", "", 0.0, 100.0, 100.0) in ordered
    for (view,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall():
        assert db.execute(f'SELECT * FROM "{view}"').fetchall(), view
    db.close()


def test_a_game_with_another_policy_for_a_lab_comes_back_with_it(tmp_path: Path) -> None:
    scenario = games.scenario()
    row = {name: float(value) for name, value in scenario.policies[0].items()}
    lab = scenario.labs[games.SEAT]
    path = tmp_path / "p.labsim"
    game = Session.new(scenario, games.SEAT, 2**64 - 1, new_save(path), on_policy=True, instead={lab: row})
    game.end_quarter()
    game.close()
    again = reopened(path)
    assert (again.game.instead, again.game.seed, again.on_policy) == ({lab: row}, 2**64 - 1, True)
    fresh = Session.new(scenario, games.SEAT, 2**64 - 1, on_policy=True, instead={lab: row})
    assert games.same_world(fresh.end_quarter() and fresh.world(), again.world())
    again.close()


def test_a_closed_game_says_so(game_file: Path) -> None:
    save = open_save(game_file)
    save.close()
    save.close()
    with pytest.raises(ValueError, match="closed"):
        save.forecast(1)
    with pytest.raises((BadInput, ValueError)):
        save.state(1)
