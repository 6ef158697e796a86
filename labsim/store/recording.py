"""How does `labsim run` leave a game file? It hands its quarters through `record_game` as they are played."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping

from labsim.play.explainer import explainer_of
from labsim.play.session import Session
from labsim.play.tree import Orders
from labsim.play.turn import TurnRecord
from labsim.scenario import Scenario
from labsim.store.saves import new_save


def record_game(
    path: str | os.PathLike[str],
    records: Iterable[TurnRecord],
    scenario: Scenario,
    seat: int,
    seed: int,
    *,
    quarters: int | None = None,
    orders: Mapping[int, Orders] | None = None,
    on_policy: bool = True,
    instead: Mapping[str, Mapping[str, float]] | None = None,
) -> Iterator[TurnRecord]:
    """Pass records on, each as soon as it is safely in the new file at ``path``.

    ``orders`` are those of the seat by quarter (t), as written; ``instead`` gives labs other policy numbers.
    A number given for a segmented decision holds for all segments. Raises BadWorld when there is such a file already
    or it cannot be written.
    """
    session = Session.new(scenario, seat, seed, new_save(path), quarters=quarters, on_policy=on_policy, instead=instead)
    session.explainer = explainer_of(scenario, seat)
    try:
        for record in records:
            session.take(record, (orders or {}).get(record.t, {}))
            yield record
    finally:
        session.close()
