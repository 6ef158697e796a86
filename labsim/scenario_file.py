"""What may a scenario file say? The format, checked; all problems at once, each with its place and a remedy."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from labsim.errors import Collector, Problem, did_you_mean
from labsim.formats import quarter_number

FORMAT = 1
LONGEST_TEXT = 20_000
MAX_LABS = 16


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Quantity(_Strict):
    """A number with its unit and source."""

    value: float
    unit: str = Field(min_length=1)
    source: str = Field(min_length=1)


Number = float | Quantity
Text = Annotated[str, Field(max_length=LONGEST_TEXT)]
QuarterName = Annotated[str, Field(pattern=r"^\d{4}Q[1-4]$")]
Name = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f]+$")]


class EventOverlay(_Strict):
    """Changes of one world event; ``force`` lists quarters in which it strikes whatever the dice."""

    first: QuarterName | None = None
    hazard: Number | None = None
    length: Number | None = None
    force: list[QuarterName] = []
    effects: dict[str, Number] = {}


class Objective(_Strict):
    """One part of the score: a declared variable, when it is read, and the marks 0, 60 and 100."""

    variable: str
    over: Literal["end", "min", "mean", "sum", "max"] = "end"
    weight: float = Field(gt=0.0, le=1.0)
    low: float
    par: float
    high: float
    scale: Literal["linear", "ln"] = "linear"
    label: str = ""


class CalendarOverlay(_Strict):
    """Changes of named dates and of the demand for chips outside the labs."""

    dates: dict[str, QuarterName] = {}
    scarcity_shift: Number = 0.0


class Orders(_Strict):
    """Orders that the player does not get in this scenario; the lab's policy gives them."""

    hidden: list[str] = []


class ScenarioFile(_Strict):
    """One file, as written."""

    format: Literal[1] = FORMAT
    title: Text = ""
    lesson: Text = ""
    briefing: Text = ""
    insight: Text = ""
    difficulty: Literal["easy", "medium", "hard", ""] = ""
    minutes: int = Field(default=0, ge=0, le=1000)
    order: int = Field(default=1000, ge=0, description="Place in lists of scenarios.")
    based_on: str = ""
    start: QuarterName | None = None
    quarters: int | None = Field(default=None, ge=1, le=80)
    seats: list[Name] = Field(default=[], max_length=MAX_LABS)
    default_seat: Name | None = None
    dice: Literal["thrown", "quiet"] = "thrown"
    questions: list[Text] = Field(default=[], max_length=20)
    parameters: dict[str, Number] = {}
    labs: dict[Name, dict[str, Number]] = {}
    opening: dict[Name, dict[str, Number]] = Field(
        default={}, description="Stocks of a lab at a start later than 2023Q1; the rest is the autopilot's."
    )
    policies: dict[Name, dict[str, Number | str]] = {}
    chips: dict[str, dict[str, Number | str]] = {}
    techniques: dict[str, dict[str, Number | str]] = {}
    segments: dict[str, dict[str, Number]] = {}
    events: dict[str, EventOverlay] = {}
    calendar: CalendarOverlay = CalendarOverlay()
    orders: Orders = Orders()
    objectives: list[Objective] = Field(default=[], max_length=20)

    @field_validator("start")
    @classmethod
    def _not_before_the_era(cls, start: str | None) -> str | None:
        if start is not None and quarter_number(start) < 0:
            raise ValueError("the era begins in 2023Q1")
        return start


def read(text: str, where: str) -> ScenarioFile:
    """A scenario file from its text.

    Raises:
        BadInput: with every problem found; the place is the file and the key.
    """
    problems = Collector()
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problems.add(where, f"not a TOML file: {error}", "correct the line that is named")
        problems.raise_if_any()
    try:
        return ScenarioFile.model_validate(raw)
    except ValidationError as error:
        problems.extend(_problem(where, raw, item) for item in error.errors())
        problems.raise_if_any()
    raise AssertionError("unreachable")


def _problem(where: str, raw: Mapping[str, Any], item: Mapping[str, Any]) -> Problem:
    steps = [str(step) for step in item["loc"] if step not in _NOISE]
    place = f"{where}: {'.'.join(steps) or 'file'}"
    kind, word = item["type"], steps[-1] if steps else ""
    if kind == "extra_forbidden":
        known = _keys_at(steps[:-1])
        return Problem(place, f'unknown key "{word}"', f"remove or correct it;{did_you_mean(word, known)}".rstrip(";"))
    if kind == "missing":
        return Problem(place, f'"{word}" is missing', "give it; a number needs value, unit and source")
    if kind == "finite_number":
        return Problem(place, "not a finite number", "write an ordinary number")
    shown = str(item.get("input", ""))[:60]
    return Problem(place, f"{item['msg'].removeprefix('Value error, ')} (found {shown!r})", "correct the value")


_NOISE = {"float", "str", "Quantity", "function-after[_not_before_the_era(), constrained-str]"}


def _keys_at(steps: list[str]) -> list[str]:
    if not steps:
        return list(ScenarioFile.model_fields)
    nested = {"events": EventOverlay, "objectives": Objective, "calendar": CalendarOverlay, "orders": Orders}
    model = nested.get(steps[0])
    return [*(model.model_fields if model else ()), *Quantity.model_fields]
