"""The explanations that a game keeps beside its quarters."""

from __future__ import annotations

import pytest

from labsim.play.bridge import explain
from labsim.play.bridge_figures import HEADLINES
from labsim.play.explainer import explainer_of
from labsim.play.session import Session
from labsim.scenario import DEFAULT, load_scenario


def test_the_terms_kept_of_each_headline_add_up_to_its_change() -> None:
    scenario = load_scenario(DEFAULT)
    seat = scenario.seat("OpenAI")
    game = Session.new(scenario, seat, 3, on_policy=True)
    for _ in range(4):
        game.end_quarter()
    before, after = (game.record(node.id) for node in game.path()[-2:])
    kept = explainer_of(scenario, seat)(before, after)
    assert {row.variable for row in kept} <= set(HEADLINES)
    for name in HEADLINES:
        change = explain(name, before, after, seat, scenario).change
        first = sum(row.amount for row in kept if row.variable == name and not row.inside)
        assert first == pytest.approx(change, rel=1e-9, abs=1e-9)
