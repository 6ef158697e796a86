"""Do the estimators meet published training runs, serving rows, the optimal design and the order of models?"""

from __future__ import annotations

from labsim.errors import BadInput
from labsim.formats import quarter_number
from labsim.play.backtest_rows import Group, Order, Row
from labsim.play.estimate import estimate_optimal, estimate_serving, estimate_training
from labsim.play.reference import Row as Published
from labsim.play.reference import number, rows

CHINCHILLA_FLOP = 5.76e23
CHINCHILLA = (("parameters", 70e9), ("tokens", 1.4e12))  # Hoffmann 2022: the design they trained with that budget
APART = 5.0  # points of MMLU between the models of a pair


def estimator_groups() -> list[Group]:
    """Training runs, serving rows and the compute-optimal design."""
    runs = [_training(row) for row in rows("training_runs") if row["gpu_hours"]]
    serving = [_serving(row) for row in rows("serving_throughput")]
    return [
        Group("training runs", "median within 1.15 over the 16 rows", runs),
        Group("serving", "median within 1.15 over the max-throughput rows", serving),
        Group("compute-optimal design", "closed form of the loss law", _optimal()),
    ]


def _training(row: Published) -> Row:
    active, total, tokens = (number(row, column) for column in ("active", "total", "tokens"))
    predicted = None
    if active is not None and total is not None and tokens is not None:
        try:
            at = quarter_number(row["released"])
            predicted = estimate_training(total, tokens, row["chip"], active=active, at=at).gpu_hours
        except BadInput:
            predicted = None  # a chip without a data sheet; the row says so
    hours = float(row["gpu_hours"])
    counted = row["in_aim"] == "yes"
    return Row(row["model"], predicted, hours, "GPU-h", counted, row["reason"], row["source"], row["confidence"])


def _serving(row: Published) -> Row:
    found = estimate_serving(
        float(row["total"]),
        row["chip"],
        active=float(row["active"]),
        precision=row["precision"],
        input_tokens=float(row["input_tokens"]),
        output_tokens=float(row["output_tokens"]),
        gpus=float(row["gpus"]),
    )
    chips = f"{row['gpus']} {row['chip']} {row['precision']}"
    name = f"{row['model']} on {chips}, {row['input_tokens']}/{row['output_tokens']}"
    published = float(row["tokens_per_second_per_gpu"])
    counted = row["in_aim"] == "yes"
    rate = found.tokens_per_second_per_gpu
    return Row(name, rate, published, "tok/s/GPU", counted, row["reason"], row["source"], row["confidence"])


def _optimal() -> list[Row]:
    design = estimate_optimal(CHINCHILLA_FLOP)
    return [
        Row(f"{what} at {CHINCHILLA_FLOP:g} FLOP", found, value, what, True, "", "Hoffmann 2022 (Chinchilla)", "high")
        for (what, value), found in zip(CHINCHILLA, (design.params, design.tokens), strict=True)
    ]


def capability_order() -> Order:
    """Pairs of disclosed models with published MMLU at least 5 points apart: is the index's order theirs?

    The index of a model counts the public algorithmic progress of the quarter of its release.
    """
    known = [r for r in rows("training_runs") if r["mmlu"] and r["active"] and r["tokens"]]
    models = [(r["model"], float(r["mmlu"]), _index(r)) for r in known]
    pairs = [(a, b) for i, a in enumerate(models) for b in models[:i] if abs(a[1] - b[1]) >= APART]
    wrong = [f"{a[0]} and {b[0]}" for a, b in pairs if (a[1] - b[1]) * (a[2] - b[2]) <= 0.0]
    return Order(len(pairs), wrong)


def _index(row: Published) -> float:
    """The index does not depend on the chip: any will do."""
    at = quarter_number(row["released"])
    active, total, tokens = (float(row[column]) for column in ("active", "total", "tokens"))
    return estimate_training(total, tokens, "H100", active=active, at=at).capability
