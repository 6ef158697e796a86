"""What a scenario's calendar says happens in its quarter and in no other; what is announced is told ahead."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from labsim.play.happenings import happenings, notices
from labsim.play.turn import TurnRecord, play, policy_rows
from labsim.scenario import Scenario, load_scenario, parse_scenario
from labsim.text import render


@cache
def scenario(lines: str) -> Scenario:
    return parse_scenario("mine", [*load_scenario("token-era").texts, ("mine", 'dice = "quiet"\n' + lines)])


@cache
def played(lines: str, quarters: int = 4) -> tuple[TurnRecord, ...]:
    return tuple(play(scenario(lines), 1, quarters))


def shock(effect: str, size: str, since: str = "2023Q2", until: str = "2023Q3", more: str = "") -> str:
    return f'[[calendar.shocks]]\nfrom = "{since}"\nuntil = "{until}"\neffect = "{effect}"\n{size}\n{more}'


def number(key: str, value: float, unit: str = "1") -> str:
    return f'{key} = {{ value = {value}, unit = "{unit}", source = "test" }}'


def effects(lines: str, effect: str) -> list[float]:
    return [float(getattr(r.report.effects, f"{effect}_effect")[0]) for r in played(lines)]


def test_a_shock_lasts_from_its_first_to_its_last_quarter() -> None:
    lines = shock("supply", number("times", 0.75))
    assert effects(lines, "supply") == [1.0, 0.75, 0.75, 1.0]
    offered = np.array([float(r.report.compute.supply_offered[0]) for r in played(lines)])
    plain = np.array([float(r.report.compute.supply_offered[0]) for r in played("")])
    assert offered / plain == pytest.approx([1.0, 0.75, 0.75, 1.0])


def test_a_path_gives_a_figure_a_quarter_and_its_last_one_holds() -> None:
    lines = shock("rent_markup", 'path = { values = [0.4, 0.2], unit = "1", source = "test" }', until="2023Q4")
    assert effects(lines, "rent_markup") == [0.0, 0.4, 0.2, 0.2]


def test_shocks_of_one_effect_work_together() -> None:
    lines = shock("mood", number("plus", -0.1)) + shock("mood", number("plus", -0.2), "2023Q3", "2023Q4")
    assert effects(lines, "mood") == pytest.approx([0.0, -0.1, -0.3, -0.2])
    twice = shock("wage", number("times", 1.1)) + shock("wage", number("times", 2.0), "2023Q3", "2023Q4")
    assert effects(twice, "wage") == pytest.approx([1.0, 1.1, 2.2, 2.0])


def test_more_tokens_a_customer_are_needed_and_paid_for_by_the_token_only() -> None:
    lines = shock("usage", number("times", 1.5), "2023Q1", "2023Q1")
    (more, *_), (plain, *_) = played(lines), played("")
    assert more.report.market.usage == pytest.approx(1.5 * plain.report.market.usage)
    assert more.report.market.tokens_needed == pytest.approx(1.5 * plain.report.market.tokens_needed)
    ratio = more.report.market.bill / plain.report.market.bill
    assert ratio[0] == pytest.approx(1.0)  # consumers pay by the month
    assert ratio[1:] == pytest.approx(1.5)


def test_under_a_moratorium_no_site_is_begun_or_paid() -> None:
    lines = shock("sites", number("times", 0.0), "2023Q1", "2023Q1")
    (held, *_), (plain, *_) = played(lines), played("")
    assert plain.report.compute.capex_sites.max() > 0.0
    assert held.report.compute.capex_sites.max() == 0.0
    assert held.world.compute.site_pipeline[0].max() == 0.0


@pytest.mark.parametrize(("how", "unit", "size"), [("gain", "points", 12.0), ("capability", "points", 90.0)])
def test_open_weights_from_outside_are_the_best_and_nobodys(how: str, unit: str, size: float) -> None:
    model = (
        f'[[calendar.open_models]]\nquarter = "2023Q1"\n{number(how, size, unit)}\n'
        f"{number('active', 3.7e10, 'parameters')}\n{number('sparsity', 18)}\n{number('tokens', 15, 'T')}\n"
    )
    record, plain = played(model, 1)[0].world.training, played("", 1)[0].world.training
    assert not played("", 1)[0].report.training.opened.any()
    wanted = plain.open_capability[0] + 12.0 if how == "gain" else 90.0
    assert record.open_capability[0] == pytest.approx(wanted)
    assert (record.open_active[0], record.open_sparsity[0]) == (3.7e10, 18.0)
    assert record.open_flop[0] == pytest.approx(6 * 3.7e10 * 15e12)
    assert not record.open_owner.any()


def test_a_worse_open_model_changes_nothing() -> None:
    model = (
        f'[[calendar.open_models]]\nquarter = "2023Q2"\n{number("capability", 1, "points")}\n'
        f"{number('active', 3.7e10, 'parameters')}\n{number('sparsity', 18)}\n{number('tokens', 15, 'T')}\n"
    )
    mine, plain = played(model, 2)[1].world.training, played("", 2)[1].world.training
    assert mine.open_active[0] == plain.open_active[0]
    assert mine.open_capability[0] == plain.open_capability[0]


def test_demand_for_chips_may_be_given_by_quarter() -> None:
    lines = '[calendar]\nscarcity = { from = "2023Q3", values = [2.5, 1.5], unit = "1", source = "test" }\n'
    base = load_scenario("token-era").calendar.scarcity
    assert scenario(lines).calendar.scarcity == (*base[:2], 2.5, 1.5)
    late = lines.replace("2023Q3", "2040Q1")
    assert scenario(late).calendar.scarcity[len(base) : 68] == (base[-1],) * (68 - len(base))


def test_a_policy_changes_in_its_quarter_and_only_for_its_lab() -> None:
    lines = f'[[policies."Meta".from]]\nquarter = "2023Q3"\n{number("premium_t", 0.5)}\n'
    changed, base = scenario(lines), scenario("")
    seat = base.seat("Meta")
    rows, plain = policy_rows(changed), policy_rows(base)
    assert [float(rows.at(t).premium_t[seat, 0] / plain.premium_t[seat, 0]) for t in (1, 2, 9)] == pytest.approx(
        [1.0, 0.5 / plain.premium_t[seat, 0], 0.5 / plain.premium_t[seat, 0]]
    )
    others = [lab for lab in range(len(base.labs)) if lab != seat]
    np.testing.assert_array_equal(rows.at(9).premium_t[others], plain.premium_t[others])
    prices = [r.decisions.price[1, seat, 0] for r in played(lines)]
    before = [r.decisions.price[1, seat, 0] for r in played("")]
    assert prices[:2] == before[:2]
    assert prices[2] < before[2]
    someone_else = policy_rows(changed, {seat: dict(base.policies[0])}, seat)
    assert someone_else.at(9).premium_t[seat, 0] == plain.premium_t[0, 0]


def test_what_is_announced_is_told_ahead_and_again_when_it_comes() -> None:
    told = shock(
        "supply", number("times", 0.75), "2023Q4", "2024Q2",
        'signpost = "Packaging is said to be short."\ntext = "Chips are short."\nannounce = 1\n',
    )  # fmt: skip
    records = played(told)
    heard = [[render(h.message) for h in happenings(r, scenario(told)) if h.event == "notice"] for r in records]
    # read before 2023Q3 is decided, in the news of 2023Q2
    assert heard == [[], ["Packaging is said to be short."], [], ["Chips are short."]]


def test_what_comes_at_once_is_told_before_play() -> None:
    told = shock("supply", number("times", 0.75), "2023Q1", "2024Q2", 'signpost = "Chips are short already."\n')
    assert [h.message.values["text"] for h in notices(scenario(told), -1)] == ["Chips are short already."]
    assert notices(scenario(told), 0) == ()


def test_a_batch_meets_the_calendar_like_its_single_runs() -> None:
    lines = shock("supply", number("times", 0.5)) + shock("usage", number("times", 1.3))
    thrown = parse_scenario("mine", [*load_scenario("token-era").texts, ("mine", lines)])
    together, alone = list(play(thrown, 5, 4, runs=3)), list(play(thrown, 5, 4, first_run=2))
    for batch, single in zip(together, alone, strict=True):
        np.testing.assert_array_equal(batch.world.capital.cash[:, 2], single.world.capital.cash[:, 0])
