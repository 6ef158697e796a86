"""Do choices matter, and does no strategy dominate? The behaviours that the model must show, measured one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from labsim.play.balance_bots import BOT_GAMES, random_search
from labsim.play.balance_choices import best_prices, buy_or_rent, dense_or_sparse
from labsim.play.balance_guards import no_free_money, rivals_react
from labsim.play.balance_league import alignment, failures, league
from labsim.play.balance_orders import opening_weights, price_of_the_leader, thinking_pays
from labsim.play.balance_rows import Behaviour
from labsim.scenario import DEFAULT, Scenario, load_scenario

RUNS = 400
SEED = 1


def balance(
    scenario: Scenario | None = None, runs: int = RUNS, seed: int = SEED, bot_games: int = BOT_GAMES
) -> Iterator[Behaviour]:
    """Measure every required behaviour on ``runs`` dice, one after another; the league has its own scenario."""
    era = scenario or load_scenario(DEFAULT)
    measures: tuple[Callable[[], Behaviour], ...] = (
        lambda: league(runs, seed),
        lambda: failures(era, runs, seed),
        lambda: alignment(runs, seed),
        lambda: dense_or_sparse(era),
        lambda: best_prices(era, runs, seed),
        lambda: price_of_the_leader(era, runs, seed),
        lambda: thinking_pays(era, runs, seed),
        lambda: opening_weights(era, runs, seed),
        lambda: buy_or_rent(era),
        lambda: no_free_money(era, runs, seed),
        lambda: rivals_react(era, runs, seed),
        lambda: random_search(era, seed, bot_games),
    )
    for measure in measures:
        yield measure()
