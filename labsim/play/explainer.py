"""Which explanations does a game keep? The terms of every headline figure of the player's lab, two levels deep."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from labsim.play.bridge import Term, explain
from labsim.play.bridge_figures import HEADLINES
from labsim.play.journal import ExplainedTerm
from labsim.play.turn import TurnRecord
from labsim.scenario import Scenario


def explainer_of(scenario: Scenario, seat: int) -> Callable[[TurnRecord, TurnRecord], list[ExplainedTerm]]:
    """What a session is handed so that the terms of each quarter go into its file; about 25 ms a quarter."""

    def explained(before: TurnRecord, after: TurnRecord) -> list[ExplainedTerm]:
        if before.world.capital.status[seat, 0] != 0.0:
            return []
        return [
            row
            for name in HEADLINES
            for row in _rows(seat, name, "", explain(name, before, after, seat, scenario).terms)
        ]

    return explained


def _rows(seat: int, variable: str, inside: str, terms: Sequence[Term]) -> Iterator[ExplainedTerm]:
    for term in terms:
        link = "; ".join(f"{link.kind}:{link.name}" for link in term.links)
        yield ExplainedTerm(seat, variable, inside, term.name, term.value, link)
        yield from _rows(seat, variable, term.name, term.terms)
