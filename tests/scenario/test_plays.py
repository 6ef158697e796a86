"""A play is data: what it may say, what it must not, and that every bad one is refused with a remedy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from labsim.errors import BadInput, LabsimError
from labsim.scenario import Scenario, load_scenario, parse_scenario
from labsim.scenario_figures import HIDDEN, figures
from labsim.scenario_plays import Amount, Condition
from labsim.scenario_plays_check import parse_play, reference_plays
from labsim.scenario_shows import controlled

FILES = sorted((Path(__file__).resolve().parents[1] / "bad_plays").glob("*.toml"))
ERA = load_scenario("token-era")
PAIR = 'better = "careful"\nworse = "standing"\n'


def laid_over(text: str) -> Scenario:
    return parse_scenario("mine", [*ERA.texts, ("mine", text)])


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_bad_play_is_refused_with_the_message_that_its_first_line_tells(file: Path) -> None:
    text = file.read_text("utf-8")
    with pytest.raises(LabsimError) as refused:
        parse_play(text, file.name, "mine", ERA)
    said = str(refused.value)
    assert text.splitlines()[0].removeprefix("# says: ") in said
    for line in said.splitlines():
        assert re.fullmatch(rf"{file.name}(, line \d+)?: .+; .+", line), f"not `where: what; remedy`: {line}"


def test_all_problems_of_a_play_are_told_at_once() -> None:
    text = (
        'like = "me"\nrow = { trane = 1.0 }\n[[rules]]\nset = { prise = 1.0 }\nwhen = [{ variable = "x", below = 1.0 }]'
    )
    with pytest.raises(BadInput) as refused:
        parse_play(text, "file", "mine", ERA)
    assert all(word in str(refused.value) for word in ("like", "trane", "prise", '"x"'))


def test_a_play_full_of_mistakes_is_refused_soon() -> None:
    text = "[row]\n" + "\n".join(f"x{number} = 1.0" for number in range(20_000))
    with pytest.raises(BadInput) as refused:
        parse_play(text, "file", "mine", ERA)
    assert len(refused.value.problems) <= 200


def test_rules_become_sums_and_conditions() -> None:
    play = parse_play(
        """
        [[rules]]
        when = [{ variable = "runway_months", below = 12.0 }, { from = "2024Q2" }, { until = "2025Q1" }]
        set.raise_amount = [{ times = "valuation", by = 0.2 }, 5.0]
        set.design_active = "30B"
        set.price = { agents = 2.0 }
        """,
        "file",
        "mine",
        ERA,
    )
    rule = play.rules[0]
    assert (rule.first, rule.last) == (5, 8)
    assert rule.conditions == (Condition("runway_months", float("-inf"), 12.0),)
    assert rule.orders["raise_amount"] == Amount(5.0, (("valuation", 0.2),))
    assert rule.orders["design_active"] == Amount(30e9)
    assert rule.orders["price"] == {"agents": Amount(2.0)}


def test_plays_pass_to_a_scenario_based_on_theirs_unless_it_has_its_own() -> None:
    plays = "[plays.lean]\nrow = { rent = 0.1 }\n[plays.bold]\nrow = { rent = 2.0 }\n"
    lesson = '[[shows]]\nbetter = "lean"\nworse = "bold"\nby = 1.0'
    base = laid_over('based_on = "token-era"\n' + plays + lesson)
    same = parse_scenario("top", [*base.texts, ("top", 'based_on = "mine"\nquarters = 8')])
    assert [play.row for play in same.plays.values()] == [{"rent": 0.1}, {"rent": 2.0}]
    assert [show.better for show in same.shows] == ["lean"]
    own = parse_scenario("top", [*base.texts, ("top", 'based_on = "mine"\n[plays.bold]\nrow = { rent = 3.0 }')])
    assert {name: play.row for name, play in own.plays.items()} == {"bold": {"rent": 3.0}}
    assert own.shows == ()


def test_a_play_may_not_order_what_the_scenario_hides() -> None:
    with pytest.raises(BadInput, match=r"plays.mine.rules.0.set.buy_gpus: this scenario leaves this order"):
        laid_over('[orders]\nhidden = ["buy_gpus"]\n[plays.mine]\nrules = [{ set = { buy_gpus = 5.0 } }]')


@pytest.mark.parametrize(
    ("lesson", "says"),
    [
        ('better = "a"\nworse = "standing"\nby = 1.0', 'shows.0.better: unknown play "a"'),
        (PAIR, "shows.0: it states nothing"),
        (PAIR + 'by = 1.0\nmeasure = "trusty"', 'shows.0.measure: unknown measure "trusty"'),
        (PAIR + 'by = 1.0\nmeasure = "price"', 'unknown measure "price"'),
        (PAIR + 'by = 1.0\nover = "ever"', "shows.0.over"),
        (PAIR + 'part = 2.0', "shows.0.part"),
        (PAIR + 'by = 1.0\nscenario_changes = { moe = 1.0 }', 'unknown parameter "moe"'),
        (PAIR + 'by = 1.0\nscenario_changes = { interest = 9.0 }', "changes.interest: not a"),
        (PAIR + 'by = 1.0\nscenario_changes = { events = true }', "only switch the events off"),
        (PAIR + 'by = 1.0\nscenario_changes = { opening = { Me = 1.0 } }', "the stocks of a seat"),
        (
            PAIR + 'by = 1.0\nscenario_changes = { opening = { Meta = { kash = 1.0 } } }',
            'unknown stock "kash"',
        ),
    ],
)  # fmt: skip
def test_a_lesson_that_states_what_is_not_there_is_refused(lesson: str, says: str) -> None:
    with pytest.raises(BadInput) as refused:
        laid_over(f"[[shows]]\n{lesson}")
    assert says in str(refused.value)


def test_a_play_has_a_plain_name_and_rivals_a_known_skill() -> None:
    with pytest.raises(BadInput, match="use small letters, digits and hyphens"):
        laid_over('[plays."My Play"]\ntitle = "x"')
    with pytest.raises(BadInput, match="rivals"):
        laid_over('rivals = "brilliant"')


def test_every_scenario_has_the_reference_plays() -> None:
    assert [play.role for play in reference_plays(ERA).values()] == ["autopilot", "standing", "careful"]


def test_rules_read_nothing_that_play_hides() -> None:
    assert not set(HIDDEN) & set(figures(ERA))
    assert "coverage" not in figures(ERA)


def test_a_control_changes_constants_switches_and_stocks_only() -> None:
    changed = controlled(ERA, {"moe_data_half": 5.0, "events": False, "opening": {"Meta": {"cash": 7.0}}})
    assert changed.params.moe_data_half[0] == 5.0
    assert not changed.params.events.hazard.any()
    assert not changed.params.cards.deck
    assert not controlled(changed, {"shocks": False}).calendar.shocks
    assert changed.opening["Meta"].stocks == {"cash": 7.0}
    drops = load_scenario("open-split")
    assert drops.calendar.open_models
    assert controlled(drops, {"open_models": False}).calendar.open_models == {}
    assert ERA.params.moe_data_half[0] != 5.0
