"""Where do the nodes and ribbons of a flow picture lie? Plain geometry; widths are in proportion to the values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF


@dataclass(frozen=True)
class FlowNode:
    """A station of the flow: key, name, value with its unit as text, column from the left, colour of the theme."""

    key: str
    name: str
    value: str
    column: int
    color: str = "muted"


@dataclass(frozen=True)
class FlowLink:
    """What flows from one station to another; all values of a picture are in one measure (say, FLOP)."""

    source: str
    target: str
    value: float


@dataclass(frozen=True)
class Ribbon:
    """A link as it lies in the picture: its ends, and how wide it is in pixels."""

    link: FlowLink
    left: float
    right: float
    left_top: float
    right_top: float
    width: float


@dataclass(frozen=True)
class FlowLayout:
    """Boxes of the nodes by key, the ribbons, and how many pixels wide one unit of value is."""

    boxes: dict[str, QRectF]
    ribbons: tuple[Ribbon, ...]
    scale: float


def lay_out(nodes: Sequence[FlowNode], links: Sequence[FlowLink], area: QRectF, thick: float, gap: float) -> FlowLayout:
    """Return the picture of a flow within an area; node boxes are `thick` wide and at least a `gap` apart."""
    throughput = {node.key: _throughput(node.key, links) for node in nodes}
    columns = [[node for node in nodes if node.column == at] for at in range(max(node.column for node in nodes) + 1)]
    scale = min(
        (area.height() - gap * (len(column) - 1)) / total
        for column in columns
        if (total := sum(throughput[node.key] for node in column)) > 0
    )
    step = (area.width() - thick) / max(1, len(columns) - 1)
    boxes: dict[str, QRectF] = {}
    for at, column in enumerate(columns):
        heights = [throughput[node.key] * scale for node in column]
        spare = area.height() - sum(heights)
        between = min(spare / max(1, len(column) - 1), gap * 1.6)
        top = area.top() + (spare - between * (len(column) - 1)) / 2
        for node, height in zip(column, heights, strict=True):
            boxes[node.key] = QRectF(area.left() + at * step, top, thick, height)
            top += height + between
    return FlowLayout(boxes, _ribbons(links, boxes, scale), scale)


def _throughput(key: str, links: Sequence[FlowLink]) -> float:
    into = sum(link.value for link in links if link.target == key)
    out = sum(link.value for link in links if link.source == key)
    return max(into, out)


def _ribbons(links: Sequence[FlowLink], boxes: dict[str, QRectF], scale: float) -> tuple[Ribbon, ...]:
    out = {key: box.top() for key, box in boxes.items()}
    into = dict(out)
    left_tops: dict[FlowLink, float] = {}
    right_tops: dict[FlowLink, float] = {}
    for link in sorted(links, key=lambda link: boxes[link.target].top()):
        left_tops[link] = out[link.source]
        out[link.source] += link.value * scale
    for link in sorted(links, key=lambda link: boxes[link.source].top()):
        right_tops[link] = into[link.target]
        into[link.target] += link.value * scale
    return tuple(
        Ribbon(
            link,
            boxes[link.source].right(),
            boxes[link.target].left(),
            left_tops[link],
            right_tops[link],
            link.value * scale,
        )
        for link in links
        if link.value > 0
    )
