"""Can a scenario be played with keys alone, and with a pointer alone? From the first start to the ending, for real."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping

import pytest

import labsim
from labsim.scenario import Scenario, load_scenario
from labsim.store.games import games_folder
from tests.desktop.conftest import Seat
from tests.desktop.person import Eyes, Keyboard, Mouse

BY_KEYS, BY_POINTER = "rehearsal", "mistral-lean"
"""The scenarios that are played."""
PICTURED = 3  # every so many reports are kept as a picture
Orders = dict[str, float]
"""Decision (and segment) as the table of decisions names them -> what was ordered in the first quarter."""
CLOSE = 0.005
"""A field shows a price to a cent and a share to a tenth of a percent."""

real_window = pytest.mark.timeout(300)


@pytest.mark.slow
@real_window
def test_a_scenario_is_played_by_keyboard_alone(seat: Seat) -> None:
    eyes, keys, scenario = seat.eyes, seat.keyboard, load_scenario(BY_KEYS)
    eyes.see("Play")
    eyes.picture("home")
    keys.go_to(scenario.title)
    keys.press("space")
    keys.go_to("Play")
    keys.press("space")
    ordered = orders_by_keys(eyes, keys)
    for quarter in range(scenario.quarters):
        eyes.enabled("End quarter")
        keys.press("ctrl+Return")
        read_report(eyes, quarter)
        keys.press("Return")
        if (then := after_report(eyes)) == "Carry on":
            keys.press("Return")
            eyes.gone("Carry on")
        elif then == "Play again":
            break
    eyes.see("Play again")
    eyes.picture("ending")
    keys.press("ctrl+q")
    eyes.ended()
    assert (seat.mouse.clicks, seat.mouse.drags, seat.mouse.turns) == (0, 0, 0)
    check_game(scenario, ordered)


@pytest.mark.slow
@real_window
def test_a_scenario_is_played_by_pointer_alone(seat: Seat) -> None:
    eyes, mouse, scenario = seat.eyes, seat.mouse, load_scenario(BY_POINTER)
    eyes.see("Play")
    mouse.click(scenario.title, "panel")
    mouse.click("Play")
    ordered = orders_by_pointer(eyes, mouse)
    for quarter in range(scenario.quarters):
        mouse.click("End quarter")
        read_report(eyes, quarter)
        mouse.click("Go on")
        if (then := after_report(eyes)) == "Carry on":
            mouse.click("Carry on")
            eyes.gone("Carry on")
        elif then == "Play again":
            break
    eyes.see("Play again")
    eyes.picture("ending")
    mouse.click("Game", "menu item")
    mouse.click("Quit", "menu item")
    eyes.ended()
    assert seat.keyboard.strokes == 0
    check_game(scenario, ordered)


def orders_by_keys(eyes: Eyes, keys: Keyboard) -> Orders:
    """Give orders of every kind: a share with arrows, numbers typed, a box ticked; one is taken back."""
    training = eyes.value(keys.go_to("Training share"))
    keys.press("Right", "shift+Right")
    moved = training + 6
    eyes.until(lambda: eyes.value(eyes.see("Training share")) == moved, "arrows move the handle")
    keys.go_to("Buy GPUs")
    keys.replace("400")
    keys.go_to("Start this run")
    keys.press("space")
    eyes.until(lambda: eyes.see("Start this run").has("checked"), "the run is ordered")
    keys.go_to("Developers price")
    keys.replace("25")
    keys.press("Return")
    eyes.until(lambda: eyes.text(eyes.see("Developers price")).startswith("$25"), "the price is read")
    free = eyes.text(keys.go_to("Free tier"))
    keys.replace("10")
    keys.press("Return", "ctrl+z")
    eyes.until(lambda: eyes.text(eyes.see("Free tier")) == free, "the last order is taken back")
    keys.go_to("Staff target")
    keys.replace("180")  # and not left: Ctrl+Enter must read it all the same
    eyes.picture("orders")
    return {
        "training_share": moved / 100,
        "buy_gpus": 400.0,
        "start_run": 1.0,
        "price developer": 25.0,
        "staff_target": 180.0,
    }


def orders_by_pointer(eyes: Eyes, mouse: Mouse) -> Orders:
    """Give orders of every kind: a handle and a slider dragged, chips counted, a box ticked; one is taken back."""
    handle = sum(eyes.value(eyes.see(f"{use} share")) for use in ("Training", "Alignment", "Inference")) / 100
    mouse.drag("Fleet capacity", "", handle, handle + 0.1)
    for _ in range(3):
        mouse.click("More: Buy GPUs")
    eyes.until(lambda: eyes.text(eyes.see("Buy GPUs", "text")) == "300 GPUs", "three clicks order 300 GPUs")
    mouse.click("Start this run", "check box")
    eyes.until(lambda: eyes.see("Start this run").has("checked"), "the run is ordered")
    before = eyes.value(eyes.see("Developers price", "slider"))
    mouse.drag("Developers price", "slider", 0.5, 0.6)
    eyes.until(lambda: eyes.value(eyes.see("Developers price", "slider")) > before, "the slider moves")
    eyes.picture("orders")
    price = number_in(eyes.text(eyes.see("Developers price", "text")))
    inference = number_in(eyes.text(eyes.see("Inference percent", "text")))
    mouse.click("Release the weights", "check box")
    mouse.click("Undo")
    eyes.until(lambda: not eyes.see("Release the weights").has("checked"), "the last order is taken back")
    return {
        "inference_share": inference / 100,
        "buy_gpus": 300.0,
        "start_run": 1.0,
        "price developer": price,
        "design_open": 0.0,
    }


def number_in(text: str) -> float:
    """The number at the start of what a field says, as $25.00 / M tok."""
    return float(text.lstrip("$").split()[0].replace(",", ""))


def read_report(eyes: Eyes, quarter: int) -> None:
    """See the report of a quarter."""
    eyes.see("Go on")
    if quarter % PICTURED == 0:
        eyes.picture(f"report-{quarter + 1}")


def after_report(eyes: Eyes) -> str:
    """What stands there once the report was read: the board's warning, the ending or the next quarter."""
    eyes.gone("Go on")
    return eyes.any_of("Carry on", "Play again", "Training share")


def check_game(scenario: Scenario, ordered: Mapping[str, float]) -> None:
    """The game that was played is whole on disk, with the orders that were given."""
    (file,) = games_folder().glob("*.labsim")
    command = [sys.executable, "-m", "labsim", "verify", str(file)]
    verdict = subprocess.run(command, check=False, capture_output=True, text=True)
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr
    with labsim.open(file) as game:
        table = game.decisions()
    own = table[table["lab"] == scenario.default_seat]
    assert own["quarter"].nunique() == scenario.quarters
    first = own[own["turn"] == 1]
    names = (first["decision"] + " " + first["segment"].fillna("")).str.strip()
    given = dict(zip(names, first["ordered"].fillna(first["value"]), strict=True))
    assert {name: given[name] for name in ordered} == pytest.approx(ordered, abs=CLOSE)
