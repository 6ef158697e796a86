"""Does `labsim forecast` answer from a scenario and from a game, with good words for what cannot be?"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from labsim.cli import main
from labsim.play.forecast import Futures
from labsim.play.session import Session
from labsim.play.turn import Player, opening
from labsim.scenario import load_scenario
from labsim.store.saves import new_save

FEW = ("--runs", "40", "--quarters", "3")


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict:
    assert main(["forecast", *arguments, *FEW, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_scenario_is_forecast_from_its_opening(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["forecast", "token-era", "--lab", "Mistral AI", *FEW]) == 0
    shown = capsys.readouterr().out
    assert "Mistral AI, 40 futures from Q1 2023" in shown
    assert "Keep and renew" in shown
    assert "chances within 3 quarters" in shown
    assert "nan" not in shown


def test_json_holds_the_bands_of_every_lab_and_of_the_world(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, "token-era", "--variables", "cash,mood,units_consumer,price_developer")
    era = load_scenario("token-era")
    *_, expected = Futures(era, opening(era), 0, 1, 3).forecast(
        Player(1, on_policy=True), {}, variables=("cash", "mood"), runs=40
    )
    assert found["quarters"] == ["2023Q1", "2023Q2", "2023Q3"]
    assert found["bands"]["cash"]["Meta"] == expected.band("cash", 3).tolist()
    assert found["bands"]["mood"] == expected.band("mood").tolist()
    assert np.array(found["bands"]["units_consumer"]).shape == (5, 3)
    assert set(found["chances"]["objectives"]) == {o.variable for o in era.objectives}


def test_orders_of_the_coming_quarter_change_the_forecast(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    orders = tmp_path / "orders.toml"
    orders.write_text("[2023Q1]\ndata_purchase = 5.0\n[2023Q3]\nfree_tier = 0.0\n", encoding="utf-8")
    plain = tmp_path / "plain.toml"
    plain.write_text("[2023Q1]\ndata_purchase = 0.0\nprice = { developer = 15.0 }\n", encoding="utf-8")
    spent = answer(capsys, "token-era", "--orders", str(orders))
    kept = answer(capsys, "token-era", "--orders", str(plain), "--variables", "cash,price_developer")
    assert spent["means"]["cash"]["Anthropic"][0] < kept["means"]["cash"]["Anthropic"][0]
    assert kept["means"]["price_developer"]["Anthropic"] == [15.0, 15.0, 15.0]
    assert main(["forecast", "token-era", "--orders", str(orders), *FEW, "--json"]) == 0
    assert "orders of 2023Q3 are left out" in capsys.readouterr().err


def test_a_saved_game_is_forecast_from_where_it_stands_with_its_draft(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "game.labsim"
    era = load_scenario("token-era")
    session = Session.new(era, 1, 7, new_save(file))
    session.set_order("free_tier", 0.1)
    session.end_quarter()
    session.set_order("data_purchase", 4.0)
    players, orders = session.seated()
    futures = Futures(era, session.world(), 1, 7, 3, past=[session.record()])
    *_, expected = futures.forecast(players[1], orders[1], variables=("cash",), runs=40)
    session.close()
    found = answer(capsys, str(file))
    assert found["quarters"][0] == "2023Q2"
    assert found["bands"]["cash"]["Anthropic"] == expected.band("cash").tolist()
    assert found["chances"]["objectives"]["runway_months"] == expected.chances.objectives[2]


def test_the_horizon_ends_with_the_game(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["forecast", "token-era", "--runs", "2", "--quarters", "30", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["quarters"]) == 20


@pytest.mark.parametrize(("arguments", "words"), [
    (("token-era", "--runs", "0"), "1 to 100,000 can"),
    (("token-era", "--runs", "1000000000000"), "1 to 100,000 can"),
    (("token-era", "--quarters", "0"), "1 to 40 can"),
    (("token-era", "--plan", "keep"), "keep-and-renew"),
    (("token-era", "--variables", "cahs"), 'did you mean "cash"'),
    (("token-era", "--lab", "Antropic"), 'did you mean "Anthropic"'),
    (("token-eera",), 'did you mean "token-era"'),
    (("nowhere.labsim",), "no such file"),
    (("token-era", "--orders", "nowhere.toml"), "no such file"),
])  # fmt: skip
def test_what_cannot_be_is_said_with_exit_code_2(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    assert main(["forecast", *arguments]) == 2
    error = capsys.readouterr().err
    assert words in error
    assert "Traceback" not in error
