"""How large are the world's markets for compute, chips and venture money? Totals beside the seven labs."""

from __future__ import annotations

import numpy as np

from labsim.model.laws import chip_price, sum_labs
from labsim.model.params import Params
from labsim.play.turn import TurnRecord
from labsim.variables import Array

# What the rest of the world spends; fitted to the essay's table of 2023, game choice beyond it.
OTHER_TRAINING, OTHER_TRAINING_GROWTH = 3000.0, 0.010  # M$/quarter; ln/quarter
OTHER_INFERENCE, OTHER_INFERENCE_GROWTH = 2600.0, 0.075  # M$/quarter; ln/quarter
LAB_SHARE = 0.33  # part of the world's chips that is offered to the labs, 2023-25
SERVER_PART = 1.35  # all-in price over the price of the chip alone


def world_markets(record: TurnRecord, p: Params) -> dict[str, Array]:
    """Training cloud, inference cloud, chip sales and venture money of a quarter, M$; chips sold, H100e; ``(run,)``."""
    r, t = record.report, record.t
    generation = max(row for row, launch in enumerate(p.chips.launch) if launch <= t)
    pool, part = r.result.compute_pool, _inference_part(record)
    sold = r.compute.supply_offered / LAB_SHARE
    return {
        "training_cloud": sum_labs(pool * (1.0 - part)) + OTHER_TRAINING * np.exp(OTHER_TRAINING_GROWTH * t),
        "inference_cloud": sum_labs(pool * part) + OTHER_INFERENCE * np.exp(OTHER_INFERENCE_GROWTH * t),
        "chip_sales": sold * chip_price(generation, t, p) / p.chips.h100e[generation] / SERVER_PART,
        "venture": p.vc_pool * np.exp(p.vc_growth * float(t)) * record.world.capital.mood,
        "chips_sold": sold,
    }


def _inference_part(record: TurnRecord) -> Array:
    d = record.decisions
    return d.inference_share / (d.inference_share + d.training_share + d.alignment_share + d.experiment_share)
