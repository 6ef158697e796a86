"""What does the token flow picture show? Stations and ribbons from the engine's figures, widths in FLOP."""

from __future__ import annotations

from labsim import formats
from labsim.play.token_flow import TokenFlows
from labsim.text import say
from labsim.ui.widgets.flowlayout import FlowLink, FlowNode

_USES = ("training", "alignment", "inference", "research")
_ENDS = {"training": "capability", "alignment": "trust", "inference": "revenue", "research": "capability"}


def stations(flows: TokenFlows) -> tuple[list[FlowNode], list[FlowLink]]:
    """The picture of one quarter: chips, compute, uses with their tokens, and what they make."""
    nodes = [FlowNode(name, name, _flop(flop), 0, "muted") for name, flop in flows.chips]
    links = [FlowLink(name, "fleet", flop) for name, flop in flows.chips]
    nodes.append(FlowNode("fleet", say("token_flow.compute"), _flop(flows.fleet), 1, "accent"))
    for use in _USES:
        if flows.uses[use] > 0.0:
            made = flows.tokens.get(use, 0.0)
            value = say("token_flow.tokens", made=formats.tokens(made)) if made > 0.0 else _flop(flows.uses[use])
            nodes.append(FlowNode(use, say(f"use.{use}"), value, 2, use))
            links += [FlowLink("fleet", use, flows.uses[use]), FlowLink(use, _ENDS[use], flows.uses[use])]
    ends = {
        "capability": FlowNode("capability", say("token_flow.capability"), f"{flows.capability:.0f}", 3, "training"),
        "trust": FlowNode("trust", say("token_flow.trust"), formats.hundred(flows.trust), 3, "alignment"),
        "revenue": FlowNode(
            "revenue", say("token_flow.revenue"), f"{formats.money(flows.revenue)}/qtr", 3, "inference"
        ),
    }
    reached = {link.target for link in links}
    nodes += [node for key, node in ends.items() if key in reached]
    return nodes, links


def _flop(value: float) -> str:
    return f"{formats.scientific(value)} FLOP"
