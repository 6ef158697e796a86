"""How is one value written in a scenario file? Numbers with unit and source, names, quarters, texts."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

LONGEST_TEXT = 20_000
LONGEST_LIST = 100


class Strict(BaseModel):
    """A table of a scenario file: no unknown keys, no infinite numbers, no numbers given as texts."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=True)


class Quantity(Strict):
    """A number with its unit and source."""

    value: float
    unit: str = Field(min_length=1)
    source: str = Field(min_length=1)


class Path(Strict):
    """Numbers by quarter with their unit and source."""

    values: list[float] = Field(min_length=1, max_length=100)
    unit: str = Field(min_length=1)
    source: str = Field(min_length=1)


Number = float | Quantity
Text = Annotated[str, Field(max_length=LONGEST_TEXT)]
QuarterName = Annotated[str, Field(pattern=r"^\d{4}Q[1-4]$")]
Name = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f]+$")]
