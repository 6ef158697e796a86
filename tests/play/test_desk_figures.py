"""What the desktop asks of the engine beside the forecast: offers, stops, ways out, token flow, standing, ending."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from labsim.play.derived import BANKRUPT
from labsim.play.ending import ending
from labsim.play.offers import compute_offer, orders_due
from labsim.play.session import Session
from labsim.play.standing import NO_END, months_left, opening_standing, standing
from labsim.play.stops import CONDITIONS, Moment, reason_to_stop, true_now
from labsim.play.token_flow import token_flows
from labsim.play.ways_out import ways_out
from labsim.scenario import DEFAULT, load_scenario
from labsim.text import render


@pytest.fixture
def game() -> Session:
    """The default scenario in Anthropic's seat, before its first quarter."""
    scenario = load_scenario(DEFAULT)
    return Session.new(scenario, scenario.seat("Anthropic"), 1)


def test_gpus_bought_now_work_from_the_quarter_that_the_offer_names(game: Session) -> None:
    offer = compute_offer(game.scenario, game.world(), game.preview(), game.seat)
    game.set_order("buy_gpus", 1000.0)
    game.set_order("build_power", 50.0)
    game.end_quarter()
    while game.t <= offer.buy_from:
        game.end_quarter()
        owned = float(game.record().report.compute.owned_gpus[game.seat, 0])
        assert (owned > 0.0) == (game.t - 1 >= offer.buy_from)


def test_what_is_on_order_comes_when_it_is_due(game: Session) -> None:
    game.set_order("reserve_gpus", 500.0)
    game.end_quarter()
    ends = [due for due in orders_due(game.scenario, game.world(), game.t, game.seat) if due.generation == "H100"]
    assert [due.t for due in ends] == [game.t + game.scenario.params.reserve_term]
    assert ends[0].amount == pytest.approx(float(game.world().compute.contract_gpus[0, game.seat, 0]))


def test_buying_pays_sooner_when_chips_are_scarcer(game: Session) -> None:
    short = compute_offer(game.scenario, game.world(), game.preview(), game.seat)
    while game.t < 12:
        game.end_quarter()
    slack = compute_offer(game.scenario, game.world(), game.preview(), game.seat)
    assert short.scarcity > slack.scarcity
    assert (short.buy_wins_after or 99) < (slack.buy_wins_after or 99)


def test_quarters_stop_for_the_first_reason_that_holds(game: Session) -> None:
    game.end_quarter()
    moment = Moment(None, game.record(), game.scenario, game.seat)
    reason = reason_to_stop(moment, {"idle"})
    assert reason is not None
    assert render(reason) == "No training run is on."
    assert reason_to_stop(moment, set()) is None


def test_every_condition_has_its_sentences(game: Session) -> None:
    for condition in CONDITIONS:
        assert render(condition.label)
    game.set_on_policy(True)
    for _ in range(6):
        game.end_quarter()
        before = game.record(game.path()[-2].id) if len(game.path()) > 2 else None
        for _, reason in true_now(Moment(before, game.record(), game.scenario, game.seat), {c.key for c in CONDITIONS}):
            assert render(reason)


def test_each_way_out_leaves_more_cash_than_none_or_none_at_all(game: Session) -> None:
    game.set_order("reserve_gpus", 20000.0)
    game.end_quarter()
    without = float(game.preview().world.capital.cash[game.seat, 0])
    ways = {way.key: way for way in ways_out(game)}
    assert {"cut_staff", "raise_prices", "round"} <= set(ways)
    assert ways["cut_staff"].cash > without
    assert ways["round"].cash > without
    for way in ways.values():
        assert render(way.label)
        assert render(way.price)


def test_hidden_orders_are_no_way_out(game: Session) -> None:
    assert "partner" in {way.key for way in ways_out(game)}
    object.__setattr__(game.scenario, "hidden_orders", ("partner_equity",))
    assert "partner" not in {way.key for way in ways_out(game)}


def test_runway_is_cash_over_burn_in_months(game: Session) -> None:
    game.end_quarter()
    record = game.record()
    cash, burn = float(record.world.capital.cash[game.seat, 0]), float(record.world.capital.burn[game.seat, 0])
    assert months_left(record.world, game.seat) == pytest.approx(3.0 * cash / burn)
    assert standing(record, game.seat).runway == pytest.approx(3.0 * cash / burn)


def test_a_bankrupt_lab_has_no_runway(game: Session) -> None:
    world = game.world()
    nothing = np.zeros_like(world.capital.cash)
    capital = dataclasses.replace(world.capital, status=nothing + BANKRUPT, cash=nothing, burn=nothing)
    assert months_left(world.replace(capital=capital), game.seat) == 0.0
    assert months_left(world, game.seat) > 0.0


def test_the_opening_stands_as_the_scenario_says(game: Session) -> None:
    found = opening_standing(game.world(), game.seat)
    assert found.cash == 900.0
    assert found.revenue == 0.0
    assert found.runway < NO_END


def test_the_token_flow_adds_up_to_the_fleet(game: Session) -> None:
    game.set_order("start_run", 1.0)
    flows = token_flows(game.scenario, game.preview(), game.seat)
    assert sum(flop for _, flop in flows.chips) == pytest.approx(flows.fleet, rel=1e-12)
    assert sum(flows.uses.values()) == pytest.approx(flows.fleet, rel=1e-12)
    assert flows.uses["training"] > 0.0


def test_without_a_run_training_flows_into_research(game: Session) -> None:
    flows = token_flows(game.scenario, game.preview(), game.seat)
    assert flows.uses["training"] == 0.0
    assert flows.uses["research"] == pytest.approx(0.62 * flows.fleet)


def test_the_ending_of_a_survivor_has_a_mark_for_each_objective(game: Session) -> None:
    game.set_on_policy(True)
    for _ in range(4):
        game.end_quarter()
    found = ending(game.scenario, [game.record(node.id) for node in game.path()[1:]], game.seat)
    assert found.status == 0
    assert len(found.marks) == len(game.scenario.objectives)
    assert found.score == pytest.approx(sum(m.mark * m.objective.weight for m in found.marks))
    assert found.causes == () or all(amount < 0.0 for _, amount in found.causes)


def test_a_fall_names_what_the_cash_went_into(game: Session) -> None:
    while not game.is_over:
        game.set_order("reserve_gpus", 200_000.0)
        game.end_quarter()
    found = ending(game.scenario, [game.record(node.id) for node in game.path()[1:]], game.seat)
    assert found.status != 0
    assert found.causes[0][0] == "rent_reserved"
    assert found.fate < 1.0
    assert np.isfinite(found.score)
