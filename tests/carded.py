"""A scenario with event cards for tests: forced on every lab, with a chance, and one that may strike."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from labsim.scenario import Scenario, load_scenario, parse_scenario

STRIKES = 1
"""The quarter in which the talent raid strikes every lab; it is answered in the one after."""
FILE = """
based_on = "token-era"

[cards.talent-raid]
force = ["2023Q2"]

[cards.own-chip]
force = ["2023Q3 Anthropic"]

[new_cards.talent-raid]
title = "Talent raid"
text = "A rival offers your best twenty a fortune."
reflects = "a test"
lowers = "Pay and keep staff."
hazard = 0.0
default = 3
usual = 2
usual_of = { "xAI" = 1 }
choices = [
    { label = "Match the offers: wages +8 % for four quarters", effects = [{ on = "wage", times = 1.08, quarters = 4 }] },
    { label = "Let them go: 3 % of staff, lead −0.06", effects = [{ on = "staff", times = 0.97 }, { on = "algo_lead", plus = -0.06 }] },
    { label = "Give founders' stock: the first holders give up 1 % of their part", effects = [{ on = "holders", times = 0.99 }] },
]

[new_cards.own-chip]
title = "An own chip"
text = "A designer offers your own chip in two quarters."
reflects = "a test"
lowers = "Rent less."
hazard = 0.0
default = 2
usual = 2
choices = [
    { label = "Design one: $5M a quarter for two quarters, then certain rents −5 % for four", chance = 1.0, effects = [
        { on = "money", plus = -5.0, quarters = 2 }, { on = "rent", times = 0.95, quarters = 4, after = 2, when = "luck" },
    ] },
    { label = "No: nothing changes" },
]

[new_cards.outage]
title = "Outage"
text = "Eight dark hours; a bank asks about its contract."
reflects = "a test"
lowers = "Keep spare capacity: a smaller inference share of a fuller fleet."
hazard = 0.12
default = 2
usual = 1
choices = [{ label = "Credits to all: trust +0.02", effects = [{ on = "trust", plus = 0.02 }] }, { label = "Nothing" }]

[new_cards.leak]
title = "Leak"
text = "Your weights are on a file-sharing site."
reflects = "a test"
lowers = "Evaluate more."
hazard = 0.02
default = 2
usual = 1
choices = [{ label = "Open them" }, { label = "Pursue" }]
"""  # noqa: E501


@cache
def carded() -> Scenario:
    """The scenario."""
    base = load_scenario("token-era")
    return parse_scenario("carded", [*base.texts, ("carded", FILE.replace('based_on = "token-era"', ""))])


def carded_file(folder: Path) -> Path:
    """The scenario as a file."""
    path = folder / "carded.toml"
    path.write_text(FILE, encoding="utf-8")
    return path
