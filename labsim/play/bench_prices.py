"""What would a step cost if nothing but its numpy calls were paid? Each call recorded, then priced alone, in cache."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from labsim.model.decisions import Decisions
from labsim.model.exogenous import Quarter
from labsim.model.params import Params
from labsim.model.step import step
from labsim.model.world import World
from labsim.play.bench import least_seconds

ROUNDS = 15  # timings of a call, of which the least counts
INNER = 8  # calls in a timing


@dataclass
class Call:
    """One kind of call: what to call with arguments of these shapes, and how often a step does."""

    work: Callable[[], object]
    times: int = 0


Calls = dict[tuple[Any, ...], Call]


class Recorded(np.ndarray[Any, Any]):
    """An array that notes every ufunc and numpy function that it meets."""

    calls: Calls = {}  # noqa: RUF012  # one recording at a time

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, **kwargs: Any) -> Any:
        """Note the call and its shapes, and make it on plain arrays."""
        bare = [_bare(value) for value in inputs]
        options = {**kwargs, **({"out": tuple(_bare(value) for value in out)} if out is not None else {})}
        function = getattr(ufunc, method)
        _note((ufunc.__name__, method), function, bare, {name: _bare(value) for name, value in options.items()})
        return _dressed(function(*bare, **options))

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """Note the call of a numpy function and make it on plain arrays."""
        bare = _bare(args)
        options = {name: _bare(value) for name, value in kwargs.items()}
        _note((func.__name__, "function"), func, bare, options)
        return _dressed(func(*bare, **options))


def recorded_calls(world: World, decisions: Decisions, p: Params, quarter: Quarter) -> Calls:
    """The numpy calls of one step by kind: function, shapes and types of its arguments."""
    Recorded.calls = {}
    step(*(_dressed(argument) for argument in (world, decisions, p, quarter)))
    found, Recorded.calls = Recorded.calls, {}
    return found


def sum_of_prices(calls: Calls) -> float:
    """Seconds that the calls take when each is made alone, again and again, with its arrays in the cache."""
    return sum(call.times * _price(call.work) for call in calls.values())


def _price(work: Callable[[], object]) -> float:
    def several() -> None:
        for _ in range(INNER):
            work()

    with np.errstate(all="ignore"):
        return least_seconds(several, ROUNDS) / INNER


def _note(name: tuple[str, str], function: Callable[..., Any], args: Any, kwargs: Mapping[str, Any]) -> None:
    key = (*name, _shape(args), _shape(tuple(sorted(kwargs.items(), key=lambda item: item[0]))))
    if key not in Recorded.calls:
        Recorded.calls[key] = Call(lambda: function(*args, **kwargs))
    Recorded.calls[key].times += 1


def _shape(value: Any) -> Any:
    """What the price of an argument depends on: shape, strides and type of arrays, and the value of the rest."""
    if isinstance(value, np.ndarray):
        return value.shape, value.strides, value.dtype.str
    if isinstance(value, list | tuple):
        return tuple(_shape(part) for part in value)
    return repr(value)


def _bare(value: Any) -> Any:
    if isinstance(value, Recorded):
        return value.view(np.ndarray)
    if isinstance(value, list | tuple):
        return type(value)(_bare(part) for part in value)
    return value


def _dressed(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.view(Recorded)
    if isinstance(value, list | tuple):
        return type(value)(_dressed(part) for part in value)
    if isinstance(value, dict):
        return {name: _dressed(part) for name, part in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        parts = {f.name: _dressed(getattr(value, f.name)) for f in dataclasses.fields(value)}
        return dataclasses.replace(value, **parts)
    return value
