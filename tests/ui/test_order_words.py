"""What stands beside the orders says what the world and the preview of the quarter say."""

from __future__ import annotations

import dataclasses

from labsim.play.session import Session
from labsim.scenario import Scenario, load_scenario, parse_scenario
from labsim.ui.orders import figures

ERA = load_scenario("token-era")
SEAT = ERA.seat("Anthropic")


def session(scenario: Scenario) -> Session:
    return Session.new(scenario, SEAT, 1, on_policy=True)


def test_a_public_technique_that_must_be_adopted_shows_how_far_it_is() -> None:
    constant = '[parameters.adoption_percent]\nvalue = 25\nunit = "%"\nsource = "a test"'
    slow = parse_scenario("slow", [*ERA.texts, ("slow", constant)])
    game = session(slow)
    for _ in range(3):
        game.end_quarter()
    found = figures.techniques(slow, game.preview(), game.world(), SEAT)
    missing = [words for words, _, why_not in found if "public, " in words and not why_not]
    assert missing
    assert all(words.endswith(" % adopted") for words in missing)
    told = figures.people_sentence(slow, game.preview(), game.world(), SEAT)
    assert told.endswith("A public technique takes 25.0 % of its work to adopt.")
    at_once = session(ERA)
    known = figures.techniques(ERA, at_once.preview(), at_once.world(), SEAT)
    assert not any("adopted" in words for words, _, _ in known)
    assert "adopt" not in figures.people_sentence(ERA, at_once.preview(), at_once.world(), SEAT)


def test_idle_chips_are_told_beside_the_compute_orders() -> None:
    game = session(ERA)
    game.end_quarter()
    world, preview = game.world(), game.preview()
    for part, is_told in ((0.25, True), (0.0, False)):
        market = dataclasses.replace(world.market, idle=world.market.idle * 0.0 + part)
        sentence = figures.chips(ERA, world.replace(market=market), preview, SEAT).sentence
        assert ("Last quarter 25.0 % of the fleet stood idle." in sentence) == is_told
