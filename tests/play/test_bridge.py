"""Do the terms of a change add up, and do they name what was done?"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labsim.errors import BadInput, Message
from labsim.model.decisions import DECISIONS
from labsim.model.dice import STREAMS
from labsim.model.terms import Cause, Coalitions, log_mean, product_shares, shapley, total_of
from labsim.model.world import World, repeat_run
from labsim.play.bridge import Explanation, Term, explain, explain_arrays, explain_difference
from labsim.play.bridge_figures import HEADLINES, causes_of, figure_after, figure_before, one_run_of, world_of
from labsim.play.turn import TurnRecord, opening, play, play_quarter, policy_rows, quarter_of
from labsim.scenario import Scenario, load_scenario
from labsim.text import render
from labsim.variables import Array
from tests.model import era
from tests.play.random_play import random_game

RESIDUAL = ("bounds",)
"""Terms that name no cause."""
EXACT = 1e-9
SEAT = 1  # Anthropic


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load_scenario("token-era")


@pytest.fixture(scope="module")
def records(scenario: Scenario) -> list[TurnRecord]:
    return list(play(scenario, 3, 12))


# ---- the methods by hand --------------------------------------------------------------------------------------------


def test_a_product_is_shared_out_by_log_means_as_worked_by_hand() -> None:
    # 10 units x share 0.5 x $2 = 10 becomes 20 x 0.25 x 3 = 15. L(10, 15) = 5/ln 1.5 = 12.33152.
    factors = [(np.array([a]), np.array([b])) for a, b in ((10.0, 20.0), (0.5, 0.25), (2.0, 3.0))]
    size, share, price = (float(part[0]) for part in product_shares(factors))
    assert size == pytest.approx(8.547556, abs=1e-6)
    assert share == pytest.approx(-8.547556, abs=1e-6)
    assert price == pytest.approx(5.0, abs=1e-12)


def test_shapley_values_are_the_mean_over_both_orders_as_worked_by_hand() -> None:
    # 2 x 3 = 6 becomes 4 x 5 = 20: x first 2 x 3, x last 2 x 5, mean 8; y first 2 x 2, y last 4 x 2, mean 6.
    def worth(on: Coalitions) -> Array:
        return on.pick("x", np.array([2.0]), np.array([4.0])) * on.pick("y", np.array([3.0]), np.array([5.0]))

    fair = shapley(worth, {"x": ("x",), "y": ("y",)})
    assert [float(fair["x"][0]), float(fair["y"][0])] == pytest.approx([8.0, 6.0])
    together = shapley(worth, {"both": ("x", "y")})
    assert {name: float(value[0]) for name, value in together.items()} == pytest.approx(
        {"both": 14.0, "both.x": 8.0, "both.y": 6.0}
    )


def test_a_large_group_is_shared_out_too_and_fairly() -> None:
    # Nine equal factors of a product share its change equally; a tenth that does not move gets nothing.
    names = [str(i) for i in range(10)]

    def worth(on: Coalitions) -> Array:
        value = np.ones((1, 1))
        for name in names:
            value = value * on.pick(name, np.ones(1), np.array([1.0 if name == "9" else 1.1]))
        return value

    fair = shapley(worth, {"all": names})
    assert float(fair["all"][0]) == pytest.approx(1.1**9 - 1.0)
    assert [float(fair[f"all.{name}"][0]) for name in names] == pytest.approx(
        [(1.1**9 - 1.0) / 9.0] * 9 + [0.0], rel=0.01
    )


def test_a_factor_that_was_nothing_gets_a_shapley_value_instead_of_a_logarithm() -> None:
    # 0 x 4 becomes 3 x 4: all of the 12 came with the first factor.
    parts = product_shares([(np.zeros(1), np.array([3.0])), (np.array([4.0]), np.array([4.0]))])
    assert [float(part[0]) for part in parts] == [12.0, 0.0]


def test_trust_after_an_incident_as_worked_by_hand(scenario: Scenario) -> None:
    # Severity 0.5 + 1.5 x 0.2 = 0.8 costs 0.14 x 0.8 = 0.112. Transparency 0.4 adds 0.1 x 0.05 x 0.4 = 0.002.
    start = era.seats()
    played = era.single(start, draws={"incident": 0.0, "severity": 0.2})
    record = TurnRecord(0, played.decisions, {}, played.report, played.after)
    found = {term.name: term.value for term in explain("trust", played.before, record, SEAT, scenario).terms}
    served = float(played.report.market.served_fraction[SEAT, 0])
    coverage = float(played.report.alignment.coverage[SEAT, 0])
    assert found["incident"] == pytest.approx(-0.112)
    assert found["transparency"] == pytest.approx(0.002)
    assert found.get("service", 0.0) == pytest.approx(-0.1 * 0.05 * (1.0 - served))
    assert found["alignment"] == pytest.approx(0.1 * (0.40 + 0.40 * coverage - 0.62))


def test_interest_wages_and_rent_are_the_lines_of_cash_as_worked_by_hand(scenario: Scenario) -> None:
    # Anthropic starts with 900 M$ cash and 9,000 A100 under contract at 1.25 $/h for 2,190 h: 24.6375 M$ a quarter;
    # 4 % a year on the cash is 9 M$; 160 people at 0.19 M$ cost 30.4 M$.
    played = era.single(era.seats())
    record = TurnRecord(0, played.decisions, {}, played.report, played.after)
    terms = {term.name: term for term in explain("cash", played.before, record, SEAT, scenario).terms}
    lines = {line.name: line.value for term in terms.values() for line in term.terms}
    assert lines["rent_reserved"] == pytest.approx(-24.6375)
    assert lines["interest_income"] == pytest.approx(9.0)
    assert lines["wages"] == pytest.approx(-30.4)
    assert terms["compute"].value == pytest.approx(-24.6375)


# ---- they add up ----------------------------------------------------------------------------------------------------


def complaints(
    scenario: Scenario, start: World, played: list[TurnRecord], seat: int, *, deep: bool = True
) -> list[str]:
    """Figures whose causes, or the causes of a cause, do not add up; and fat terms that name nothing."""
    wrong = []
    for before, after in zip([start, *played], played, strict=False):
        live = world_of(before).capital.status[seat] == 0.0
        for name in HEADLINES:
            causes = causes_of(name, before, after, seat, scenario.params, deep=deep)
            ends = figure_before(name, before, after, seat, scenario.params), figure_after(name, after, seat)
            size = 1e-4 * np.maximum(np.abs(ends[0]), np.abs(ends[1]))  # what rounding may be counted against
            gross = sum((np.abs(cause.value) for cause in causes), size)
            if np.any((np.abs(total_of(causes) - (ends[1] - ends[0])) > EXACT * gross) & live):
                wrong.append(f"{name} in {after.t}")
            for cause in causes:
                if cause.name in RESIDUAL and np.any((np.abs(cause.value) > 0.1 * gross) & live):
                    wrong.append(f"{name} in {after.t}: {cause.name} is fat")
                if cause.causes and not adds_up(cause, live, size):
                    wrong.append(f"{name} in {after.t}: inside {cause.name}")
    return wrong


def adds_up(cause: Cause, live: np.ndarray, size: Array) -> bool:
    gross = sum((np.abs(part.value) for part in cause.causes), size)
    return not np.any((np.abs(total_of(cause.causes) - cause.value) > EXACT * gross) & live)


def test_terms_add_up_in_a_game_of_policies(scenario: Scenario, records: list[TurnRecord]) -> None:
    assert complaints(scenario, opening(scenario), records, SEAT) == []


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32 - 1), seat=st.integers(0, 6))
def test_terms_add_up_whatever_a_lab_does(scenario: Scenario, seed: int, seat: int) -> None:
    start, played = random_game(scenario, seed, quarters=6, runs=8, seat=seat)
    assert complaints(scenario, start, played, seat, deep=False) == []


@pytest.mark.slow
@pytest.mark.timeout(300)
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32 - 1), seat=st.integers(0, 6))
def test_terms_add_up_in_thousands_of_random_quarters(scenario: Scenario, seed: int, seat: int) -> None:
    start, played = random_game(scenario, seed, quarters=16, runs=10, seat=seat)
    # Every third game opens the second level of the market share, which costs most.
    assert complaints(scenario, start, played, seat, deep=seed % 3 == 0) == []


def test_the_first_level_of_every_run_is_that_of_the_run_alone(scenario: Scenario) -> None:
    _, played = random_game(scenario, 5, quarters=3, runs=3, seat=SEAT)
    for name in HEADLINES:
        found = explain_arrays(name, played[1], played[2], SEAT, scenario)
        for run in range(3):
            alone = explain(name, played[1], played[2], SEAT, scenario, run)
            terms = {term.name: term.value for term in alone.terms}
            assert {key: found[key][run] for key in terms} == pytest.approx(terms, rel=1e-9, abs=1e-12), name
            assert found["to"][run] == alone.to


def test_many_futures_of_one_quarter_are_explained_at_once(scenario: Scenario, records: list[TurnRecord]) -> None:
    before = records[3]
    futures = list(play_on(scenario, before.world, before.t + 1, quarters=4, runs=5))
    for name in HEADLINES:
        found = explain_arrays(name, before, futures, SEAT, scenario)
        terms = sum((value for key, value in found.items() if key not in ("from", "to")), np.zeros(5))
        assert terms.mean() == pytest.approx(found["to"].mean() - found["from"].mean(), rel=1e-9, abs=1e-9), name


def play_on(scenario: Scenario, world: World, t: int, quarters: int, runs: int) -> Iterator[TurnRecord]:
    """Futures of a world of one run under the dice of another seed."""
    world = repeat_run(world, runs)
    for now in range(t, t + quarters):
        record = play_quarter(scenario, world, quarter_of(scenario, now, 99, 0, runs), policy_rows(scenario))
        world = record.world
        yield record


@pytest.mark.parametrize("changes", [{"inertia": 1.0}, {"inertia": 0.0}, {"incident_base": 5.0}, {"trust_rate": 1.0}])
def test_terms_add_up_under_other_constants(scenario: Scenario, changes: dict[str, float]) -> None:
    params = scenario.params.replace(**{name: np.array([value]) for name, value in changes.items()})
    other = dataclasses.replace(scenario, params=params)
    start, played = random_game(other, 6, quarters=5, runs=4, seat=SEAT)
    assert complaints(other, start, played, SEAT) == []


# ---- as shown -------------------------------------------------------------------------------------------------------


def steps(text: str) -> float:
    """The number in a shown term."""
    digits = "".join(letter for letter in text.replace("−", "-") if letter in "-.0123456789")
    return float(digits)


def test_shown_terms_add_up_to_the_shown_change(scenario: Scenario, records: list[TurnRecord]) -> None:
    for name in HEADLINES:
        for before, after in pairwise(records):
            found = explain(name, before, after, SEAT, scenario)
            change = steps(found.shown_change)
            assert sum(steps(term.shown) for term in found.terms) == pytest.approx(change, abs=1e-9)
            assert steps(found.shown_to) - steps(found.shown_from) == pytest.approx(change, abs=1e-9)
            for term in found.terms:
                if term.terms:
                    assert sum(steps(part.shown) for part in term.terms) == pytest.approx(steps(term.shown), abs=1e-9)


def test_steps_of_the_scale_are_what_is_shown(scenario: Scenario, records: list[TurnRecord]) -> None:
    found = explain("revenue", records[4], records[5], SEAT, scenario)
    assert found.scale.show(sum(term.steps for term in found.terms), signed=True) == found.shown_change
    assert [found.scale.show(term.steps, signed=True) for term in found.terms] == [term.shown for term in found.terms]


def test_the_first_revenue_is_told_by_segment(scenario: Scenario, records: list[TurnRecord]) -> None:
    found = explain("revenue", opening(scenario), records[0], SEAT, scenario)
    assert found.from_ == 0.0
    assert [term.name for term in found.terms] == ["first_quarter"]
    assert {"consumer", "developer", "enterprise"} <= {term.name for term in found.terms[0].terms}
    assert abs(found.unexplained) <= EXACT * found.gross


def test_no_shown_term_is_a_step_or_more_from_its_value(scenario: Scenario, records: list[TurnRecord]) -> None:
    found = explain("cash", records[4], records[5], SEAT, scenario)
    for term in found.terms:
        assert abs(steps(term.shown) - term.value) < 2.0  # shown in M$


def test_next_to_nothing_is_left_unexplained(scenario: Scenario, records: list[TurnRecord]) -> None:
    for name in HEADLINES:
        found = explain(name, records[5], records[6], SEAT, scenario)
        assert abs(found.unexplained) <= 0.01 * found.gross


def all_terms(terms: tuple[Term, ...]) -> list[Term]:
    return [inner for term in terms for inner in (term, *all_terms(term.terms))]


def test_every_term_is_a_sentence_and_links_to_what_there_is(scenario: Scenario, records: list[TurnRecord]) -> None:
    known = {
        "decision": {variable.name for variable in DECISIONS},
        "rival": set(scenario.labs),
        "event": set(scenario.params.events.names),
        "draw": set(STREAMS),
    }
    for name in HEADLINES:
        for before, after in zip([opening(scenario), *records], records, strict=False):
            for term in all_terms(explain(name, before, after, SEAT, scenario).terms):
                assert render(term.sentence).endswith(f": {term.shown}")
                assert render(term.label)
                assert all(link.name in known[link.kind] for link in term.links), term


def test_a_random_game_says_all_of_it_in_words(scenario: Scenario) -> None:
    start, played = random_game(scenario, 11, quarters=8, runs=1, seat=4)
    for name in HEADLINES:
        for before, after in zip([start, *played], played, strict=False):
            if world_of(before).capital.status[4, 0] == 0.0:
                terms = all_terms(explain(name, before, after, 4, scenario).terms)
                assert all(render(term.sentence) for term in terms)


# ---- ends and wrong questions ---------------------------------------------------------------------------------------


def broke(scenario: Scenario) -> tuple[World, TurnRecord]:
    """A quarter in which a lab that can get no help runs out of cash."""
    world = opening(scenario)
    spent = world.capital.cash.copy()
    spent[SEAT] = -50_000.0
    capital = dataclasses.replace(world.capital, cash=spent, rescues=world.capital.rescues + 9.0)
    start = world.replace(capital=capital)
    record = play_quarter(scenario, start, quarter_of(scenario, 0, 1), policy_rows(scenario))
    assert record.world.capital.status[SEAT, 0] > 0.0
    return start, record


def test_the_end_of_a_lab_is_a_term(scenario: Scenario) -> None:
    start, record = broke(scenario)
    assert explain("runway", start, record, SEAT, scenario).terms == ()  # nothing was left before either
    for name, term in {"cash": "end", "trust": "end_of_lab", "equity": "end_of_lab"}.items():
        found = explain(name, start, record, SEAT, scenario)
        assert term in {part.name for part in found.terms}
        assert found.to == 0.0
        assert abs(found.unexplained) <= EXACT * (found.gross + abs(found.from_))


def test_a_lab_that_had_ended_has_nothing_to_explain(scenario: Scenario) -> None:
    _, record = broke(scenario)
    after = play_quarter(scenario, record.world, quarter_of(scenario, 1, 1), policy_rows(scenario))
    with pytest.raises(BadInput, match="Anthropic had ended before it; choose an earlier quarter"):
        explain("cash", record, after, SEAT, scenario)


def test_what_is_no_headline_is_refused(scenario: Scenario, records: list[TurnRecord]) -> None:
    with pytest.raises(BadInput, match='did you mean "valuation"'):
        explain("valuaton", records[0], records[1], SEAT, scenario)
    with pytest.raises(BadInput, match="compare two branches in the same quarter"):
        explain_difference("cash", records[0], records[1:2], records[1:3], SEAT, scenario)


def test_one_run_of_a_batch_is_the_run_alone(scenario: Scenario) -> None:
    batch = list(play(scenario, 3, 2, runs=3))
    alone = list(play(scenario, 3, 2, first_run=2, runs=1))
    cut = one_run_of(batch[-1], 2)
    assert np.array_equal(cut.report.market.revenue, alone[-1].report.market.revenue)
    assert np.array_equal(cut.world.market.share, alone[-1].world.market.share)


def test_a_log_mean_lies_between_and_is_smooth_where_both_are_near() -> None:
    a = np.array([1.0, 1.0, 1.0, 1.0])
    b = np.array([1.0, 1.0 + 1e-9, 1.0 + 1e-5, 4.0])
    assert log_mean(a, b) == pytest.approx([1.0, 1.0 + 5e-10, 1.0 + 5e-6, 3.0 / np.log(4.0)], rel=1e-10)


def test_a_label_is_a_message_not_words(scenario: Scenario, records: list[TurnRecord]) -> None:
    found: Explanation = explain("revenue", records[0], records[1], SEAT, scenario)
    assert isinstance(found.label, Message)
    assert render(found.label) == "Revenue"
