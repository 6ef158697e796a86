"""What does the Timeline say of the tree and of one quarter? Plain values from the session, without Qt."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from labsim import formats
from labsim.errors import Message
from labsim.model.decisions import DECISIONS
from labsim.play.cards import answer_words
from labsim.play.happenings import Happening, happenings
from labsim.play.objectives import measure
from labsim.play.series import values
from labsim.play.session import Session
from labsim.play.standing import opening_standing, standing
from labsim.play.tree import ROOT, Node, Orders, OrderValue
from labsim.play.turn import TurnRecord
from labsim.scenario_orders import ANSWER, letter
from labsim.text import render, say
from labsim.ui.controllers.forecast import CHARTS, ChartSpec
from labsim.ui.orders.fields import label_for
from labsim.ui.present import tiles
from labsim.ui.topbar import HEADLINES
from labsim.ui.widgets.branch_layout import TreeData, TreeLane, TreeNode
from labsim.ui.widgets.tables import TableData, TableRow
from labsim.variables import REGISTRY

LINE_COLORS = ("accent", "warn", "good", "text")
"""Colours of up to four branches that are compared, in the order in which they were ticked."""
MOST_COMPARED = len(LINE_COLORS)
FURTHER = ("valuation", "staff", "installed_compute", "tokens_trained", "tokens_served")
WORLD = ("scarcity", "pressure", "mood", "open_capability")
_DECLARED = {variable.name: variable for variable in DECISIONS}
_PARTS = ("partner_equity", "free_tier", "transparency", "sell_gpus", "design_distil", "sublet")
"""Decisions without a unit that are a part of something; shares of the fleet are, too."""


# ---- the tree -------------------------------------------------------------------------------------------------------


def open_key(branch: int) -> int:
    """The key of the quarter that a branch decides next, which has no node yet."""
    return -branch


def tree_of(session: Session, ticked: Sequence[str]) -> TreeData:
    """The branches that are shown, their quarters, and for each the quarter that it decides next."""
    branches = session.branches()
    lane_of = {branch.id: number for number, branch in enumerate(branches)}
    noted = {note.turn for note in session.notes}
    nodes: dict[int, TreeNode] = {}
    for number, branch in enumerate(branches):
        for node in session.path(branch.tip):
            if node.id not in nodes or node.branch == branch.id:
                lane = lane_of.get(node.branch, number)
                nodes[node.id] = _dot(node, lane, node.id in noted)
    ordered = [nodes[key] for key in sorted(nodes)]
    for number, branch in enumerate(branches):
        tip = session.tip(branch.name)
        if tip.t + 1 < session.scenario.start + session.game.quarters:
            words = say("timeline.not_played_yet")
            ordered.append(TreeNode(open_key(branch.id), tip.id, tip.t + 1, number, "", words, is_open=True))
    lanes = tuple(_lane(session, branch.name, branch.tip, ticked) for branch in branches)
    return TreeData(lanes, tuple(ordered))


def _lane(session: Session, name: str, tip: int, ticked: Sequence[str]) -> TreeLane:
    is_active = name == session.branch.name
    color = LINE_COLORS[ticked.index(name)] if name in ticked else "border_strong"
    return TreeLane(name, tip, color, is_active, name in ticked)


def _dot(node: Node, lane: int, has_note: bool) -> TreeNode:
    if node.id == ROOT:
        return TreeNode(node.id, None, node.t, lane, "", say("timeline.opening_before_first"), has_note=has_note)
    given = [label_for(name) for name in node.orders]
    said = say("timeline.orders", given=", ".join(given)) if given else say("timeline.orders_none")
    return TreeNode(node.id, node.parent, node.t, lane, chip_of(node.orders), said, has_note=has_note)


def chip_of(orders: Orders) -> str:
    """What was ordered in two words: the group of the first order, and how many more."""
    if not orders:
        return ""
    groups = list(dict.fromkeys(_DECLARED[name].group for name in orders))
    more = f" +{len(groups) - 1}" if len(groups) > 1 else ""
    return f"{groups[0].capitalize()}{more}"


def quarter_words(session: Session, node: Node) -> str:
    """How a person calls a node."""
    return say("timeline.opening_name") if node.id == ROOT else formats.quarter_title(node.t)


# ---- orders ---------------------------------------------------------------------------------------------------------


def order_lines(session: Session, node: Node) -> list[str]:
    """One line for each order given in a quarter."""
    techniques = session.scenario.params.techniques.names
    return [
        answer_given(session, node, float(value))
        if name == ANSWER and not isinstance(value, Mapping)
        else f"{label_for(name)}: {order_words(name, value, techniques)}"
        for name, value in node.orders.items()
    ]


def answer_given(session: Session, node: Node, value: float | None) -> str:
    """What an answer of a quarter meant: the card and the answer; what stood (None) in brackets, if a card waited."""
    words = answer_words(session.world(node.id), session.scenario, session.seat, value)
    return say("timeline.stood", words=words) if value is None and words else words


def order_words(name: str, value: OrderValue, techniques: Sequence[str]) -> str:
    """The value of an order as people read it."""
    if isinstance(value, Mapping):
        unit = {"consumer": "/mo"}
        return ", ".join(f"{say(f'segment.{key}')} {formats.dollars(part)}{unit.get(key, ' / M tok')}"
                         for key, part in value.items())  # fmt: skip
    return number_words(name, float(value), techniques)


def number_words(name: str, value: float, techniques: Sequence[str]) -> str:
    """One number of an order as people read it."""
    if name == ANSWER:
        return letter(value) or formats.NOTHING
    if name == "technique_focus":
        at = round(value)
        return techniques[at].replace("_", " ") if 0 <= at < len(techniques) else say("timeline.first_one_missing")
    if name.endswith("_share") or name in _PARTS:
        return formats.share(value)
    return formats.show(value, _DECLARED[name].unit, _DECLARED[name].format or None)


# ---- one quarter ----------------------------------------------------------------------------------------------------


def figures(session: Session, node: Node) -> TableData:
    """The headline figures at the end of a quarter with their change, and the world around the lab."""
    seat = session.seat
    records = [session.record(one.id) for one in session.path(node.id)[1:][-2:]]
    history = [standing(record, seat) for record in records]
    if len(history) < 2:
        history.insert(0, opening_standing(session.world(ROOT), seat))
    shown = tiles(history)
    rows = [
        TableRow(say(f"tiles.{key}"), (shown[key].value, shown[key].change or formats.NOTHING)) for key in HEADLINES
    ]
    if records:
        rows += _further(records, seat)
    return TableData((say("timeline.value"), say("timeline.change")), tuple(rows))


def _further(records: Sequence[TurnRecord], seat: int) -> list[TableRow]:
    found = [values(record) for record in records]
    rows = []
    for name in (*FURTHER, *WORLD):
        variable = REGISTRY[name]
        place = (seat, 0) if "lab" in variable.axes else (0,)
        now = float(found[-1][name][place])
        then = float(found[0][name][place]) if len(found) > 1 else math.nan
        rows.append(TableRow(variable.label, (_show(name, now), _change(name, now - then))))
    rows.insert(len(FURTHER), TableRow(say("timeline.world"), ("", ""), is_section=True))
    return rows


def _show(name: str, value: float) -> str:
    return formats.show(value, REGISTRY[name].unit, REGISTRY[name].format or None)


def _change(name: str, step: float) -> str:
    if not math.isfinite(step):
        return formats.NOTHING
    text = _show(name, abs(step))
    if text == _show(name, 0.0):
        return "unchanged"
    return f"{'+' if step > 0.0 else '−'}{text}"


def events(session: Session, node: Node) -> list[Happening]:
    """What happened in a quarter: the own lab first."""
    if node.id == ROOT:
        return []
    before = session.record(node.parent) if node.parent else None
    found = happenings(session.record(node.id), session.scenario, before)
    own = session.scenario.labs[session.seat]
    return sorted(found, key=lambda event: event.lab != own)


# ---- forecast against what happened ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Check:
    """One figure of a quarter: the forecast that was seen when its orders were given, and what happened."""

    title: str
    band: str
    happened: str
    verdict: int  # 50: inside the 50 % band, 90: inside the 90 % band only, 0: outside both

    @property
    def words(self) -> str:
        """Where it fell."""
        return say("timeline.inside", inside=self.inside) if self.verdict else say("timeline.outside")

    @property
    def inside(self) -> str:
        """The narrower of the two bands that hold it."""
        return {50: "50 %", 90: "90 %"}.get(self.verdict, "neither")


def checks(session: Session, node: Node) -> list[Check]:
    """The forecast seen for a quarter against what happened; nothing where none was kept or it cannot be read."""
    if node.id == ROOT:
        return []
    bands = bands_of(session.forecast(node.id), node.t)
    record = session.record(node.id)
    return [check for chart in CHARTS if (check := _check(chart, bands.get(chart.variable), record, session.seat))]


def bands_of(text: str, t: int) -> dict[str, list[float]]:
    """The five levels of each variable for the quarter ``t``, from the JSON of a forecast; it may say anything."""
    try:
        seen = json.loads(text) if text else {}
        if seen.get("t") != t:
            return {}
        found = {str(name): [float(level[0]) for level in band] for name, band in seen["bands"].items()}
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        return {}
    return {name: band for name, band in found.items() if len(band) == 5 and all(map(math.isfinite, band))}


def _check(chart: ChartSpec, band: Sequence[float] | None, record: TurnRecord, seat: int) -> Check | None:
    if band is None:
        return None
    got = float(measure(chart.variable, record)[seat, 0])
    verdict = 50 if band[1] <= got <= band[3] else 90 if band[0] <= got <= band[4] else 0
    low, high, now = (chart.show(value * chart.scale) for value in (band[0], band[4], got))
    return Check(chart.title, f"{low} to {high}", now, verdict)


def check_table(found: Iterable[Check]) -> TableData:
    """The checks of one quarter as a table."""
    rows = tuple(TableRow(check.title, (check.band, check.happened, check.inside)) for check in found)
    return TableData((say("timeline.band"), say("timeline.happened"), say("timeline.inside_head")), rows)


# ---- the decision log -----------------------------------------------------------------------------------------------

ORDERS_IN_LOG = 3


def log_table(session: Session, path: Sequence[Node], failed: Collection[int] = ()) -> tuple[TableData, str]:
    """Quarter by quarter what was ordered and how the forecast fell, and one sentence that counts."""
    rows, verdicts = [], []
    for node in path[1:]:
        found = {check.title: check for check in checks(session, node)} if node.id not in failed else {}
        verdicts += [check.verdict for check in found.values()]
        cells = [_log_cell(session, node, chart, found.get(chart.title)) for chart in CHARTS]
        lines = order_lines(session, node)
        more = say("timeline.more", lines=len(lines) - ORDERS_IN_LOG) if len(lines) > ORDERS_IN_LOG else ""
        rows.append(TableRow(formats.quarter_title(node.t), (*cells, "; ".join(lines[:ORDERS_IN_LOG]) + more)))
    columns = (*(chart.title for chart in CHARTS), say("timeline.orders_given"))
    return TableData(columns, tuple(rows)), _count(verdicts)


def _log_cell(session: Session, node: Node, chart: ChartSpec, check: Check | None) -> str:
    if check is not None:
        return f"{check.happened}, {check.words}"
    value = float(measure(chart.variable, session.record(node.id))[session.seat, 0])
    return chart.show(value * chart.scale)


def _count(verdicts: Sequence[int]) -> str:
    if not verdicts:
        return render(Message("timeline.no_forecast"))
    inner, outer = verdicts.count(50), sum(verdict > 0 for verdict in verdicts)
    counted = {"all": len(verdicts), "inner": inner, "outer": outer}
    return render(Message("timeline.counted", counted))
