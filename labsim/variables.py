"""What is a variable? Each stock, flow, decision and parameter is declared once; the registry holds them all.

A declaration is a field of a frozen dataclass: its type is checked by the type checker, and its unit, meaning,
source and range are kept beside it for save files, exports, order files, tooltips and tests.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, dataclass_transform

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Kind = Literal["stock", "flow", "setting", "once", "parameter"]

LAB = "lab"
RUN = "run"
LAB_AXES = (LAB, RUN)
WORLD_AXES = (RUN,)
INFINITY = float("inf")


@dataclass(frozen=True)
class Variable:
    """One declared variable.

    ``axes`` are named and ordered as in the array; ``("lab", "run")`` is a lab variable, ``("run",)`` a world
    variable or a parameter. ``low`` and ``high`` bound values that the engine may produce or accept. ``default``
    is the value of a parameter, the standing value of a setting (NaN: the rule told in ``meaning``). ``format`` names
    how a number of this variable is written for people; empty: as its unit says.
    """

    name: str
    kind: Kind
    axes: tuple[str, ...]
    unit: str
    label: str
    meaning: str
    source: str = ""
    low: float = -INFINITY
    high: float = INFINITY
    default: float = float("nan")
    format: str = ""
    group: str = ""
    structural: bool = False

    @property
    def is_money(self) -> bool:
        """Is this an amount of money (M$ or M$ a quarter)?"""
        return self.unit.startswith("M$")


REGISTRY: dict[str, Variable] = {}
"""Every declared variable by name; filled when the modules of ``labsim.model`` are imported."""

_KEY = "variable"
_T = TypeVar("_T")


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _field(spec: dict[str, Any]) -> Any:
    return dataclasses.field(metadata={_KEY: spec})


def stock(
    unit: str,
    meaning: str,
    axes: tuple[str, ...] = LAB_AXES,
    *,
    label: str = "",
    low: float = 0.0,
    high: float = INFINITY,
    format: str = "",
) -> Any:
    """A quantity at the start of a quarter, carried to the next one by the verb that owns its group."""
    spec = {"kind": "stock", "unit": unit, "meaning": meaning, "axes": axes, "label": label, "format": format}
    return _field({**spec, "low": low, "high": high})


def flow(
    unit: str,
    meaning: str,
    axes: tuple[str, ...] = LAB_AXES,
    *,
    label: str = "",
    low: float = -INFINITY,
    high: float = INFINITY,
    format: str = "",
) -> Any:
    """A quantity made during one quarter."""
    spec = {"kind": "flow", "unit": unit, "meaning": meaning, "axes": axes, "label": label, "format": format}
    return _field({**spec, "low": low, "high": high})


def _decision(kind: Kind) -> Callable[..., Any]:
    def declare(
        unit: str,
        meaning: str,
        low: float,
        high: float,
        default: float,
        *,
        axes: tuple[str, ...] = LAB_AXES,
        label: str = "",
        group: str = "",
        format: str = "",
    ) -> Any:
        spec = {"kind": kind, "unit": unit, "meaning": meaning, "axes": axes, "label": label, "format": format}
        return _field({**spec, "low": low, "high": high, "default": default, "group": group})

    return declare


setting = _decision("setting")
"""Declare a decision that stands until it is changed."""
once = _decision("once")
"""Declare a decision that happens in its quarter and lapses."""


def parameter(
    default: float,
    unit: str,
    between: tuple[float, float],
    source: str,
    meaning: str,
    *,
    axes: tuple[str, ...] = (RUN,),
    structural: bool = False,
    label: str = "",
    format: str = "",
) -> Any:
    """A constant of the model: calibrated default, unit, plausible range, source (or "game choice"), meaning."""
    spec = {"kind": "parameter", "unit": unit, "meaning": meaning, "axes": axes, "source": source, "label": label}
    bounds = {"low": between[0], "high": between[1], "default": default, "structural": structural}
    return _field({**spec, **bounds, "format": format})


@dataclass_transform(frozen_default=True, field_specifiers=(stock, flow, setting, once, parameter))
def declares(group: str) -> Callable[[type[_T]], type[_T]]:
    """Class decorator: make a frozen dataclass of declared fields and enter them in the registry under ``group``.

    Raises:
        ValueError: a name is declared twice.
    """

    def enter(cls: type[_T]) -> type[_T]:
        made = dataclass(frozen=True)(cls)
        for variable in _own_variables(made, group):
            if variable.name in REGISTRY:
                raise ValueError(f"{variable.name} is declared twice")
            REGISTRY[variable.name] = variable
        return made

    return enter


def _own_variables(cls: type, group: str) -> Iterator[Variable]:
    own = inspect.get_annotations(cls)
    for item in dataclasses.fields(cls):
        spec = item.metadata.get(_KEY)
        if spec is not None and item.name in own:
            named = {"name": item.name, "group": spec.get("group") or group}
            yield Variable(**{**spec, **named, "label": spec["label"] or _label(item.name)})


def variables_of(cls: type) -> tuple[Variable, ...]:
    """The declared variables that are fields of ``cls`` (inherited ones included), in order of declaration."""
    return tuple(REGISTRY[f.name] for f in dataclasses.fields(cls) if f.name in REGISTRY)
