"""What chance brings: random numbers thrown before play, from the seed alone.

Lab ``l`` of run ``k`` reads position ``k * LANES + l`` of the Philox stream keyed by (seed, quarter, stream), so a run
is the same run, bit for bit, whatever runs beside it, and no decision can shift it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from labsim.variables import Array

LANES = 16
"""Positions of a stream that one run owns: the largest number of labs."""
_WORDS = 4  # words that one step of the Philox counter makes
_SMALLEST = 2.0**-54
_SIXTEENS = 4  # draws of sixteen bits in a word

STREAMS = {
    "luck": 0,
    "mood": 1,
    "supply": 2,
    "incident": 3,
    "severity": 4,
    "evaluation": 5,
    "antitrust": 6,
    "round": 7,
    "card_outcome": 8,
    "brand": 16,  # + segment
    "demand": 32,  # segments take lanes
    "event": 64,  # events take lanes, the next stream after LANES of them
    "card": 128,  # four cards a stream: sixteen bits of a word each
}
"""First stream of each subsystem. A new stream takes a new number and disturbs no old one; so does a new lane."""


@dataclass(frozen=True)
class Dice:
    """One quarter's draws: N is standard normal, U uniform in (0, 1)."""

    luck: Array  # N (lab, run)
    brand: Array  # N (segment, lab, run)
    mood: Array  # N (run,)
    supply: Array  # N (run,)
    demand: Array  # N (segment, run)
    incident: Array  # U (lab, run)
    severity: Array  # U (lab, run)
    event: Array  # U (event, run)
    evaluation: Array  # N (lab, run)
    antitrust: Array  # U (lab, run)
    round: Array  # U (lab, run)
    card: NDArray[np.uint16]  # uniform in 0 to 65535 (card, lab, run)
    card_outcome: Array  # U (lab, run)


def uniforms(seed: int, quarter: int, stream: int, lanes: int, first_run: int, runs: int) -> Array:
    """Uniform numbers ``(lanes, run)`` in (0, 1) for runs ``first_run`` to ``first_run + runs - 1``."""
    return _Streams(seed, quarter, first_run, runs).read(stream, lanes)


class _Streams:
    """Reads the streams of a quarter with one generator: a new key costs 1 us, a new generator 8."""

    def __init__(self, seed: int, quarter: int, first_run: int, runs: int) -> None:
        self._key, self._runs = (seed, quarter << 32), runs
        self._bits = np.random.Philox(key=np.zeros(2, dtype=np.uint64), counter=first_run * (LANES // _WORDS))
        self._generator = np.random.Generator(self._bits)
        self._start = self._bits.state
        self._drawn = np.empty(runs * LANES)

    def read(self, stream: int, lanes: int) -> Array:
        """Uniform numbers ``(lanes, run)`` in (0, 1)."""
        found = np.empty((lanes, self._runs))
        self.read_into(found, stream)
        return found

    def read_into(self, lanes: Array, stream: int) -> None:
        """Fill ``lanes``, ``(lane, run)``, with uniform numbers in (0, 1)."""
        seed, quarter = self._key
        self._start["state"]["key"][:] = seed, quarter | stream
        self._bits.state = self._start
        self._generator.random(out=self._drawn)
        np.maximum(self._drawn.reshape(self._runs, LANES)[:, : len(lanes)].T, _SMALLEST, out=lanes)

    def sixteens(self, stream: int, count: int, lanes: int) -> NDArray[np.uint16]:
        """``count`` draws of sixteen bits ``(draw, lane, run)``, four from each word, lowest bits first."""
        found = np.empty((count, lanes, self._runs), dtype=np.uint16)
        seed, quarter = self._key
        for first in range(0, count, _SIXTEENS):
            self._start["state"]["key"][:] = seed, quarter | (stream + first // _SIXTEENS)
            self._bits.state = self._start
            words = self._bits.random_raw(self._runs * LANES).astype("<u8", copy=False)
            parts = words.view("<u2").reshape(self._runs, LANES, _SIXTEENS)[:, :lanes]
            found[first : first + _SIXTEENS] = parts.T[: count - first]
        return found


def throw(
    seed: int, quarter: int, labs: int, segments: int, events: int, first_run: int = 0, runs: int = 1, cards: int = 0
) -> Dice:
    """The dice of one quarter for a range of runs.

    Raises:
        ValueError: more labs than ``LANES``, a negative quarter or a seed outside 0 to 2**64 - 1.
    """
    if not 0 < labs <= LANES:
        raise ValueError(f"{labs} labs; 1 to {LANES} can play")
    if quarter < 0 or not 0 <= seed < 2**64:
        raise ValueError(f"quarter {quarter} and seed {seed} must not be negative or over 64 bits")

    streams = _Streams(seed, quarter, first_run, runs)

    def draw(name: str, lanes: int, row: int = 0) -> Array:
        return streams.read(STREAMS[name] + row, lanes)

    def world(name: str, count: int) -> Array:
        blocks = range(0, count, LANES)
        return np.concatenate([draw(name, min(LANES, count - first), first // LANES) for first in blocks])

    # All normals at once, read where they will stand: the polynomials cost per call when there is one run.
    rows = [("luck", labs), ("evaluation", labs), ("mood", 1), ("supply", 1), ("demand", segments)]
    starts = [STREAMS[name] for name, _ in rows] + [STREAMS["brand"] + row for row in range(segments)]
    ends = list(accumulate([*(lanes for _, lanes in rows), *[labs] * segments], initial=0))
    drawn = np.empty((ends[-1], runs))
    for stream, (first, end) in zip(starts, pairwise(ends), strict=True):
        streams.read_into(drawn[first:end], stream)
    found = normals(drawn)
    luck, evaluation, mood, supply, demand = (found[first:end] for first, end in pairwise(ends[: len(rows) + 1]))
    return Dice(
        luck=luck,
        brand=found[ends[len(rows)] :].reshape(segments, labs, runs),
        mood=mood[0],
        supply=supply[0],
        demand=demand,
        incident=draw("incident", labs),
        severity=draw("severity", labs),
        event=world("event", events),
        evaluation=evaluation,
        antitrust=draw("antitrust", labs),
        round=draw("round", labs),
        card=streams.sixteens(STREAMS["card"], cards, labs),
        card_outcome=draw("card_outcome", labs),
    )


def quiet(labs: int, segments: int, events: int, runs: int = 1, cards: int = 0) -> Dice:
    """Dice for previews: every N is 0, every U is 1 (nothing strikes, rounds close)."""
    lab_zero, lab_one = np.zeros((labs, runs)), np.ones((labs, runs))
    return Dice(
        luck=lab_zero,
        brand=np.zeros((segments, labs, runs)),
        mood=np.zeros(runs),
        supply=np.zeros(runs),
        demand=np.zeros((segments, runs)),
        incident=lab_one,
        severity=lab_one,
        event=np.ones((events, runs)),
        evaluation=lab_zero,
        antitrust=lab_one,
        round=lab_one,
        card=np.full((cards, labs, runs), np.iinfo(np.uint16).max),
        card_outcome=lab_one,
    )


def _columns(above: tuple[float, ...], below: tuple[float, ...]) -> Array:
    """Coefficients of numerator and denominator side by side, ``(power, 2, 1)``."""
    return np.array([above, below]).T[..., None]


# Coefficients of PPND16, algorithm AS 241 (M. J. Wichura, Applied Statistics 37, 1988), highest power first.
_CENTRE = _columns(
    (2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
     1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080e0),
    (5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
     5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1.0),
)  # fmt: skip
_MIDDLE = _columns(
    (7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258e0,
     3.64784832476320460504e0, 5.76949722146069140550e0, 4.63033784615654529590e0, 1.42343711074968357734e0),
    (1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
     6.89767334985100004550e-1, 1.67638483018380384940e0, 2.05319162663775882187e0, 1.0),
)  # fmt: skip
_TAIL = _columns(
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2,
     2.96560571828504891230e-1, 1.78482653991729133580e0, 5.46378491116411436990e0, 6.65790464350110377720e0),
    (2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
     1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0),
)  # fmt: skip


def _ratio(polynomials: Array, x: Array) -> Array:
    """Quotient of two polynomials ``(power, 2, 1)`` by Horner's rule, both in one call and in place."""
    highest, *others, constant = polynomials
    both = highest * x
    for coefficients in others:
        both += coefficients
        both *= x
    both += constant
    quotient: Array = np.divide(both[0], both[1], out=both[0])
    return quotient


_BLOCK = 65536  # numbers of one call: larger ones leave the cache, smaller ones cost more calls


def normals(uniform: Array) -> Array:
    """Standard normal quantiles of uniforms in (0, 1), by AS 241: a fixed number of words per draw, 1e-15 relative."""
    flat = uniform.ravel()
    found = [_normals(flat[start : start + _BLOCK]) for start in range(0, flat.size, _BLOCK)]
    return np.concatenate(found).reshape(uniform.shape)


def _normals(uniform: Array) -> Array:
    centred = uniform - 0.5
    result = centred * _ratio(_CENTRE, 0.180625 - centred * centred)
    outer = np.flatnonzero(np.abs(centred) > 0.425)
    if outer.size:
        ends = uniform[outer]
        tail = np.sqrt(-np.log(np.minimum(ends, 1.0 - ends)))
        size = _ratio(_MIDDLE, tail - 1.6)
        far = tail > 5.0
        if far.any():
            size = np.where(far, _ratio(_TAIL, tail - 5.0), size)
        result[outer] = np.copysign(size, centred[outer])
    return result
