"""What chance brings: random numbers thrown before play, from the seed alone.

Lab ``l`` of run ``k`` reads position ``k * LANES + l`` of the Philox stream keyed by (seed, quarter, stream), so a run
is the same run, bit for bit, whatever runs beside it, and no decision can shift it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labsim.variables import Array

LANES = 16
"""Positions of a stream that one run owns: the largest number of labs."""
_WORDS = 4  # words that one step of the Philox counter makes
_SMALLEST = 2.0**-54
_LARGEST = 1.0 - 2.0**-53

STREAMS = {
    "luck": 0,
    "mood": 1,
    "supply": 2,
    "incident": 3,
    "severity": 4,
    "evaluation": 5,
    "antitrust": 6,
    "round": 7,
    "brand": 16,  # + segment
    "demand": 32,  # + segment
    "event": 64,  # + event
}
"""First stream of each subsystem. A new stream takes a new number and disturbs no old one."""


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


def uniforms(seed: int, quarter: int, stream: int, lanes: int, first_run: int, runs: int) -> Array:
    """Uniform numbers ``(lanes, run)`` in (0, 1) for runs ``first_run`` to ``first_run + runs - 1``."""
    key = np.array([seed, (quarter << 32) | stream], dtype=np.uint64)
    bits = np.random.Philox(key=key).advance(first_run * (LANES // _WORDS))
    drawn = np.random.Generator(bits).random(runs * LANES).reshape(runs, LANES)
    return np.clip(np.ascontiguousarray(drawn[:, :lanes].T), _SMALLEST, _LARGEST)


def throw(seed: int, quarter: int, labs: int, segments: int, events: int, first_run: int = 0, runs: int = 1) -> Dice:
    """The dice of one quarter for a range of runs.

    Raises:
        ValueError: more labs than ``LANES``, a negative quarter or a seed outside 0 to 2**64 - 1.
    """
    if not 0 < labs <= LANES:
        raise ValueError(f"{labs} labs; 1 to {LANES} can play")
    if quarter < 0 or not 0 <= seed < 2**64:
        raise ValueError(f"quarter {quarter} and seed {seed} must not be negative or over 64 bits")

    def draw(stream: int, lanes: int) -> Array:
        return uniforms(seed, quarter, stream, lanes, first_run, runs)

    def world(name: str, count: int) -> Array:
        return np.stack([draw(STREAMS[name] + row, 1)[0] for row in range(count)])

    return Dice(
        luck=normals(draw(STREAMS["luck"], labs)),
        brand=normals(np.stack([draw(STREAMS["brand"] + row, labs) for row in range(segments)])),
        mood=normals(world("mood", 1)[0]),
        supply=normals(world("supply", 1)[0]),
        demand=normals(world("demand", segments)),
        incident=draw(STREAMS["incident"], labs),
        severity=draw(STREAMS["severity"], labs),
        event=world("event", events),
        evaluation=normals(draw(STREAMS["evaluation"], labs)),
        antitrust=draw(STREAMS["antitrust"], labs),
        round=draw(STREAMS["round"], labs),
    )


def quiet(labs: int, segments: int, events: int, runs: int = 1) -> Dice:
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
    )


# Coefficients of PPND16, algorithm AS 241 (M. J. Wichura, Applied Statistics 37, 1988), highest power first.
_CENTRE = (
    (2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
     1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080e0),
    (5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
     5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1.0),
)  # fmt: skip
_MIDDLE = (
    (7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258e0,
     3.64784832476320460504e0, 5.76949722146069140550e0, 4.63033784615654529590e0, 1.42343711074968357734e0),
    (1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
     6.89767334985100004550e-1, 1.67638483018380384940e0, 2.05319162663775882187e0, 1.0),
)  # fmt: skip
_TAIL = (
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2,
     2.96560571828504891230e-1, 1.78482653991729133580e0, 5.46378491116411436990e0, 6.65790464350110377720e0),
    (2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
     1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0),
)  # fmt: skip


def _ratio(polynomials: tuple[tuple[float, ...], tuple[float, ...]], x: Array) -> Array:
    above, below = (np.full_like(x, polynomial[0]) for polynomial in polynomials)
    for a, b in zip(polynomials[0][1:], polynomials[1][1:], strict=True):
        above = above * x + a
        below = below * x + b
    return above / below


def normals(uniform: Array) -> Array:
    """Standard normal quantiles of uniforms in (0, 1), by AS 241: a fixed number of words per draw, 1e-15 relative."""
    centred = uniform - 0.5
    centre = centred * _ratio(_CENTRE, 0.180625 - centred * centred)
    outer = np.abs(centred) > 0.425
    if not outer.any():
        return centre
    tail = np.sqrt(-np.log(np.minimum(uniform, 1.0 - uniform)[outer]))
    size = np.where(tail <= 5.0, _ratio(_MIDDLE, tail - 1.6), _ratio(_TAIL, tail - 5.0))
    result = centre
    result[outer] = np.copysign(size, centred[outer])
    return result
