"""`labsim estimate`: what a training run takes, how fast a model is served, which design is compute-optimal."""

from __future__ import annotations

import dataclasses
import json

import click

from labsim import formats
from labsim.play import estimate as laws


class Size(click.ParamType):  # type: ignore[type-arg]
    """A size such as 70B, 2T or 3e25."""

    name = "size"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number that is meant, or fail with the form that is understood."""
        try:
            return value if isinstance(value, float) else formats.parse_size(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


class Quarter(click.ParamType):  # type: ignore[type-arg]
    """A quarter such as 2025Q3, kept as quarters since 2023Q1."""

    name = "quarter"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the quarter's number, or fail with the form that is understood."""
        try:
            return value if isinstance(value, int) else formats.quarter_number(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


SIZE, QUARTER = Size(), Quarter()
PARAMS = click.option("--params", type=SIZE, required=True, help="Parameters in all, such as 70B.")
ACTIVE = click.option("--active", type=SIZE, help="Active parameters of a sparse model.  [default: all]")
CHIP = click.option("--chip", required=True, help="Chip of the published data sheets, such as A100 or H100.")
RENT = click.option("--usd-per-hour", type=click.FloatRange(0.0, 1e4), help="Rent of a GPU.  [default: the game's]")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def estimate() -> None:
    """Estimate a training run, serving, or the compute-optimal design, by the laws of the game."""


@estimate.command()
@PARAMS
@ACTIVE
@click.option("--tokens", type=SIZE, required=True, help="Training tokens, such as 2T.")
@CHIP
@click.option("--chips", type=SIZE, default=str(laws.DEFAULT_CHIPS), show_default=True, help="GPUs that work at once.")
@click.option("--at", type=QUARTER, help="Quarter of release.  [default: eight quarters after the chip's launch]")
@click.option("--techniques", help="Techniques in hand, a,b,c.  [default: public two quarters before the release]")
@RENT
@AS_JSON
def training(
    params: float,
    active: float | None,
    tokens: float,
    chip: str,
    chips: float,
    at: int | None,
    techniques: str | None,
    usd_per_hour: float | None,
    as_json: bool,
) -> None:
    """Compute, time, energy and money of a training run, and what it gives.

    Rent is on demand in a balanced market. The index and effective FLOP count public algorithmic progress only with
    --at; luck and repeated data are left out.
    """
    named = None if techniques is None else [name.strip() for name in techniques.split(",") if name.strip()]
    found = laws.estimate_training(
        params, tokens, chip, active=active, chip_count=chips, at=at, techniques=named, usd_per_hour=usd_per_hour
    )
    _print(dataclasses.asdict(found), TRAINING, as_json)


@estimate.command()
@PARAMS
@ACTIVE
@CHIP
@click.option("--precision", type=click.Choice(laws.PRECISIONS), help="Format of the weights.  [default: FP8, or BF16]")
@click.option("--input-tokens", type=SIZE, default="1000", show_default=True, help="Input tokens a request.")
@click.option("--output-tokens", type=SIZE, default="1000", show_default=True, help="Output tokens a request.")
@click.option("--at", type=QUARTER, help="Serve on the game's public software of a quarter.")
@click.option("--gpus", type=SIZE, help="GPUs of a replica.  [default: as few as hold the model]")
@RENT
@AS_JSON
def serving(
    params: float,
    active: float | None,
    chip: str,
    precision: str | None,
    input_tokens: float,
    output_tokens: float,
    at: int | None,
    gpus: float | None,
    usd_per_hour: float | None,
    as_json: bool,
) -> None:
    """Largest throughput of a model on a chip, and what an output token costs.

    Without --at the engine is a tuned one of 2025 (software level 1).
    """
    found = laws.estimate_serving(
        params,
        chip,
        active=active,
        precision=precision,
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        at=at,
        gpus=gpus,
        usd_per_hour=usd_per_hour,
    )
    _print(dataclasses.asdict(found), SERVING, as_json)


@estimate.command()
@click.option("--flop", type=SIZE, required=True, help="Training compute, such as 5.76e23.")
@AS_JSON
def optimal(flop: float, as_json: bool) -> None:
    """Parameters and tokens of the compute-optimal dense run of a budget."""
    _print(dataclasses.asdict(laws.estimate_optimal(flop)), OPTIMAL, as_json)


TRAINING = {
    "train_flop": ("Training compute", "FLOP"),
    "gpu_hours": ("GPU-hours", "count"),
    "days": ("Days on these chips", "1"),
    "energy_mwh": ("Energy", "MWh"),
    "cost_usd": ("Cost", "$"),
    "loss": ("Loss", "nats a token"),
    "effective_flop": ("Effective compute", "FLOP"),
    "capability": ("Capability index", "points"),
    "mfu": ("MFU", "share"),
}
SERVING = {
    "tokens_per_second_per_gpu": ("Output tokens a second and GPU", "count"),
    "usd_per_million_tokens": ("Cost of a million output tokens", "$"),
    "min_gpus_per_replica": ("GPUs a replica", "count"),
    "energy_wh_per_thousand_tokens": ("Energy of a thousand output tokens", "Wh"),
    "binding_limit": ("Limit that binds", ""),
    "precision": ("Precision", ""),
}
OPTIMAL = {
    "flop": ("Training compute", "FLOP"),
    "params": ("Parameters", "parameters"),
    "tokens": ("Tokens", "tokens"),
    "tokens_per_param": ("Tokens a parameter", "1"),
    "loss": ("Loss", "nats a token"),
    "capability": ("Capability index", "points"),
}


def _print(found: dict[str, float | str | None], labels: dict[str, tuple[str, str]], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    width = max(len(label) for label, _ in labels.values())
    for name, (label, unit) in labels.items():
        value = found[name]
        shown = value if isinstance(value, str) else formats.show(value, unit)
        click.echo(f"{label:<{width}}  {shown}")
