"""What may a scenario file hold? Its keys from the format, its names from the declarations and tables."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from labsim import tables
from labsim.first_state import LAB_START
from labsim.model.events import ADDERS
from labsim.model.exogenous import DATES
from labsim.model.params import EFFECTS, PARAMETER_NAMES
from labsim.scenario_bounds import policy_bounds, quantity_bounds
from labsim.scenario_coach import FIGURES as COACH_FIGURES
from labsim.scenario_coach import StepForm, WaitForm
from labsim.scenario_file import ScenarioFile
from labsim.scenario_opening_form import FIGURES
from labsim.scenario_plays import PlayForm, ShowForm
from labsim.variables import LAB, REGISTRY, RUN, Variable

HEAD = """\
A scenario is a TOML file laid over a base: the bundled scenario that `based_on` names, else `_base`. What it does not
say is the base's; plays and lessons are the base's unless it has plays of its own. Every number that is not the base's
is written with unit and source:

  [parameters]
  interest = { value = 0.12, unit = "1/year", source = "game choice" }
"""

OPENING = """
[opening.NAME], in words of their own; lists replace what the lab has
  contracts = [{ gpus, chip = "H100", until = "2025Q3", rent }]: the last quarter paid; chips sold when it was signed
  chips = [{ gpus, chip = "H100", bought = "2024Q1", price }]: on order until they are delivered
  sites = [{ power, ready = "2025Q3" }]; site_power alone counts as built at cost
  model = { active, sparsity, tokens, distil, capability or gap }
  run = { active, sparsity, tokens, distil, open, done }
  techniques = { NAME = part done }; coverage; arr, growth, arr_split = { SEGMENT = part }"""

CALENDAR = """\
  scarcity = { from = "2024Q1", values = [...], unit = "1", source }: demand for chips by quarter, the last holds
[[calendar.shocks]] from, until, effect, and times or plus or path = { values, unit, source }, a figure a quarter
[[calendar.open_models]] quarter, capability or gain, active, sparsity, tokens: weights from outside the labs
  each of these, and of policies.LAB.from, may have text (news when it comes), signpost (announce quarters ahead, 1)
  effects:"""


def json_schema() -> str:
    """The JSON schema of the format; names and units are checked beyond it."""
    return json.dumps(ScenarioFile.model_json_schema(), indent=1, ensure_ascii=False)


def readable_schema() -> str:
    """Keys, and every name that a table of the file takes, with unit and bounds."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield HEAD
    yield f"keys: {', '.join(ScenarioFile.model_fields)}"
    yield from _declared(
        "[labs.NAME], published figures of 2023Q1; a new lab gives all, or `like = LAB` and what differs",
        LAB_START.values(),
    )
    yield from _declared("[parameters]", (REGISTRY[name] for name in PARAMETER_NAMES))
    stocks = [v for v in REGISTRY.values() if v.kind == "stock" and v.axes in ((LAB, RUN), (RUN,))]
    yield from _declared(
        "[opening.NAME], stocks where play starts later than 2023Q1", (s for s in stocks if LAB in s.axes)
    )
    yield OPENING
    yield from (f"  {key} ({v.unit}; {v.low:g} to {v.high:g}): {v.meaning}" for key, v in FIGURES.items())
    yield from _declared("[opening.world]", (s for s in stocks if LAB not in s.axes))
    for name in ("chips", "techniques", "segments"):
        yield f"\n[{name}.NAME] with NAME one of {', '.join(tables.columns(name))}"
        for row in tables.table(name):
            if row.name != tables.ORIGIN:
                low, high = quantity_bounds(row)
                bounds = 'a quarter such as "2024Q2"' if row.unit == "quarter" else f"{low:g} to {high:g}"
                yield f"  {row.name} ({row.unit}; {bounds}): {row.meaning}"
    yield "\n[policies.LAB] with `use = NAME`, or numbers; [[policies.LAB.from]] quarter, and what changes then"
    for name in next(iter(tables.policies().values())):
        low, high = policy_bounds(name)
        yield f"  {name} ({low:g} to {high:g})"
    yield f"\n[events.NAME] with first, hazard, length, force, effects; NAME one of {', '.join(tables.event_table())}"
    yield f"\n[plays.NAME] with {', '.join(PlayForm.model_fields)}; a rule has when and set, a condition variable with"
    yield "  below or above, from, until; `labsim list figures` has the variables, README.md an example"
    yield f"\n[[shows]] with {', '.join(ShowForm.model_fields)}"
    yield f"\n[[coach]] with {', '.join(StepForm.model_fields)}; a wait with {', '.join(WaitForm.model_fields)}"
    yield "  figures of a text, in braces:"
    yield from (f"  {name}: {meaning}" for name, (_, meaning) in COACH_FIGURES.items())
    yield f"\n[calendar] with scarcity_shift, and dates of {', '.join(DATES)}"
    yield CALENDAR
    for effect in EFFECTS:
        v = REGISTRY[f"{effect}_effect"]
        yield f"  {effect} ({'plus, ' + v.unit if effect in ADDERS else 'times'}): {v.meaning}"


def _declared(title: str, variables: Iterable[Variable]) -> Iterator[str]:
    yield f"\n{title}"
    for v in variables:
        yield f"  {v.name} ({v.unit}; {v.low:g} to {v.high:g}): {v.meaning}"
