"""What is worth saying about a quarter? Warnings, news and reasons, as lines and bridges for the pages."""

from __future__ import annotations

from labsim.play.bridge import Explanation, explain
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
}
WANTS_AN_ANSWER = ("runway", "idle", "held", "unserved", "seen", "due")
"""Conditions of `labsim.play.stops` that the briefing puts first."""
BAD_MONTHS = 6.0


def briefing_items(game: GameController) -> tuple[str, list[Item]]:
    """The briefing of the control room: the scenario's words at the start, then what happened; warnings first."""
    if not game.records:
        heard = [_item(told, game.lab) for told in notices(game.scenario, game.scenario.start - 1)]
        return " ".join(game.scenario.briefing.split()), [*heard, *_rules(game)]
    return "", [*_warnings(game), *news_items(game)]


def news_items(game: GameController) -> list[Item]:
    """What happened in the last quarter: the own lab first, then rivals and the world."""
    return [_item(happening, game.lab) for happening in sorted(game.happenings(), key=lambda h: h.lab != game.lab)]


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
        Item("triangle-alert", color if key == "runway" else "warn", render(reason))
        for key, reason in true_now(moment, WANTS_AN_ANSWER)
    ]


def _rules(game: GameController) -> list[Item]:
    return [Item("check", "accent", say("briefing.score", value=o.label or o.variable, weight=f"{o.weight:.0%}"))
             for o in game.scenario.objectives]  # fmt: skip


def _item(happening: Happening, own: str) -> Item:
    icon, color = _ICONS.get(happening.event, ("newspaper", "muted"))
    if happening.lab != own and happening.lab is not None:
        color = "muted"
    return Item(icon, color, render(happening.message))
