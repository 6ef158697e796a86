"""Verify finds any number that was changed, also behind recomputed digests, and says what it cannot check."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from labsim.errors import BadInput
from labsim.play import replay, session, timeline
from labsim.play.fingerprint import MODEL_VERSION
from labsim.play.session import Session
from labsim.store import verify as verifying
from labsim.store import writing
from labsim.store.saves import open_save
from labsim.store.verify import verify
from tests.store import games


def edit(path: Path, statement: str, *values: object) -> Path:
    db = sqlite3.connect(path)
    assert db.execute(statement, values).rowcount > 0
    db.commit()
    db.close()
    return path


def test_an_untouched_game_is_good_bit_for_bit(game_file: Path) -> None:
    seen: list[tuple[int, int]] = []
    found = verify(game_file, lambda done, of: seen.append((done, of)))
    assert found.is_good
    assert (found.turns, found.replayed, found.is_exact, found.unchecked) == (9, 9, True, ())
    assert seen[-1] == (10, 10)


@pytest.mark.parametrize(
    ("statement", "quarter", "lab", "variable"),
    [
        ("UPDATE lab_quarters SET revenue = revenue * 1.0000001 WHERE turn = 4 AND lab = 2", "2023Q4", 2, "revenue"),
        ("UPDATE lab_quarters SET cash = cash + 1e-9 WHERE turn = 6 AND lab = 3", "2024Q2", 3, "cash"),
        ("UPDATE world_quarters SET scarcity = scarcity + 0.1 WHERE turn = 2", "2023Q2", None, "scarcity"),
        ("UPDATE lab_by_segment SET price = price * 1.01 WHERE turn = 3 AND lab = 0 AND segment = 1", "2023Q3", 0,
         "price_developer"),
        ("UPDATE lab_by_technique SET technique_progress = 0.5 WHERE turn = 3 AND lab = 0 AND technique = 2", "2023Q3",
         0, "technique_progress_"),
        ("UPDATE orders SET after = after + 1 WHERE turn = 2 AND decision = 'buy_gpus'", "2023Q2", 3, "buy_gpus"),
        ("UPDATE orders SET before = 12345 WHERE turn = 2 AND decision = 'buy_gpus'", "2023Q2", 3, "order buy_gpus"),
        ("UPDATE orders SET allowed = 12345 WHERE turn = 2 AND decision = 'buy_gpus'", "2023Q2", 3, "order buy_gpus"),
        ("DELETE FROM orders WHERE turn = 2 AND decision = 'buy_gpus'", "2023Q2", 3, "buy_gpus"),
        ("UPDATE turns SET on_policy = 1 WHERE id = 5", "2024Q1", None, ""),
        ("UPDATE game SET seed = '12'", "2023Q1", None, ""),
        ("UPDATE game SET seat = 2", "2023Q1", None, ""),
        ("UPDATE events SET event = 'killer_app' WHERE turn = (SELECT min(turn) FROM events)", None, None, "events"),
        ("DELETE FROM trimmed WHERE turn = (SELECT min(turn) FROM trimmed)", None, None, "trimmed orders"),
        ("UPDATE states SET state = (SELECT state FROM states WHERE turn = 4) WHERE turn = 3", "2023Q3", None, ""),
        ("DELETE FROM states WHERE turn = 3", "2023Q3", None, "state"),
    ],
)  # fmt: skip
def test_a_changed_number_is_found_though_every_digest_was_computed_again(
    statement: str, quarter: str | None, lab: int | None, variable: str, game_file: Path
) -> None:
    games.reseal(edit(game_file, statement))
    found = verify(game_file)
    assert found.broken == ()
    assert found.difference is not None
    assert quarter in (None, found.difference.quarter)
    assert lab is None or found.difference.lab == games.scenario().labs[lab]
    assert found.difference.variable.startswith(variable)


@pytest.mark.parametrize(
    ("statement", "part"),
    [
        ("UPDATE turns SET played_at = '2001-01-01' WHERE id = 7", "turn 7 (2023Q4)"),
        ("UPDATE forecasts SET forecast = '{}' WHERE turn = 2", "turn 2 (2023Q2)"),
        ("UPDATE notes SET text = 'I knew it'", "notes"),
        ("UPDATE game SET name = 'another'", "game"),
        ("UPDATE branches SET name = 'another' WHERE id = 2", "branches"),
        ("UPDATE draft_orders SET after = 1", "drafts"),
        ("UPDATE variables SET meaning = 'x' WHERE name = 'cash'", "variables"),
        ("UPDATE engines SET labsim = '9.9'", "engines"),
        ("DELETE FROM seals WHERE part = 'notes'", "notes"),
    ],
)
def test_what_no_replay_can_produce_is_under_a_digest(statement: str, part: str, game_file: Path) -> None:
    found = verify(edit(game_file, statement))
    assert found.difference is None
    assert found.broken == (part,)
    assert not found.is_good


def test_another_kind_of_machine_is_held_to_a_tolerance(game_file: Path) -> None:
    edit(game_file, "UPDATE engines SET machine = 'Plan9 vax'")
    edit(game_file, "UPDATE lab_quarters SET revenue = revenue * (1 + 1e-13) WHERE turn = 4")
    games.reseal(game_file)
    assert verify(game_file).is_good
    assert not verify(game_file).is_exact
    edit(game_file, "UPDATE lab_quarters SET revenue = revenue * (1 + 1e-8) WHERE turn = 4")
    found = verify(game_file)
    assert found.difference is not None
    assert found.difference.variable == "revenue"


def test_turns_of_another_model_are_named_as_unchecked(game_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (session, timeline, replay, writing, verifying):
        monkeypatch.setattr(module, "MODEL_VERSION", MODEL_VERSION + 1)
    game = Session(open_save(game_file))
    game.fork(4, "newer")
    game.end_quarter()
    game.close()
    found = verify(game_file)
    assert found.is_good
    assert found.replayed == 1
    assert found.unchecked[0] == f"10 turns of model {MODEL_VERSION}; this labsim has model {MODEL_VERSION + 1}"


def test_a_damaged_game_is_not_verified_but_refused(game_file: Path) -> None:
    edit(game_file, "DELETE FROM lab_quarters WHERE turn = 4")
    with pytest.raises(BadInput, match="damaged"):
        verify(game_file)
