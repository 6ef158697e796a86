"""Decks for tests of event cards: one card a lever, so that every lever is moved, and decks made by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labsim.model.card_table import LEVERS
from labsim.scenario_cards import CardFile, cards_of
from tests.model import era

SIZES: Mapping[str, float] = {
    "fleet_off": 0.2, "hosted_compute": 5000.0, "site_power_plus": 10.0, "relationship_plus": -0.1, "data_plus": 1.0,
    "algo_lead_plus": -0.05, "hold_plus": 1.0, "alignment_plus": 0.1, "evidence_plus": -0.05, "brand_plus": 0.1,
    "brand_b2b_plus": -0.1, "trust_plus": -0.03, "pressure_plus": 0.01, "money": -5.0, "money_per_bill": -0.1,
    "money_per_revenue": 0.05, "credits_per_bill": 1.0, "partner_quarters": 4.0, "round_fail_plus": 0.1,
    "mood_plus": -0.02, "exit_part": 0.35,
}  # fmt: skip
FACTOR = 0.8


def card(**changes: Any) -> CardFile:
    """A card of two choices that do nothing, but for what is given."""
    plain: dict[str, Any] = {
        "title": "A card", "text": "Something happens.", "reflects": "a test", "hazard": 0.0,
        "choices": [{"label": "Yes"}, {"label": "No"}], "default": 2, "usual": 1,
    }  # fmt: skip
    return CardFile.model_validate({**plain, **changes})


def effect(lever: str, quarters: int = 1, **more: Any) -> dict[str, Any]:
    """An effect on a lever of the size that tests use."""
    if lever.endswith("_times"):
        return {"on": lever.removesuffix("_times"), "times": FACTOR, "quarters": quarters, **more}
    return {"on": lever.removesuffix("_plus"), "plus": SIZES[lever], "quarters": quarters, **more}


def with_deck(deck: Mapping[str, CardFile], base: era.Era | None = None) -> era.Era:
    """An era that is played with a deck."""
    base = base or era.seats()
    return base.with_params(cards=cards_of(deck, base.params.labs), card_rate=base.params.card_rate * 0.0 + 1.0)


def busy() -> era.Era:
    """An era in which cards strike all the time, and answers move every lever now and then."""
    names = [name for name in LEVERS if name != "exit_part"]
    deck = {
        f"moves {name}": card(
            hazard=0.03,
            strike=[effect(name)],
            choices=[
                {"label": "Yes", "chance": 0.5, "effects": [effect(name, 3), effect("trust_plus", when="luck")]},
                {"label": "No", "effects": [effect(name, 2, after=1)]},
            ],
        )
        for name in names
    }
    deck["sold"] = card(hazard=0.01, choices=[{"label": "Sell", "effects": [effect("exit_part")]}, {"label": "No"}])
    return with_deck(deck)
