"""Where do the chips' FLOP go? From generations of chips to the four uses and to what comes of them, all in FLOP."""

from __future__ import annotations

from dataclasses import dataclass

from labsim.play.turn import TurnRecord
from labsim.scenario import Scenario


@dataclass(frozen=True)
class TokenFlows:
    """One lab's quarter; FLOP at dense utilisation unless said. Chips and uses both add up to ``fleet``."""

    chips: tuple[tuple[str, float], ...]  # generation -> FLOP
    fleet: float
    uses: dict[str, float]  # training, alignment, inference, research
    tokens: dict[str, float]  # T, of training, alignment and inference
    capability: float  # points, of the served model
    trust: float  # 0-1
    revenue: float  # M$ a quarter


def token_flows(scenario: Scenario, record: TurnRecord, seat: int) -> TokenFlows:
    """Read the flow from a quarter, played or previewed."""
    p, report, d = scenario.params, record.report, record.decisions
    fleet = float(report.training.fleet_flop[seat, 0])
    speeds = [
        float(report.compute.fleet[g, seat, 0] * p.chips.bf16[g, 0] * p.chips.mfu_factor[g, 0])
        for g in range(len(p.chips.names))
    ]
    whole = sum(speeds)
    shares = {
        "training": float(d.training_share[seat, 0]),
        "alignment": float(d.alignment_share[seat, 0]),
        "inference": float(d.inference_share[seat, 0]),
        "research": float(d.experiment_share[seat, 0]),
    }
    total = sum(shares.values())
    uses = {use: fleet * share / total for use, share in shares.items()}
    if not float(report.training.pretraining_flop[seat, 0]):
        # Without a run the training part goes to research.
        uses["research"] += uses["training"]
        uses["training"] = 0.0
    return TokenFlows(
        chips=tuple((name, fleet * s / whole) for name, s in zip(p.chips.names, speeds, strict=True) if s > 0.0),
        fleet=fleet,
        uses=uses,
        tokens={
            "training": float(report.training.tokens_trained[seat, 0]),
            "alignment": float(report.alignment.tokens_aligned[seat, 0]),
            "inference": float(report.market.tokens_served[seat, 0]),
        },
        capability=float(report.alignment.capability[seat, 0]),
        trust=float(record.world.society.trust[seat, 0]),
        revenue=float(report.market.revenue[seat, 0]),
    )
