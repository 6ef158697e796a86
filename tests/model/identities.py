"""Which sums must tie whatever anybody orders? The accounts of a quarter as differences that should be 0."""

from __future__ import annotations

import numpy as np

from labsim.model.fleet import gpu_book, orders_book
from labsim.model.flows import LEDGER_LINES, flows
from labsim.model.laws import sum_first
from labsim.model.params import Params
from labsim.model.world import World, is_live
from labsim.variables import Array
from tests.model import era


def ledger_sum(turn: era.Turn) -> Array:
    """The change of cash as the ledger tells it."""
    found = flows(turn.report)
    return sum((found[name] for name in LEDGER_LINES), np.zeros_like(turn.before.capital.cash))


def assets(world: World, p: Params) -> Array:
    """What a lab owns, M$."""
    c = world.compute
    return (
        world.capital.cash
        + world.capital.credits
        + gpu_book(c, p)
        + orders_book(c)
        + c.site_net
        + sum_first(c.site_wip)
    )


def claims(world: World) -> Array:
    """Who paid for it, M$."""
    return world.capital.debt + world.capital.paid_in + world.capital.retained


def gaps(turn: era.Turn, p: Params) -> dict[str, Array]:
    """Relative differences of the identities, ``(lab, run)``; all 0 if the books tie."""
    before, after, r = turn.before, turn.after, turn.report
    live = is_live(after)
    lines = flows(r)
    gross = sum((np.abs(lines[name]) for name in LEDGER_LINES), np.abs(before.capital.cash)) + 1.0
    profit = (
        r.market.revenue
        + sum(lines[name] for name in _COSTS)
        - r.compute.gpu_depreciation * is_live(before)
        - r.compute.site_depreciation * is_live(before)
    )
    net = r.result.net_result - r.capital.disposal_loss
    retained = after.capital.retained - before.capital.retained
    equity = after.capital.paid_in - before.capital.paid_in
    paid = r.financing.parent_paid + r.financing.equity_round + r.financing.down_round + r.capital.credits_new
    size = np.abs(assets(after, p)) + gross
    d = turn.decisions
    parts = d.inference_share + d.training_share + d.alignment_share + d.experiment_share
    kept = r.training.fleet_flop + 1.0
    factor = np.where(r.training.pretraining_flop > 0.0, r.training.pretraining_flop, 0.0)
    used = (
        r.training.fleet_flop * d.inference_share / parts
        + factor / _sparse_factor(turn, p)
        + r.training.alignment_flop / p.align_mfu
        + r.training.experiment_flop
    )
    return {
        "cash": (after.capital.cash - before.capital.cash - ledger_sum(turn)) / gross,
        "balance": np.where(live, assets(after, p) - claims(after), 0.0) / size,
        "profit": (r.result.profit_before_tax - profit) / gross,
        "tax": (r.result.net_result - r.result.profit_before_tax - r.operating.tax_paid) / gross,
        "retained": np.where(live, retained - net, 0.0) / size,
        "paid in": np.where(live, equity - paid, 0.0) / size,
        "flop": (used - r.training.fleet_flop) / kept,
    }


_COSTS = (
    "platform_paid", "sublet_income", "answers_paid", "rent_reserved", "rent_on_demand", "energy_paid", "operations",
    "wages", "data_paid", "moe_setup_paid", "sales", "fees", "compliance", "fines", "lobbying", "evaluation",
    "interest_paid", "interest_income",
)  # fmt: skip


def _sparse_factor(turn: era.Turn, p: Params) -> Array:
    """Utilisation of the run in progress relative to a dense one."""
    d, m = turn.decisions, turn.before.training
    starts = (d.start_run > 0.5) & (m.run_on == 0.0)
    designed = np.where(d.design_base > 0.5, m.open_sparsity, d.design_sparsity)
    sparsity = np.where(starts, designed, m.run_sparsity)
    sparse = np.minimum(p.mfu_moe * turn.report.skills.moe_train, p.moe_train_max)
    return np.where(sparsity > p.sparse_from, sparse, 1.0)
