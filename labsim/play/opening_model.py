"""Which model does a lab start with? Its capability by the laws, or as given; its alignment; a run in progress."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from labsim.model.alignment import need, post_training
from labsim.model.laws import TRILLION, training_flop
from labsim.model.params import Params
from labsim.model.scaling import Run, flop_needed, predicted_index
from labsim.play.opening_place import Place
from labsim.variables import Array

STEPS = 60  # of the search for a base capability; each halves the error at least


def _design(numbers: Mapping[str, float]) -> Run:
    return Run(*(np.array([numbers[name]]) for name in ("active", "sparsity", "tokens", "distil")))


def lay_model(place: Place) -> None:
    """The model in service; where only it changes, its coverage stays."""
    given, p = place.opening.model, place.p
    coverage = place.opening.figures.get("coverage")
    covers = 1.0 - np.exp(-place.get("align_ratio") / need(place.get("base_capability"), np.ones(1), p))
    wanted = covers if coverage is None else np.full_like(covers, coverage)
    if given is not None:
        run = _design(given)
        place.put(
            model_active=run.active * run.distil,
            model_sparsity=run.sparsity,
            model_flop=training_flop(run.active, run.tokens * TRILLION, p),
            base_capability=_base_capability(place, run, wanted),
        )
    if given is not None or coverage is not None:
        place.put(align_ratio=_ratio(place.get("base_capability"), wanted, p))


def _ratio(base: Array, coverage: Array, p: Params) -> Array:
    """Alignment over training compute that covers so much."""
    return need(base, np.ones(1), p) * -np.log(1.0 - coverage)


def served_capability(base: Array, ratio: Array, p: Params) -> Array:
    """Capability as customers meet it: with post-training."""
    gain, loss = post_training(ratio, ratio / need(base, np.ones(1), p), p)
    return base + gain + loss


def _base_capability(place: Place, run: Run, coverage: Array) -> Array:
    """Before post-training: by the laws, or so that the capability with post-training is the given one."""
    given, p, s = place.opening.model or {}, place.p, place.stocks
    if "base_capability" in place.opening.stocks:
        return place.get("base_capability")
    if "gap" in given:
        wanted = _best_rival(place) - given["gap"]
    elif "capability" in given:
        wanted = np.array([given["capability"]])
    else:
        row = p.techniques.index("expert_parallel")
        has = np.array([float(row not in place.quarter.techniques_closed)])
        experts = np.maximum(has, place.stocks["technique_progress"][row, place.seat] >= 1.0)
        algorithms = s["algo_public"] + place.get("algo_lead")
        return predicted_index(run, place.get("data"), algorithms, experts, p).total
    base = wanted
    for _ in range(STEPS):
        base = wanted - (served_capability(base, _ratio(base, coverage, p), p) - base)
    return base


def _best_rival(place: Place) -> Array:
    s, others = place.stocks, np.arange(len(place.p.labs)) != place.seat
    capability = served_capability(s["base_capability"], s["align_ratio"], place.p)
    live = others[:, None] & (s["status"] == 0.0)
    best: Array = np.maximum.reduce(np.where(live, capability, -np.inf), axis=0)
    return best


def lay_run(place: Place) -> None:
    """A run in progress, with the part of its compute that is spent."""
    given = place.opening.run
    if given is None:
        return
    run = _design(given)
    place.put(
        run_on=1.0,
        run_active=run.active,
        run_sparsity=run.sparsity,
        run_tokens=run.tokens,
        run_distil=run.distil,
        run_open=given["open"],
        run_done=given["done"] * flop_needed(run, place.p),
        run_hold=0.0,
    )
