"""What do the order cards say beside their controls? Words and small figures from the preview of the quarter."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from labsim import formats
from labsim.model.exogenous import quiet_quarter
from labsim.model.gate import check, remaining_budget
from labsim.model.world import World
from labsim.play.offers import ComputeOffer, Due, compute_offer
from labsim.play.turn import TurnRecord
from labsim.scenario import Scenario
from labsim.text import render
from labsim.ui.widgets.calendar import Delivery
from labsim.ui.widgets.tokenbar import PartDetail

_HOUR = "$/h"


@dataclass(frozen=True)
class TokensView:
    """The token bar: shares, what each part does, and one sentence."""

    shares: dict[str, float]
    details: dict[str, PartDetail]
    sentence: str


def tokens(preview: TurnRecord, seat: int) -> TokensView:
    """The split of the fleet this quarter, in FLOP, tokens and dollars a million tokens."""
    d, flows, sales = preview.decisions, preview.report.training, preview.report.market
    asked = {
        "training": float(d.training_share[seat, 0]),
        "alignment": float(d.alignment_share[seat, 0]),
        "inference": float(d.inference_share[seat, 0]),
        "research": float(d.experiment_share[seat, 0]),
    }
    total = sum(asked.values())
    shares = {use: part / total for use, part in asked.items()}
    pool = float(preview.report.result.compute_pool[seat, 0])
    fleet = float(flows.fleet_flop[seat, 0])

    def detail(use: str, flop: float, made: float, what: str = "tokens") -> PartDetail:
        price = formats.show(pool * shares[use] / made, "$/M tokens") if made > 0.0 else ""
        return PartDetail(f"{formats.scientific(flop)} FLOP", f"{formats.tokens(made)} {what}" if made else "", price)

    capacity = float(preview.report.serving.capacity[seat, 0])
    needed, served = float(sales.tokens_needed[seat, 0]), float(sales.tokens_served[seat, 0])
    details = {
        "training": detail("training", float(flows.pretraining_flop[seat, 0]), float(flows.tokens_trained[seat, 0])),
        "alignment": detail("alignment", float(flows.alignment_flop[seat, 0]),
                            float(preview.report.alignment.tokens_aligned[seat, 0])),
        "inference": detail("inference", fleet * shares["inference"], capacity, "capacity"),
        "research": detail("research", float(flows.experiment_flop[seat, 0]), 0.0),
    }  # fmt: skip
    part = f"{formats.share(served / needed)} of the demand" if needed > 0.0 else "no demand yet"
    words = f"Serves {formats.tokens(served)} of {formats.tokens(needed)} tokens asked for ({part})."
    if not float(preview.world.training.run_on[seat, 0]) and not float(flows.released[seat, 0]):
        words += " No run is on: the training part goes to research."
    return TokensView(shares, details, words)


@dataclass(frozen=True)
class ChipsView:
    """The compute card."""

    sentence: str
    crossover: str
    hints: dict[str, str]
    deliveries: list[Delivery]


def chips(scenario: Scenario, world: World, preview: TurnRecord, seat: int) -> ChipsView:
    """Prices, lead times, power and what is on order."""
    offer = compute_offer(scenario, world, preview, seat)
    announced = ""
    if offer.next_generation:
        announced = f" {offer.next_generation} is announced for {formats.quarter_title(offer.next_launch)}."
    sentence = (
        f"{formats.count(offer.fleet)} GPUs work this quarter. On sale: {offer.generation}."
        f"{announced} Scarcity {offer.scarcity:.1f}."
    )
    room = max(int(offer.power_free / offer.unit_power), 0)
    hints = {
        "buy_gpus": f"{formats.money(offer.price)} each, at work from {formats.quarter_title(offer.buy_from)}; "
        f"power for {formats.count(room)} more",
        "reserve_gpus": f"{formats.show(offer.contract, _HOUR)} for {offer.contract_quarters} quarters, "
        f"from {formats.quarter_title(offer.reserve_from)}, paid even if unused",
        "on_demand_gpus": f"{formats.show(offer.on_demand, _HOUR)}, this quarter only",
        "build_power": f"{formats.money(float(scenario.params.site_cost[0]))} a MW, "
        f"ready in {scenario.params.site_lead} quarters",
        "sell_gpus": f"at {formats.share(float(scenario.params.gpu_resale[0]))} of book value",
    }
    return ChipsView(sentence, _crossover(offer), hints, [_delivery(due) for due in offer.due])


def _crossover(offer: ComputeOffer) -> str:
    if offer.buy_wins_after is None:
        return f"Renting on demand stays cheaper than buying {offer.generation} at these prices."
    return (
        f"Buying {offer.generation} beats renting on demand after {offer.buy_wins_after} quarters of full use; "
        f"a contract costs {formats.show(offer.contract, _HOUR)} against {formats.show(offer.owner, _HOUR)} to own."
    )


def _delivery(due: Due) -> Delivery:
    if due.kind == "sites":
        return Delivery(due.t, due.kind, formats.power(due.amount), f"{formats.power(due.amount)} of site power ready")
    amount = f"{formats.count(due.amount)} {due.generation}"
    words = {"chips": f"{amount} delivered and at work", "ends": f"Contract for {amount} has ended"}[due.kind]
    return Delivery(due.t, due.kind, formats.short(due.amount), words)


def run_sentence(preview: TurnRecord, world: World, seat: int) -> str:
    """The run in progress and the served model, in one line."""
    m, flows = world.training, preview.report.training
    served = f"Serving {formats.short(float(m.model_active[seat, 0]))} active parameters"
    if float(flows.released[seat, 0]):
        return f"{served}. A run finishes this quarter."
    if not float(preview.world.training.run_on[seat, 0]):
        return f"{served}. No run is on."
    done, needed = float(preview.world.training.run_done[seat, 0]), float(flows.run_needed[seat, 0])
    spent = float(flows.pretraining_flop[seat, 0])
    if float(flows.run_held[seat, 0]):
        return f"{served}. The finished run is held: the regulator asks for evidence of alignment."
    left = (needed - done) / spent if spent > 0.0 else float("inf")
    ends = f"about {math.ceil(left)} quarters more" if math.isfinite(left) else "no compute for it"
    return f"{served}. The run will be {formats.share(done / needed)} done after this quarter; {ends} at this pace."


def run_reason(name: str, world: World, seat: int) -> str:
    """Why a run cannot be started or stopped, empty if it can."""
    is_on = float(world.training.run_on[seat, 0]) > 0.0
    if name == "start_run" and is_on:
        return "A run is on; stop it first or wait for it."
    if name == "stop_run" and not is_on:
        return "No run is on."
    return ""


def sales_sentence(preview: TurnRecord, seat: int) -> str:
    """Revenue, margin and cost of serving at these prices."""
    sales, result = preview.report.market, preview.report.result
    served = float(sales.tokens_served[seat, 0])
    if served <= 0.0:
        return "Nothing is served."
    cost = float(result.cost_of_revenue[seat, 0]) / served
    income = formats.money(float(sales.revenue[seat, 0]))
    margin = formats.share(float(result.gross_margin[seat, 0]))
    return (
        f"About {income} this quarter, gross margin {margin}; "
        f"a million tokens costs {formats.show(cost, '$/M tokens')}."
    )


def thinking_reason(scenario: Scenario, preview: TurnRecord, seat: int) -> str:
    """Why thinking does nothing yet, empty if it works."""
    row = scenario.params.techniques.index("thinking")
    has = float(preview.report.skills.technique_held[row, seat, 0]) > 0.0
    return "" if has else "Needs the thinking technique."


def technique_name(key: str) -> str:
    """A technique in words."""
    words = key.replace("_", " ")
    return f"{words[0].upper()}{words[1:]}".replace("Fp8", "FP8").replace("Fp4", "FP4").replace("3d", "3D")


def techniques(scenario: Scenario, preview: TurnRecord, world: World, seat: int) -> list[tuple[str, int, str]]:
    """(words, index, why it cannot be chosen) of every technique, with the progress made on it."""
    rows = []
    for index, key in enumerate(scenario.params.techniques.names):
        held = float(preview.report.skills.technique_held[index, seat, 0]) > 0.0
        part = float(world.people.technique_progress[index, seat, 0])
        public = formats.quarter_title(scenario.params.techniques.public[index])
        state = "in hand" if held else f"{formats.share(part)} done" if part > 0.0 else f"public in {public}"
        rows.append((f"{technique_name(key)} – {state}", index, "In hand already." if held else ""))
    return rows


def people_sentence(scenario: Scenario, preview: TurnRecord, world: World, seat: int) -> str:
    """Hiring, data and their price."""
    now, then = float(world.people.staff[seat, 0]), float(preview.world.people.staff[seat, 0])
    wages = -float(preview.report.operating.wages[seat, 0])
    change = f"{'+' if then >= now else '−'}{formats.count(abs(then - now))}"
    data = formats.tokens(float(preview.world.training.data[seat, 0]))
    price = formats.money(float(scenario.params.data_price[0]))
    return (
        f"{formats.count(now)} people, {change} this quarter; wages {formats.money(wages)}. "
        f"{data} unique tokens in hand; a trillion more costs {price}."
    )


def capital_sentence(scenario: Scenario, preview: TurnRecord, world: World, seat: int) -> str:
    """What the lab is worth, what a round can bring, what chips can carry."""
    p, flows = scenario.params, preview.report.capital
    value = float(preview.world.capital.valuation[seat, 0])
    cap = float(p.dilution_max[0] / (1.0 - p.dilution_max[0])) * value
    debt, limit = float(world.capital.debt[seat, 0]), float(flows.debt_limit[seat, 0])
    owned = formats.share(float(world.capital.holders[seat, 0]))
    return (
        f"Worth about {formats.money(value)}; a round can bring {formats.money(cap)} at most. "
        f"First holders own {owned}. "
        f"Debt {formats.money(debt)} of {formats.money(limit)} that the chips carry, at "
        f"{formats.share(float(p.interest[0]))} a year."
    )


def capital_reason(name: str, scenario: Scenario, world: World, seat: int) -> str:
    """Why no round or partnership can be had, empty if it can."""
    money = world.capital
    gap = float(scenario.params.round_gap[0]) - float(money.since_round[seat, 0])
    if name == "raise_amount" and gap > 0.0:
        return f"Investors want {gap:.0f} more quarters between two rounds."
    left = float(money.partner_left[seat, 0])
    if name == "partner_equity" and left > 0.0:
        return f"An exclusive partnership runs for {left:.0f} more quarters."
    return ""


def policy_sentence(scenario: Scenario, preview: TurnRecord, seat: int) -> str:
    """What evaluations see, and what the rules ask."""
    aligned, rules = preview.report.alignment, preview.report.rules
    seen, width = float(aligned.alignment_seen[seat, 0]), float(aligned.alignment_width[seat, 0])
    words = f"Evaluations see {formats.share(seen)} coverage, give or take {formats.share(width)}."
    evidence = formats.share(float(preview.world.alignment.evidence[seat, 0]))
    words += f" Evidence for regulators {evidence}."
    if float(rules.release_delay[seat, 0]) > 0.0:
        words += f" A finished run is held for {float(rules.release_delay[seat, 0]):.0f} quarters."
    return words


def money_left(scenario: Scenario, world: World, preview: TurnRecord, seat: int) -> float:
    """Spendable cash less the purchases of the draft, M$."""
    quarter = quiet_quarter(preview.t, scenario.calendar, scenario.params)
    return float(remaining_budget(preview.decisions, world, scenario.params, quarter)[seat, 0])


def remarks(scenario: Scenario, world: World, preview: TurnRecord, seat: int, label: Callable[[str], str]) -> list[str]:
    """What of the draft will be ignored or cut, in sentences."""
    quarter = quiet_quarter(preview.t, scenario.calendar, scenario.params)
    found = [r for r in check(preview.decisions, world, scenario.params, quarter) if r.lab == seat]
    trimmed = [label(name) for name, where in preview.trimmed.items() if bool(where[..., seat, 0].any())]
    cut = [f"Cut to what is allowed: {', '.join(trimmed)}."] if trimmed else []
    return [*cut, *(render(remark.reason) for remark in found)]
