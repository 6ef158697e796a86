"""What may a scenario file say? The format, checked; all problems at once, each with its place and a remedy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationError, field_validator

from labsim.errors import BadInput, Problem, did_you_mean
from labsim.formats import quarter_name, quarter_number
from labsim.scenario_calendar_form import CalendarOverlay, Policies, keys_of_calendar
from labsim.scenario_cards import CardFile, CardOverlay, keys_of_card
from labsim.scenario_coach import MOST_STEPS, StepForm
from labsim.scenario_coach import keys_at as keys_of_coach
from labsim.scenario_opening_form import LabOpening, keys_of_opening
from labsim.scenario_plays import MOST_PLAYS, PlayForm, ShowForm
from labsim.scenario_plays import keys_at as keys_of_plays
from labsim.scenario_toml import toml_table
from labsim.scenario_values import Name, Number, Quantity, QuarterName, Strict, Text

MAX_LABS = 16
LATEST_START = 79  # quarters since 2023Q1; the quarters before the start are played on autopilot
MOST_PROBLEMS = 100
MOST_SHOWS = 30
KEPT_FILES = 64  # files read that are kept: more than there are bundled ones


class EventOverlay(Strict):
    """Changes of one world event; ``force`` lists quarters in which it strikes whatever the dice."""

    first: QuarterName | None = None
    hazard: Number | None = None
    length: Number | None = None
    force: list[QuarterName] = Field(default=[])
    effects: dict[str, Number] = Field(default={})


class Anchors(Strict):
    """Where the marks 0, 60 and 100 are given."""

    low: float
    par: float
    high: float


class Objective(Anchors):
    """One part of the score: a declared variable, when it is read, and the marks 0, 60 and 100."""

    variable: str
    over: Literal["end", "min", "mean", "sum", "max", "last2"] = "end"
    weight: float = Field(gt=0.0, le=1.0)
    scale: Literal["linear", "ln"] = "linear"
    label: str = ""
    by_seat: dict[Name, Anchors] = Field(
        default={}, description="Other anchors for some seats, which begin larger or smaller."
    )

    def anchors(self, lab: str) -> Anchors:
        """The anchors for a player in the seat of a lab."""
        return self.by_seat.get(lab, self)


class Orders(Strict):
    """Orders that the player does not get in this scenario; the lab's policy gives them."""

    hidden: list[str] = Field(default=[])


class ScenarioFile(Strict):
    """One file, as written."""

    format: Literal[1] = 1
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
    parameters: dict[str, Number] = Field(default={})
    labs: dict[Name, dict[str, Number | str]] = Field(default={})
    opening: dict[Name, LabOpening] = Field(
        default={}, description="What a lab has where play starts; the rest is the autopilot's."
    )
    policies: Policies = Field(default={})
    chips: dict[str, dict[str, Number | str]] = Field(default={})
    techniques: dict[str, dict[str, Number | str]] = Field(default={})
    segments: dict[str, dict[str, Number]] = Field(default={})
    events: dict[str, EventOverlay] = Field(default={})
    cards: dict[str, CardOverlay] = Field(default={})
    new_cards: dict[Name, CardFile] = Field(default={}, description="Event cards of this scenario alone.")
    calendar: CalendarOverlay = CalendarOverlay()
    orders: Orders = Orders()
    objectives: list[Objective] = Field(default=[], max_length=20)
    rivals: Literal["slow", "normal", "sharp"] = "normal"
    plays: dict[Name, PlayForm] = Field(default={}, max_length=MOST_PLAYS)
    shows: list[ShowForm] = Field(default=[], max_length=MOST_SHOWS)
    coach: list[StepForm] = Field(default=[], max_length=MOST_STEPS, description="Steps of a first game.")

    @field_validator("start")
    @classmethod
    def _within_the_era(cls, start: str | None) -> str | None:
        if start is not None and not 0 <= quarter_number(start) <= LATEST_START:
            raise ValueError(f"play starts between 2023Q1 and {quarter_name(LATEST_START)}")
        return start


def read(text: str, where: str) -> ScenarioFile:
    """A scenario file from its text.

    Raises:
        BadInput: with every problem of its form; the place is the file and the key.
    """
    file, problems = read_what_is_good(text, where)
    if problems:
        raise BadInput(*problems)
    return file


def read_what_is_good(text: str, where: str) -> tuple[ScenarioFile, list[Problem]]:
    """What is well formed in a file, and the problems of the rest, so that its names can be checked all the same.

    A text is read once: most scenarios share what is underneath, and nobody writes to a file that was read.

    Raises:
        BadInput: it is not TOML at all.
    """
    file, problems = _read_once(text, where)
    return file, list(problems)


@lru_cache(maxsize=KEPT_FILES)
def _read_once(text: str, where: str) -> tuple[ScenarioFile, tuple[Problem, ...]]:
    file, problems = good_of(toml_table(text, where), where)
    return file, tuple(problems)


def good_of(raw: dict[str, Any], where: str) -> tuple[ScenarioFile, list[Problem]]:
    """What is well formed in the table of a file, and the problems of the rest."""
    try:
        return ScenarioFile.model_validate(raw), []
    except ValidationError as error:
        items = list(islice(_said_once(error), MOST_PROBLEMS))
    for item in items:
        _remove(raw, [step for step in item["loc"] if step not in _FORMS])
    try:
        good = ScenarioFile.model_validate(raw)
    except ValidationError:
        good = ScenarioFile()
    return good, list(dict.fromkeys(_problem(where, item) for item in items))


def _remove(raw: Any, steps: list[Any]) -> None:
    """Take a value out of a table; a list that holds it goes as a whole, so that the others keep their numbers."""
    for number, step in enumerate(steps):
        rest = steps[number + 1 :]
        if not isinstance(raw, dict) or step not in raw:
            return
        if not rest or not isinstance(raw[step], dict):
            del raw[step]
            return
        raw = raw[step]


def _said_once(error: ValidationError) -> Iterator[Mapping[str, Any]]:
    """The errors of a file; of a number that may be bare or a quantity, only those about the form that was tried."""
    for item in error.errors(include_url=False, include_context=False):
        is_table = isinstance(item.get("input"), dict)
        form = item["loc"][-1] if item["loc"] else ""
        if (form in ("float", "str") and is_table) or (form == "Quantity" and not is_table):
            continue
        if form == "str" and "Quantity" not in item["loc"]:
            continue
        yield item


def _problem(where: str, item: Mapping[str, Any]) -> Problem:
    steps = [_printable(str(step)[:60]) for step in item["loc"] if step not in _FORMS]
    place = f"{where}: {'.'.join(steps) or 'file'}"
    kind, word = item["type"], steps[-1] if steps else ""
    if kind == "extra_forbidden":
        hint = did_you_mean(word, _keys_at(steps[:-1]))
        return Problem(place, f'unknown key "{word}"', f"remove or correct it;{hint}".rstrip(";"))
    if kind == "missing":
        return Problem(place, f'"{word}" is missing', "give it; a number needs value, unit and source")
    if kind == "finite_number":
        return Problem(place, "not a finite number", "write an ordinary number")
    if kind == "string_pattern_mismatch":
        return Problem(
            place,
            f"{_shown(item['input'])} is not written as it should be",
            "write it like 2024Q2" if "Q[1-4]" in item["msg"] else "use letters, digits and spaces",
        )
    message = item["msg"].removeprefix("Value error, ")
    message = _SUBJECT.sub("", message).replace("valid dictionary", "table").replace("after validation, ", "")
    if kind == "value_error" and isinstance(item.get("input"), dict):
        what, _, remedy = message.partition("; ")
        return Problem(place, what, remedy or "correct the value")
    return Problem(place, f"{_shown(item.get('input'))} {message}", "correct the value")


def _shown(value: object) -> str:
    """The offending value, cut short; tables and lists by their kind only, they may be deep."""
    kinds = {dict: "a table", list: "a list", bool: str(value).lower()}
    if type(value) in kinds:
        return kinds[type(value)]
    return repr(value[:60] if isinstance(value, str) else value)[:80]


def _printable(text: str) -> str:
    return "".join(sign if sign.isprintable() else "�" for sign in text)


_SUBJECT = re.compile(r"^(Input|String|List|Dictionary) ")
_FORMS = {"float", "str", "Quantity", "[key]"}


def _keys_at(steps: list[str]) -> list[str]:
    if not steps:
        return list(ScenarioFile.model_fields)
    if steps[0] == "opening":
        return keys_of_opening(steps)
    if steps[0] in ("plays", "shows"):
        return keys_of_plays(steps)
    if steps[0] == "coach":
        return keys_of_coach(steps)
    if steps[0] == "calendar":
        return keys_of_calendar(steps)
    if steps[0] == "new_cards":
        return keys_of_card(steps)
    nested: dict[str, type[BaseModel]] = {
        "cards": CardOverlay,
        "events": EventOverlay,
        "objectives": Objective,
        "orders": Orders,
    }
    model = nested.get(steps[0])
    return [*(model.model_fields if model else ()), *Quantity.model_fields]
