"""Salvage plays again what can still be read, and an opened copy loses at most the turn that was being written."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest

from labsim.errors import BadInput, BadWorld, LabsimError
from labsim.play.session import Session
from labsim.store.salvage import salvage
from labsim.store.saves import open_save
from labsim.store.verify import verify
from tests.store import games

PAGE = 4096


def test_a_whole_game_is_recovered_whole(game_file: Path, tmp_path: Path) -> None:
    found = salvage(game_file, tmp_path / "new.labsim")
    assert (found.turns, found.branches, found.notes, found.lost) == (9, 2, 1, ())
    old, new = Session(open_save(game_file)), Session(open_save(tmp_path / "new.labsim"))
    assert games.same_world(old.world(), new.world())
    assert games.same_history(old, new)
    assert [b.name for b in new.branches()] == ["main", "other"]
    assert new.draft_orders() == old.draft_orders()
    assert [n.when for n in new.path()] == [n.when for n in old.path()]
    old.close()
    new.close()
    assert verify(tmp_path / "new.labsim").is_good


@pytest.mark.parametrize("part", [0.95, 0.8, 0.6])
def test_a_game_that_was_cut_off_gives_back_its_turns(part: float, game_file: Path, tmp_path: Path) -> None:
    raw = game_file.read_bytes()
    game_file.write_bytes(raw[: int(len(raw) * part)])
    found = salvage(game_file, tmp_path / "new.labsim")
    assert found.turns >= 1
    assert verify(tmp_path / "new.labsim").is_good


def test_a_ruined_header_is_mended(game_file: Path, tmp_path: Path) -> None:
    raw = bytearray(game_file.read_bytes())
    raw[:24] = b"x" * 24
    game_file.write_bytes(raw)
    assert salvage(game_file, tmp_path / "new.labsim").turns == 9


def test_a_garbled_declaration_hides_only_itself_and_those_after_it(game_file: Path, tmp_path: Path) -> None:
    raw = game_file.read_bytes()
    game_file.write_bytes(raw.replace(b"CREATE VIEW", b"CREATE \xff\xff\xff\xff"))
    with pytest.raises(BadInput, match="the game is damaged"):
        open_save(game_file, mend=False)
    assert salvage(game_file, tmp_path / "new.labsim").turns == 9


def test_a_salvage_that_is_stopped_leaves_no_file(game_file: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="it was stopped"):
        salvage(game_file, tmp_path / "new.labsim", is_stopped=lambda: True)
    assert not (tmp_path / "new.labsim").exists()


def test_lost_pages_cost_little(game_file: Path, tmp_path: Path) -> None:
    raw, dice, turns = game_file.read_bytes(), random.Random(3), []
    for trial in range(6):
        page = dice.randrange(1, len(raw) // PAGE)
        hurt = raw[: page * PAGE] + bytes(PAGE) + raw[(page + 1) * PAGE :]
        (tmp_path / "hurt.labsim").write_bytes(hurt)
        try:
            turns.append(salvage(tmp_path / "hurt.labsim", tmp_path / f"new{trial}.labsim").turns)
        except LabsimError:
            turns.append(0)
    assert sorted(turns)[1] == 9  # all but the unluckiest pages cost nothing


def test_orders_that_were_changed_are_not_taken_for_those_that_were_given(game_file: Path, tmp_path: Path) -> None:
    db = sqlite3.connect(game_file)
    db.execute("UPDATE orders SET after = after * 2 WHERE turn = 5")
    db.execute("UPDATE orders SET after = after * 2 WHERE turn = 2")
    db.commit()
    db.close()
    found = salvage(game_file, tmp_path / "new.labsim")
    assert found.turns == 1
    assert "8 turns" in found.lost[0]


def test_nothing_is_recovered_from_nothing(tmp_path: Path, game_file: Path) -> None:
    (tmp_path / "zeros").write_bytes(bytes(100_000))
    for path in (tmp_path / "zeros", tmp_path / "missing", tmp_path):
        with pytest.raises(LabsimError):
            salvage(path, tmp_path / "new.labsim")
    with pytest.raises(BadWorld, match="already"):
        salvage(game_file, game_file)
    with pytest.raises(BadInput, match="too long"):
        salvage(game_file, tmp_path / "new.labsim", seconds=0.0)


def torn(path: Path) -> Path:
    """A copy as a copying program makes it that reads the first page before a turn and the others after it."""
    first = path.read_bytes()[:PAGE]
    game = Session(open_save(path))
    game.end_quarter()
    game.close()
    after = path.read_bytes()
    copy = path.with_name("copy.labsim")
    copy.write_bytes(first + after[PAGE:])
    return copy


def test_a_copy_taken_in_the_middle_of_a_write_opens_and_goes_on(game_file: Path) -> None:
    copy = torn(game_file)
    raw = copy.read_bytes()
    with pytest.raises(BadInput, match="damaged"):
        open_save(copy, mend=False)
    reading = open_save(copy, write=False)
    assert not reading.can_write
    assert len(reading.load().tree.nodes) >= 10
    reading.close()
    assert copy.read_bytes() == raw
    game = Session(open_save(copy))
    assert game.can_write
    game.end_quarter()
    game.close()
    assert verify(copy).is_good
    assert (copy.with_name("copy damaged 1.labsim")).read_bytes() == raw


def test_a_game_that_lost_more_than_its_last_turn_is_not_mended_by_itself(game_file: Path) -> None:
    db = sqlite3.connect(game_file)
    db.execute("UPDATE orders SET after = after * 2 WHERE turn = 2")
    db.execute("DELETE FROM lab_quarters WHERE turn = 3")
    db.commit()
    db.close()
    with pytest.raises(BadInput, match="salvage"):
        open_save(game_file)
