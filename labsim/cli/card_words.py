"""What does an event card say, and what moves its chance? Lines for the command line."""

from __future__ import annotations

from collections.abc import Iterator

from labsim.scenario_cards import CardFactor, CardFile


def chance(card: CardFile) -> str:
    """When a card can strike, and what raises or lowers its chance."""
    until = f" to {card.last}" if card.last else ""
    parts = [f"from {card.first}{until}, hazard {card.hazard:g}", f"again after {card.cooldown} quarters"]
    parts += [f"needs {_bounds(factor)}" for factor in card.needs]
    parts += [_raised(factor) for factor in card.raises]
    return "; ".join(parts)


def _bounds(factor: CardFactor) -> str:
    bounds = [
        f"{word} {bound:g}" for word, bound in (("above", factor.above), ("below", factor.below)) if bound is not None
    ]
    return f"{factor.figure} {' and '.join(bounds)}"


def _raised(factor: CardFactor) -> str:
    if factor.slope:
        return f"chance x (1 {factor.slope:+g} x {factor.figure})"
    return f"chance x {factor.times:g} with {_bounds(factor)}"


def lines(card: CardFile) -> Iterator[str]:
    """What is asked, what can be seen and done before, and each answer with its effects."""
    if card.signpost:
        yield f"  sign    {card.signpost}"
    yield f"  before  {card.lowers}"
    for number, choice in enumerate(card.choices, start=1):
        stands = ", stands when nothing is said" if number == card.default else ""
        yield f"  answer {number}{stands}: {choice.label}"
    others = ", ".join(f"{lab} {answer}" for lab, answer in card.usual_of.items())
    if card.choices:
        yield f"  policies answer {card.usual}{f'; {others}' if others else ''}"
