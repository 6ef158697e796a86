"""Event cards: who is struck, how answers reach the next quarter, what they move and for how long."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from labsim.model.card_table import LEVERS, card_of, choice_of, code_of
from labsim.model.cards import hazards, levers_of, open_cards
from labsim.model.exogenous import quiet_quarter, throw_quarter
from labsim.model.flows import flows
from labsim.model.step import step
from labsim.model.world import is_live, repeat_run, stocks, take_runs
from labsim.scenario_cards import LONGEST, CardFile
from tests.model import era
from tests.model.deck import FACTOR, SIZES, busy, card, effect, with_deck
from tests.model.identities import gaps, ledger_sum
from tests.model.test_invariants import Wild

SEED, RUNS = 5, 8
CERTAIN = 1.0


def struck(e: era.Era, t: int = 0, **orders: float) -> tuple[era.Turn, era.Turn]:
    """Quarter ``t``, in which the first card strikes every lab by force, and the next, in which orders answer it."""
    forced = {t: frozenset((0, lab) for lab in range(len(e.params.labs)))}
    e = dataclasses.replace(e, calendar=dataclasses.replace(e.calendar, forced_cards=forced))
    first = era.turn(e.world, e, quiet_quarter(t, e.calendar, e.params), era.standing())
    second = era.turn(first.after, e, quiet_quarter(t + 1, e.calendar, e.params), era.standing(**orders))
    return first, second


def plain(t: int = 0) -> tuple[era.Turn, era.Turn]:
    """The same two quarters without a card."""
    return struck(with_deck({"none": card()}), t, answer=2.0)


def test_codes_hold_card_answer_and_outcome() -> None:
    for row in (0, 7, 47):
        for choice in range(4):
            for outcome in (0, 1):
                code = code_of(row, choice, outcome)
                assert (card_of(code), choice_of(code)) == (row, choice)
    assert card_of(np.zeros(1)) == -1.0
    assert choice_of(np.zeros(1)) == 0.0


def test_a_card_waits_for_its_answer_which_moves_the_next_quarter() -> None:
    e = with_deck({"letter": card(choices=[{"label": "Pay", "effects": [effect("money")]}, {"label": "No"}])})
    first, second = struck(e, answer=1.0)
    assert (open_cards(first.after) == 0.0).all()
    assert (second.report.operating.answers_paid == SIZES["money"]).all()
    assert (choice_of(second.after.events.cards_dealt[1]) == 1.0).all()
    assert (open_cards(second.after) == -1.0).all()


def test_the_default_stands_where_nothing_is_said_or_the_answer_is_none_of_the_choices() -> None:
    deck = {"letter": card(choices=[{"label": "No"}, {"label": "Pay", "effects": [effect("money")]}], default=2)}
    for answer in (0.0, 3.0):
        _, second = struck(with_deck(deck), answer=answer)
        assert (second.report.operating.answers_paid == SIZES["money"]).all()


def test_a_strike_acts_at_once_and_once() -> None:
    first, second = struck(with_deck({"hot": card(strike=[effect("fleet_off")])}))
    calm, after = plain()
    assert first.report.compute.installed_compute == pytest.approx(0.8 * calm.report.compute.installed_compute)
    assert second.report.compute.installed_compute == pytest.approx(after.report.compute.installed_compute)


def test_an_effect_lasts_its_quarters_from_its_delay_on() -> None:
    choice = {"label": "Pay", "effects": [effect("money", 2, after=1)]}
    e = with_deck({"letter": card(choices=[choice, {"label": "No"}])})
    first, second = struck(e, answer=1.0)
    paid, world = [second.report.operating.answers_paid[0, 0]], second.after
    for t in range(2, 6):
        turn = era.turn(world, e, quiet_quarter(t, e.calendar, e.params), era.standing())
        paid.append(turn.report.operating.answers_paid[0, 0])
        world = turn.after
    assert paid == [0.0, SIZES["money"], SIZES["money"], 0.0, 0.0]
    assert first.report.operating.answers_paid.any() == np.False_


def test_the_longest_effect_is_seen_to_its_last_quarter_in_the_world_that_it_leaves() -> None:
    choice = {"label": "Pay", "effects": [effect("traffic_times", LONGEST)]}
    e = with_deck({"letter": card(choices=[choice, {"label": "No"}])})
    _, second = struck(e, answer=1.0)
    world, moved = second.after, ["traffic_times" in levers_of(second.after, e.params).moved]
    for t in range(2, LONGEST + 2):
        world = era.turn(world, e, quiet_quarter(t, e.calendar, e.params), era.standing()).after
        moved.append("traffic_times" in levers_of(world, e.params).moved)
    assert moved == [True] * LONGEST + [False]


def test_the_outcome_of_a_chance_is_a_matter_of_the_dice() -> None:
    effects = [effect("money", when="luck"), {**effect("money", when="else"), "plus": -7.0}]
    e = with_deck({"gamble": card(choices=[{"label": "Try", "chance": 0.3, "effects": effects}, {"label": "No"}])})
    forced = {0: frozenset({(0, 0)})}
    e = dataclasses.replace(e, calendar=dataclasses.replace(e.calendar, forced_cards=forced))
    first, second = era.play(e, 2, seed=SEED, runs=4000, strategy=era.standing(answer=1.0))
    lost = second.report.operating.answers_paid[0]
    assert first.report.operating.answers_paid.any() == np.False_
    assert set(lost.tolist()) == {SIZES["money"], -7.0}
    assert (lost == SIZES["money"]).mean() == pytest.approx(0.3, abs=0.03)


def test_quiet_dice_strike_nobody_even_at_the_largest_hazard() -> None:
    e = with_deck({"sure": card(hazard=CERTAIN)})
    assert all((turn.after.events.cards_dealt == 0.0).all() for turn in era.play(e, 4))
    assert (era.play(e, 1, seed=SEED, runs=50)[0].after.events.cards_dealt[0] > 0.0).mean() > 0.9


def test_of_several_cards_the_first_of_the_deck_strikes_and_none_within_its_cooldown() -> None:
    e = with_deck({"large": card(hazard=CERTAIN, cooldown=3), "small": card(hazard=CERTAIN, cooldown=1)})
    game = era.play(e, 8, seed=SEED, runs=20)
    cards = np.stack([card_of(turn.after.events.cards_dealt[0]) for turn in game])
    assert (cards[0] == 0.0).mean() > 0.9
    large = cards == 0.0
    for gap in (1, 2):
        assert not (large[gap:] & large[:-gap]).any()
    assert (cards[1] == 1.0).mean() > 0.8


def test_hazards_follow_the_state_and_bounds_that_must_hold() -> None:
    raised = card(hazard=0.1, raises=[{"figure": "trust", "above": 0.55, "times": 2.0}])
    needed = card(hazard=0.1, needs=[{"figure": "scarcity", "above": 99.0}])
    sloped = card(hazard=0.1, raises=[{"figure": "pressure", "slope": 2.0}])
    e = with_deck({"raised": raised, "needed": needed, "sloped": sloped})
    found = hazards(e.world, e.params, quiet_quarter(0, e.calendar, e.params))
    trust = e.world.society.trust
    assert found[0] == pytest.approx(np.where(trust > 0.55, 0.2, 0.1))
    assert (found[1] == 0.0).all()
    assert found[2] == pytest.approx(np.full_like(trust, 0.1 * (1.0 + 2.0 * 0.10)))


def test_a_card_strikes_as_often_as_its_hazard_says() -> None:
    e = with_deck({"one": card(hazard=0.2)})
    turn = era.play(e, 1, seed=SEED, runs=3000)[0]
    assert (turn.after.events.cards_dealt[0] > 0.0).mean() == pytest.approx(0.2, abs=0.01)


def test_a_rate_of_nothing_leaves_the_deck_out() -> None:
    e = busy()
    quiet = e.with_params(card_rate=np.zeros(1))
    assert not any(turn.after.events.cards_dealt.any() for turn in era.play(quiet, 6, seed=SEED, runs=RUNS))


MOVED = {
    "staff_times": lambda turn: turn.after.people.staff,
    "wage_times": lambda turn: -turn.report.operating.wages,
    "rent_times": lambda turn: turn.report.compute.rent_reserved_cost,
    "chip_cost_times": lambda turn: turn.report.compute.chip_price_paid,
    "training_times": lambda turn: turn.report.training.pretraining_flop,
    "serving_times": lambda turn: turn.report.serving.capacity,
    "traffic_times": lambda turn: turn.report.market.tokens_needed,
    "bill_times": lambda turn: turn.report.market.bill[1],
    "hazard_times": lambda turn: turn.report.society.incident_hazard,
    "holders_times": lambda turn: turn.after.capital.holders,
    "contracts_times": lambda turn: turn.after.compute.contract_cost[1:].sum(axis=0),
}


@pytest.mark.parametrize("lever", MOVED)
def test_a_factor_is_that_factor_on_what_it_moves(lever: str) -> None:
    e = with_deck({"one": card(choices=[{"label": "Yes", "effects": [effect(lever)]}, {"label": "No"}])})
    orders = {"answer": 1.0, "start_run": 1.0, "inference_share": 0.3, "experiment_share": 0.3}
    moved, calm = (struck(deck, **orders)[1] for deck in (e, with_deck({"none": card()})))
    value = MOVED[lever]
    assert value(moved) == pytest.approx(FACTOR * value(calm), rel=1e-9)


def test_every_lever_moves_something() -> None:
    still = []
    for lever in LEVERS:
        e = with_deck({"one": card(choices=[{"label": "Yes", "effects": [effect(lever, 4)]}, {"label": "No"}])})
        orders = {"answer": 1.0, "start_run": 1.0, "raise_amount": 1e5, "buy_gpus": 100.0}
        t = 8  # after the dates of rules
        games = []
        for deck in (e, with_deck({"none": card()})):
            rich = deck.with_world("capital", **rich_stocks(deck))
            forced = {t: frozenset((0, lab) for lab in range(7))}
            rich = dataclasses.replace(rich, calendar=dataclasses.replace(rich.calendar, forced_cards=forced))
            world, found = repeat_run(rich.world, 40), []
            for quarter in range(t, t + 4):
                drawn = throw_quarter(quarter, rich.calendar, rich.params, SEED, 0, 40)
                turn = era.turn(world, rich, drawn, era.standing(**orders))
                found.append({**stocks(turn.after), **flows(turn.report)})
                world = turn.after
            games.append(found)
        same = all(
            np.array_equal(one[key], other[key])
            for one, other in zip(*games, strict=True)
            for key in one
            if key != "cards_dealt"
        )
        still += [lever] if same else []
    assert still == []


def rich_stocks(e: era.Era) -> dict[str, np.ndarray]:
    """Cash for everything, a round that may be asked for, a parent, a partnership."""
    one = np.ones_like(e.world.capital.cash)
    return {"cash": 3e4 * one, "since_round": 2.0 * one, "parent_funding": 10.0 * one, "partner_left": 6.0 * one}


def test_a_lab_that_takes_an_offer_is_bought_at_that_part_of_its_value() -> None:
    e = with_deck({"offer": card(choices=[{"label": "Sell", "effects": [effect("exit_part")]}, {"label": "No"}])})
    _, second = struck(e, answer=1.0)
    c = second.after.capital
    assert (c.status == 1.0).all()
    kept = struck(e, answer=2.0)[1]
    worth = kept.after.capital.valuation * kept.after.capital.holders
    assert c.exit_value == pytest.approx(SIZES["exit_part"] * worth)
    assert second.before.capital.cash + ledger_sum(second) == pytest.approx(np.zeros_like(c.cash), abs=1e-6)


def test_policies_answer_in_character() -> None:
    deck = {"letter": card(usual=1, usual_of={"xAI": 2})}
    first, _ = struck(with_deck(deck))
    e = with_deck(deck)
    chosen = era.autopilots(first.after, e, quiet_quarter(1, e.calendar, e.params)).answer[:, 0]
    assert dict(zip(e.params.labs, chosen.tolist(), strict=True)) == {
        lab: 2.0 if lab == "xAI" else 1.0 for lab in e.params.labs
    }


def test_the_books_tie_and_a_run_alone_is_the_run_of_the_batch_while_cards_strike() -> None:
    e = busy()
    batch = era.play(e, 16, seed=SEED, runs=RUNS, strategy=Wild(SEED, 0.05))
    moved = sum(float((turn.after.events.cards_dealt[0] > 0.0).mean()) for turn in batch) / len(batch)
    assert moved > 0.4
    for turn in batch:
        wrong = {name: float(np.abs(gap).max()) for name, gap in gaps(turn, e.params).items()}
        assert {name: gap for name, gap in wrong.items() if name != "flop" and gap > 1e-9} == {}
    alone = take_runs(batch[0].before, slice(3, 4))
    for turn in batch:
        quarter = throw_quarter(turn.quarter.t, e.calendar, e.params, SEED, 3, 1)
        orders = {f.name: getattr(turn.decisions, f.name)[..., 3:4] for f in dataclasses.fields(turn.decisions)}
        alone, report = step(alone, dataclasses.replace(turn.decisions, **orders), e.params, quarter)
        whole = {**stocks(turn.after), **flows(turn.report)}
        for name, value in {**stocks(alone), **flows(report)}.items():
            assert np.array_equal(value, whole[name][..., 3:4]), name


def test_the_dead_are_dealt_no_cards() -> None:
    e = busy()
    game = era.play(e, 20, seed=SEED, runs=RUNS, strategy=Wild(SEED, 0.3))
    dead = ~is_live(game[-1].after)
    assert dead.any()
    assert not game[-1].after.events.cards_dealt[:, dead].any()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"default": 3}, "none of the 2 choices"),
        ({"default": 0}, "needs a default"),
        ({"choices": [], "default": 0, "usual": 0}, "needs a choice after it"),
        ({"strike": [{"on": "wage"}]}, "needs either times or plus"),
        ({"strike": [{"on": "weather", "plus": 1.0}]}, 'no lever "weather"'),
        ({"strike": [{"on": "wage", "times": 1.1, "quarters": 9, "after": 9}]}, "lasts beyond 16 quarters"),
        ({"raises": [{"figure": "weather", "above": 1.0}]}, 'no figure "weather"'),
        ({"weather": 1}, "Extra inputs are not permitted"),
    ],
)
def test_a_card_that_cannot_be_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        card(**changes)


def test_a_card_is_data_and_nothing_else() -> None:
    assert CardFile.model_validate(card().model_dump()) == card()
