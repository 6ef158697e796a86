"""The coach's script can be played: what each step waits for is not yet so before its action, and is so after it."""

from __future__ import annotations

import pytest

from labsim.model.params import SEGMENTS
from labsim.play.session import Session
from labsim.play.standing import months_left
from labsim.play.stops import RUNWAY_MONTHS
from labsim.play.ways_out import ways_out
from labsim.scenario import load_scenario

DENSE = {"design_active": 60e9, "design_sparsity": 1.0, "design_tokens": 30.0}
SPARSE = {"design_active": 40e9, "design_sparsity": 6.0, "design_tokens": 30.0}
SHARES = {"inference_share": 0.40, "training_share": 0.45, "alignment_share": 0.10, "experiment_share": 0.05}
FIRST_MODEL = 2  # quarters until a run that is started in the second is out


def begin() -> Session:
    scenario = load_scenario("rehearsal")
    return Session.new(scenario, scenario.seat("Meridian"), 1)


def order(game: Session, **orders: float) -> None:
    for name, value in orders.items():
        game.set_order(name, value)


def served(game: Session) -> float:
    return float(game.preview().report.market.served_fraction[game.seat, 0])


def capability(game: Session) -> float:
    return float(game.record().report.alignment.capability[game.seat, 0])


def to_the_model(game: Session, design: dict[str, float]) -> None:
    """The first nine steps: shares, a quarter, a run, and the two quarters that it takes."""
    order(game, **SHARES)
    game.end_quarter()
    order(game, **design, start_run=1.0)
    for _ in range(FIRST_MODEL):
        assert game.world().training.run_on[game.seat, 0] == 0.0 or game.t == game.scenario.start + FIRST_MODEL
        game.end_quarter()


def test_cash_lasts_almost_two_years_and_inference_has_to_be_dragged() -> None:
    game = begin()
    assert 21.0 < months_left(game.world(), game.seat) < 24.0
    assert served(game) < 0.95
    order(game, **SHARES)
    assert served(game) >= 0.99


@pytest.mark.parametrize("design", [DENSE, SPARSE], ids=["dense", "sparse"])
@pytest.mark.parametrize("training", [0.40, 0.58])
def test_a_run_takes_two_quarters_and_brings_a_better_model(design: dict[str, float], training: float) -> None:
    game = begin()
    order(game, **{**SHARES, "training_share": training, "inference_share": 0.85 - training})
    game.end_quarter()
    before = capability(game)
    order(game, **design, start_run=1.0)
    released = []
    for _ in range(FIRST_MODEL):
        game.end_quarter()
        released.append(float(game.record().report.training.released[game.seat, 0]))
    assert released == [0.0, 1.0]
    assert capability(game) > before + 20.0


def test_a_rival_of_about_that_level_sells_for_a_fifth_less() -> None:
    game = begin()
    to_the_model(game, DENSE)
    record, mistral = game.record(), game.scenario.seat("Mistral AI")
    points = record.report.alignment.capability[:, 0]
    assert abs(points[mistral] - points[game.seat]) < 8.0
    price = record.decisions.price[:, :, 0]
    assert price[:, mistral] / price[:, game.seat] == pytest.approx([0.8] * len(SEGMENTS), abs=0.03)


def test_three_prices_bring_three_revenues_and_margins() -> None:
    game = begin()
    to_the_model(game, DENSE)
    prices = game.preview().decisions.price[:, game.seat, 0]
    found = []
    for factor in (0.8, 1.0, 1.25):
        game.set_order("price", {name: float(factor * price) for name, price in zip(SEGMENTS, prices, strict=True)})
        report = game.preview().report
        revenue = float(report.market.revenue[game.seat, 0])
        found.append((revenue, 1.0 - float(report.result.cost_of_revenue[game.seat, 0]) / revenue))
    assert found[0][0] < found[1][0] < found[2][0]
    assert found[0][1] < found[1][1] < found[2][1]


@pytest.mark.parametrize("design", [DENSE, SPARSE], ids=["dense", "sparse"])
@pytest.mark.parametrize("terms", ["reserve_gpus", "on_demand_gpus"])
def test_the_first_warning_comes_and_a_way_back_helps(design: dict[str, float], terms: str) -> None:
    game = begin()
    to_the_model(game, design)
    assert months_left(game.world(), game.seat) >= RUNWAY_MONTHS * (design is DENSE)
    order(game, **{terms: 1000.0})
    game.end_quarter()
    game.end_quarter()
    assert months_left(game.world(), game.seat) < RUNWAY_MONTHS
    ways = {way.key: way for way in ways_out(game)}
    assert {"cut_staff", "raise_prices", "round"} <= set(ways)
    left = months_left(game.preview().world, game.seat)
    assert ways["round"].runway > ways["raise_prices"].runway > left
    assert ways["cut_staff"].runway > left
    game.end_quarter()
    assert game.world().capital.status[game.seat, 0] == 0.0
    assert game.quarters_left == 0


def test_the_other_design_is_another_future() -> None:
    game = begin()
    to_the_model(game, DENSE)
    dense = capability(game), float(game.world().capital.cash[game.seat, 0])
    other = begin()
    to_the_model(other, SPARSE)
    assert capability(other) > dense[0] + 1.0
    assert other.world().capital.cash[other.seat, 0] < dense[1] - 5.0
