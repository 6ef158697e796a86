"""What is worth saying about a quarter? Warnings, news and reasons, as lines and bridges for the pages."""

from __future__ import annotations

from collections.abc import Sequence

from labsim.errors import Message
from labsim.play.bridge import Explanation, explain
from labsim.play.cards import ANSWERED, STRUCK, dealt, open_card, risks
from labsim.play.happenings import Happening, notices
from labsim.play.standing import months_left
from labsim.play.stops import Moment, true_now
from labsim.text import render, say
from labsim.ui.charts.waterfall import Term
from labsim.ui.controllers.game import GameController
from labsim.ui.pages.control_room import Item
from labsim.ui.pages.report import Bridge

BRIDGED = ("cash", "revenue", "capability")
"""Figures that a quarter report explains."""
TERMS = 6
"""Terms shown in a bridge; the rest is one bar."""
_ICONS = {
    "incident": ("octagon-alert", "bad"),
    "runway_warning": ("triangle-alert", "warn"),
    "round_failed": ("triangle-alert", "warn"),
    "run_held": ("gavel", "warn"),
    "antitrust_review": ("gavel", "warn"),
    "compute_bankruptcy": ("octagon-alert", "bad"),
    "acquired": ("handshake", "info"),
    "model_released": ("brain-circuit", "accent"),
    "open_release": ("brain-circuit", "accent"),
    "notice": ("calendar-days", "info"),
    "round_closed": ("banknote", "good"),
    "card_struck": ("circle-question-mark", "accent"),
    "card_answered": ("check", "accent"),
    "card_came_true": ("dices", "info"),
    "card_came_to_nothing": ("dices", "info"),
}
WANTS_AN_ANSWER = ("runway", "idle", "held", "unserved", "seen", "due")
"""Conditions of `labsim.play.stops` that the briefing puts first."""
_ANSWERED_BY = {"idle": "start_run", "unserved": "inference_share", "runway": "raise_amount"}
"""The order that answers a warning, where one does."""
BAD_MONTHS = 6.0
MOST_WANTING = 3
"""Items that want something in a quarter, an open card among them; the rest of the briefing is news."""
MOST_RISKS = 4


def briefing_items(game: GameController) -> tuple[str, list[Item]]:
    """The briefing of the control room: the scenario's words at the start, then what happened; warnings first."""
    if not game.records:
        heard = [_item(told, game) for told in notices(game.scenario, game.scenario.start - 1)]
        return " ".join(game.scenario.briefing.split()), [*heard, *_first_steps(game), *_rules(game)]
    waits = open_card(game.world, game.scenario, game.seat) is not None and not game.is_over
    return "", [*_warnings(game)[: MOST_WANTING - waits], *news_items(game, without_open_card=waits)]


def risk_items(game: GameController) -> list[Item]:
    """The cards that may well strike in the coming quarter, with what lowers their chance."""
    if game.is_over:
        return []
    found = risks(game.world, game.scenario, game.seat, game.t)[:MOST_RISKS]
    return [
        Item("dices", "muted", say(f"briefing.risk{'_lowered' if risk.card.lowers else ''}",
                                   title=risk.card.title, chance=risk.chance, lowers=risk.card.lowers))
        for risk in found
    ]  # fmt: skip


def news_items(game: GameController, *, without_open_card: bool = False) -> list[Item]:
    """What happened in the last quarter: the own lab first, then rivals and the world."""
    told = sorted(game.happenings(), key=lambda happening: happening.lab != game.lab)
    own = [h for h in told if h.lab == game.lab and not (without_open_card and h.event == "card_struck")]
    others = [h for h in told if h.lab != game.lab and not h.event.startswith("card_")]
    return [*(_item(happening, game) for happening in (*own, *others)), *_cards_of_rivals(told, game.lab)]


def _cards_of_rivals(told: Sequence[Happening], own: str) -> list[Item]:
    """The cards of all rivals in one line, and their answers in another."""
    found = []
    for event, key in (("card_struck", "rivals_struck"), ("card_answered", "rivals_answered")):
        of = [h for h in told if h.event == event and h.lab != own]
        what = "; ".join(render(Message(f"briefing.{event}_rival", h.message.values)) for h in of)
        if what:
            found.append(Item("newspaper", "muted", say(f"briefing.{key}", what=what)))
    return found


def report_bridges(game: GameController) -> list[Bridge]:
    """Why the headline figures changed in the last quarter."""
    if len(game.records) < 1:
        return []
    after = game.records[-1]
    before = game.records[-2] if len(game.records) > 1 else game.session.world(game.session.path()[0].id)
    found = []
    for variable in BRIDGED:
        explained = explain(variable, before, after, game.seat, game.scenario)
        found.append(bridge_of(explained, say(f"briefing.why_{variable}")))
    return found


def bridge_of(explained: Explanation, title: str) -> Bridge:
    """An explanation as a picture: the largest terms, and the rest as one."""
    terms = [Term(render(term.label), term.value) for term in explained.terms[:TERMS]]
    rest = sum(term.value for term in explained.terms[TERMS:])
    if rest:
        terms.append(Term(say("briefing.smaller_causes"), rest))
    start, end = Term(say("briefing.before"), explained.from_), Term(say("briefing.now"), explained.to)
    return Bridge(title, start, terms, end, explained.unit)


def _warnings(game: GameController) -> list[Item]:
    """What wants an answer now: a short runway first, then idle training, contracts that end, demand unserved."""
    records = game.records
    moment = Moment(records[-2] if len(records) > 1 else None, records[-1], game.scenario, game.seat)
    months = months_left(records[-1].world, game.seat)
    color = "bad" if months < BAD_MONTHS else "warn"
    return [
        Item("triangle-alert", color if key == "runway" else "warn", render(reason), _ANSWERED_BY.get(key, ""))
        for key, reason in true_now(moment, WANTS_AN_ANSWER)
    ]


def _first_steps(game: GameController) -> list[Item]:
    """What somebody who has never played can do now, before the first quarter ends."""
    steps = [Item("sliders-horizontal", "accent", say("briefing.first_tokens"), "training_share")]
    can_start = "start_run" not in game.scenario.hidden_orders
    if can_start and game.world.training.run_on[game.seat, 0] == 0.0:
        steps.insert(0, Item("triangle-alert", "warn", say("briefing.first_run"), "start_run"))
    return [*steps, Item("play", "accent", say("briefing.first_end"))]


def _rules(game: GameController) -> list[Item]:
    return [Item("scale", "muted", say("briefing.score", value=o.label or o.variable, weight=f"{o.weight:.0%}"))
             for o in game.scenario.objectives]  # fmt: skip


def _item(happening: Happening, game: GameController) -> Item:
    icon, color = _ICONS.get(happening.event, ("newspaper", "muted"))
    if happening.lab != game.lab and happening.lab is not None:
        color = "muted"
    own = happening.lab == game.lab
    words = _own_card(happening.event, game) if own and happening.event.startswith("card_") else None
    return Item(icon, color, render(words or happening.message))


def _own_card(event: str, game: GameController) -> Message | None:
    """The full words of an own card where a line for every lab has only its title."""
    age = {"card_struck": STRUCK, "card_answered": ANSWERED}.get(event)
    found = None if age is None else dealt(game.world, game.scenario, game.seat, age)
    if found is None:
        return None
    label = found.answer.label if found.answer is not None else ""
    kind = event if event == "card_answered" or found.card.choices else "card_befell"
    return Message(f"briefing.{kind}", {"title": found.card.title, "text": found.card.text, "label": label})
