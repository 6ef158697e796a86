"""Thousands of files that were hurt at random: each opens, or is refused with a known error; none hangs."""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import Any

import pytest

from labsim.errors import LabsimError
from labsim.play.session import Session
from labsim.store import saves
from labsim.store.rows import record_of
from labsim.store.saves import open_save

PAGE = 4096
SLOWEST = 5.0  # seconds for one file


def hurt(raw: bytes, dice: random.Random) -> bytes:
    """A file with flipped bits, other bytes, a missing or foreign piece, or a cut."""
    made = bytearray(raw)
    kind = dice.randrange(7)
    if kind == 0:
        for _ in range(dice.choice([1, 3, 30])):
            made[dice.randrange(len(made))] ^= 1 << dice.randrange(8)
    elif kind == 1:
        for _ in range(dice.choice([1, 8])):
            made[dice.randrange(100)] = dice.randrange(256)  # the header
    elif kind == 2:
        del made[dice.randrange(len(made)) :]
    elif kind == 3:
        one, other = (dice.randrange(len(made) // PAGE) * PAGE for _ in range(2))
        made[one : one + PAGE] = made[other : other + PAGE]
    elif kind == 4:
        start, length = dice.randrange(len(made)), dice.randrange(1, 5000)
        made[start : start + length] = dice.randbytes(length)
    elif kind == 5:
        start, length = dice.randrange(len(made)), dice.randrange(1, 5000)
        del made[start : start + length]
    else:
        page = dice.randrange(len(made) // PAGE) * PAGE  # the head of a page, where its structure is
        made[page + dice.randrange(12)] = dice.randrange(256)
    return bytes(made)


def fuzz(raw: bytes, file: Path, times: int, seed: int, seconds: float = 1e9) -> tuple[int, int]:
    """How many hurt files were read, and how many of them opened all the same."""
    dice, opened, done = random.Random(seed), 0, 0
    end = time.monotonic() + seconds
    while done < times and time.monotonic() < end:
        done += 1
        file.write_bytes(hurt(raw, dice))
        started = time.monotonic()
        try:
            save = open_save(file, mend=False, write=done % 2 == 0)
        except LabsimError:
            pass
        else:
            opened += 1
            read_all(save_session=Session(save))
        assert time.monotonic() - started < SLOWEST, f"trial {done} of seed {seed}"
    return done, opened


def read_all(save_session: Session) -> None:
    """Read what a page of the desktop would; a state that was hurt is a known error."""
    try:
        for node in save_session.nodes():
            save_session.world(node.id)
            save_session.forecast(node.id)
            if node.parent is not None:
                save_session.record(node.id)
    except LabsimError:
        pass
    finally:
        save_session.close()


def test_hurt_files_are_known_errors(made_game: Path, tmp_path: Path) -> None:
    done, opened = fuzz(made_game.read_bytes(), tmp_path / "hurt.labsim", 150, seed=1)
    assert done == 150
    assert 0 < opened < 150


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_thousands_of_hurt_files_are_known_errors(made_game: Path, tmp_path: Path) -> None:
    done, opened = fuzz(made_game.read_bytes(), tmp_path / "hurt.labsim", 5000, seed=2, seconds=110.0)
    assert done >= 2000
    assert 0 < opened < done


@pytest.mark.parametrize("trim", [(0, 1, None), (0, "no_order", ""), (99, "training_share", ""), (0, "price", "moon")])
def test_a_trim_that_names_no_order_is_a_known_error(
    made_game: Path, monkeypatch: pytest.MonkeyPatch, trim: Any
) -> None:
    """As a hurt page reads: the row of another table in the place of one."""
    monkeypatch.setattr(saves, "record_of", lambda t, found, _, *more: record_of(t, found, [trim], *more))
    session = Session(open_save(made_game, mend=False))
    turn = session.nodes()[-1].id
    with pytest.raises(LabsimError, match="orders that cannot be"):
        session.record(turn)
    session.close()
