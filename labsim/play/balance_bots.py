"""Does a bot that tries everything find free money? Random tricks in one seat; the best are played on fresh dice."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from labsim.model.decisions import Decisions
from labsim.model.exogenous import Quarter
from labsim.model.world import World
from labsim.play.balance_games import games, with_row
from labsim.play.balance_rows import Behaviour, Cell
from labsim.scenario import Scenario
from labsim.variables import Array

BOT_GAMES = 20_000
BATCH = 1000  # games played side by side; memory stays small
TRICKS = (
    *("low price", "high price", "price pump", "bail-outs", "chip arbitrage"),
    *("rounds", "loans", "partner", "zero staff", "idle"),
)
USED = 0.25  # chance that a bot uses a trick
BEST = 20  # bots that are played again
AGAIN = 100  # fresh dice for each of them
ALLOWED = 1.4  # largest mean value over the autopilot's
ROUNDING = 1e-6  # M$
EVERYTHING = 1e7  # more than any order can be


@dataclass(frozen=True)
class Bots:
    """Tricks of each bot, flags ``(trick, run)``, and how strongly it uses them, 0-1 ``(trick, run)``."""

    uses: Array
    strength: Array

    @staticmethod
    def drawn(seed: int, count: int) -> Bots:
        """``count`` random bots; every one has at least one trick."""
        random = np.random.Generator(np.random.Philox(key=seed))
        uses = random.random((len(TRICKS), count)) < USED
        uses[random.integers(0, len(TRICKS), count), np.arange(count)] = True
        return Bots(uses.astype(np.float64), random.random((len(TRICKS), count)))

    def take(self, runs: slice | Array) -> Bots:
        """Some of the bots."""
        chosen = runs if isinstance(runs, slice) else runs.astype(np.intp)
        return Bots(self.uses[:, chosen], self.strength[:, chosen])

    def __len__(self) -> int:
        return int(self.uses.shape[1])

    def change(self, seat: int, d: Decisions, world: World, quarter: Quarter) -> Decisions:
        """The autopilots' orders with the tricks in one seat."""

        def on(trick: str, ordered: Array | float, otherwise: Array) -> Array:
            return np.where(self.uses[TRICKS.index(trick)] > 0.0, ordered, otherwise)

        def much(trick: str) -> Array:
            row: Array = self.strength[TRICKS.index(trick)]
            return row

        def mine(name: str) -> Array:
            row: Array = getattr(d, name)[..., seat, :]
            return row

        even = quarter.t % 2 == 0
        price = on("low price", mine("price") * (0.01 + 0.6 * much("low price")), mine("price"))
        price = on("high price", price * (1.5 + 2.5 * much("high price")), price)
        price = on("price pump", price * (0.1 if even else 4.0), price)
        cash = np.maximum(world.capital.cash[seat], 0.0)
        buys = on("chip arbitrage", much("chip arbitrage") * cash / 0.01, mine("buy_gpus"))
        sells = on("chip arbitrage", 0.0 if even else 0.8, mine("sell_gpus"))
        loan = 2.0 * cash * (1.0 if even else -1.0)
        idle = {name: on("idle", 0.0, mine(name)) for name in ("inference_share", "training_share", "alignment_share")}
        hired = on("zero staff", 0.0, mine("staff_target"))
        changed = {
            **idle,
            "price": price,
            "reserve_gpus": on("bail-outs", 1e3 * 10.0 ** (3.0 * much("bail-outs")), mine("reserve_gpus")),
            "buy_gpus": buys,
            "sell_gpus": sells,
            "raise_amount": on("rounds", EVERYTHING * (0.001 + much("rounds")), mine("raise_amount")),
            "borrow_change": on("loans", loan, mine("borrow_change")),
            "partner_equity": on("partner", 0.2 * much("partner"), mine("partner_equity")),
            "staff_target": on("idle", 0.0, hired),
        }
        return dataclasses.replace(d, **{n: with_row(getattr(d, n), seat, row) for n, row in changed.items()})


@dataclass(frozen=True)
class _Outcome:
    value: Array  # of the first holders' part at the end, M$
    made: Array  # result that no customer and no interest paid for, M$; positive would be free money


def _played(scenario: Scenario, seat: int, bots: Bots | None, seed: int, runs: int) -> _Outcome:
    made = np.zeros(runs)

    def change(d: Decisions, world: World, quarter: Quarter) -> Decisions:
        return d if bots is None else bots.change(seat, d, world, quarter)

    for record in games(scenario, seed, runs, change=change):
        r = record.report
        result = r.result.net_result[seat] - r.capital.disposal_loss[seat]
        made = made + result - r.market.revenue[seat] - r.operating.interest_income[seat]
    capital = record.world.capital
    return _Outcome(capital.valuation[seat] * capital.holders[seat] + capital.exit_value[seat], made)


def random_search(scenario: Scenario, seed: int, count: int = BOT_GAMES) -> Behaviour:
    """``count`` games of random bots, then the best of them on fresh dice against the autopilot."""
    seat = scenario.seat(scenario.default_seat)
    bots = Bots.drawn(seed, count)
    relative, made = np.zeros(count), np.zeros(count)
    for number, first in enumerate(range(0, count, BATCH)):
        some = bots.take(slice(first, first + BATCH))
        dice = seed + 1000 + number
        tried = _played(scenario, seat, some, dice, len(some))
        plain = _played(scenario, seat, None, dice, len(some))
        relative[first : first + BATCH] = tried.value / max(float(plain.value.mean()), 1.0)
        made[first : first + BATCH] = tried.made
    best = np.argsort(-relative)[:BEST]
    again = _played(scenario, seat, bots.take(np.repeat(best, AGAIN)), seed + 500, AGAIN * len(best))
    plain = _played(scenario, seat, None, seed + 500, AGAIN * len(best))
    held = again.value.reshape(-1, AGAIN).mean(axis=1) / float(plain.value.mean())
    rows: list[tuple[Cell, ...]] = []
    for trick, uses in zip(TRICKS, bots.uses > 0.0, strict=True):
        most = float(np.quantile(relative[uses], 0.99))
        rows.append((trick, int(uses.sum()), float(relative[uses].mean()), most, float(made[uses].max())))
    top = int(np.argmax(held))
    named = ", ".join(trick for i, trick in enumerate(TRICKS) if bots.uses[i, best[top]] > 0.0)
    return Behaviour(
        f"random bots in the seat of {scenario.default_seat}",
        f"no result without customers; no bot worth more than {ALLOWED:g} x the autopilot on fresh dice",
        bool(made.max() <= ROUNDING and held.max() <= ALLOWED),
        ("trick", "games", "value over autopilot", "99 % of them under", "most made without customers M$"),
        rows,
        f"{count} games; best of the {len(best)} replayed bots: {held.max():.2f} x the autopilot ({named})",
    )
