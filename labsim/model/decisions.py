"""What can a lab order? The decisions of all labs in one quarter, and the defaults that stand when nothing is said."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from labsim.variables import REGISTRY, Array, Variable, declares, once, setting

SEGMENT = ("segment", "lab", "run")
NOW = float("nan")  # the default follows from the state; the meaning says how


@declares("decisions")
class Decisions:
    """Orders of every lab; arrays ``(lab, run)``, prices ``(segment, lab, run)``."""

    inference_share: Array = setting(
        "1",
        "Part of the fleet's FLOP that serves customers; parts are divided by their sum.",
        0.0,
        1.0,
        0.30,
        group="tokens",
    )
    training_share: Array = setting(
        "1", "Part of the fleet's FLOP that trains the run in progress.", 0.0, 1.0, 0.20, group="tokens"
    )
    alignment_share: Array = setting(
        "1", "Part of the fleet's FLOP that aligns the served model.", 0.0, 1.0, 0.08, group="tokens"
    )
    experiment_share: Array = setting(
        "1",
        "Part of the fleet's FLOP that experiments on algorithms.",
        1e-6,
        1.0,
        0.42,
        label="Research share",
        group="tokens",
    )
    buy_gpus: Array = once("GPU", "Purchase of the generation on sale.", 0.0, 1e7, 0.0, group="compute")
    build_power: Array = once("MW", "Order of site power.", 0.0, 5000.0, 0.0, group="compute")
    reserve_gpus: Array = once(
        "GPU", "Take-or-pay contracts of the generation on sale.", 0.0, 1e7, 0.0, group="compute"
    )
    on_demand_gpus: Array = once(
        "GPU", "GPUs of the generation on sale rented for this quarter only.", 0.0, 1e7, 0.0, group="compute"
    )
    partner_equity: Array = once(
        "1",
        "Equity sold to a cloud partner for compute credits; exclusive for the term.",
        0.0,
        0.20,
        0.0,
        group="capital",
    )
    start_run: Array = once("flag", "Start the standing design when no run is on.", 0.0, 1.0, 0.0, group="model")
    stop_run: Array = once("flag", "Finish the run at once with the tokens it has seen.", 0.0, 1.0, 0.0, group="model")
    design_active: Array = setting(
        "parameters",
        "Active parameters of the next run; now: compute-optimal for a year of training.",
        1e8,
        4e13,
        NOW,
        group="model",
    )
    design_sparsity: Array = setting(
        "1", "Total over active parameters of the next run; 1 is dense.", 1.0, 32.0, 1.0, group="model"
    )
    design_tokens: Array = setting(
        "T",
        "Training tokens of the next run; now: compute-optimal for a year of training.",
        0.01,
        1000.0,
        NOW,
        group="model",
    )
    design_distil: Array = setting(
        "1", "Size of the student that will be served over the trained model.", 0.02, 1.0, 1.0, group="model"
    )
    design_open: Array = setting("flag", "Release the weights of the next run.", 0.0, 1.0, 0.0, group="model")
    design_base: Array = setting(
        "flag",
        "Tune the best open weights instead of training from nothing; the size is then theirs.",
        0.0,
        1.0,
        0.0,
        group="model",
    )
    thinking: Array = setting(
        "1",
        "Tokens of thought per answer token; works once the thinking technique is in hand.",
        1.0,
        30.0,
        1.0,
        group="market",
    )
    price: Array = setting(
        "$",
        "Price: $/month for consumers, $/M tokens else; now: the norm; at most 4 x the norm.",
        0.001,
        1000.0,
        NOW,
        axes=SEGMENT,
        group="market",
    )
    free_tier: Array = setting("1", "Generosity of free consumer use.", 0.0, 1.0, 0.5, group="market")
    staff_target: Array = setting(
        "persons",
        "Hiring goal; now: present staff. At most +22 % +5 or -30 % a quarter.",
        0.0,
        50000.0,
        NOW,
        group="people",
    )
    technique_focus: Array = setting(
        "index", "Technique to research; -1 is the first one missing.", -1.0, 63.0, -1.0, group="people"
    )
    data_purchase: Array = setting("T/quarter", "Licensed or curated unique tokens.", 0.0, 10.0, 0.0, group="people")
    evaluation_spend: Array = setting(
        "M$/quarter",
        "Evaluations: information on alignment and evidence for regulators.",
        0.0,
        500.0,
        2.0,
        group="policy",
    )
    lobbying_spend: Array = setting("M$/quarter", "Lobbying against regulation.", 0.0, 500.0, 1.0, group="policy")
    transparency: Array = setting("1", "Publication of evaluations and incidents.", 0.0, 1.0, 0.4, group="policy")
    raise_amount: Array = once(
        "M$", "Money asked for in a round; cap: dilution_max of the company.", 0.0, 1e7, 0.0, group="capital"
    )
    borrow_change: Array = once("M$", "New loan (+) or repayment (-).", -1e7, 1e7, 0.0, group="capital")
    sublet: Array = setting(
        "1",
        "Part of the fleet let to others from the next quarter on, at 0.85 of the contract price or of its own cost.",
        0.0,
        0.3,
        0.0,
        group="compute",
    )
    answer: Array = once(
        "choice", "Answer to the event card that waits: 1 to 3; 0 leaves its default.", 0.0, 3.0, 0.0, group="events"
    )
    sell_gpus: Array = once("1", "Share of the owned GPUs to sell.", 0.0, 0.8, 0.0, group="compute")


DECISIONS: tuple[Variable, ...] = tuple(REGISTRY[f.name] for f in dataclasses.fields(Decisions))
SETTINGS: tuple[str, ...] = tuple(v.name for v in DECISIONS if v.kind == "setting")
ONCE: tuple[str, ...] = tuple(v.name for v in DECISIONS if v.kind == "once")


SHARES = ("inference_share", "training_share", "alignment_share", "experiment_share")
"""The parts of the fleet; they are divided by their sum."""


@dataclass(frozen=True)
class Shares:
    """Normalised parts of the fleet; they sum to 1; ``(lab, run)``."""

    inference: Array
    training: Array
    alignment: Array
    experiment: Array


def shares(d: Decisions) -> Shares:
    """The four parts divided by their sum (the gate keeps research above 0)."""
    total = d.inference_share + d.training_share + d.alignment_share + d.experiment_share
    return Shares(
        d.inference_share / total, d.training_share / total, d.alignment_share / total, d.experiment_share / total
    )
