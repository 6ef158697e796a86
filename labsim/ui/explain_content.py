"""What does the explanation of a figure say? Meaning, value, parts and causes as texts, like `labsim explain`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from labsim.errors import Message
from labsim.model.figures import RUNWAY_MONTHS_MAX
from labsim.model.terms import Link
from labsim.model.world import World
from labsim.play.bridge import Explanation, Term, explain
from labsim.play.bridge_anatomy import Anatomy, anatomy, anatomy_name
from labsim.play.bridge_figures import HEADLINES, Moment, headline
from labsim.play.turn import TurnRecord
from labsim.scenario import Scenario
from labsim.text import render, sentences
from labsim.ui.orders.fields import label_for
from labsim.ui.present import runway_text
from labsim.variables import REGISTRY

KEYS = {"share": "market_share"}
"""Keys of the top bar that are called otherwise where figures are explained."""
_UNITS = {"M$": "money", "months": "months", "points": "points", "share": "share", "0-1": "hundred",
          "$/M tokens": "per_million"}  # fmt: skip
_FLOWS = ("revenue",)  # money of a quarter, not of a moment
_OWN_MEANING = ("runway", "cash")  # the registry's words are too short for a card


@dataclass(frozen=True)
class LinkContent:
    """What stands behind a cause, and its words."""

    link: Link
    text: str


@dataclass(frozen=True)
class TermContent:
    """One cause: what happened, by how much, what is behind it, and its own causes."""

    name: str
    what: str
    sentence: str  # with the amount
    shown: str
    value: float
    links: tuple[LinkContent, ...]
    terms: tuple[TermContent, ...]


@dataclass(frozen=True)
class PartContent:
    """One part of what a figure is made of; ``depth`` 0 are the parts of the figure itself."""

    sign: str
    label: str
    shown: str
    depth: int


@dataclass(frozen=True)
class Content:
    """Everything a card says."""

    figure: str  # "Cash"
    where: str  # "Cash of Anthropic, Q3 2024"
    definition: str
    value: str
    before: str
    change: str
    way: int  # sign of the change
    heading: str  # over the causes
    terms: tuple[TermContent, ...]
    parts: tuple[PartContent, ...]
    remark: str  # instead of causes

    @property
    def largest(self) -> float:
        """The greatest amount of a cause at either level, for the scale of the bars."""
        both = [term for outer in self.terms for term in (outer, *outer.terms)]
        return max((abs(term.value) for term in both), default=0.0)

    def text(self) -> str:
        """The whole card as plain text."""
        lines = [f"{self.where}: {self.value}", self.definition, self.heading or self.remark]
        for term in self.terms:
            lines += [term.sentence, *(f"  {inner.sentence}" for inner in term.terms)]
        lines += [f"{'  ' * part.depth}{part.sign} {part.label}: {part.shown}" for part in self.parts]
        return "\n".join(line for line in lines if line)


def content(key: str, before: Moment, after: TurnRecord, seat: int, scenario: Scenario) -> Content:
    """The card of a figure after a quarter. Raises BadInput for an unknown figure or a lab that had ended."""
    name = headline(KEYS.get(key, key))
    found = explain(name, before, after, seat, scenario)
    values = {"figure": found.label, "lab": scenario.labs[seat], "quarter": after.t}
    lives = after.world.capital.status[seat, 0] == 0.0
    parts = _parts(anatomy(name, after, seat, scenario), 0) if lives and anatomy_name(name) else ()
    return Content(
        figure=render(found.label),
        where=_say("now", **values),
        definition=definition(name),
        value=_value(found),
        before=found.shown_from,
        change=found.shown_change,
        way=(found.change > 0.0) - (found.change < 0.0),
        heading=_say("changed", change=found.shown_change) if found.terms else "",
        terms=tuple(_term(term) for term in found.terms),
        parts=tuple(parts),
        remark="" if found.terms else _say("unchanged", quarter=after.t),
    )


def opening_content(key: str, world: World, t: int, seat: int, scenario: Scenario) -> Content:
    """The card of a figure before the first quarter: what it means, and that its causes come later."""
    name = headline(KEYS.get(key, key))
    label = Message(f"explain.figure.{name}")
    where = _say("now", figure=label, lab=scenario.labs[seat], quarter=t)
    return Content(render(label), where, definition(name), "", "", "", 0, "", (), (), _say("first"))


def definition(name: str) -> str:
    """What a figure means, and its unit."""
    unit = _UNITS[HEADLINES[name].unit] + ("_quarter" if name in _FLOWS else "")
    known = REGISTRY[name].meaning if name in REGISTRY and name not in _OWN_MEANING else ""
    more = render(Message(key)) if (key := f"explain_card.meaning.{name}") in sentences() else ""
    said = _say("unit", unit=Message(f"explain_card.units.{unit}"))
    return " ".join(text for text in (known, more, said) if text)


def _value(found: Explanation) -> str:
    if found.variable == "runway" and found.to >= RUNWAY_MONTHS_MAX:
        return runway_text(RUNWAY_MONTHS_MAX + 1.0)
    return found.shown_to


def _term(term: Term) -> TermContent:
    what = term.sentence.values["what"]
    return TermContent(
        name=term.name,
        what=render(what) if isinstance(what, Message) else str(what),
        sentence=render(term.sentence),
        shown=term.shown,
        value=term.value,
        links=tuple(LinkContent(link, link_text(link)) for link in term.links),
        terms=tuple(_term(inner) for inner in term.terms),
    )


def link_text(link: Link) -> str:
    """What stands behind a cause, for people."""
    if link.kind == "decision":
        name = label_for(link.name)
    else:
        name = link.name if link.kind == "rival" else link.name.replace("_", " ")
    return render(Message(f"explain.behind.{link.kind}", {"name": name}))


def _parts(whole: Anatomy, depth: int) -> Iterator[PartContent]:
    for place, part in enumerate(whole.parts):
        sign = ("×" if whole.how == "product" else "+") if place else ""
        yield PartContent(sign, render(part.label), part.shown, depth)
        yield from _parts(part, depth + 1)


def _say(key: str, **values: object) -> str:
    return render(Message(f"explain_card.{key}", values))
