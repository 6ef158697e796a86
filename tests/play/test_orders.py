"""Orders files: what is written is what is played, and whatever is wrong is said at once with a remedy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labsim.errors import BadInput
from labsim.model.decisions import DECISIONS
from labsim.model.params import SEGMENTS
from labsim.play.orders import format_orders, order_bounds, parse_orders, play_orders, seat_arrays
from labsim.play.turn import play
from labsim.scenario import load_scenario, parse_scenario

ERA = load_scenario("token-era")
SEAT = ERA.seat("Anthropic")


def complaints(text: str) -> list[str]:
    with pytest.raises(BadInput) as refused:
        parse_orders(text, "file", ERA)
    return [str(problem) for problem in refused.value.problems]


def test_sizes_flags_techniques_and_segments_are_read_in_declared_units() -> None:
    text = """
    [2023Q2]
    design_active = "70B"
    design_tokens = "2T"
    raise_amount = "500M"
    buy_gpus = "10k"
    start_run = true
    technique_focus = "thinking"
    price = { developer = 18, consumer = 21.5 }
    """
    assert parse_orders(text, "file", ERA) == {
        1: {
            "design_active": 70e9,
            "design_tokens": 2.0,
            "raise_amount": 500.0,
            "buy_gpus": 10_000.0,
            "start_run": 1.0,
            "technique_focus": float(ERA.params.techniques.index("thinking")),
            "price": {"developer": 18.0, "consumer": 21.5},
        }
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[2023Q1]\nprise = 1",
            'file: 2023Q1.prise: unknown order "prise"; see `labsim list orders`; did you mean "price"?',
        ),
        ("[2022Q4]\nfree_tier = 1", "file: 2022Q4: this quarter is not played; stay within 2023Q1 to 2027Q4"),
        (
            "[soon]\nfree_tier = 1",
            'file: soon: "soon" is not a quarter; write quarters from 2023Q1 to 2027Q4, like [2023Q1]',
        ),
        (
            "free_tier = 1",
            "file: free_tier: an order that belongs to no quarter; write it in the table of a quarter under [2023Q1]",
        ),
        ("[2023Q1]\nfree_tier = 1.5", "file: 2023Q1.free_tier: 1.5 is out of bounds; stay within 0 to 1"),
        ("[2023Q1]\nfree_tier = nan", "file: 2023Q1.free_tier: nan is not a finite number; write an ordinary number"),
        ("[2023Q1]\nbuy_gpus = -inf", "file: 2023Q1.buy_gpus: -inf is not a finite number; write an ordinary number"),
        ("[2023Q1]\nfree_tier = true", "file: 2023Q1.free_tier: true is not a number; write a number"),
        ('[2023Q1]\nfree_tier = "much"', "file: 2023Q1.free_tier: 'much' is not a number; write a number"),
        (
            '[2023Q1]\nbuy_gpus = "many"',
            "file: 2023Q1.buy_gpus: 'many' is not a size; write a number, or a size such as \"70B\"",
        ),
        ("[2023Q1]\nstart_run = 0.5", "file: 2023Q1.start_run: 0.5 is neither yes nor no; write true or false"),
        ("[2023Q1]\nprice = 20", "segments are consumer, developer, enterprise, agents"),
        ("[2023Q1]\nprice = { developper = 20 }", 'did you mean "developer"?'),
        ("[2023Q1]\nprice = { developer = 500 }", "is out of bounds"),
        ('[2023Q1]\ntechnique_focus = "thinkin"', 'did you mean "thinking"?'),
        ("[2023Q1]\ntechnique_focus = 0.5", "0.5 is not a technique"),
        ("[2023Q1]\ntechnique_focus = 40", "40 is out of bounds"),
        ("[2023Q1]\nstaff_target = [1, 2]", "a list is not a number"),
        ("[2023Q1]\nfree_tier = 2023-01-01", "is not a number"),
        ("[2023Q1]\nfree_tier = 1\n['2023 q1']\nfree_tier = 0", "this quarter stands twice"),
        (f"[2023Q1]\nbuy_gpus = {'9' * 400}", "inf is not a finite number"),
        ("[2023Q1]\nfree_tier = ", "not a TOML file"),
        ("a = " + "[" * 5000, "nested too deeply"),
        ("a" + ".a" * 50_000 + " = 1", "more than 100 dots in one line"),
    ],
)
def test_a_wrong_line_is_named_with_what_to_do(text: str, said: str) -> None:
    (complaint,) = complaints(text)
    assert said in complaint


def test_all_problems_are_told_at_once_but_not_without_end() -> None:
    assert len(complaints("[2023Q1]\nfree_tier = 2\nprise = 1\n[2030Q1]\nlobbying_spend = true")) == 4
    assert len(complaints("[2023Q1]\n" + "\n".join(f"x{n} = 1" for n in range(5000)))) == 100


def test_an_order_that_the_scenario_hides_is_refused() -> None:
    hiding = parse_scenario("x", [*ERA.texts, ("x", 'orders.hidden = ["price"]')])
    with pytest.raises(BadInput, match="leaves this order to the lab's policy"):
        parse_orders("[2023Q1]\nprice = { developer = 20 }", "file", hiding)


def test_a_shorter_or_longer_game_moves_the_last_quarter() -> None:
    with pytest.raises(BadInput, match="stay within 2023Q1 to 2023Q4"):
        parse_orders("[2024Q1]\nfree_tier = 1", "file", ERA, quarters=4)
    assert list(parse_orders("[2028Q1]\nfree_tier = 1", "file", ERA, quarters=24)) == [20]


@st.composite
def some_orders(draw: st.DrawFn) -> dict[int, dict[str, object]]:
    found: dict[int, dict[str, object]] = {}
    for t in draw(st.sets(st.integers(0, 19), min_size=1, max_size=3)):
        given_now: dict[str, object] = {}
        for variable in draw(st.lists(st.sampled_from(DECISIONS), min_size=1, max_size=5)):

            def number(row: int = 0, variable=variable, t=t) -> float:  # type: ignore[no-untyped-def]
                low, high = order_bounds(variable, ERA.params, t, row)
                if variable.unit in ("flag", "index", "choice"):
                    return float(draw(st.integers(math.ceil(low), int(high))))
                return draw(st.floats(low, high))

            if "segment" in variable.axes:
                rows = draw(st.sets(st.integers(0, 3), min_size=1))
                given_now[variable.name] = {SEGMENTS[row]: number(row) for row in rows}
            else:
                given_now[variable.name] = number()
        found[t] = given_now
    return found


@given(some_orders())
def test_orders_written_and_read_again_are_the_same(orders: dict[int, dict[str, object]]) -> None:
    assert parse_orders(format_orders(orders, ERA), "file", ERA) == dict(sorted(orders.items()))  # type: ignore[arg-type]


def test_settings_stand_once_orders_lapse_and_unnamed_segments_keep_the_norm() -> None:
    orders = parse_orders(
        "[2023Q1]\nprice = { developer = 18 }\nfree_tier = 0.9\nbuy_gpus = 5\n[2023Q3]\nprice = { consumer = 30 }",
        "f",
        ERA,
    )
    records = list(play_orders(ERA, 1, 4, SEAT, orders))
    prices = [record.decisions.price[:, SEAT, 0] for record in records]
    norms = [record.report.market.norm[:, 0] for record in records]
    assert [price[1] for price in prices] == [18.0] * 4
    assert [price[0] for price in prices[2:]] == [30.0, 30.0]
    assert prices[1][0] == norms[1][0]
    assert prices[3][2] == norms[3][2]
    assert [record.decisions.free_tier[SEAT, 0] for record in records] == [0.9] * 4
    assert [record.decisions.buy_gpus[SEAT, 0] for record in records] == [5.0, 0.0, 0.0, 0.0]


def test_with_a_policy_orders_hold_in_their_own_quarters_only() -> None:
    orders = parse_orders("[2023Q2]\nfree_tier = 0.9", "f", ERA)
    records = list(play_orders(ERA, 1, 3, SEAT, orders, on_policy=True))
    free = [record.decisions.free_tier[SEAT, 0] for record in records]
    assert free[1] == 0.9
    assert free[0] != 0.9 != free[2]
    assert records[0].decisions.start_run[SEAT, 0] == 1.0, "the policy starts a run of its own"


def test_no_orders_on_policy_is_the_game_on_policies() -> None:
    for ours, theirs in zip(play_orders(ERA, 3, 5, SEAT, {}, on_policy=True), play(ERA, 3, 5), strict=True):
        assert np.array_equal(ours.world.capital.cash, theirs.world.capital.cash)


def test_a_run_of_a_batch_with_orders_is_the_run_alone() -> None:
    orders = parse_orders("[2023Q1]\nprice = { developer = 18 }\n[2023Q2]\nraise_amount = 300", "f", ERA)
    *_, together = play_orders(ERA, 5, 5, SEAT, orders, runs=4)
    *_, alone = play_orders(ERA, 5, 5, SEAT, orders, first_run=3)
    assert np.array_equal(together.world.capital.cash[:, 3:], alone.world.capital.cash)


def test_segments_that_nobody_names_need_decisions_to_stand_on() -> None:
    with pytest.raises(ValueError, match="some segments only"):
        seat_arrays({"price": {"developer": 18.0}})
    whole = seat_arrays({"price": dict.fromkeys(SEGMENTS, 3.0), "free_tier": 0.5})
    assert whole["price"].shape == (4, 1)
    assert whole["free_tier"].shape == (1,)
