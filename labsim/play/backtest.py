"""Does the engine meet the published figures? Every row of ``assets/reference`` against what the model says.

Predictions never read a published figure: the estimators take the inputs of a row (size, tokens, chip), the era plays
the autopilot on dice of its own.
"""

from __future__ import annotations

from labsim.play.backtest_era import era_groups
from labsim.play.backtest_estimators import capability_order, estimator_groups
from labsim.play.backtest_rows import Backtest

DICE = 200
SEED = 1


def backtest(dice: int = DICE, seed: int = SEED) -> Backtest:
    """Compare everything; the era on ``dice`` games. Raises BadWorld when a reference file is missing."""
    return Backtest(estimator_groups(), capability_order(), era_groups(dice, seed), dice)
