"""What does the Model lab write about a design? Rows of figures with a why, from the figures of play; no Qt."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from labsim import formats
from labsim.errors import Message
from labsim.play.design import Bench, Design, Figures
from labsim.play.design_run import Progress
from labsim.text import render, say

_SHORT_RUN = 200.0  # days up to which a run is told in days

Number = Callable[[Figures], float]
Words = Callable[[Figures], str]


@dataclass(frozen=True)
class FigureRow:
    """One figure of the designs side by side. ``marks`` say whether a cell is better (1) or worse (-1) than the first.

    ``ways`` say whether it is higher or lower; both are 0 where the texts are the same.
    """

    key: str
    label: str
    cells: tuple[str, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict, repr=False, compare=False)
    marks: tuple[int, ...] = ()
    ways: tuple[int, ...] = ()
    is_section: bool = False
    is_headline: bool = False

    @property
    def why(self) -> str:
        """Why the figure of the first design is what it is; empty for the title of a section."""
        if self.is_section:
            return ""
        return render(Message(f"model_lab.why.{self.key.partition('_of_')[0]}", self.facts))


@dataclass(frozen=True)
class _Spec:
    key: str
    label: str
    number: Number
    text: Words
    better: int = 0  # 1: higher is better, -1: lower is
    is_headline: bool = False


def rows(designs: Sequence[Figures], bench: Bench) -> list[FigureRow]:
    """Every row of the table; the first design is the draft, the others are compared with it."""
    known = facts(designs[0], bench)
    sections = (
        (say("model_lab.training_run"), _training()),
        (say("model_lab.model"), _model(designs[0])),
        (say("model_lab.serving"), (*_memory(designs[0]), *_serving())),
        (say("model_lab.safety_rules"), _rules(designs[0])),
    )
    found = []
    for title, specs in sections:
        found += [_section(title), *(_row(spec, designs, known) for spec in specs)]
    return found


def facts(one: Figures, bench: Bench) -> dict[str, object]:
    """The values that the explanations may name."""
    p, report, design = bench.p, bench.record.report, one.design
    return {
        **{name: getattr(one, name) for name in _NAMED},
        "compared": say(
            f"model_lab.points_{'over' if one.gain >= 0.0 else 'under'}", points=formats.plain(abs(one.gain))
        ),
        "active": design.active,
        "sparsity": design.sparsity,
        "tokens": design.tokens,
        "distil": design.distil,
        "attention": float(p.attention_overhead[0]) - 1.0,
        "student": float(p.distil_flop[0]) if design.distil < 1.0 else 0.0,
        "factor": bench.utilisation(design.sparsity),
        "rate": bench.flop_a_quarter(design.sparsity),
        "fleet": bench.fleet,
        "pool": bench.of_seat(report.result.compute_pool),
        "reference": float(p.capability_ref_flop[0]),
        "inference_share": bench.of_seat(bench.parts.inference),
        "limit": "memory" if any(chip.is_memory_bound for chip in one.memory) else "arithmetic",
        "first": one.rules.thresholds[0],
        "second": one.rules.thresholds[1],
        "in_force": one.rules.in_force_from,
        "open": float(bench.world.training.open_capability[0]),
        "lost": float(p.tune_loss[0]),
        "most": float(p.tune_gain[0]),
        "half": float(p.tune_half[0]),
    }


def title_of(design: Design) -> str:
    """A design in a few letters: `312B`, or active over total parameters, `40B/320B`."""
    active = formats.short(design.active)
    if design.tunes:
        return say("model_lab.tuned", size=active)
    return f"{active}/{formats.short(design.total)}" if design.sparsity > 1.0 else active


def time_text(days: float, quarters: float) -> str:
    """How long a run takes, in days or quarters."""
    if not math.isfinite(quarters):
        return say("model_lab.no_time")
    if days < _SHORT_RUN:
        return say("model_lab.days", days=formats.count(max(days, 1.0)))
    return say("model_lab.qtrs", quarters=formats.plain(quarters, 1))


def progress_text(run: Progress) -> str:
    """The run in progress in a sentence or two."""
    said: dict[str, object] = {"active": run.design.active, "tokens": run.design.tokens, "part": run.part}
    if run.hold > 0.0:
        return render(Message("model_lab.progress_held", said))
    if not math.isfinite(run.quarters_left):
        return render(Message("model_lab.progress_stuck", said))
    whole = math.ceil(run.quarters_left)
    left = say("model_lab.last_quarter") if whole <= 1 else say("model_lab.quarters_go", whole=whole)
    return render(Message("model_lab.progress", {**said, "quarters": left}))


def stop_text(run: Progress) -> str:
    """What the run gives when it is finished, and when it is stopped."""
    said = {"finished": run.finished, "stopped": run.stopped, "seen": run.seen_if_stopped}
    return render(Message("model_lab.stop_gives", said))


def _section(label: str) -> FigureRow:
    return FigureRow(label.lower().replace(" ", "_"), label, is_section=True)


def _row(spec: _Spec, designs: Sequence[Figures], known: Mapping[str, object]) -> FigureRow:
    cells = tuple(spec.text(one) for one in designs)
    numbers = [spec.number(one) for one in designs]
    ways = tuple(
        0 if text == cells[0] else _sign(number - numbers[0]) for text, number in zip(cells, numbers, strict=True)
    )
    marks = tuple(way * spec.better for way in ways)
    return FigureRow(spec.key, spec.label, cells, known, marks, ways, is_headline=spec.is_headline)


def _sign(change: float) -> int:
    return (change > 0.0) - (change < 0.0)


def _signed(points: float) -> str:
    text = formats.plain(abs(points), 1)
    return text if float(text) == 0.0 else f"{'+' if points > 0.0 else '−'}{text}"


def _bytes(size: float) -> str:
    big = size >= 0.9995e12
    return f"{formats.significant(size / (1e12 if big else 1e9))} {'TB' if big else 'GB'}"


def _part(name: str) -> tuple[Number, Words]:
    return lambda one: one.parts[name], lambda one: _signed(one.parts[name])


def _shown(name: str, unit: str, format: str | None = None) -> tuple[Number, Words]:
    return lambda one: float(getattr(one, name)), lambda one: formats.show(float(getattr(one, name)), unit, format)


def _model(first: Figures) -> tuple[_Spec, ...]:
    points = say("model_lab.capability_luck", luck=formats.plain(first.luck, 1))
    base = _Spec("base", "   " + say("model_lab.open_weights"), *_part("base"), 1)
    return (
        _Spec("loss", say("model_lab.predicted_loss"), *_shown("loss", "", ".3f"), -1),
        _Spec("capability", points, lambda one: one.capability, _capability, 1, is_headline=True),
        *([base] if first.design.tunes else []),
        _Spec("size", "   " + say("model_lab.size"), *_part("size"), 1),
        _Spec("design", "   " + say("model_lab.proportions"), *_part("design"), 1),
        _Spec("data", "   " + say("model_lab.repeated_data"), *_part("data"), 1),
        _Spec("moe", "   " + say("model_lab.sparsity"), *_part("moe"), 1),
        _Spec("algorithms", "   " + say("model_lab.algorithms"), *_part("algorithms"), 1),
        _Spec("distillation", "   " + say("model_lab.distillation"), *_part("distillation"), 1),
        _Spec("per_parameter", say("model_lab.tokens_per_parameter"), *_shown("tokens_per_parameter", "")),
        _Spec(
            "epochs",
            say("model_lab.passes_over_data"),
            lambda one: one.epochs,
            lambda one: formats.decimals(one.epochs),
            -1,
        ),
    )


def _memory(first: Figures) -> list[_Spec]:
    """A row for each chip generation of the fleet."""

    def spec(at: int, name: str) -> _Spec:
        return _Spec(f"memory_of_{name}", say("model_lab.replica", name=name), lambda one: one.memory[at].gpus,
                     lambda one: formats.count(one.memory[at].gpus), -1)  # fmt: skip

    return [spec(at, chip.generation) for at, chip in enumerate(first.memory)]


def _rules(first: Figures) -> list[_Spec]:
    def over(at: int) -> _Spec:
        limit = formats.scientific(first.rules.thresholds[at]).replace(".0e", "e")
        key = ("first_rule", "second_rule")[at]
        return _Spec(
            key,
            say("model_lab.rule_flop", limit=limit),
            lambda one: float(one.rules.is_over[at]),
            lambda one: _over(one, at),
            -1,
        )

    return [_safety(), over(0), over(1), *_waits()]


def _over(one: Figures, at: int) -> str:
    if not one.rules.is_over[at]:
        return say("model_lab.under")
    return say("model_lab.over") if one.rules.is_in_force else say("model_lab.over_later")


def _evidence(one: Figures) -> str:
    have, asked = one.rules.evidence, one.rules.evidence_asked
    return (
        say("model_lab.have_of", have=formats.hundred(have), asked=formats.hundred(asked))
        if asked > 0.0
        else say("model_lab.none")
    )


def _capability(one: Figures) -> str:
    return formats.plain(one.capability, 1)


_NAMED = ("flop", "needed", "quarters", "days", "training_share", "setup", "data", "capability", "volume",
          "volume_share", "tokens_per_parameter", "align_quarters")  # fmt: skip


def _training() -> tuple[_Spec, ...]:
    """What the run takes."""
    return (
        _Spec(
            "total",
            say("model_lab.total_parameters"),
            lambda one: one.design.total,
            lambda one: formats.short(one.design.total),
        ),
        _Spec(
            "flop", say("model_lab.training_flop_6nd"), lambda one: one.flop, lambda one: formats.scientific(one.flop)
        ),
        _Spec(
            "needed",
            say("model_lab.flop_needed"),
            lambda one: one.needed,
            lambda one: formats.scientific(one.needed),
            -1,
        ),
        _Spec(
            "time",
            say("model_lab.time_share"),
            lambda one: one.quarters,
            lambda one: time_text(one.days, one.quarters),
            -1,
        ),
        _Spec(
            "ready",
            say("model_lab.released"),
            lambda one: math.inf if one.ready is None else one.ready,
            lambda one: formats.show(one.ready, "", "quarter_title"),
            -1,
        ),
        _Spec("gpus", say("model_lab.gpus_used"), *_shown("gpus", "count")),
        _Spec("cost", say("model_lab.cost_compute"), *_shown("cost", "M$"), -1),
        _Spec("energy", say("model_lab.energy"), lambda one: one.energy, lambda one: _energy(one.energy), -1),
    )


def _serving() -> tuple[_Spec, ...]:
    """What serving the model takes."""
    return (
        _Spec("weights", say("model_lab.weights"), lambda one: one.weights, lambda one: _bytes(one.weights), -1),
        _Spec("capacity", say("model_lab.tokens_quarter"), *_shown("capacity", "T"), 1),
        _Spec("volume_share", say("model_lab.fleet_demand"), *_shown("volume_share", "share"), -1),
        _Spec(
            "serving_cost",
            say("model_lab.cost_per_m"),
            lambda one: one.serving_cost,
            lambda one: formats.show(one.serving_cost, "$"),
            -1,
            is_headline=True,
        ),
    )


def _safety() -> _Spec:
    """What alignment takes."""
    return _Spec(
        "alignment",
        say("model_lab.alignment_flop"),
        lambda one: one.align_flop,
        lambda one: formats.scientific(one.align_flop),
        -1,
    )


def _waits() -> tuple[_Spec, ...]:
    """What the regulator asks for and holds back."""
    return (
        _Spec("evidence", say("model_lab.evidence"), lambda one: one.rules.evidence_asked, _evidence, -1),
        _Spec(
            "hold",
            say("model_lab.held_back"),
            lambda one: one.rules.hold,
            lambda one: (
                say("model_lab.qtr", quarters=formats.count(one.rules.hold))
                if one.rules.hold > 0.0
                else say("model_lab.no")
            ),
            -1,
        ),
    )


def _energy(megawatt_hours: float) -> str:
    if not math.isfinite(megawatt_hours):
        return formats.NOTHING
    if megawatt_hours >= 999.5:
        return f"{formats.significant(megawatt_hours / 1000.0, 2)} GWh"
    return f"{formats.significant(megawatt_hours, 2)} MWh"


def known_note(name: str, note: str, source: str, confidence: str) -> str:
    """What is known of a reference model, and where the essay and 6ND differ."""
    said: Mapping[str, object] = {"name": name, "note": note, "source": source, "confidence": confidence}
    return render(Message("model_lab.known_note", said))
