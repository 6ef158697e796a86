"""What became of the lab's tokens, and what did a million of them bring and cost? A table over the quarters."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from labsim.model.decisions import shares
from labsim.play.statements import NOTHING, Books, Row, Statement, figure, section

_MILLION = 1e6  # dollars in a M$
_PRICE, _DOLLARS = "$/M tokens", "dollars"  # M$ over T tokens is dollars over a million tokens
_FLOP, _PER_DOLLAR = "FLOP", "FLOP/$"


def token_ledger(books: Books) -> Statement:
    """Tokens trained, aligned and served; compute of every use; money per million tokens; compute per dollar.

    Research is counted in FLOP only: its runs are small and many, and the model keeps no tokens of them.
    """
    rows = (*_tokens(books), *_compute(books), *_served(books), *_made(books), *_per_dollar(books))
    return Statement("tokens", books.turns, rows)


def _tokens(books: Books) -> Iterator[Row]:
    fraction = books.flow("served_fraction")
    free = (asked * part for asked, part in zip(books.flow("tokens_free"), fraction, strict=True))
    yield section("tokens_section")
    for name in ("tokens_trained", "tokens_aligned", "tokens_served"):
        yield figure(name, books.flow(name), "T")
    yield figure("tokens_free", free, "T")
    yield figure("tokens_needed", books.flow("tokens_needed"), "T")
    yield figure("tokens_research", [NOTHING] * len(books.records), "T")


def _compute(books: Books) -> Iterator[Row]:
    fleet = books.flow("fleet_flop")
    parts = _parts(books, "inference")
    yield section("compute_section")
    yield figure("pretraining_flop", books.flow("pretraining_flop"), _FLOP)
    yield figure("alignment_flop", books.flow("alignment_flop"), _FLOP)
    yield figure("inference_flop", (whole * part for whole, part in zip(fleet, parts, strict=True)), _FLOP)
    yield figure("experiment_flop", books.flow("experiment_flop"), _FLOP)
    yield figure("fleet_flop", fleet, _FLOP)


def _served(books: Books) -> Iterator[Row]:
    """Money per million tokens served, free ones included."""
    tokens = books.flow("tokens_served")
    brought = _over(books.flow("revenue_customers"), tokens)
    cost = _over(books.flow("cost_of_revenue"), tokens)
    margin = tuple(one - other for one, other in zip(brought, cost, strict=True))
    yield section("served_section")
    yield figure("revenue_per_million", brought, _PRICE, _DOLLARS)
    yield figure("cost_per_million", cost, _PRICE, _DOLLARS)
    yield figure("margin_per_million", margin, _PRICE, _DOLLARS, kind="sum")


def _made(books: Books) -> Iterator[Row]:
    """Cost of compute per million tokens trained or aligned."""
    pool = books.flow("compute_pool")
    yield section("made_section")
    for use in ("training", "alignment"):
        spent = [whole * part for whole, part in zip(pool, _parts(books, use), strict=True)]
        tokens = books.flow("tokens_trained" if use == "training" else "tokens_aligned")
        yield figure(f"{use}_per_million", _over(spent, tokens), _PRICE, _DOLLARS)


def _per_dollar(books: Books) -> Iterator[Row]:
    """Useful compute per dollar of the compute pool; effective: times algorithmic progress since 2023Q1."""
    dollars = [_MILLION * pool for pool in books.flow("compute_pool")]
    plain = _over(books.flow("fleet_flop"), dollars)
    gain = [
        math.exp(books.of(record.world.training.algo_lead) + float(record.world.training.algo_public[books.run]))
        for record in books.records
    ]
    yield section("dollar_section")
    yield figure("flop_per_dollar", plain, _PER_DOLLAR, "scientific")
    yield figure("algorithmic_gain", gain, "1")
    yield figure(
        "effective_per_dollar", (a * b for a, b in zip(plain, gain, strict=True)), _PER_DOLLAR, "scientific", "sum"
    )


def _parts(books: Books, use: str) -> list[float]:
    return [books.of(getattr(shares(record.decisions), use)) for record in books.records]


def _over(top: Sequence[float], bottom: Sequence[float]) -> tuple[float, ...]:
    return tuple(a / b if b > 0.0 else NOTHING for a, b in zip(top, bottom, strict=True))
