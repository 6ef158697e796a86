"""What is being played? A scenario: constants, first world, calendar, seats, objectives and its lesson, from a file."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from labsim import tables
from labsim.errors import BadInput, Problem, did_you_mean, read_text_safely
from labsim.first_state import first_world
from labsim.formats import quarter_number
from labsim.model.exogenous import Calendar
from labsim.model.params import Params
from labsim.model.world import World
from labsim.resources import data_root
from labsim.scenario_calendar import Notice
from labsim.scenario_cards import CardFile, cards_of
from labsim.scenario_checks import BASE
from labsim.scenario_coach import StepForm, read_coach
from labsim.scenario_derived import DERIVED
from labsim.scenario_file import Objective, read, read_what_is_good
from labsim.scenario_opening import Opening, Rings
from labsim.scenario_overlay import Overlay
from labsim.scenario_plays import Play, ShowForm
from labsim.scenario_plays_check import read_layers
from labsim.variables import Array

__all__ = [
    "DEFAULT",
    "DERIVED",
    "Objective",
    "Scenario",
    "load_scenario",
    "parse_scenario",
    "scenario_names",
    "scenario_text",
]

LARGEST_FILE = 1_000_000  # bytes
DEFAULT = "token-era"
_NAME = re.compile(r"[\w.-]+", re.ASCII)


@dataclass(frozen=True)
class Scenario:
    """A scenario ready to play. ``world`` is the first world of 2023Q1 (one run); play starts at ``start``."""

    name: str
    title: str
    lesson: str
    briefing: str
    insight: str
    difficulty: str
    minutes: int
    order: int
    start: int  # quarters since 2023Q1
    quarters: int
    labs: tuple[str, ...]
    default_seat: str
    is_quiet: bool
    questions: tuple[str, ...]
    hidden_orders: tuple[str, ...]
    objectives: tuple[Objective, ...]
    params: Params
    calendar: Calendar
    deck: Mapping[str, CardFile]  # event cards in order of stakes, with their words
    world: World
    opening: Mapping[str, Opening]  # lab, or "world" -> what it has where play starts
    policies: tuple[Mapping[str, float], ...]  # one row of policy numbers a lab
    rivals: str  # skill of the seats that nobody plays: slow, normal or sharp
    plays: Mapping[str, Play]  # ways of playing the seat, by name
    shows: tuple[ShowForm, ...]  # what the plays must show when they are measured
    coach: tuple[StepForm, ...]  # steps that lead through a first game
    later_policies: Mapping[int, Mapping[int, Mapping[str, float]]]  # quarter -> seat -> numbers that change then
    notices: tuple[Notice, ...]  # what people hear of the calendar
    texts: tuple[tuple[str, str], ...]  # (name, text) from the base up: all that is needed to read it again

    @property
    def digest(self) -> str:
        """SHA-256 of the texts."""
        return hashlib.sha256("\0".join(f"{name}\0{text}" for name, text in self.texts).encode()).hexdigest()

    def seat(self, lab: str) -> int:
        """Row of a lab.

        Raises:
            BadInput: no such lab in this scenario.
        """
        if lab in self.labs:
            return self.labs.index(lab)
        remedy = f"choose one of {', '.join(self.labs)};{did_you_mean(lab, self.labs)}".rstrip(";")
        raise BadInput(Problem(f"scenario {self.name}", f'no lab "{lab}"', remedy))


def scenario_names() -> list[str]:
    """The bundled scenarios by their place in lists; bases (beginning with _) are left out."""
    shown = [name for name in _bundled_names() if not name.startswith("_")]
    return sorted(shown, key=lambda name: (read(_bundled(name), name).order, name))


def load_scenario(name_or_path: str | Path) -> Scenario:
    """A bundled scenario by name, or a scenario file by path.

    Raises:
        BadInput, BadWorld: unknown name, unreadable or wrong file; with every problem found.
    """
    name, text = scenario_text(name_or_path)
    return parse_scenario(name, _chain(name, text))


def scenario_text(name_or_path: str | Path) -> tuple[str, str]:
    """Name and text of a bundled scenario or of a file, not yet read.

    Raises:
        BadInput, BadWorld: unknown name; a file that is missing, unreadable, too large or not UTF-8.
    """
    name = str(name_or_path)
    if isinstance(name_or_path, str) and "/" not in name and "\\" not in name and not name.endswith(".toml"):
        return name, _bundled(name)
    return Path(name_or_path).stem, read_text_safely(Path(name_or_path), LARGEST_FILE)


def _bundled_names() -> list[str]:
    return [file.name.removesuffix(".toml") for file in data_root("scenarios").iterdir() if file.name.endswith(".toml")]


def _bundled(name: str) -> str:
    # The names are listed, not tried: a name never reaches the file system as a path.
    if not _NAME.fullmatch(name) or name not in _bundled_names():
        remedy = f"see `labsim list scenarios`, or give a path;{did_you_mean(name, _bundled_names())}".rstrip(";")
        raise BadInput(Problem("scenario", f'unknown scenario "{name[:200]}"', remedy))
    return (data_root("scenarios") / f"{name}.toml").read_text(encoding="utf-8")


def _chain(name: str, text: str) -> tuple[tuple[str, str], ...]:
    """The file and its bases, lowest first."""
    chain = [(name, text)]
    while (below := read_what_is_good(chain[0][1], chain[0][0])[0].based_on) or chain[0][0] != BASE:
        below = below or BASE
        if below in [name for name, _ in chain]:
            raise BadInput(Problem(f"{name}: based_on", f'goes in a circle over "{below}"', "name another base"))
        chain.insert(0, (below, _bundled(below)))
    return tuple(chain)


def parse_scenario(name: str, texts: Sequence[tuple[str, str]]) -> Scenario:
    """A scenario from the texts of its bases and itself, lowest first.

    Raises:
        BadInput: with every problem found.
    """
    read_files = [read_what_is_good(text, where) for where, text in texts]
    overlay = Overlay(texts, [file for file, _ in read_files])
    overlay.problems.extend(problem for _, problems in read_files for problem in problems)
    labs = overlay.labs()
    seats = overlay.seats(labs)
    default_seat = overlay.default_seat(seats)
    scalars = overlay.scalars()
    rows = {name: overlay.table(name) for name in ("chips", "techniques", "segments")}
    events, forced = overlay.events()
    deck, forced_cards = overlay.cards(seats)
    changes = overlay.calendar()
    policies = overlay.policies(seats, labs)
    later_policies = overlay.later_policies(seats)
    started = overlay.latest("start")
    start = quarter_number(started) if started else 0
    lasts = {name: int(scalars[name]) for name in ("reserve_term", "gpu_life", "site_lead")}
    opening = overlay.opening(seats, Rings(start, tables.chips(rows["chips"]), **lasts))
    objectives, hidden = overlay.objectives(labs), overlay.hidden()
    overlay.problems.raise_if_any()
    params = _params(scalars, rows, events, deck, {seat: labs[seat] for seat in seats})
    found = Scenario(
        name=name,
        start=start,
        quarters=overlay.latest("quarters") or 20,
        labs=seats,
        default_seat=default_seat,
        is_quiet=overlay.latest("dice") == "quiet",
        questions=tuple(overlay.latest("questions")),
        hidden_orders=hidden,
        objectives=objectives,
        params=params,
        calendar=Calendar(
            dates={**tables.dates(), **changes.dates},
            scarcity=tables.demand_for_chips(changes.shift, changes.scarcity),
            forced=forced,
            forced_cards=forced_cards,
            shocks=changes.shocks,
            open_models=changes.open_models,
        ),
        deck=deck,
        world=first_world([labs[seat] for seat in seats], params, [t <= 0 for t in params.techniques.public]),
        opening=opening,
        policies=policies,
        rivals=overlay.latest("rivals"),
        plays={},
        shows=(),
        coach=tuple(overlay.latest("coach")),
        later_policies=later_policies,
        notices=overlay.notices(seats, start),
        texts=tuple((where, text) for where, text in texts),
        **{f: overlay.latest(f) for f in ("title", "lesson", "briefing", "insight", "difficulty", "minutes", "order")},
    )
    # Last, for a play is read with the scenario's quarters, constants and hidden orders.
    plays, shows, problems = read_layers(found, zip(overlay.names, overlay.files, strict=True))
    problems += [p for where, file in zip(overlay.names, overlay.files, strict=True)
                 for p in read_coach(where, file.coach, found)]  # fmt: skip
    if problems:
        raise BadInput(*problems)
    return dataclasses.replace(found, plays=plays, shows=shows)


def _params(
    scalars: Mapping[str, Array | int],
    rows: Mapping[str, Mapping[str, Mapping[str, float]]],
    events: Mapping[str, Any],
    deck: Mapping[str, CardFile],
    labs: Mapping[str, Mapping[str, float]],
) -> Params:
    """The constants of the scenario; ``labs`` are the published figures of the seats, in their order."""

    def column(key: str) -> Array:
        return np.array([[figures[key]] for figures in labs.values()])

    return Params(
        **scalars,  # type: ignore[arg-type]
        chips=tables.chips(rows["chips"]),
        techniques=tables.techniques(rows["techniques"]),
        segments=tables.segments(rows["segments"]),
        events=tables.events(events),
        cards=cards_of(deck, tuple(labs)),
        labs=tuple(labs),
        chip_cost=column("chip_cost"),
        parent_growth=column("parent_growth"),
        fame=column("fame"),
        platform=column("platform"),
    )
