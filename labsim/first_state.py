"""How does the world stand in 2023Q1? The first stocks from a few published figures a lab."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from labsim.model.alignment import need
from labsim.model.fleet import DELIVERY, gpu_book
from labsim.model.laws import price_norm, sum_first, sum_labs, training_flop
from labsim.model.params import SEGMENTS, TOKEN_SEGMENTS, Params
from labsim.model.scaling import Run, predicted_index
from labsim.model.world import (
    Alignment,
    Capital,
    Compute,
    EventStocks,
    Market,
    People,
    Society,
    Training,
    World,
)
from labsim.scenario_cards import LONGEST
from labsim.variables import LAB, Array, Variable

# Rules by which published figures become stocks; all game choices unless said.
OWNED_SLOTS = 16  # owned A100 are spread evenly over 1 to 16 quarters of life left
CONTRACT_SLOTS = 6  # contracts of A100 over 1 to 6 quarters left
A100_PRICE = 0.021  # M$ a GPU; list price
A100_RENT = 1.25  # $/h; contract price of 2023
POWER_MARGIN = 1.6  # site power over the power of owned GPUs
SITE_BOOK = 0.8  # book value of sites over cost
STUDENT_FROM = 2e11  # active parameters from which the served model is a student of first_student
OPEN_CAPABILITY = 58.0  # points; best open weights of 2023Q1
OPEN_ACTIVE = 13e9  # parameters
OPEN_TOKENS = 1e12  # tokens it was trained on
START_SHARE = 0.75  # part of the customers that the labs have
SHARE_SLOPE = 0.08  # utility per point of capability
SHARE_MIDDLE = 95.0  # points
DEMAND_MARGIN = 1.5  # tokens asked for over paid ones
FIRST_BURN = 0.12  # burn over cash
START_MOOD, START_PRESSURE, START_SCARCITY = 1.0, 0.10, 3.0
PARTNER_QUARTERS = 16.0
RUN_STOCKS = ("on", "active", "sparsity", "tokens", "distil", "open", "base", "done", "hold")
QUARTERS_SINCE_ROUND = 2.0


LabStart = Mapping[str, float]
"""What is known of a lab in 2023Q1: a number for each name of ``LAB_START``."""
NOT_GIVEN: LabStart = {"fame": 1.0, "platform": 0.0}
"""Figures that need not be given."""


def _known(name: str, unit: str, low: float, high: float, meaning: str) -> tuple[str, Variable]:
    return name, Variable(name, "stock", (LAB,), unit, name.replace("_", " ").capitalize(), meaning, "", low, high)


LAB_START: Mapping[str, Variable] = dict(
    [
        _known("cash", "M$", 0.0, 1e6, "Money."),
        _known("credits", "M$", 0.0, 1e6, "Prepaid compute credits; a partnership of 16 quarters comes with them."),
        _known("parent", "M$/quarter", 0.0, 1e5, "Money from a parent company."),
        _known("parent_growth", "ln/quarter", -1.0, 1.0, "Growth of that money, fading over ten quarters."),
        _known("chip_cost", "1", 0.1, 5.0, "Price paid for own chips over the list price."),
        _known("a100", "GPU", 0.0, 1e7, "A100 in the fleet."),
        _known("owned", "1", 0.0, 1.0, "Part of them that is owned, with sites; the rest is under contract."),
        _known("staff", "persons", 1.0, 5e4, "All staff."),
        _known("model_active", "parameters", 1e8, 4e13, "Active parameters of the trained model."),
        _known("model_sparsity", "1", 1.0, 32.0, "Total over active parameters."),
        _known("model_tokens", "tokens", 1e10, 1e15, "Tokens it was trained on."),
        _known("coverage", "1", 0.0, 0.99, "Alignment coverage."),
        _known("trust", "1", 0.02, 0.98, "Public trust."),
        _known("brand", "utility", -10.0, 10.0, "Brand."),
        _known("brand_b2b", "utility", -10.0, 10.0, "Brand added in the three token segments."),
        _known("data", "T", 0.1, 1e4, "Unique usable training tokens."),
        _known("algo_lead", "ln", 0.0, 5.0, "Private algorithmic progress."),
        _known("relationship", "1", 0.0, 1.0, "Standing with the chip supplier."),
        _known("valuation", "M$", 1.0, 1e7, "Value of the company."),
        _known("fame", "1", 0.0, 2.0, "Part of the frontier's option value that investors grant it; 1 if not given."),
        _known(
            "platform",
            "M$/quarter/point",
            0.0,
            1e3,
            "Income of a parent's platform per point of own open weights, at full reach; 0 if not given.",
        ),
    ]
)


def first_world(starts: Sequence[LabStart], p: Params, public: Sequence[bool]) -> World:
    """The stocks of 2023Q1 for one run; ``public`` says which techniques everybody has."""
    columns = {name: np.array([[start[name]] for start in starts], dtype=np.float64) for name in LAB_START}
    hardware = _compute(columns, p)
    models, base = _training(columns, p)
    book = gpu_book(hardware, p) + hardware.site_net
    return World(
        events=EventStocks(
            event_left=np.zeros((len(p.events.names), 1)),
            cards_dealt=np.zeros((LONGEST + 1, len(starts), 1)),  # one more: a card waits a quarter for its answer
        ),
        people=People(
            staff=columns["staff"],
            technique_progress=np.array([[[float(has)]] * len(starts) for has in public]),
        ),
        compute=hardware,
        training=models,
        alignment=Alignment(
            align_ratio=-need(base, np.ones(1), p) * np.log(1.0 - columns["coverage"]),
            evidence=np.zeros_like(base),
        ),
        market=_market(columns, base, p),
        society=Society(trust=columns["trust"], pressure=np.array([START_PRESSURE])),
        capital=_capital(columns, book),
    )


def _compute(start: Mapping[str, Array], p: Params) -> Compute:
    labs = start["cash"].shape[0]
    owned = start["a100"] * start["owned"]
    leased = start["a100"] * (1.0 - start["owned"])
    life, term = p.gpu_life, p.reserve_term
    bought = np.zeros((life + DELIVERY + 1, labs, 1))
    bought[DELIVERY + life - OWNED_SLOTS : DELIVERY + life] = owned / OWNED_SLOTS
    contracts = np.zeros((term, labs, 1))
    contracts[term - CONTRACT_SLOTS :] = leased / CONTRACT_SLOTS
    power = POWER_MARGIN * owned * p.chips.it_kw[0] / 1000.0
    return Compute(
        bought_gpus=bought,
        bought_cost=bought * A100_PRICE,
        delivery_delay=np.zeros((bought.shape[0], 1)),
        contract_gpus=contracts,
        contract_cost=contracts * A100_RENT * p.hours / 1e6,
        site_power=power,
        site_gross=power * p.site_cost,
        site_net=SITE_BOOK * power * p.site_cost,
        site_pipeline=np.zeros((p.site_lead, labs, 1)),
        site_wip=np.zeros((p.site_lead, labs, 1)),
        let_share=np.zeros_like(start["cash"]),
        relationship=start["relationship"],
        scarcity=np.array([START_SCARCITY]),
        spot_base=p.spot_quarters * p.supply_start,
    )


def _training(start: Mapping[str, Array], p: Params) -> tuple[Training, Array]:
    zero = np.zeros_like(start["cash"])
    run = Run(start["model_active"], start["model_sparsity"], start["model_tokens"] / 1e12, zero + 1.0)
    fresh = zero + 1e6  # T; the first models saw no token twice
    base = predicted_index(run, fresh, zero, zero + 1.0, p).total
    student = np.where(start["model_active"] >= STUDENT_FROM, p.first_student, 1.0)
    models = Training(
        model_active=start["model_active"] * student,
        model_sparsity=start["model_sparsity"],
        model_flop=training_flop(start["model_active"], start["model_tokens"], p),
        base_capability=base,
        model_tuned=zero,
        **{
            f"run_{name}": zero
            for name in ("on", "active", "sparsity", "tokens", "distil", "open", "base", "done", "hold")
        },
        data=start["data"],
        algo_lead=start["algo_lead"],
        algo_public=np.zeros(1),
        open_capability=np.array([OPEN_CAPABILITY]),
        open_active=np.array([OPEN_ACTIVE]),
        open_flop=training_flop(np.array([OPEN_ACTIVE]), np.array([OPEN_TOKENS]), p),
        open_sparsity=np.ones(1),
        open_owner=zero,
    )
    return models, base


def _market(start: Mapping[str, Array], base: Array, p: Params) -> Market:
    s = p.segments
    brand = np.stack(
        [start["brand"] + (start["brand_b2b"] if row in TOKEN_SEGMENTS else 0.0) for row in range(len(SEGMENTS))]
    )
    pull = np.exp(SHARE_SLOPE * (base - SHARE_MIDDLE)) * np.exp(brand)
    share = START_SHARE * pull / sum_labs(pull)[:, None, :]
    norm = price_norm(0.0, p)
    usage = np.exp(-s.usage_elasticity * np.log(norm / s.price_reference))
    tokens = share * (s.units_start * s.tokens_per_unit * usage)[:, None, :]
    return Market(
        share=share,
        brand=brand,
        prices=np.broadcast_to(norm[:, None, :], share.shape).copy(),
        quality=np.ones_like(base),
        idle=np.zeros_like(base),
        open_reach=np.zeros_like(base),
        demand_last=DEMAND_MARGIN * sum_first(tokens),
        units=s.units_start.copy(),
    )


def _capital(start: Mapping[str, Array], book: Array) -> Capital:
    zero = np.zeros_like(start["cash"])
    return Capital(
        cash=start["cash"],
        credits=start["credits"],
        debt=zero,
        paid_in=start["cash"] + start["credits"] + book,
        retained=zero,
        losses_forward=zero,
        valuation=start["valuation"],
        holders=zero + 1.0,
        since_round=zero + QUARTERS_SINCE_ROUND,
        rescues=zero,
        sold_capacity=zero,
        arr_history=np.zeros((4, *zero.shape)),
        burn=FIRST_BURN * start["cash"],
        parent_funding=start["parent"],
        partner_left=np.where(start["credits"] > 0.0, PARTNER_QUARTERS, 0.0),
        status=zero,
        exit_value=zero,
        mood=np.array([START_MOOD]),
    )
