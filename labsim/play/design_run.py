"""How far is the training run in progress, and what would it give, finished or stopped?"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from labsim.model.laws import clip
from labsim.model.scaling import flop_needed
from labsim.play.design import Bench, Design, index_of, ratio


@dataclass(frozen=True)
class Progress:
    """The run in progress, and what it would give if it were stopped at the end of the coming quarter."""

    design: Design
    done: float  # FLOP, at the start of the quarter
    needed: float  # FLOP
    quarters_left: float
    hold: float  # quarters for which it has been held
    finished: float  # points, if it is finished
    seen_if_stopped: float  # part of its tokens
    stopped: float  # points, if it is stopped

    @property
    def part(self) -> float:
        """How much of it is done, 0-1."""
        return self.done / self.needed


def progress(bench: Bench) -> Progress | None:
    """The run in progress at the start of the quarter, None without one."""
    own = bench.world.training
    if bench.of_seat(own.run_on) == 0.0:
        return None
    stocks = (own.run_active, own.run_sparsity, own.run_tokens, own.run_distil)
    tunes = bench.of_seat(own.run_base) > 0.0
    active, sparsity, tokens, distil = (bench.of_seat(stock) for stock in stocks)
    design = Design(active, sparsity, tokens, distil, tunes)
    run, done, rate = design.run(), bench.of_seat(own.run_done), bench.flop_a_quarter(design.sparsity)
    needed = float(flop_needed(run, bench.p)[0, 0])
    seen = clip(np.array([[min(done + rate, needed) / needed]]), bench.p.tokens_seen_min, 1.0)
    cut = dataclasses.replace(run, tokens=run.tokens * seen)
    return Progress(
        design=design,
        done=done,
        needed=needed,
        quarters_left=ratio(max(needed - done, 0.0), rate),
        hold=bench.of_seat(own.run_hold),
        finished=float(index_of(run, bench, tunes=tunes).total[0, 0]),
        seen_if_stopped=float(seen[0, 0]),
        stopped=float(index_of(cut, bench, tunes=tunes).total[0, 0]),
    )
