"""Why did trust change? It moves towards what the lab's conduct deserves, and falls in an incident (model: 7.9)."""

from __future__ import annotations

import numpy as np

from labsim.model.params import Params
from labsim.model.terms import Cause, Played, decisions, draws, total_of
from labsim.model.world import World


def trust_causes(start: World, after: Played, seat: int, p: Params) -> list[Cause]:
    """Causes of the change of trust in a quarter that the lab survives; 0-1.

    ``alignment`` is the way towards the trust that the model's behaviour alone deserves; transparency adds to it, and
    demand that was not served takes away. ``bounds`` is what the limits of trust cut off.
    """
    public = after.report.society
    trust = start.society.trust[seat]
    open_part = p.trust_transparency * after.decisions.transparency[seat]
    short = -p.trust_service * (1.0 - after.report.market.served_fraction[seat])
    deserved = public.trust_norm[seat] - open_part - short
    lost = -np.minimum(p.incident_trust * public.severity[seat], p.trust_loss_max * trust)
    causes = [
        Cause("alignment", p.trust_rate * (deserved - trust), decisions("alignment_share"), text="trust_alignment"),
        Cause("transparency", p.trust_rate * open_part, decisions("transparency"), text="trust_transparency"),
        Cause("service", p.trust_rate * short, decisions("inference_share"), text="trust_service"),
        Cause("incident", lost, (*draws("incident"), *decisions("alignment_share")), text="trust_incident"),
    ]
    causes.append(Cause("answer", public.trust_given[seat], decisions("answer"), text="trust_answer"))
    moved = trust + total_of(causes)
    held = np.clip(moved, p.trust_min, p.trust_max) - moved
    return [*causes, Cause("bounds", held, text="trust_bounds")]
