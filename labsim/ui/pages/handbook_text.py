"""What does the handbook say? Its pages with tables made from the registry, and all that can be found in them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from labsim import formats, tables
from labsim.errors import BadWorld
from labsim.model.decisions import DECISIONS
from labsim.resources import asset_text
from labsim.scenario import DEFAULT, load_scenario
from labsim.scenario_cards import CardFile
from labsim.text import say, sentences
from labsim.ui.orders.fields import label_for
from labsim.ui.pages.timeline_rows import number_words
from labsim.variables import REGISTRY, Variable

FOLDER = "handbook"
INDEX = "index"
_LINK = re.compile(r"\[([^\]]+)\]\(([a-z_]+)\.md\)")
_DIRECTIVE = re.compile(r"<!--\s*([a-z]+)(?:\s*:\s*([a-z_]+))?\s*-->")
_TERM = re.compile(r"- \*\*([^*]+)\*\* –")
_MARKS = re.compile(r"[*`]|\[([^\]]*)\]\([^)]*\)")
GROUPS = ("tokens", "compute", "model", "people", "market", "capital", "policy", "events")
"""Groups of orders, named by `handbook.group.tokens` …"""
PAGE_OF_GROUP = {"tokens": "tokens", "compute": "compute", "model": "training", "people": "people",
                 "market": "market", "capital": "capital", "policy": "society", "events": "events"}  # fmt: skip
"""The page that tells the mechanism behind a group of orders."""


@dataclass(frozen=True)
class Entry:
    """One place of the handbook: its page, the heading or the first cell of a row, and the words there."""

    page: str
    title: str
    words: str


_KEPT = ("GPU", "GPUs", "MFU", "PUE", "FP8", "FP4", "MoE", "FLOP", "3D", "API", "HHI", "ARR", "IT", "AI", "H100")
_ACRONYMS = {word.lower(): word for word in _KEPT}


# ---- pages ----------------------------------------------------------------------------------------------------------


@cache
def contents() -> tuple[tuple[str, str], ...]:
    """(page, title) of the index and of every page that it lists and that exists, in its order."""
    found = [(INDEX, say("handbook.handbook"))]
    for title, page in _LINK.findall(asset_text(FOLDER, f"{INDEX}.md")):
        if _exists(page):
            found.append((page, title))
    return tuple(found)


def _exists(page: str) -> bool:
    try:
        asset_text(FOLDER, f"{page}.md")
    except BadWorld:
        return False
    return True


@cache
def page_text(page: str) -> str:
    """The Markdown of a page with its tables filled in. Raises BadWorld when there is no such page."""
    text = _DIRECTIVE.sub(lambda found: _filled(found[1], found[2] or ""), asset_text(FOLDER, f"{page}.md"))
    if page != INDEX:
        return text
    known = {key for key, _ in contents()}
    lines = text.splitlines()
    return "\n".join(line for line in lines if all(link[1] in known for link in _LINK.findall(line)))


def _filled(what: str, which: str) -> str:
    makers: dict[str, Callable[[str], str]] = {
        "parameters": _parameters,
        "table": _table,
        "events": lambda _: _events(),
        "cards": lambda _: _cards(),
        "policies": lambda _: _policies(),
        "orders": lambda _: _orders(),
    }
    return makers[what](which) if what in makers else ""


# ---- finding --------------------------------------------------------------------------------------------------------


@cache
def entries() -> tuple[Entry, ...]:
    """Every heading with the words below it, and every row of a table, of all pages."""
    return tuple(entry for page, _ in contents() if page != INDEX for entry in _entries_of(page))


def _entries_of(page: str) -> Iterator[Entry]:
    title, words = "", list[str]()
    for line in page_text(page).splitlines():
        if line.startswith("#"):
            if title:
                yield Entry(page, title, " ".join(words))
            title, words = _bare(line.lstrip("# ")), []
        elif line.startswith("|"):
            cells = [_bare(cell) for cell in line.strip("| ").split(" | ")]
            if cells[0] and not set(cells[0]) <= set("-: |"):
                yield Entry(page, cells[0], ", ".join(cells[1:]))
        elif term := _TERM.match(line):
            yield Entry(page, term[1], _bare(line))
        else:
            words.append(_bare(line))
    if title:
        yield Entry(page, title, " ".join(words))


def _bare(text: str) -> str:
    return _MARKS.sub(lambda found: found[1] or "", text).replace("\\|", "|").strip()


def searched(words: str) -> list[Entry]:
    """The entries that hold every typed word, those with it in their title first."""
    wanted = words.casefold().split()
    found = []
    for at, entry in enumerate(entries()):
        title, rest = entry.title.casefold(), entry.words.casefold()
        if wanted and all(word in title or word in rest for word in wanted):
            missed = sum(word not in title for word in wanted)
            starts = not title.startswith(wanted[0])
            found.append((missed, starts, at, entry))
    return [entry for *_, entry in sorted(found, key=lambda one: one[:3])]


# ---- tables ---------------------------------------------------------------------------------------------------------


def _rows(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [_line(head), _line(["---"] * len(head)), *map(_line, rows)]
    return "\n".join(lines) + "\n"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("*", "\\*") or " " for cell in cells) + " |"


def _parameters(group: str) -> str:
    found = [v for v in REGISTRY.values() if v.kind == "parameter" and v.group == group]
    rows = [(named(v.label), _number(v.default, v), _range(v), v.meaning, v.source) for v in found]
    return (
        f"## {say('handbook.parameters')}\n\n{_rows(_heads('parameter', 'value', 'range', 'meaning', 'source'), rows)}"
    )


def _number(value: float, variable: Variable) -> str:
    return formats.show(value, variable.unit, variable.format or None)


def _range(variable: Variable) -> str:
    low, high = (_number(bound, variable) for bound in (variable.low, variable.high))
    if not math.isfinite(variable.low) or not math.isfinite(variable.high):
        return say("handbook.from", low=low) if math.isfinite(variable.low) else formats.NOTHING
    fixed = variable.low == variable.high
    return say("handbook.fixed") if fixed else say("handbook.between", low=low, high=high)


def _table(name: str) -> str:
    listed = [row for row in tables.table(name) if row.name != tables.ORIGIN]
    head = [named(name).rstrip("s"), *(named(row.name) for row in listed)]
    rows = [[named(column), *(_cell(row, column) for row in listed)] for column in tables.columns(name)]
    meanings = [(named(row.name), row.meaning, row.source) for row in listed]
    columns = _rows(_heads("column", "meaning", "source"), meanings)
    return f"## {say('handbook.table')}\n\n{_rows(head, rows)}\n## {say('handbook.columns')}\n\n{columns}"


def _cell(row: tables.TableRow, column: str) -> str:
    text = row.values[column]
    if row.unit == "quarter":
        return formats.quarter_title(formats.quarter_number(text))
    return formats.ratio(float(text))


def _events() -> str:
    rows = []
    for name, event in tables.event_table().items():
        first = formats.quarter_title(formats.quarter_number(event["first"]))
        effects = "; ".join(_effect(effect) for effect in event["effects"])
        lasts = formats.show(float(event["length"]), "quarters")
        rows.append((named(name), first, formats.share(float(event["hazard"])), lasts, effects))
    return _rows(_heads("event", "from_quarter", "chance_quarter", "lasts", "while_lasts"), rows)


def _cards() -> str:
    """The deck as a table, then each card with its answers."""
    deck = load_scenario(DEFAULT).deck.values()
    rows = [(card.title, _since(card), formats.share(card.hazard), card.lowers) for card in deck]
    table = _rows(_heads("card", "from_quarter", "chance_quarter", "before_it_strikes"), rows)
    return table + "\n" + "\n".join(map(_card, deck))


def _since(card: CardFile) -> str:
    first = formats.quarter_title(formats.quarter_number(card.first))
    if not card.last:
        return first
    return say("handbook.between", low=first, high=formats.quarter_title(formats.quarter_number(card.last)))


def _card(card: CardFile) -> str:
    stands = say("handbook.stands_unsaid")
    answers = [f"{choice.label} {stands}" if n == card.default else choice.label
               for n, choice in enumerate(card.choices, start=1)]  # fmt: skip
    listed = "\n".join(f"{n}. {answer}" for n, answer in enumerate(answers, start=1))
    parts = [f"### {card.title}", f"{card.text} {card.signpost}".strip(), listed]
    parts.append(say("handbook.after", what=card.reflects))
    return "\n\n".join(part for part in parts if part) + "\n"


def _heads(*keys: str) -> tuple[str, ...]:
    return tuple(say(f"handbook.{key}") for key in keys)


def _effect(effect: Mapping[str, object]) -> str:
    what = named(str(effect["on"]))
    if "times" in effect:
        return f"{what} × {formats.ratio(float(str(effect['times'])))}"
    plus = float(str(effect["plus"]))
    spread = say("handbook.spread_over_event") if effect.get("spread") else ""
    return f"{what} {'+' if plus > 0 else '−'}{formats.ratio(abs(plus))}{spread}"


def _policies() -> str:
    scenario = load_scenario(DEFAULT)
    said = sentences()
    rows = [
        (said.get(f"handbook.policy.{key}", named(key)), *(formats.ratio(row[key]) for row in scenario.policies))
        for key in scenario.policies[0]
    ]
    return _rows((say("handbook.number"), *scenario.labs), rows)


def _orders() -> str:
    parts = []
    for group in GROUPS:
        title = say(f"handbook.group.{group}")
        mechanism = say("handbook.mechanism_md", title=title, page_of_group=PAGE_OF_GROUP[group])
        parts.append(f"## {title}\n\n{mechanism}\n")
        parts += [_order(variable) for variable in DECISIONS if variable.group == group]
    return "\n".join(parts)


def _order(variable: Variable) -> str:
    kind = say("handbook.setting_stands_until") if variable.kind == "setting" else say("handbook.once_happens_quarter")
    if variable.unit in ("flag", "index", "choice"):
        bounds = ""
    else:
        low, high = (number_words(variable.name, bound, ()) for bound in (variable.low, variable.high))
        bounds = " " + say("handbook.from_to", low=low, high=high)
    standing = math.isfinite(variable.default)
    usual = (
        " " + say("handbook.without_order", name=number_words(variable.name, variable.default, ())) if standing else ""
    )
    usual = "" if variable.unit in ("index", "choice") else usual
    return f"### {label_for(variable.name)}\n\n{variable.meaning} {kind}{bounds}{usual}\n"


def named(name: str) -> str:
    """A name of a table or an effect as people read it."""
    words = [_ACRONYMS.get(word.lower(), word) for word in name.replace("_", " ").split(" ")]
    return f"{words[0][:1].upper()}{words[0][1:]}" + "".join(f" {word}" for word in words[1:])


def missing_page(page: str) -> str:
    """The page that stands for one that does not exist."""
    return f"# {say('handbook.handbook')}\n\n{say('handbook.missing', page=page)}"
