"""Each wait is so exactly when the game is so, and the figures of a text are those of the engine."""

from __future__ import annotations

import dataclasses

import pytest

from labsim.model.params import SEGMENTS
from labsim.play.coach import _READ, figure, told
from labsim.play.session import Session
from labsim.play.standing import months_left
from labsim.scenario import load_scenario
from labsim.scenario_coach import FIGURES, Seen, WaitForm, holds, is_met


def begin() -> Session:
    scenario = load_scenario("rehearsal")
    return Session.new(scenario, scenario.seat("Meridian"), 1)


NOTHING = Seen(frozenset(), "home", frozenset(), 0, 1, lambda name: 0.0, lambda name: 0.0, {})
CASES: list[tuple[WaitForm, dict[str, object]]] = [
    (WaitForm(explained="runway"), {"explained": frozenset({"runway"})}),
    (WaitForm(page="model_lab"), {"page": "model_lab"}),
    (WaitForm(did="compare"), {"deeds": frozenset({"compare"})}),
    (WaitForm(ended=2), {"ended": 2}),
    (WaitForm(branches=2), {"branches": 2}),
    (WaitForm(order={"training_share": ">= 0.4"}), {"order": lambda name: 0.4}),
    (WaitForm(any_order={"buy_gpus": ">= 5", "staff_target": ">= 100"}), {"order": {"buy_gpus": 6.0}.get}),
    (WaitForm(preview={"served_fraction": ">= 0.99"}), {"preview": lambda name: 1.0}),
    (WaitForm(tried={"price": 3}), {"tried": {"price": 3}}),
]


@pytest.mark.parametrize(("wait", "done"), CASES)
def test_a_wait_is_not_met_before_and_is_after(wait: WaitForm, done: dict[str, object]) -> None:
    assert not is_met(wait, NOTHING)
    seen = dataclasses.replace(NOTHING, **done)  # type: ignore[arg-type]
    if wait.any_order:
        seen = dataclasses.replace(seen, order=lambda name: {"buy_gpus": 6.0}.get(name, 0.0))
    assert is_met(wait, seen)


def test_all_that_a_wait_names_must_be_so() -> None:
    wait = WaitForm(page="model_lab", ended=1)
    assert not is_met(wait, dataclasses.replace(NOTHING, ended=1))
    assert is_met(wait, dataclasses.replace(NOTHING, ended=1, page="model_lab"))


def test_a_bound_forgives_what_a_hand_on_a_slider_cannot_see() -> None:
    assert holds(">= 0.4", 0.4 - 1e-12)
    assert holds("<= 60e9", 60e9)
    assert not holds(">= 0.4", 0.399)
    assert not holds("<= 0.4", 0.401)


def test_every_declared_figure_is_read_and_no_other() -> None:
    assert set(_READ) == set(FIGURES)


def test_figures_are_those_of_the_engine() -> None:
    game = begin()
    months = months_left(game.world(), game.seat)
    assert told("Cash lasts {runway} months.", game) == f"Cash lasts {months:.0f} months."
    assert figure("quarter", game) == "Q1 2024"
    assert figure("capability_after", game) == "—"
    served = float(game.preview().report.market.served_fraction[game.seat, 0])
    assert figure("served", game) == f"{100 * served:.1f} %"


def test_after_a_release_the_text_can_say_what_it_brought() -> None:
    game = begin()
    for name, value in {"inference_share": 0.4, "training_share": 0.45, "experiment_share": 0.05}.items():
        game.set_order(name, value)
    game.end_quarter()
    for name, value in {"design_active": 60e9, "design_tokens": 30.0, "start_run": 1.0}.items():
        game.set_order(name, value)
    game.end_quarter()
    before = game.record().report.alignment.capability[game.seat, 0]
    game.end_quarter()
    after = game.record().report.alignment.capability[game.seat, 0]
    assert figure("capability_before", game) == f"{before:.0f}"
    assert figure("capability_after", game) == f"{after:.0f}"
    assert figure("run_quarter", game) == "Q2 2024"
    assert figure("rival", game) == "Mistral AI"
    price = game.record().decisions.price[SEGMENTS.index("developer"), :, 0]
    own = game.preview().decisions.price[SEGMENTS.index("developer"), game.seat, 0]
    assert figure("own_price", game) == f"${own:.2f} / M tok"
    assert figure("rival_price", game) == f"${price[game.scenario.seat('Mistral AI')]:.2f} / M tok"
