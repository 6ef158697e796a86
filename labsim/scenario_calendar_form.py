"""What may a scenario say of what comes from outside, and when? Dates, shocks, open models, rivals' later policies.

The form only; `labsim.scenario_calendar` checks it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import ConfigDict, Field

from labsim.scenario_values import LONGEST_LIST, Name, Number, Path, QuarterName, Strict, Text


class Told(Strict):
    """What people hear of a change: ``signpost`` some quarters ahead, ``text`` when it comes."""

    text: Text = ""
    signpost: Text = ""
    announce: int = Field(default=1, ge=0, le=20, description="Quarters between the signpost and the change.")


class Shock(Told):
    """An effect of events that moves by dates: a factor, a shift, or one figure a quarter, the last of which holds."""

    since: QuarterName = Field(alias="from")
    until: QuarterName | None = Field(default=None, description="Last quarter; without it, to the end.")
    effect: str
    times: Number | None = None
    plus: Number | None = None
    path: Path | None = None


class OpenModel(Told):
    """Open weights from somebody outside: their capability, or their gain over the best ones of the quarter."""

    quarter: QuarterName
    capability: Number | None = None
    gain: Number | None = None
    active: Number
    sparsity: Number
    tokens: Number


class ScarcityPath(Path):
    """Demand for chips outside the labs by quarter; the last figure holds."""

    since: QuarterName = Field(alias="from")


class CalendarOverlay(Strict):
    """Changes of named dates, of the demand for chips outside the labs, and of what events move."""

    dates: dict[str, QuarterName] = Field(default={})
    scarcity_shift: Number = 0.0
    scarcity: ScarcityPath | None = None
    shocks: list[Shock] = Field(default=[], max_length=LONGEST_LIST)
    open_models: list[OpenModel] = Field(default=[], max_length=LONGEST_LIST)


class LaterPolicy(Told):
    """Numbers of a policy from a quarter on."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Number]

    quarter: QuarterName

    @property
    def numbers(self) -> Mapping[str, Number]:
        """What changes."""
        return self.__pydantic_extra__ or {}


class PolicyOverlay(Strict):
    """Numbers of a lab's policy, or ``use`` with the name of one; ``from`` holds what changes later."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Number | str]

    later: list[LaterPolicy] = Field(default=[], alias="from", max_length=LONGEST_LIST)

    @property
    def numbers(self) -> Mapping[str, Number | str]:
        """What holds from the start of the era."""
        return self.__pydantic_extra__ or {}


_LISTS: Mapping[str, type[Strict]] = {"scarcity": ScarcityPath, "shocks": Shock, "open_models": OpenModel}


def keys_of_calendar(steps: Sequence[str]) -> list[str]:
    """Keys that may stand at a place below ``calendar``."""
    form: type[Strict] = _LISTS.get(steps[1], CalendarOverlay) if len(steps) > 1 else CalendarOverlay
    return [found.alias or name for name, found in form.model_fields.items()]


Policies = dict[Name, PolicyOverlay]
