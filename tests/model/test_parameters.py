"""Parameters are arrays: a sweep of them is a batch like any other, and each one does something."""

from __future__ import annotations

import ast
import dataclasses
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import labsim.model
from labsim.model.decisions import DECISIONS
from labsim.model.exogenous import throw_quarter
from labsim.model.flows import flows
from labsim.model.params import PARAMETER_NAMES
from labsim.model.world import World, repeat_run, stocks, take_runs
from labsim.variables import REGISTRY, Array
from tests.model import era
from tests.model.test_invariants import Wild

SWEPT = [name for name in PARAMETER_NAMES if not REGISTRY[name].structural]
SEED = 13
START, QUARTERS = 12, 3
NOT_IN_A_TURN = {
    "loss_floor", "serve_attention", "first_student", "training_rest", "training_rest_growth", "inference_rest",
    "inference_rest_growth", "lab_chip_share", "server_part",
}  # fmt: skip
"""Read by the first world, by figures of the whole world and by estimators, not by a turn."""

SWITCHED_BY = {
    "sparse_step_exponent": ("sparse_step",),
    "sparse_step_params": ("sparse_step",),
    "hosted_price": ("card_rate",),
    "dear_from": ("dear_elasticity",),
}
"""Parameters that do nothing under the reference constants, which leave what they belong to switched off."""


def other(name: str) -> float:
    """Another value than the default, within the declared range where it has a width."""
    declared = REGISTRY[name]
    for bound in (declared.low, declared.high):
        if bound != declared.default:
            return bound
    return 1.05 * declared.default


@cache
def start() -> World:
    """One run on autopilot, with dice, some quarters in."""
    return era.play(era.seats(), START, seed=SEED)[-1].after


def outcomes(e: era.Era, world: World) -> list[dict[str, Array]]:
    """Stocks, flows and policy orders of some quarters from a world; every run meets the dice of run 0."""
    found = []
    for t in range(START, START + QUARTERS):
        drawn = throw_quarter(t, e.calendar, e.params, SEED, 0, 1)
        dice = {
            item.name: np.repeat(getattr(drawn.dice, item.name), world.runs, axis=-1)
            for item in dataclasses.fields(drawn.dice)
        }
        quarter = dataclasses.replace(drawn, dice=dataclasses.replace(drawn.dice, **dice))
        turn = era.turn(world, e, quarter)
        world = turn.after
        orders = {v.name: getattr(turn.decisions, v.name) for v in DECISIONS}
        found.append({**stocks(turn.after), **flows(turn.report), **orders})
    return found


def mixed_up(both: list[dict[str, Array]], alone: list[dict[str, Array]], run: int) -> set[str]:
    """Names of what a run of a batch has otherwise than the run alone."""
    return {
        name
        for wide, one in zip(both, alone, strict=True)
        for name in one
        if not np.array_equal(wide[name][..., run], one[name][..., 0])
    }


def values(names: list[str], which: int) -> dict[str, Array]:
    return {name: np.array([(REGISTRY[name].default, other(name))[which]]) for name in names}


def test_a_batch_may_have_other_values_of_every_parameter_in_every_run() -> None:
    e = era.seats()
    pair = {name: np.concatenate([values([name], 0)[name], values([name], 1)[name]]) for name in SWEPT}
    both = outcomes(e.with_params(**pair), repeat_run(start(), 2))
    for run in (0, 1):
        assert mixed_up(both, outcomes(e.with_params(**values(SWEPT, run)), start()), run) == set()
    assert not np.array_equal(both[-1]["cash"][:, 0], both[-1]["cash"][:, 1])


@pytest.mark.slow
@pytest.mark.parametrize("name", SWEPT)
def test_a_batch_may_have_two_values_of_one_parameter(name: str) -> None:
    e = era.seats()
    pair = np.concatenate([values([name], 0)[name], values([name], 1)[name]])
    both = outcomes(e.with_params(**{name: pair}), repeat_run(start(), 2))
    for run in (0, 1):
        assert mixed_up(both, outcomes(e.with_params(**values([name], run)), start()), run) == set()


BOUNDS_NOT_REACHED = {
    "exit_value_min", "hazard_capability_min", "hazard_max", "trust_min", "churn_max", "adoption_max", "moe_train_max",
    "hold_margin",
}  # fmt: skip
"""Bounds that no game of these tests runs into."""


@cache
def whole_games(wildness: float) -> tuple[dict[str, Array], ...]:
    return games_of(era.seats(), wildness)


def games_of(e: era.Era, wildness: float) -> tuple[dict[str, Array], ...]:
    game = era.play(e, 24, seed=SEED, runs=24, strategy=Wild(SEED, wildness))
    return tuple({**stocks(turn.after), **flows(turn.report)} for turn in game)


@pytest.mark.slow
@pytest.mark.parametrize("name", SWEPT)
def test_every_parameter_moves_something(name: str) -> None:
    declared = REGISTRY[name]
    values_to_try = sorted({other(name), declared.low, declared.high, declared.default})
    switches = {switch: np.array([REGISTRY[switch].default]) for switch in SWITCHED_BY.get(name, ())}

    def moves(wildness: float, value: float) -> bool:
        found = games_of(era.seats().with_params(**{**switches, name: np.array([value])}), wildness)
        whole = games_of(era.seats().with_params(**switches), wildness) if switches else whole_games(wildness)
        pairs = zip(found, whole, strict=True)
        return not all(np.array_equal(one[key], base[key]) for one, base in pairs for key in one)

    moved = any(moves(wildness, value) for wildness in (0.0, 0.1) for value in values_to_try)
    assert moved == (name not in NOT_IN_A_TURN | BOUNDS_NOT_REACHED)


def test_defaults_lie_in_their_declared_ranges_and_everything_has_a_source() -> None:
    declared = [REGISTRY[name] for name in PARAMETER_NAMES]
    assert [v.name for v in declared if not v.low <= v.default <= v.high] == []
    assert [v.name for v in declared if not (v.source and v.unit and v.meaning)] == []
    assert {v.name for v in declared if v.structural} == STRUCTURAL


MODEL = sorted(Path(labsim.model.__path__[0]).glob("*.py"))
STRUCTURAL = {"gpu_life", "site_lead", "reserve_term", "adoption_percent"}


def reads_a_parameter(node: ast.AST) -> bool:
    """Does an expression read ``p.<a parameter that is not structural>``?"""
    return any(
        isinstance(part, ast.Attribute)
        and isinstance(part.value, ast.Name)
        and part.value.id in {"p", "params"}
        and part.attr in set(SWEPT)
        for part in ast.walk(node)
    )


def offences(source: str) -> list[str]:
    """Where a parameter is made a Python number or decides a branch."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"float", "int", "bool"}:
            found += [f"line {node.lineno}: {node.func.id}()" for part in node.args if reads_a_parameter(part)]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "item":
            found += [f"line {node.lineno}: item()"] if reads_a_parameter(node.func.value) else []
        elif isinstance(node, ast.If | ast.IfExp | ast.While | ast.Assert) and reads_a_parameter(node.test):
            found.append(f"line {node.lineno}: branch")
    return found


def test_no_parameter_becomes_a_number_or_a_branch() -> None:
    bad = (
        "def f(p):\n    x = float(p.tax)\n    if p.tax > 0:\n        return int(p.gpu_life)\n    return p.tax.item()\n"
    )
    assert offences(bad) == ["line 3: branch", "line 2: float()", "line 5: item()"]
    assert {file.name: found for file in MODEL if (found := offences(file.read_text("utf-8")))} == {}


def test_a_sweep_of_one_value_is_the_game() -> None:
    e = era.seats()
    same = e.with_params(**{name: np.repeat(getattr(e.params, name), 3) for name in SWEPT})
    both = outcomes(same, repeat_run(start(), 3))
    assert mixed_up(both, outcomes(e, start()), 1) == set()
    assert take_runs(start(), slice(0, 1)).runs == 1
