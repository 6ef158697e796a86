"""Are marks, fate and score what the scenario says?"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pytest

from labsim.errors import BadInput
from labsim.model.world import map_stocks
from labsim.play.objectives import Tally, chosen_columns, column_value, mark, measure, score, tally
from labsim.play.turn import TurnRecord, play
from labsim.scenario import Scenario, load_scenario
from labsim.scenario_file import Objective

SEAT = 1


def era(*objectives: Objective) -> Scenario:
    loaded = load_scenario("token-era")
    return dataclasses.replace(loaded, objectives=objectives or loaded.objectives)


def asks(variable: str, over: str, weight: float = 1.0) -> Objective:
    return Objective(variable=variable, over=over, weight=weight, low=0.0, par=60.0, high=100.0)  # type: ignore[arg-type]


def records(quarters: int = 4, runs: int = 3) -> list[TurnRecord]:
    return list(play(load_scenario("token-era"), 5, quarters, runs=runs))


def ended(record: TurnRecord, status: float) -> TurnRecord:
    """The record with the seat's lab ended in every run, its stocks gone."""
    capital = record.world.capital
    gone = {name: getattr(capital, name).copy() for name in ("cash", "valuation", "status", "exit_value")}
    for name in ("cash", "valuation"):
        gone[name][SEAT] = 0.0
    gone["status"][SEAT] = status
    gone["exit_value"][SEAT] = 5000.0 if status == 1.0 else 0.0
    trust = record.world.society.trust.copy()
    trust[SEAT] = 0.0
    society = dataclasses.replace(record.world.society, trust=trust)
    world = record.world.replace(capital=dataclasses.replace(capital, **gone), society=society)
    return dataclasses.replace(record, world=world)


def test_a_mark_is_0_at_low_60_at_par_100_at_high_and_straight_between() -> None:
    given = np.array([-5.0, 0.0, 5.0, 10.0, 15.0, 20.0, 99.0])
    assert mark(given, 0.0, 10.0, 20.0).tolist() == [0.0, 0.0, 30.0, 60.0, 80.0, 100.0, 100.0]


def test_less_may_be_better() -> None:
    assert mark(np.array([50.0, 40.0, 15.0, 7.5, 0.0]), 40.0, 15.0, 0.0).tolist() == [0.0, 0.0, 60.0, 80.0, 100.0]


def test_money_is_marked_on_the_logarithm_and_nothing_gets_nothing() -> None:
    assert mark(np.array([0.0, 10.0, 100.0, 1000.0]), 1.0, 100.0, 1000.0, "ln") == pytest.approx([0, 30, 60, 100])


@pytest.mark.parametrize(("over", "fold"), [("end", lambda x: x[-1]), ("min", min), ("max", max),
                                            ("sum", sum), ("mean", np.mean)])  # fmt: skip
def test_a_figure_is_read_at_the_end_or_over_the_game(over: str, fold: object) -> None:
    played = records(runs=1)
    trust = [float(record.world.society.trust[SEAT, 0]) for record in played]
    expected = mark(np.array([100.0 * fold(trust)]), 0.0, 60.0, 100.0)  # type: ignore[operator]
    objective = Objective(variable="trust", over=over, weight=1.0, low=0.0, par=0.6, high=1.0)  # type: ignore[arg-type]
    found = score(era(objective), played, SEAT)
    assert found.parts[0] == pytest.approx(expected)
    assert found.total == pytest.approx(found.fate * found.parts[0])


def test_weights_add_the_marks_and_a_living_lab_keeps_them_whole() -> None:
    found = score(era(), records(), SEAT)
    weights = [objective.weight for objective in era().objectives]
    assert found.fate.tolist() == [1.0, 1.0, 1.0]
    assert found.total == pytest.approx(sum(w * part for w, part in zip(weights, found.parts, strict=True)))


def test_a_run_alone_scores_as_the_same_run_in_a_batch() -> None:
    alone = list(play(load_scenario("token-era"), 5, 4, first_run=2, runs=1))
    assert score(era(), alone, SEAT).total[0] == score(era(), records(), SEAT).total[2]


def test_a_sold_lab_scores_its_price_and_keeps_its_last_trust() -> None:
    played = [*records(3)[:2], ended(records(3)[2], 1.0)]
    found = score(era(asks("stake", "end", 0.5), asks("trust", "min", 0.5)), played, SEAT)
    assert found.fate.tolist() == [0.85] * 3
    assert found.parts[0].tolist() == [100.0] * 3
    assert (found.parts[1] > 0.0).all()


def test_a_bankrupt_lab_scores_half_of_the_part_it_lived() -> None:
    played = [*records(3)[:2], ended(records(3)[2], 2.0), ended(records(4)[3], 2.0)]
    found = score(era(asks("runway_months", "min")), played, SEAT)
    assert found.fate == pytest.approx([0.5 * 3 / 20] * 3)
    assert found.parts[0].tolist() == [0.0] * 3


def test_a_tally_goes_on_from_a_copy_without_changing_the_first() -> None:
    played = records()
    half = tally(era(), played[:2], SEAT)
    before = half.score().total
    _finish(half.copy(), played[2:])
    assert np.array_equal(half.score().total, before)
    assert np.array_equal(_finish(half, played[2:]), score(era(), played, SEAT).total)


def _finish(found: Tally, rest: Sequence[TurnRecord]) -> np.ndarray:
    for record in rest:
        found.add(record)
    return found.score().total


def test_a_scenario_without_objectives_scores_nothing() -> None:
    bare = dataclasses.replace(load_scenario("token-era"), objectives=())
    found = score(bare, records(1), SEAT)
    assert found.parts == ()
    assert found.total.tolist() == [0.0, 0.0, 0.0]


def test_runway_is_sixty_months_where_nothing_burns() -> None:
    record = records(1)[0]
    burn = np.where(np.arange(7)[:, None] == 2, -1.0, record.world.capital.burn)
    rich = dataclasses.replace(
        record, world=record.world.replace(capital=dataclasses.replace(record.world.capital, burn=burn))
    )
    months = measure("runway_months", rich)
    assert (months[2] == 60.0).all()
    assert months.max() <= 60.0
    capital = record.world.capital
    assert months[SEAT, 0] == pytest.approx(min(60.0, 3.0 * capital.cash[SEAT, 0] / capital.burn[SEAT, 0]))


def test_columns_can_be_asked_for_by_series_name_registry_name_or_derived_name() -> None:
    found = chosen_columns(era(), ("price_developer", "training_flop", "model_flop", "stake", "mood"))
    record = records(1)[0]
    assert np.array_equal(column_value(found["price_developer"], record), record.decisions.price[1])
    assert found["training_flop"] == found["model_flop"]
    assert not found["mood"].has_labs
    with pytest.raises(BadInput) as refused:
        chosen_columns(era(), ("cash", "vlauation", "price"))
    assert 'did you mean "valuation"' in str(refused.value)
    assert len(refused.value.problems) == 2


def test_the_mean_of_the_last_two_quarters_alive_is_marked() -> None:
    objective = asks("cash", "last2")
    three = records(3)
    found = score(era(objective), three, SEAT)
    cash = [record.world.capital.cash[SEAT] for record in three]
    assert np.allclose(found.values[0], 0.5 * (cash[1] + cash[2]))
    first = score(era(objective), three[:1], SEAT)
    assert np.allclose(first.values[0], cash[0])
    gone = score(era(objective), [*three[:2], ended(three[2], 2.0)], SEAT)
    assert np.allclose(gone.values[0], 0.5 * (cash[0] + cash[1]))


def test_a_tally_carried_on_in_copies_counts_the_past_of_each() -> None:
    three = records(3)
    one = tally(era(), three[:2], SEAT)
    two = one.tiled(2)
    one.add(three[2])
    capital = three[2].world
    doubled = dataclasses.replace(three[2], world=map_stocks(capital, lambda _, stock: np.tile(stock, 2)))
    report = {
        group.name: dataclasses.replace(
            getattr(three[2].report, group.name),
            **{
                f.name: np.tile(getattr(getattr(three[2].report, group.name), f.name), 2)
                for f in dataclasses.fields(getattr(three[2].report, group.name))
            },
        )
        for group in dataclasses.fields(three[2].report)
    }
    two.add(dataclasses.replace(doubled, report=dataclasses.replace(three[2].report, **report)))
    assert np.array_equal(two.score().total, np.tile(one.score().total, 2))
