"""Write assets/par_results.csv: what the plays of every bundled scenario reach over 200 dice. Run it before a release.

python packaging/make_par_results.py
"""

from __future__ import annotations

import csv
import dataclasses
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from labsim.play.par_results import FILE, ParResult, par_results  # noqa: E402
from labsim.scenario import load_scenario, scenario_names  # noqa: E402


def main() -> None:
    """Measure every scenario that has objectives."""
    scenarios = [load_scenario(name) for name in scenario_names()]
    with (ROOT / "assets" / FILE).open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, [f.name for f in dataclasses.fields(ParResult)], lineterminator="\n")
        rows.writeheader()
        for scenario in scenarios:
            if scenario.objectives:
                rows.writerows(dataclasses.asdict(result) for result in par_results(scenario))


if __name__ == "__main__":
    main()
