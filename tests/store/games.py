"""Games for the tests of files: small, made once, copied by whoever changes them."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np

from labsim.model.world import World, stocks
from labsim.play.session import Session
from labsim.scenario import Scenario, load_scenario
from labsim.store.digests import SEALED, seal, turn_digest
from labsim.store.loading import read_nodes
from labsim.store.saves import new_save

SCENARIO, SEAT, SEED = "token-era", 3, 11


def scenario() -> Scenario:
    return load_scenario(SCENARIO)


def give(game: Session, t: int) -> None:
    """Some orders that differ from quarter to quarter, but for those that the scenario leaves to the lab's policy."""
    orders: dict[str, float | dict[str, float]] = {}
    if t % 2 == 0:
        orders["price"] = {"developer": 10.0 + t, "consumer": 20.0}
    if t % 3 == 1:
        orders["buy_gpus"] = 100.0 * t
    if t % 5 == 2:
        orders["borrow_change"] = -5.0  # there is no debt to repay; the gate trims it
    if t % 4 == 3:
        orders["training_share"] = 0.1 + 0.02 * t
    for name, value in orders.items():
        if name not in game.scenario.hidden_orders:
            game.set_order(name, value, keep=False)


def small_game(path: Path) -> Path:
    """Nine turns on two branches, with orders, notes, a draft and a forecast."""
    game = Session.new(scenario(), SEAT, SEED, new_save(path), quarters=8)
    for _ in range(6):
        give(game, game.t)
        game.end_quarter('{"cash": [1.0, 2.0]}')
    game.write_note(2, "why so much?")
    game.fork(3, "other")
    for _ in range(3):
        give(game, game.t + 1)
        game.end_quarter()
    game.set_order("buy_gpus", 77.0)
    game.close()
    return path


def same_world(a: World, b: World) -> bool:
    other = stocks(b)
    return all(stock.tobytes() == other[name].tobytes() for name, stock in stocks(a).items())


def same_history(a: Session, b: Session) -> bool:
    """Do two sessions tell the same of the path to where they stand?"""
    from labsim.play.series import values

    if len(a.path()) != len(b.path()):
        return False
    for one, other in zip(a.path()[1:], b.path()[1:], strict=True):
        mine, theirs = values(a.record(one.id)), values(b.record(other.id))
        if not all(np.array_equal(mine[name], theirs[name]) for name in theirs):
            return False
    return True


def reseal(path: Path) -> None:
    """Compute every digest of a file again, as somebody would who wants to hide a change."""
    db = sqlite3.connect(path)
    digests: dict[int, str] = {}
    engines = dict(db.execute("SELECT id, engine FROM turns"))
    forecasts = dict(db.execute("SELECT turn, forecast FROM forecasts"))
    for node in read_nodes(db):
        parent = "" if node.parent is None else digests[node.parent]
        digests[node.id] = turn_digest(parent, node, engines[node.id], forecasts.get(node.id, ""))
    db.executemany("UPDATE turns SET digest = ? WHERE id = ?", [(d, i) for i, d in digests.items()])
    seal(db, *SEALED)
    db.commit()
    db.close()
