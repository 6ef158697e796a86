"""The balanced scorecard of a batch."""

from __future__ import annotations

import numpy as np
import pytest

from labsim.play.balance_games import games
from labsim.play.scorecard import Scorecard, first_places
from labsim.scenario import load_scenario


def test_the_parts_are_within_their_points_and_add_up() -> None:
    card = Scorecard()
    for record in games(load_scenario("_league"), 3, 6, quarters=10):
        card.add(record)
    scores = card.scores()
    for part, most in ((scores.value, 35), (scores.reach, 25), (scores.frontier, 20), (scores.trust, 20)):
        assert part.shape == (5, 6)
        assert part.min() >= 0.0
        assert part.max() <= most + 1e-9
    assert np.allclose(scores.value.max(axis=0), 35.0)
    assert np.allclose(scores.total, scores.value + scores.reach + scores.frontier + scores.trust)


def test_a_dead_lab_has_no_frontier_and_no_trust() -> None:
    scenario = load_scenario("_league")
    card = Scorecard()
    for record in games(scenario, 1, 100, quarters=24):
        card.add(record)
    dead = record.world.capital.status > 0.0
    assert dead.any()
    scores = card.scores()
    assert not scores.frontier[dead].any()
    assert not scores.trust[dead].any()


def test_first_places_add_up_to_one() -> None:
    total = np.array([[3.0, 1.0, 2.0], [1.0, 2.0, 1.0]])
    assert first_places(total).tolist() == pytest.approx([2 / 3, 1 / 3])


def test_nothing_read_cannot_be_scored() -> None:
    with pytest.raises(ValueError, match="no quarter"):
        Scorecard().scores()
