"""What do scenario files say about event cards? The deck of a scenario and the cards that strike whatever the dice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from labsim import tables
from labsim.formats import quarter_number
from labsim.scenario_bounds import HAZARD
from labsim.scenario_cards import CardFile, CardOverlay
from labsim.scenario_checks import Checks

Strikes = dict[int, frozenset[tuple[int, int]]]
"""Quarter -> (card, seat)."""


@cache
def _base_deck() -> Mapping[str, CardFile]:
    return {name: CardFile.model_validate(card) for name, card in tables.card_table().items()}


class CardChecks(Checks):
    """The part of the overlay that is about cards."""

    def cards(self, seats: Sequence[str]) -> tuple[dict[str, CardFile], Strikes]:
        """The deck, a scenario's own cards first, and the cards that strike by force."""
        deck = dict(_base_deck())
        for _, file in self._layers():
            deck = {**file.new_cards, **{name: card for name, card in deck.items() if name not in file.new_cards}}
        strikes: list[tuple[int, str, str]] = []
        for where, file in self._layers():
            for name, change in file.cards.items():
                if name not in deck:
                    self._unknown(f"cards.{name}", "card", name, deck, where)
                    continue
                deck[name] = self._card(deck[name], change, f"cards.{name}", where)
                for when in change.force:
                    quarter, _, lab = when.partition(" ")
                    if lab and lab not in seats:
                        self._unknown(f"cards.{name}.force", "seat", lab, seats, where)
                        continue
                    strikes.extend((quarter_number(quarter), name, seat) for seat in ([lab] if lab else seats))
        forced: Strikes = {}
        for t, name, seat in strikes:
            forced[t] = forced.get(t, frozenset()) | {(list(deck).index(name), list(seats).index(seat))}
        return deck, forced

    def _card(self, card: CardFile, change: CardOverlay, place: str, where: str) -> CardFile:
        given: dict[str, object] = {key: getattr(change, key) for key in ("first", "last") if getattr(change, key)}
        if change.hazard is not None:
            hazard = self._plain(change.hazard, "1/quarter", f"{place}.hazard", where)
            given["hazard"] = self._within(hazard, HAZARD, f"{place}.hazard", where)
        return card.model_copy(update=given)
