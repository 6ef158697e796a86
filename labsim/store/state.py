"""How is a whole world kept? As the bytes of its stocks, in the order and shapes that the file's engine row names."""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from labsim.errors import BadInput, Problem
from labsim.model.world import World, map_stocks, stocks
from labsim.variables import Array

Shapes = Mapping[str, tuple[int, ...]]
"""Stock -> its shape, in the order of the bytes."""
MOST_NUMBERS = 200_000
"""Numbers of one state; a choice, twenty times what 16 labs need."""
_NUMBER = np.dtype("<f8")


def shapes_of(world: World) -> Shapes:
    """The shapes of a world's stocks."""
    return {name: stock.shape for name, stock in stocks(world).items()}


def shapes_text(shapes: Shapes) -> str:
    """Shapes as JSON."""
    return json.dumps({name: list(shape) for name, shape in shapes.items()})


def read_shapes(text: str) -> Shapes:
    """Shapes from JSON. Raises ValueError when they are none, or absurdly large."""
    found: Any = json.loads(text)
    if not isinstance(found, dict) or not found:
        raise ValueError("the shapes of the stocks are no table")
    shapes: dict[str, tuple[int, ...]] = {}
    for name, shape in found.items():
        whole = isinstance(shape, list) and 1 <= len(shape) <= 4 and all(type(n) is int and n > 0 for n in shape)
        if not whole or shape[-1] != 1:
            raise ValueError(f"the shape of {name!r:.60} is wrong")
        shapes[name] = tuple(shape)
    if _numbers(shapes) > MOST_NUMBERS:
        raise ValueError("the stocks are absurdly large")
    return shapes


def pack(world: World) -> bytes:
    """The bytes of a world. Raises ValueError when a stock is not a finite number."""
    parts = []
    for name, stock in stocks(world).items():
        if not np.isfinite(stock).all():
            raise ValueError(f"{name} is not a finite number")
        parts.append(np.ascontiguousarray(stock, dtype=_NUMBER).tobytes())
    return zlib.compress(b"".join(parts), 1)


def unpack(blob: bytes, shapes: Shapes) -> dict[str, Array]:
    """The stocks in some bytes. Raises ValueError when they do not fit the shapes or hold no finite numbers."""
    size = _numbers(shapes) * _NUMBER.itemsize
    opened = zlib.decompressobj()
    try:
        raw = opened.decompress(blob, size + 1)
    except zlib.error as error:
        raise ValueError("the state cannot be unpacked") from error
    if len(raw) != size or not opened.eof or opened.unused_data:
        raise ValueError("the state has the wrong size")
    numbers = np.frombuffer(raw, dtype=_NUMBER).astype(np.float64)
    if not np.isfinite(numbers).all():
        raise ValueError("the state holds what is not a finite number")
    found: dict[str, Array] = {}
    start = 0
    for name, shape in shapes.items():
        count = math.prod(shape)
        found[name] = numbers[start : start + count].reshape(shape)
        start += count
    return found


def as_world(found: Mapping[str, Array], opening: World) -> World:
    """A world from kept stocks. A stock that an older model did not have begins as in the scenario's opening.

    Raises BadInput when a stock has another shape now: the file can be read, not continued.
    """

    def choose(name: str, stock: Array) -> Array:
        kept = found.get(name, stock)
        if kept.shape != stock.shape:
            what = f"{name} has the shape {kept.shape}, this model needs {stock.shape}"
            raise BadInput(Problem("game", what, "continue it with the labsim that played it"))
        return kept

    return map_stocks(opening, choose)


def _numbers(shapes: Shapes) -> int:
    return sum(math.prod(shape) for shape in shapes.values())


def differing_stocks(a: Mapping[str, Array], b: Mapping[str, Array]) -> Sequence[str]:
    """Names of the stocks that two states do not share bit for bit."""
    return [name for name in a if name not in b or a[name].tobytes() != b[name].tobytes()]
