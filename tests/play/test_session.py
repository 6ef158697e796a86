"""A session: drafts, standing settings, forks and names, whatever journal keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from labsim.errors import BadInput, BadWorld, Problem
from labsim.model.world import World, stocks
from labsim.play import replay, session, timeline
from labsim.play.fingerprint import MODEL_VERSION
from labsim.play.journal import Draft, ExplainedTerm, MemoryJournal, Turn, flat, unflat
from labsim.play.orders import play_orders
from labsim.play.session import Session
from labsim.play.tree import Branch, Node, Tree
from labsim.play.turn import play
from labsim.scenario import Scenario, load_scenario

SEAT, SEED = 3, 11
ORDERS: Mapping[int, Mapping[str, Any]] = {
    0: {"price": {"developer": 18.0}, "buy_gpus": 500.0, "training_share": 0.4},
    2: {"price": {"consumer": 25.0}, "stop_run": 1.0},
    3: {"staff_target": 900.0},
}


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load_scenario("token-era")


@pytest.fixture
def game(scenario: Scenario) -> Session:
    return Session.new(scenario, SEAT, SEED)


def same(a: World, b: World) -> bool:
    other = stocks(b)
    return all(stock.tobytes() == other[name].tobytes() for name, stock in stocks(a).items())


def play_on(game: Session, quarters: int) -> None:
    for _ in range(quarters):
        game.end_quarter()


def test_a_game_on_its_policy_is_the_run_without_a_player(scenario: Scenario) -> None:
    game = Session.new(scenario, SEAT, SEED, on_policy=True)
    play_on(game, 5)
    assert same(game.world(), list(play(scenario, SEED, 5))[-1].world)


def test_orders_do_in_a_session_what_a_file_of_orders_does(game: Session, scenario: Scenario) -> None:
    for t in range(5):
        for name, value in ORDERS.get(t, {}).items():
            game.set_order(name, value)
        game.end_quarter()
    assert same(game.world(), list(play_orders(scenario, SEED, 5, SEAT, ORDERS))[-1].world)


def test_settings_stand_and_once_orders_lapse(game: Session) -> None:
    game.set_order("buy_gpus", 500)
    game.set_order("price", {"developer": 18.0})
    game.end_quarter()
    game.set_order("price", {"consumer": 25.0})
    game.end_quarter()
    assert game.draft_orders() == {}
    assert game.standing == {"price": {"developer": 18.0, "consumer": 25.0}}
    assert game.record(1).decisions.buy_gpus[SEAT, 0] == 500.0
    assert game.record(2).decisions.buy_gpus[SEAT, 0] == 0.0


def test_an_order_can_be_taken_back_before_the_quarter_ends(game: Session) -> None:
    game.set_order("buy_gpus", 500)
    game.set_order("staff_target", 100)
    game.clear_order("buy_gpus")
    assert game.draft_orders() == {"staff_target": 100.0}
    game.put_draft(Draft())
    assert game.draft_orders() == {}


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("buy_gpu", 1.0, 'did you mean "buy_gpus"'),
        ("buy_gpus", float("nan"), "finite"),
        ("buy_gpus", float("inf"), "finite"),
        ("buy_gpus", True, "finite"),
        ("buy_gpus", {"developer": 1.0}, "one value"),
        ("price", {"nobody": 1.0}, "consumer"),
    ],
)
def test_an_order_that_cannot_be_is_refused_by_name(game: Session, name: str, value: Any, word: str) -> None:
    with pytest.raises(BadInput, match=word):
        game.set_order(name, value)
    assert game.draft_orders() == {}


def test_a_fork_meets_the_same_dice_and_leaves_the_old_branch_alone(game: Session) -> None:
    play_on(game, 6)
    before = game.world(6)
    game.fork(3, "again")
    play_on(game, 3)
    assert same(game.world(), before)
    assert game.current.id == 9
    assert same(game.world(6), before)
    assert [branch.name for branch in game.branches()] == ["main", "again"]


def test_a_branch_can_begin_at_the_opening(game: Session) -> None:
    play_on(game, 2)
    game.fork(0, "anew")
    assert game.t == game.scenario.start
    game.end_quarter()
    assert game.current.parent == 0


def test_each_branch_keeps_its_draft(game: Session) -> None:
    play_on(game, 1)
    game.set_order("buy_gpus", 5)
    game.fork(0, "b")
    game.set_order("buy_gpus", 7)
    game.switch("main")
    assert game.draft_orders() == {"buy_gpus": 5.0}
    game.switch("b")
    assert game.draft_orders() == {"buy_gpus": 7.0}


def test_names_of_branches_are_unique_and_fit(game: Session) -> None:
    for name in ("main", " ", "x" * 200, "two\nlines"):
        with pytest.raises(BadInput):
            game.fork(0, name)
    game.fork(0, "b")
    game.rename("b", "c")
    with pytest.raises(BadInput, match='did you mean "main"'):
        game.switch("mian")
    with pytest.raises(BadInput, match="already"):
        game.rename("c", "main")


def test_a_deleted_branch_can_come_back_with_its_quarters(game: Session) -> None:
    play_on(game, 3)
    old = game.branch
    with pytest.raises(BadInput, match="being played"):
        game.delete_branch("main")
    game.fork(1, "b")
    game.delete_branch("main")
    assert [branch.name for branch in game.branches()] == ["b"]
    game.restore_branch(old.id)
    game.switch("main")
    assert game.current.id == 3


def test_the_difference_of_two_branches_names_orders_and_outcomes(game: Session) -> None:
    play_on(game, 4)
    game.fork(2, "cheap")
    game.set_order("price", {"developer": 2.0})
    play_on(game, 2)
    found = game.difference("main", "cheap")
    assert found.common.id == 2
    assert [(o.t, o.decision, o.segment, o.a, o.b) for o in found.orders] == [(2, "price", "developer", None, 2.0)]
    assert {"cash", "revenue"} <= {o.variable for o in found.outcomes}
    assert {o.t for o in found.outcomes} == {2, 3}
    assert game.difference("main", "main").outcomes == ()


def test_the_last_quarter_is_the_last(scenario: Scenario) -> None:
    game = Session.new(scenario, SEAT, SEED, quarters=2)
    play_on(game, 2)
    assert game.is_over
    with pytest.raises(BadInput, match="last quarter"):
        game.end_quarter()


def test_a_journal_that_fails_leaves_the_game_where_it_was(scenario: Scenario) -> None:
    class Full(MemoryJournal):
        is_full = False

        def append_turn(self, turn: Turn) -> None:
            if self.is_full:
                raise BadWorld(Problem("disk", "full", "make room"))
            super().append_turn(turn)

    journal = Full()
    game = Session.new(scenario, SEAT, SEED, journal)
    game.end_quarter()
    game.set_order("buy_gpus", 5)
    journal.is_full = True
    with pytest.raises(BadWorld):
        game.end_quarter()
    assert (game.current.id, game.draft_orders()) == (1, {"buy_gpus": 5.0})
    journal.is_full = False
    assert game.end_quarter().id == 2


def test_a_listener_is_told_what_changed_until_it_leaves(game: Session) -> None:
    heard: list[str] = []
    leave = game.listen(heard.append)
    game.set_order("buy_gpus", 5)
    game.end_quarter()
    game.fork(0, "b")
    game.write_note(1, "why")
    game.rename_game("mine")
    leave()
    game.end_quarter()
    assert heard == ["draft", "turn", "branches", "notes", "name"]
    assert set(heard) <= set(session.CHANGES)


def test_notes_can_be_changed_and_removed(game: Session) -> None:
    game.end_quarter()
    note = game.write_note(1, "first")
    game.write_note(1, "second", "reflection", note.id)
    assert [(n.text, n.kind) for n in game.notes] == [("second", "reflection")]
    game.write_note(1, "", note=note.id)
    assert game.notes == ()
    with pytest.raises(BadInput):
        game.write_note(99, "nowhere")


def test_another_model_goes_on_only_on_a_marked_branch(game: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    play_on(game, 2)
    for module in (session, timeline, replay):
        monkeypatch.setattr(module, "MODEL_VERSION", MODEL_VERSION + 1)
    with pytest.raises(BadInput, match="fork"):
        game.end_quarter()
    made = game.fork(1, "newer")
    assert made.continued_under == MODEL_VERSION + 1
    assert game.end_quarter().model_version == MODEL_VERSION + 1


def test_terms_of_an_explainer_reach_the_journal(scenario: Scenario) -> None:
    seen: list[Turn] = []

    class Watched(MemoryJournal):
        def append_turn(self, turn: Turn) -> None:
            seen.append(turn)
            super().append_turn(turn)

    game = Session.new(scenario, SEAT, SEED, Watched())
    game.explainer = lambda before, after: [ExplainedTerm(SEAT, "cash", "", f"t{before.t}{after.t}", 1.0)]
    play_on(game, 2)
    assert [[term.term for term in turn.terms] for turn in seen] == [[], ["t01"]]


@pytest.mark.parametrize(
    ("nodes", "word"),
    [
        ([(0, None, -1), (2, 3, 0), (3, 2, 1)], "not played before"),
        ([(0, None, -1), (0, None, -1)], "twice"),
        ([(0, None, -1), (1, None, 0)], "no place"),
        ([(0, None, -1), (1, 0, 4)], "quarter 4 after"),
    ],
)
def test_a_tree_that_cannot_be_is_refused(nodes: list[tuple[int, int | None, int]], word: str) -> None:
    with pytest.raises(ValueError, match=word):
        Tree([Node(i, parent, t, 1, "", 1) for i, parent, t in nodes], [])


def test_a_branch_of_missing_turns_is_refused() -> None:
    tree = Tree([Node(0, None, -1, 1, "", 1)], [])
    with pytest.raises(ValueError, match="do not exist"):
        tree.put(Branch(1, "b", 7, 0))


def test_orders_survive_as_rows() -> None:
    orders = {"price": {"agents": 1.5, "developer": 2.0}, "buy_gpus": 3.0}
    assert unflat(flat(orders)) == orders
    with pytest.raises(ValueError, match="one value"):
        unflat([("price", "", 1.0), ("price", "agents", 1.0)])


def test_records_are_those_of_the_run(game: Session, scenario: Scenario) -> None:
    play_on(game, 3)
    fresh = Session(game.journal)
    for node in game.path()[1:]:
        assert np.array_equal(fresh.record(node.id).report.market.revenue, game.record(node.id).report.market.revenue)
    with pytest.raises(BadInput, match="before its first"):
        game.record(0)
