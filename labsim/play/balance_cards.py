"""How often is each event card drawn, which answer is best, and what is the deck worth? Measured on common dice.

The default seat meets its cards in games of autopilots. From the quarter in which a card strikes it for the first time
the same dice are played again: once for each answer, and once as if that card were not in the deck.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labsim.model.cards import open_cards
from labsim.model.exogenous import Quarter
from labsim.model.gate import gate
from labsim.model.step import step
from labsim.model.world import World, is_live, take_runs
from labsim.play.balance_games import with_row
from labsim.play.balance_rows import Behaviour, Cell
from labsim.play.objectives import Tally
from labsim.play.policy_rows import Rows
from labsim.play.turn import TurnRecord, decide, opening, policy_rows, quarter_of
from labsim.scenario import Scenario
from labsim.variables import Array, Flags

CARD_GAMES = 1000
QUARTERS = 24  # longer than the era, so that late cards are met
CARDS_A_QUARTER = 1.2  # most cards a quarter and lab, mean
BEST_MOST = 0.8  # largest part of the draws in which one answer may be the best
WORST_CARD = -1.0  # points: least mean effect of a card with its best answer
DECK_LEAST, DECK_MOST = -1.0, 2.0  # points a game of the whole deck with the best answers
ENOUGH = 60  # draws from which an answer is judged
SAME = 1e-9  # points: answers this close are equally good
NEVER = np.iinfo(np.uint16).max  # a card's draw that strikes nobody

Runs = NDArray[np.intp]


@dataclass(frozen=True)
class Draws:
    """First draws of the default seat by card: score by answer, ``(draw, answer)``; answer 0 is without the card."""

    scores: dict[int, Array]

    def chosen(self, row: int) -> int:
        """The answer that is best on the mean; 0 where the card was not drawn or asks nothing."""
        scores = self.scores.get(row, np.zeros((0, 1)))
        return 1 + int(scores[:, 1:].mean(axis=0).argmax()) if scores.shape[0] and scores.shape[1] > 1 else 0


@dataclass(frozen=True)
class Met:
    """What base games met: cards struck ``(card, lab)``, and quarters lived ``(lab,)``, over all games."""

    struck: Array
    lived: Array
    games: int


def cards(scenario: Scenario, dice: int, seed: int) -> Iterator[Behaviour]:
    """The deck's behaviours: reached, at a pace, no obvious answer, and of little worth as a whole."""
    met, draws = _measured(scenario, dice, seed)
    yield _reached(scenario, met)
    yield _pace(scenario, met)
    yield _answers(scenario, draws)
    yield _deck(scenario, draws, dice, seed)


def _seat(scenario: Scenario) -> int:
    return scenario.labs.index(scenario.default_seat)


def _measured(scenario: Scenario, dice: int, seed: int) -> tuple[Met, Draws]:
    """Play the base games, and every first draw of the default seat again with each answer."""
    seat, deck = _seat(scenario), scenario.params.cards.deck
    rows, tally, world = policy_rows(scenario), Tally(scenario, seat), opening(scenario, dice)
    struck, lived = np.zeros((len(deck), world.labs)), np.zeros(world.labs)
    seen: Flags = np.zeros((len(deck), dice), dtype=np.bool_)
    found: dict[int, list[Array]] = {}
    for t in range(scenario.start, scenario.start + QUARTERS):
        record = _played(scenario, world, quarter_of(scenario, t, seed, 0, dice), rows)
        dealt = np.where(is_live(record.world), open_cards(record.world), -1.0).astype(np.intp)
        lived += is_live(world).sum(axis=1)
        for row in range(len(deck)):
            struck[row] += (dealt == row).sum(axis=1)
        runs = np.flatnonzero(dealt[seat] >= 0)
        runs = runs[~seen[dealt[seat, runs], runs]]
        card = dealt[seat, runs]
        seen[card, runs] = True
        for row, scores in zip(card.tolist(), _forked(scenario, world, tally, t, seed, runs, card), strict=True):
            found.setdefault(row, []).append(scores)
        tally = tally.copy()
        tally.add(record)
        world = record.world
    return Met(struck, lived, dice), Draws({row: np.array(scores) for row, scores in found.items()})


def _forked(
    scenario: Scenario, world: World, tally: Tally, first: int, seed: int, drawn: Runs, struck: Runs
) -> list[Array]:
    """Scores of the seat by draw, ``(answer,)`` each: runs ``drawn`` from a quarter in which cards ``struck`` it.

    Answer 0 is a game in which that card does not strike the seat.
    """
    seat, deck = _seat(scenario), scenario.params.cards.deck
    count = np.array([deck[row].choices + 1 for row in struck.tolist()], dtype=np.intp)
    runs, card = np.repeat(drawn, count), np.repeat(struck, count)
    answer = np.concatenate([np.arange(n, dtype=np.float64) for n in count.tolist()]) if count.size else np.zeros(0)
    without, everywhere = np.flatnonzero(answer == 0.0), np.arange(runs.size)
    given = np.zeros((len(deck), runs.size))
    given[card, everywhere] = answer
    dice, rows = world.runs, policy_rows(scenario)
    world, tally = take_runs(world, runs), tally.take(runs)
    for t in range(first, scenario.start + QUARTERS):
        if not runs.size:
            return []
        quarter = _of_runs(quarter_of(scenario, t, seed, 0, dice), runs)
        quarter.dice.card[card[without], seat, without] = NEVER
        record = _played(scenario, world, quarter, rows, given)
        tally.add(record)
        world = record.world
    return np.split(tally.score().total, np.cumsum(count)[:-1])


def _of_runs(quarter: Quarter, runs: Runs) -> Quarter:
    """The quarter with the dice of some runs, in that order; copies that may be written to."""
    drawn = {f.name: getattr(quarter.dice, f.name)[..., runs] for f in dataclasses.fields(quarter.dice)}
    return dataclasses.replace(quarter, dice=dataclasses.replace(quarter.dice, **drawn))


def _played(scenario: Scenario, world: World, quarter: Quarter, rows: Rows, answers: Array | None = None) -> TurnRecord:
    """A quarter of autopilots; ``answers`` ``(card, run)`` over 0 replace those of the default seat's policy."""
    asked, seat = decide(scenario, world, quarter, rows), _seat(scenario)
    if answers is not None:
        card = open_cards(world)[seat].astype(np.intp)
        given = np.where(card >= 0, answers[card, np.arange(card.size)], 0.0)
        row = np.where(given > 0.0, given, asked.answer[seat])
        asked = dataclasses.replace(asked, answer=with_row(asked.answer, seat, row))
    allowed, trimmed = gate(asked, world, scenario.params, quarter)
    following, report = step(world, allowed, scenario.params, quarter)
    return TurnRecord(quarter.t, allowed, trimmed, report, following)


def _reached(scenario: Scenario, met: Met) -> Behaviour:
    seat, a_game = _seat(scenario), met.struck / met.games
    rows: list[Sequence[Cell]] = []
    for name, by_lab in zip(scenario.deck, a_game, strict=True):
        most = int(by_lab.argmax())
        rows.append([name, float(by_lab.sum()), float(by_lab[seat]), float(by_lab[most]), scenario.labs[most]])
    never = [name for name, by_lab in zip(scenario.deck, a_game, strict=True) if not by_lab.any()]
    return Behaviour(
        "Cards are reached",
        f"every card is drawn by somebody in {met.games} games of {QUARTERS} quarters",
        not never,
        ("card", "a game", scenario.default_seat, "most", "by"),
        rows,
        f"never drawn: {', '.join(never)}" if never else "",
    )


def _pace(scenario: Scenario, met: Met) -> Behaviour:
    pace = met.struck.sum(axis=0) / np.maximum(met.lived, 1.0)
    mean = float(met.struck.sum() / met.lived.sum())
    rows: list[Sequence[Cell]] = [[lab, float(part)] for lab, part in zip(scenario.labs, pace, strict=True)]
    return Behaviour(
        "Cards keep a pace",
        f"at most {CARDS_A_QUARTER} cards a quarter and lab (never two: the part of quarters with one)",
        mean <= CARDS_A_QUARTER,
        ("lab", "cards a quarter"),
        [*rows, ["all", mean]],
    )


def _answers(scenario: Scenario, draws: Draws) -> Behaviour:
    """Who is best on the same dice? Ties are shared."""
    rows: list[Sequence[Cell]] = []
    obvious, dire = [], []
    for row, name in enumerate(scenario.deck):
        scores = draws.scores.get(row, np.zeros((0, 1)))
        if scores.shape[0] == 0 or scores.shape[1] == 1:
            rows.append([name, scores.shape[0], "", "", "", "", ""])
            continue
        best_in = best_parts(scores[:, 1:])
        spread = float((scores[:, 1:].max(axis=1) - scores[:, 1:].min(axis=1)).mean())
        effect = float((scores[:, draws.chosen(row)] - scores[:, 0]).mean())
        parts: list[Cell] = [*(float(part) for part in best_in), *[""] * (3 - len(best_in))]
        rows.append([name, scores.shape[0], *parts, spread, effect])
        if scores.shape[0] >= ENOUGH:
            obvious += [name] * bool(best_in.max() > BEST_MOST)
            dire += [name] * bool(effect < WORST_CARD)
    return Behaviour(
        "Answers are open questions",
        f"from {ENOUGH} draws on no answer is best in over {BEST_MOST:.0%}, no card costs over a point answered well",
        not obvious and not dire,
        ("card", "draws", "1 best", "2 best", "3 best", "best-worst", "effect"),
        rows,
        "; ".join(f"{what}: {', '.join(names)}" for what, names in (("obvious", obvious), ("dire", dire)) if names),
    )


def best_parts(scores: Array) -> Array:
    """Part of the draws in which each answer is the best; equally good ones share a draw. ``(draw, answer)``."""
    best = scores >= scores.max(axis=1, keepdims=True) - SAME
    parts: Array = (best / best.sum(axis=1, keepdims=True)).mean(axis=0)
    return parts


def _deck(scenario: Scenario, draws: Draws, dice: int, seed: int) -> Behaviour:
    """Whole games with the best answers against the same dice without any card for the seat."""
    deck = range(len(scenario.deck))
    best = _whole(scenario, dice, seed, np.array([[float(draws.chosen(row))] for row in deck]), dealt=True)
    usual = _whole(scenario, dice, seed, None, dealt=True)
    without = _whole(scenario, dice, seed, None, dealt=False)
    worth = float((best - without).mean())
    error = float((best - without).std() / np.sqrt(dice))
    rows: list[Sequence[Cell]] = [
        ["no cards", float(without.mean()), 0.0],
        ["best answers", float(best.mean()), worth],
        ["usual answers", float(usual.mean()), float((usual - without).mean())],
    ]
    return Behaviour(
        "The deck is worth little",
        f"with the best answers {DECK_LEAST:+.0f} to {DECK_MOST:+.0f} points a game",
        DECK_LEAST <= worth <= DECK_MOST,
        ("answers", "score", "deck"),
        rows,
        f"standard error {error:.2f} points",
    )


def _whole(scenario: Scenario, dice: int, seed: int, answers: Array | None, dealt: bool) -> Array:
    """Score of the default seat, ``(run,)``, with answers by card ``(card, 1)``, or with no cards dealt to it."""
    seat, rows, world = _seat(scenario), policy_rows(scenario), opening(scenario, dice)
    tally = Tally(scenario, seat)
    given = None if answers is None else np.broadcast_to(answers, (len(answers), dice))
    for t in range(scenario.start, scenario.start + QUARTERS):
        quarter = _of_runs(quarter_of(scenario, t, seed, 0, dice), np.arange(dice))
        if not dealt:
            quarter.dice.card[:, seat] = NEVER
        record = _played(scenario, world, quarter, rows, given)
        tally.add(record)
        world = record.world
    return tally.score().total
