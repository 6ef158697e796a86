"""In what do up to four branches differ? Lines, orders, outcomes and reasons, as plain values without Qt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from labsim import formats
from labsim.errors import LabsimError
from labsim.play.bridge import Explanation, explain_difference
from labsim.play.journal import flat
from labsim.play.objectives import measure
from labsim.play.series import HEADLINES, RENAMED, WORLD_HEADLINES, values
from labsim.play.session import Session
from labsim.play.tree import ROOT, Node
from labsim.play.turn import TurnRecord
from labsim.scenario_orders import ANSWER
from labsim.text import render, say
from labsim.ui.charts.lines import Line
from labsim.ui.controllers.forecast import CHARTS
from labsim.ui.orders.fields import label_for
from labsim.ui.pages.timeline_rows import LINE_COLORS, answer_given, number_words
from labsim.ui.widgets.tables import TableData, TableRow
from labsim.variables import LAB, REGISTRY

EXPLAINED = ("cash", "revenue", "capability", "market_share", "trust", "valuation")
"""Figures whose difference can be explained; `timeline.figure.cash` … are their names."""
MOST_ORDERS = 200
LONGEST = 13
"""Letters of a name beside a line."""
_DECLARED = {shown: name for name, shown in RENAMED.items()}


@dataclass(frozen=True)
class Compared:
    """Branches side by side: their names, and the played quarters of each from the first on."""

    names: tuple[str, ...]
    paths: tuple[tuple[Node, ...], ...]

    @classmethod
    def of(cls, session: Session, names: Sequence[str]) -> Compared:
        """Read the paths of branches that are shown."""
        return cls(tuple(names), tuple(session.path(session.tip(name).id)[1:] for name in names))

    @property
    def nodes(self) -> list[int]:
        """Every quarter that must be read, each once."""
        return list(dict.fromkeys(node.id for path in self.paths for node in path))

    @property
    def last(self) -> int | None:
        """The last quarter that all of them have played."""
        return min((path[-1].t for path in self.paths), default=None) if all(self.paths) else None


def lines(session: Session, compared: Compared) -> dict[str, list[Line]]:
    """The line of each branch for each chart, by the chart's key."""
    start, found = session.scenario.start, {}
    for chart in CHARTS:
        found[chart.key] = [
            Line(short(name), chart.scale * np.array([_measured(session, chart.variable, node) for node in path]),
                 start, LINE_COLORS[at], is_dashed=at % 2 == 1)
            for at, (name, path) in enumerate(zip(compared.names, compared.paths, strict=True)) if path
        ]  # fmt: skip
    return found


def short(name: str) -> str:
    """A name of a branch that leaves room for the lines of a chart."""
    return name if len(name) <= LONGEST else f"{name[:LONGEST - 1].rstrip()}…"  # fmt: skip


def _measured(session: Session, variable: str, node: Node) -> float:
    return float(measure(variable, session.record(node.id))[session.seat, 0])


def difference_table(session: Session, compared: Compared, explained: str) -> TableData:
    """Why one figure differs, the outcomes of the last shared quarter, and the orders that are not the same."""
    rows = [*_reason_rows(session, compared, explained), *_outcome_rows(session, compared)]
    rows += _order_rows(session, compared)
    return TableData(tuple(map(short, compared.names)), tuple(rows))


def _section(title: str, width: int) -> TableRow:
    return TableRow(title, ("",) * width, is_section=True)


def _outcome_rows(session: Session, compared: Compared) -> list[TableRow]:
    width, last = len(compared.names), compared.last
    if last is None:
        return []
    found = [values(_record_at(session, path, last)) for path in compared.paths]
    rows = [_section(say("timeline.outcomes", last=formats.quarter_title(last)), width)]
    for shown in (*HEADLINES, *WORLD_HEADLINES):
        variable = REGISTRY[_DECLARED.get(shown, shown)]
        place = (session.seat, 0) if LAB in variable.axes else (0,)
        cells = tuple(formats.show(float(one[variable.name][place]), variable.unit, variable.format or None)
                      for one in found)  # fmt: skip
        if len(set(cells)) > 1:
            rows.append(TableRow(variable.label, cells))
    return rows if len(rows) > 1 else [_section(say("timeline.no_outcome_differs"), width)]


def _order_rows(session: Session, compared: Compared) -> list[TableRow]:
    width = len(compared.names)
    given: list[Mapping[tuple[int, str, str], float]] = [
        {(node.t, name, segment): value for node in path for name, segment, value in flat(node.orders)}
        for path in compared.paths
    ]
    rows = [_section(say("timeline.orders_differ"), width)]
    techniques = session.scenario.params.techniques.names
    for t, name, segment in sorted(set().union(*given)):
        found = [one.get((t, name, segment)) for one in given]
        if len(set(found)) == 1:
            continue
        what = f"{label_for(name)}, {say(f'segment.{segment}').lower()}" if segment else label_for(name)
        cells = tuple(
            _answer(session, path, t, value)
            if name == ANSWER
            else say("timeline.not_given")
            if value is None
            else number_words(name, value, techniques)
            for path, value in zip(compared.paths, found, strict=True)
        )
        rows.append(TableRow(f"{formats.quarter_title(t)}  {what}", cells))
    if len(rows) > MOST_ORDERS:
        left = len(rows) - MOST_ORDERS
        rows = [*rows[:MOST_ORDERS], _section(say("timeline.more_orders_differ", left=left), width)]
    return rows if len(rows) > 1 else [_section(say("timeline.no_order_differs"), width)]


def _answer(session: Session, path: Sequence[Node], t: int, value: float | None) -> str:
    """An answer by its card's name, or what stood without one."""
    here = [node for node in path if node.t == t]
    return (answer_given(session, here[0], value) if here else "") or say("timeline.not_given")


def _reason_rows(session: Session, compared: Compared, explained: str) -> list[TableRow]:
    width, title = len(compared.names), say(f"timeline.figure.{explained}").lower()
    rows = [_section(say("timeline.why_differs", title=title), width)]
    found: list[Explanation | None] = [None]
    for name in compared.names[1:]:
        try:
            found.append(_explained(session, compared.names[0], name, explained))
        except LabsimError as error:
            found.append(None)
            rows.append(TableRow(f"{name}: {error.problems[0].what}", ("",) * width))
    labels: dict[str, str] = {}
    for one in found:
        labels.update({term.name: render(term.label) for term in (one.terms if one else ()) if term.steps})
    if not labels:
        return [] if len(rows) == 1 else rows
    for key, label in labels.items():
        shown = ({term.name: term.shown for term in one.terms} if one else {} for one in found)
        rows.append(TableRow(label, tuple(terms.get(key, "") for terms in shown)))
    first = next(one.shown_from for one in found if one)
    totals = (f"{one.shown_to} ({one.shown_change})" if one else "" for one in found[1:])
    rows.append(TableRow(say(f"timeline.figure.{explained}"), (first, *totals), is_sum=True))
    return rows


def _explained(session: Session, a: str, b: str, variable: str) -> Explanation | None:
    """Why a figure of branch ``b`` is not that of ``a``; None when they have played nothing apart."""
    one, other = session.path(session.tip(a).id), session.path(session.tip(b).id)
    shared = [left for left, right in zip(one, other, strict=False) if left.id == right.id]
    ways = [list(path[len(shared):]) for path in (one, other)]  # fmt: skip
    length = min(map(len, ways))
    if not length:
        return None
    first, second = ([session.record(node.id) for node in way[:length]] for way in ways)
    start = session.world(ROOT) if shared[-1].id == ROOT else session.record(shared[-1].id)
    return explain_difference(variable, start, first, second, session.seat, session.scenario)


def _record_at(session: Session, path: Sequence[Node], t: int) -> TurnRecord:
    return session.record(next(node.id for node in path if node.t == t))
