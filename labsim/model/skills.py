"""Which techniques does a lab hold, and what are they worth? Shared by people, gate and policies."""

from __future__ import annotations

import numpy as np

from labsim.model.params import Techniques
from labsim.variables import Array

MULTIPLIERS = ("mfu", "serve", "prefill", "moe_train", "moe_serve", "align")


def held(techniques: Techniques, progress: Array, public: Array) -> Array:
    """Techniques in hand: public by now or researched; flags ``(technique, lab, run)``."""
    return ((progress >= 1.0) | public).astype(np.float64)


def multiplier(techniques: Techniques, name: str, flags: Array) -> Array:
    """Product of one multiplier over the techniques in hand; ``(lab, run)``."""
    column = getattr(techniques, name)
    total = np.ones(flags.shape[1:])
    for row in range(len(techniques.names)):
        if np.any(column[row] != 1.0):
            total = total * np.where(flags[row] > 0.0, column[row], 1.0)
    return total
