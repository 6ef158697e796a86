"""Is what was done, by a lab, a rival, the world or the dice, the term on top?"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from labsim.model.terms import Link
from labsim.play.bridge import Term, explain, explain_difference
from labsim.play.bridge_figures import HEADLINES
from labsim.play.turn import Player, TurnRecord, opening, play, play_quarter, policy_rows, quarter_of
from labsim.scenario import Scenario, load_scenario
from labsim.text import render

EXACT = 1e-9
SEAT = 1  # Anthropic


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """The era under constants that stay: the cases below are picked for the states that it reaches."""
    return load_scenario(Path(__file__).resolve().parents[1] / "reference" / "reference_constants.toml")


@pytest.fixture(scope="module")
def records(scenario: Scenario) -> list[TurnRecord]:
    return list(play(scenario, 3, 12))


def all_terms(terms: tuple[Term, ...]) -> list[Term]:
    return [inner for term in terms for inner in (term, *all_terms(term.terms))]


FLIPS = [
    # quarters played, order that is flipped, figure, first term, its largest part (or none), link
    (7, {"buy_gpus": 3000.0}, "cash", "investment", "capex_gpu", "buy_gpus"),
    (3, {"staff_target": 0.0}, "runway", "people", "wages", "staff_target"),
    (7, {"staff_target": 0.0}, "equity", "people", "wages", "staff_target"),
    (7, {"inference_share": 0.005}, "revenue", "served", "capacity", "inference_share"),
    (7, {"inference_share": 0.005}, "market_share", "service", "served", "inference_share"),
    (9, {"price": 2.0}, "market_share", "price", None, "price"),
    (9, {"alignment_share": 0.6}, "capability", "post_training", "work", "alignment_share"),
    (7, {"alignment_share": 0.6}, "capability", "over_refusal", "ratio", "alignment_share"),
    (9, {"alignment_share": 0.6}, "alignment_seen", "work", None, "alignment_share"),
    (7, {"transparency": 1.0}, "trust", "transparency", None, "transparency"),
    (9, {"on_demand_gpus": 20000.0}, "unit_cost", "compute_cost", "rent_on_demand", "on_demand_gpus"),
    (9, {"on_demand_gpus": 20000.0}, "gross_margin", "compute_cost", "rent_on_demand", "on_demand_gpus"),
    (9, {"price": 0.5}, "valuation", "revenue", None, "price"),
]


def flipped(scenario: Scenario, before: TurnRecord, orders: dict[str, float]) -> TurnRecord:
    """The quarter after a record with some orders of a lab on its policy; a price multiplies the last one."""
    quarter = quarter_of(scenario, before.t + 1, 3)
    given = {name: np.array([value]) for name, value in orders.items()}
    if "price" in orders:
        given["price"] = before.decisions.price[:, SEAT] * orders["price"]
    player = {SEAT: Player(SEAT, on_policy=True)}
    return play_quarter(scenario, before.world, quarter, policy_rows(scenario), player, {SEAT: given})


@pytest.mark.parametrize(("played", "orders", "figure", "first", "part", "link"), FLIPS)
def test_the_decision_that_was_flipped_is_on_top(
    scenario: Scenario,
    records: list[TurnRecord],
    played: int,
    orders: dict[str, float],
    figure: str,
    first: str,
    part: str | None,
    link: str,
) -> None:
    before = records[played]
    found = explain_difference(
        figure, before, [flipped(scenario, before, {})], [flipped(scenario, before, orders)], SEAT, scenario
    )
    top = found.terms[0]
    assert top.name == first
    assert Link("decision", link) in top.links
    if part is not None:
        assert top.terms[0].name == part
        assert Link("decision", link) in top.terms[0].links
    assert abs(found.unexplained) <= EXACT * found.gross


def test_two_runs_differ_by_the_sum_of_all_their_quarters(scenario: Scenario) -> None:
    ways = [list(play(scenario, seed, 6)) for seed in (1, 2)]
    for name in HEADLINES:
        found = explain_difference(name, opening(scenario), *ways, SEAT, scenario)
        assert found.from_ == explain(name, ways[0][-2], ways[0][-1], SEAT, scenario).to
        assert abs(found.unexplained) <= EXACT * (found.gross + abs(found.to))
        assert all(render(term.sentence) for term in all_terms(found.terms))


def test_a_run_does_not_differ_from_itself(scenario: Scenario, records: list[TurnRecord]) -> None:
    found = explain_difference("revenue", records[0], records[1:3], records[1:3], SEAT, scenario)
    assert found.change == 0.0
    assert found.terms == ()


def test_a_rival_that_cuts_its_prices_is_named(scenario: Scenario, records: list[TurnRecord]) -> None:
    before, rival = records[7], scenario.seat("OpenAI")
    quarter = quarter_of(scenario, before.t + 1, 3)
    cheap = {rival: {"price": before.decisions.price[:, rival] * 0.4}}
    seated = {rival: Player(rival, on_policy=True)}
    same, cut = (
        play_quarter(scenario, before.world, quarter, policy_rows(scenario), seated, orders) for orders in ({}, cheap)
    )
    top = explain_difference("market_share", before, [same], [cut], SEAT, scenario).terms[0]
    assert top.name == "rivals"
    assert top.terms[0].links == (Link("rival", "OpenAI"),)


def test_a_world_event_is_named(scenario: Scenario, records: list[TurnRecord]) -> None:
    before = records[7]
    row = scenario.params.events.index("compute_bankruptcy_wave")
    quiet = quarter_of(scenario, before.t + 1, 3)
    struck = np.zeros_like(quiet.forced)
    struck[row] = True
    rows = policy_rows(scenario)
    calm, wave = (
        play_quarter(scenario, before.world, dataclasses.replace(quiet, forced=forced), rows)
        for forced in (np.zeros_like(struck), struck)
    )
    top = explain_difference("valuation", before, [calm], [wave], SEAT, scenario).terms[0]
    assert top.name == "multiple"
    assert Link("event", "compute_bankruptcy_wave") in top.terms[0].links


def test_true_coverage_does_not_enter_the_alignment_that_is_seen(scenario: Scenario, records: list[TurnRecord]) -> None:
    before, after = records[4], records[5]
    safe = after.report.alignment
    other = dataclasses.replace(after.report, alignment=dataclasses.replace(safe, coverage=safe.coverage * 0.5))
    hidden = dataclasses.replace(after, report=other)
    shown = [explain("alignment_seen", before, now, SEAT, scenario) for now in (after, hidden)]
    assert shown[0] == shown[1]
