"""What is in a game file? Its game, scenario, tree, drafts and notes, from rows that are only data."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from labsim.errors import LabsimError
from labsim.formats import quarter_name
from labsim.model.decisions import DECISIONS
from labsim.model.params import SEGMENTS
from labsim.play.journal import Draft, Game, Note, Stored, unflat
from labsim.play.policies import PolicyRow
from labsim.play.tree import LONGEST_NAME, ROOT, Branch, Node, OrderValue, Tree
from labsim.scenario import Scenario, parse_scenario
from labsim.store.connect import damaged
from labsim.store.state import Shapes, read_shapes

EngineShapes = Mapping[int, Shapes]
"""Engine of the file -> shapes of the stocks in the states that it wrote."""
Decided = Mapping[str, bool]
"""Decision -> does it have segments?"""
DECIDED: Decided = {v.name: "segment" in v.axes for v in DECISIONS}
MOST_QUARTERS = 400


def load(db: sqlite3.Connection, path: Path) -> tuple[Stored, EngineShapes]:
    """The game, without its worlds and records. Raises BadInput naming what is wrong."""
    try:
        scenario = read_scenario(db)
        game, active = read_game(db, scenario)
        shapes = {row[0]: read_shapes(row[1]) for row in db.execute("SELECT id, stocks FROM engines")}
        tree = Tree(read_nodes(db), read_branches(db))
        _check_tree(tree, game, scenario, active)
        notes = [Note(*row) for row in db.execute("SELECT id, turn, kind, text, written_at FROM notes ORDER BY id")]
        drafts = read_drafts(db)
        if not {note.turn for note in notes} <= set(tree.nodes) or not set(drafts) <= set(tree.branches):
            raise ValueError("a note or a draft belongs to nothing")
    except LabsimError as error:
        raise damaged(path, str(error.problems[0])) from error
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError) as error:
        raise damaged(path, _plain(error)) from error
    return Stored(game, scenario, tree, active, drafts, tuple(notes)), shapes


def read_scenario(db: sqlite3.Connection) -> Scenario:
    """The scenario from its texts. Raises ValueError when they are not those that were played, BadInput when wrong."""
    name, digest = db.execute("SELECT scenario, scenario_digest FROM game").fetchone() or ("", "")
    texts = db.execute("SELECT name, text FROM scenario_texts ORDER BY place").fetchall()
    scenario = _parsed(name, tuple(texts))
    if scenario.digest != digest:
        raise ValueError("the text of its scenario is not the one that was played")
    return scenario


@lru_cache(maxsize=4)  # the games of a class are of one scenario
def _parsed(name: str, texts: tuple[tuple[str, str], ...]) -> Scenario:
    return parse_scenario(name, texts)


def read_game(db: sqlite3.Connection, scenario: Scenario) -> tuple[Game, int]:
    """The game and its active branch. Raises ValueError when it cannot be played."""
    row = db.execute("SELECT name, seat, seed, quarters, created, instead, active_branch FROM game").fetchone()
    if row is None:
        raise ValueError("the row of the game is missing")
    name, seat, seed, quarters, created, instead, active = row
    _require(0 <= seat < len(scenario.labs), f"it has no seat {seat}")
    _require(seed.isascii() and seed.isdigit() and len(seed) < 21 and int(seed) < 2**64, "its seed is no seed")
    _require(1 <= quarters <= MOST_QUARTERS, f"{quarters} quarters cannot be played")
    _require(0 < len(name) <= LONGEST_NAME and name.isprintable(), "its name is no name")
    return Game(name, seat, int(seed), quarters, created, _instead(json.loads(instead), scenario)), active


def _instead(found: Any, scenario: Scenario) -> dict[str, dict[str, float]]:
    _require(isinstance(found, dict) and set(found) <= set(scenario.labs), "its other policies are of unknown labs")
    fields = set(PolicyRow.__dataclass_fields__)
    for row in found.values():
        numbers = isinstance(row, dict) and all(isinstance(v, int | float) and abs(v) < 1e100 for v in row.values())
        _require(numbers and set(row) == fields, "another policy of a lab is not one")
    return {lab: {name: float(value) for name, value in row.items()} for lab, row in found.items()}


def read_nodes(db: sqlite3.Connection) -> list[Node]:
    """Every node with its orders. Raises ValueError for an order that no lab can give."""
    rows: dict[int, list[tuple[str, str, float]]] = {}
    for turn, name, segment, after in db.execute("SELECT turn, decision, segment, after FROM orders"):
        rows.setdefault(turn, []).append((name, segment, after))
    found = db.execute(
        "SELECT turns.id, parent, t, branch, played_at, model_version, on_policy, quarter FROM turns "
        "JOIN engines ON engines.id = turns.engine ORDER BY turns.id"
    ).fetchall()
    _require(len(found) == db.execute("SELECT count(*) FROM turns").fetchone()[0], "a turn was played by no engine")
    decided, nodes = decided_in(db), []
    for id, parent, t, branch, when, version, on_policy, quarter in found:
        _require(-1 <= t < 1000 and (t < 0 or quarter == quarter_name(t)), f"turn {id} has the wrong quarter")
        nodes.append(
            Node(id, parent, t, branch, when, version, bool(on_policy), read_orders(rows.get(id, []), decided))
        )
    return nodes


def decided_in(db: sqlite3.Connection) -> Decided:
    """The decisions of this labsim, and those of the model that played the file."""
    rows = db.execute("SELECT name, axes FROM variables WHERE kind IN ('setting', 'once')").fetchall()
    return {**{name: "segment" in axes.split() for name, axes in rows}, **DECIDED}


def read_orders(rows: list[tuple[str, str, float]], decided: Decided = DECIDED) -> dict[str, OrderValue]:
    """Orders from their rows. Raises ValueError for one that no lab can give."""
    for name, segment, value in rows:
        _require(name in decided, f'there is no decision "{name!s:.40}"')
        by_segment = decided[name]
        _require(not segment or (by_segment and segment in SEGMENTS), f'{name} has no segment "{segment!s:.40}"')
        _require(abs(value) < 1e100, f"an order of {name} is not an ordinary number")
    return unflat(rows)


def read_branches(db: sqlite3.Connection) -> list[Branch]:
    """Every branch. Raises ValueError when two have one name."""
    rows = db.execute("SELECT id, name, tip, origin, continued_under, is_deleted FROM branches ORDER BY id").fetchall()
    branches = [Branch(id, name, tip, origin, under, bool(gone)) for id, name, tip, origin, under, gone in rows]
    for branch in branches:
        _require(0 < len(branch.name) <= LONGEST_NAME and branch.name.isprintable(), "a branch has no fit name")
    shown = [branch.name for branch in branches if not branch.is_deleted]
    _require(len(shown) == len(set(shown)), "two branches have one name")
    return branches


def read_drafts(db: sqlite3.Connection) -> dict[int, Draft]:
    """The drafts by branch."""
    rows: dict[int, list[tuple[str, str, float]]] = {}
    for branch, name, segment, after in db.execute("SELECT branch, decision, segment, after FROM draft_orders"):
        rows.setdefault(branch, []).append((name, segment, after))
    held = db.execute("SELECT branch, on_policy FROM drafts").fetchall()
    _require(set(rows) <= {row[0] for row in held}, "orders of a draft belong to no branch")
    return {branch: Draft(read_orders(rows.get(branch, [])), bool(on_policy)) for branch, on_policy in held}


def _check_tree(tree: Tree, game: Game, scenario: Scenario, active: int) -> None:
    _require(ROOT in tree.nodes, "its opening is missing")
    _require(tree.nodes[ROOT].t == scenario.start - 1, "it does not begin where its scenario begins")
    last = scenario.start + game.quarters - 1
    _require(all(node.t <= last for node in tree.nodes.values()), "it goes on after its last quarter")
    _require(all(node.branch in tree.branches for node in tree.nodes.values()), "a turn belongs to no branch")
    _require(active in tree.branches and not tree.branches[active].is_deleted, "it names no branch to play")


def _require(condition: bool, otherwise: str) -> None:
    if not condition:
        raise ValueError(otherwise)


def _plain(error: Exception) -> str:
    text = str(error) if isinstance(error, ValueError) else "a value in it has the wrong type"
    return "".join(letter if letter.isprintable() else " " for letter in text[:200])
