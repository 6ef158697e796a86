"""The page on the essay names nothing that labsim does not have."""

from __future__ import annotations

import re

from labsim import tables
from labsim.model.decisions import DECISIONS
from labsim.play.design_models import known_models
from labsim.resources import asset_text
from labsim.scenario import scenario_names
from labsim.variables import REGISTRY

COMMANDS = {"labsim balance", "this type"}


def test_every_name_on_the_page_is_one_of_labsim() -> None:
    named = set(re.findall(r"`([^`]+)`", asset_text("handbook", "essay.md"))) - COMMANDS
    known = {
        *(variable.name for variable in DECISIONS),
        *REGISTRY,
        *tables.columns("techniques"),
        *tables.event_table(),
        *tables.card_table(),
        *scenario_names(),
        *(model.key for model in known_models()),
    }
    assert sorted(named - known) == []


def test_every_reference_model_and_every_regime_of_the_essay_is_on_the_page() -> None:
    named = set(re.findall(r"`([^`]+)`", asset_text("handbook", "essay.md")))
    regimes = set(tables.event_table()) - {"supply_shock"}  # no risk and no prediction of the essay
    assert {model.key for model in known_models()} | regimes <= named
