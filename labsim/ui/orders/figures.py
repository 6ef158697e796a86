"""What do the order cards say beside their controls? Words and small figures from the preview of the quarter."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from labsim import formats
from labsim.model.exogenous import quiet_quarter
from labsim.model.gate import check, remaining_budget
from labsim.model.world import World
from labsim.play.offers import ComputeOffer, Due, compute_offer, let_income
from labsim.play.turn import TurnRecord
from labsim.scenario import Scenario
from labsim.text import render, say
from labsim.ui.widgets.calendar import Delivery
from labsim.ui.widgets.tokenbar import PartDetail

_HOUR = "$/h"
TOLD = 0.02
"""Part from which a sentence tells of idle chips and of the reach of own open weights; game choice."""
LET_EXAMPLE = 0.1
"""Part of the fleet by which the control of letting says what it brings while nothing is let."""


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

    def detail(use: str, flop: float, made: float, key: str = "orders.tokens_made") -> PartDetail:
        price = formats.show(pool * shares[use] / made, "$/M tokens") if made > 0.0 else ""
        tokens_made = say(key, made=formats.tokens(made)) if made else ""
        return PartDetail(f"{formats.scientific(flop)} FLOP", tokens_made, price)

    capacity = float(preview.report.serving.capacity[seat, 0])
    needed, served = float(sales.tokens_needed[seat, 0]), float(sales.tokens_served[seat, 0])
    details = {
        "training": detail("training", float(flows.pretraining_flop[seat, 0]), float(flows.tokens_trained[seat, 0])),
        "alignment": detail("alignment", float(flows.alignment_flop[seat, 0]),
                            float(preview.report.alignment.tokens_aligned[seat, 0])),
        "inference": detail("inference", fleet * shares["inference"], capacity, "orders.tokens_could"),
        "research": detail("research", float(flows.experiment_flop[seat, 0]), 0.0),
    }  # fmt: skip
    part = say("orders.demand", served=formats.share(served / needed)) if needed > 0.0 else say("orders.no_demand_yet")
    words = say("orders.serves_tokens_asked", served=formats.tokens(served), needed=formats.tokens(needed), part=part)
    if not float(preview.world.training.run_on[seat, 0]) and not float(flows.released[seat, 0]):
        words += " " + say("orders.no_run_training")
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
        announced = " " + say(
            "orders.announced",
            next_generation=offer.next_generation,
            next_launch=formats.quarter_title(offer.next_launch),
        )
    sentence = say(
        "orders.gpus_work_quarter",
        fleet=formats.count(offer.fleet),
        generation=offer.generation,
        announced=announced,
        scarcity=f"{offer.scarcity:.1f}",
    )
    idle = float(world.market.idle[seat, 0])
    if idle >= TOLD:
        sentence += " " + say("orders.stood_idle", idle=formats.share(idle))
    room = max(int(offer.power_free / offer.unit_power), 0)
    hints = {
        "buy_gpus": say(
            "orders.work_power_more",
            price=formats.money(offer.price),
            buy_from=formats.quarter_title(offer.buy_from),
            room=formats.count(room),
        ),
        "reserve_gpus": say(
            "orders.quarters_paid_even",
            contract=formats.show(offer.contract, _HOUR),
            contract_quarters=offer.contract_quarters,
            reserve_from=formats.quarter_title(offer.reserve_from),
        ),
        "on_demand_gpus": say("orders.quarter_only", on_demand=formats.show(offer.on_demand, _HOUR)),
        "build_power": say(
            "orders.mw_ready_quarters",
            site_cost=formats.money(float(scenario.params.site_cost[0])),
            site_lead=scenario.params.site_lead,
        ),
        "sell_gpus": say("orders.book_value", gpu_resale=formats.share(float(scenario.params.gpu_resale[0]))),
        "sublet": _sublet(scenario, world, preview, seat),
    }
    return ChipsView(sentence, _crossover(offer), hints, [_delivery(due) for due in offer.due])


def _sublet(scenario: Scenario, world: World, preview: TurnRecord, seat: int) -> str:
    """What letting brings and when; for the share ordered, else for an example."""
    share = float(preview.decisions.sublet[seat, 0])
    shown = share or LET_EXAMPLE
    words = say(
        "orders.let_brings",
        share=formats.share(shown),
        income=formats.money(let_income(scenario, world, preview, seat, shown)),
        first=formats.quarter_title(preview.t + 1),
    )
    now = float(world.compute.let_share[seat, 0])
    return f"{say('orders.let_now', now=formats.share(now))} {words}" if now > 0.0 else words


def _crossover(offer: ComputeOffer) -> str:
    if offer.buy_wins_after is None:
        return say("orders.renting_demand_stays", generation=offer.generation)
    return say(
        "orders.buying_beats_renting",
        generation=offer.generation,
        buy_wins_after=offer.buy_wins_after,
        contract=formats.show(offer.contract, _HOUR),
        owner=formats.show(offer.owner, _HOUR),
    )


def _delivery(due: Due) -> Delivery:
    if due.kind == "sites":
        return Delivery(
            due.t, due.kind, formats.power(due.amount), say("orders.site_power_ready", amount=formats.power(due.amount))
        )
    amount = f"{formats.count(due.amount)} {due.generation}"
    words = {"chips": say("orders.delivered_work", amount=amount), "ends": say("orders.contract_ended", amount=amount)}[
        due.kind
    ]
    return Delivery(due.t, due.kind, formats.short(due.amount), words)


def run_sentence(preview: TurnRecord, world: World, seat: int) -> str:
    """The run in progress and the served model, in one line."""
    m, flows = world.training, preview.report.training
    served = say("orders.serving_active_parameters", model_active=formats.short(float(m.model_active[seat, 0])))
    if float(flows.released[seat, 0]):
        return say("orders.run_finishes_quarter", served=served)
    if not float(preview.world.training.run_on[seat, 0]):
        return say("orders.no_run", served=served)
    done, needed = float(preview.world.training.run_done[seat, 0]), float(flows.run_needed[seat, 0])
    spent = float(flows.pretraining_flop[seat, 0])
    if float(flows.run_held[seat, 0]):
        return say("orders.finished_run_held", served=served)
    left = (needed - done) / spent if spent > 0.0 else float("inf")
    ends = say("orders.about_quarters_more", left=math.ceil(left)) if math.isfinite(left) else say("orders.no_compute")
    return say("orders.run_done_after", served=served, done=formats.share(done / needed), ends=ends)


def run_reason(name: str, world: World, seat: int) -> str:
    """Why a run cannot be started or stopped, empty if it can."""
    is_on = float(world.training.run_on[seat, 0]) > 0.0
    if name == "start_run" and is_on:
        return say("orders.run_stop_first")
    if name == "stop_run" and not is_on:
        return say("orders.no_run_on")
    return ""


def sales_sentence(preview: TurnRecord, seat: int) -> str:
    """Revenue, margin and cost of serving at these prices."""
    sales, result = preview.report.market, preview.report.result
    served = float(sales.tokens_served[seat, 0])
    if served <= 0.0:
        return say("orders.nothing_served")
    cost = float(result.cost_of_revenue[seat, 0]) / served
    income = formats.money(float(sales.revenue[seat, 0]))
    margin = formats.share(float(result.gross_margin[seat, 0]))
    words = say("orders.about_quarter_gross", income=income, margin=margin, cost=formats.show(cost, "$/M tokens"))
    reach = float(preview.world.market.open_reach[seat, 0])
    return f"{words} {say('orders.open_reach', reach=formats.share(reach))}" if reach >= TOLD else words


def thinking_reason(scenario: Scenario, preview: TurnRecord, seat: int) -> str:
    """Why thinking does nothing yet, empty if it works."""
    row = scenario.params.techniques.index("thinking")
    has = float(preview.report.skills.technique_held[row, seat, 0]) > 0.0
    return "" if has else say("orders.needs_thinking_technique")


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
        state = say("orders.hand") if held else _on_the_way(part, scenario.params.techniques.public[index], preview.t)
        rows.append((f"{technique_name(key)} – {state}", index, say("orders.hand_already") if held else ""))
    return rows


def _on_the_way(part: float, public: int, t: int) -> str:
    """How far a technique that is not in hand has come: researched, or public and adopted in part."""
    if public <= t:
        return say("orders.adopted", part=formats.share(part))
    if part > 0.0:
        return say("orders.done", part=formats.share(part))
    return say("orders.public", public=formats.quarter_title(public))


def people_sentence(scenario: Scenario, preview: TurnRecord, world: World, seat: int) -> str:
    """Hiring, data and their price."""
    now, then = float(world.people.staff[seat, 0]), float(preview.world.people.staff[seat, 0])
    wages = -float(preview.report.operating.wages[seat, 0])
    change = f"{'+' if then >= now else '−'}{formats.count(abs(then - now))}"
    data = formats.tokens(float(preview.world.training.data[seat, 0]))
    price = formats.money(float(scenario.params.data_price[0]))
    words = say(
        "orders.people_quarter_wages",
        now=formats.count(now),
        change=change,
        wages=formats.money(wages),
        data=data,
        price=price,
    )
    percent = scenario.params.adoption_percent
    return f"{words} {say('orders.adopting', percent=formats.share(percent / 100.0))}" if percent else words


def capital_sentence(scenario: Scenario, preview: TurnRecord, world: World, seat: int) -> str:
    """What the lab is worth, what a round can bring, what chips can carry."""
    p, flows = scenario.params, preview.report.capital
    value = float(preview.world.capital.valuation[seat, 0])
    cap = float(p.dilution_max[0] / (1.0 - p.dilution_max[0])) * value
    debt, limit = float(world.capital.debt[seat, 0]), float(flows.debt_limit[seat, 0])
    owned = formats.share(float(world.capital.holders[seat, 0]))
    return say(
        "orders.worth_about_round",
        value=formats.money(value),
        cap=formats.money(cap),
        owned=owned,
        debt=formats.money(debt),
        limit=formats.money(limit),
        interest=formats.share(float(p.interest[0])),
    )


def capital_reason(name: str, scenario: Scenario, world: World, seat: int) -> str:
    """Why no round or partnership can be had, empty if it can."""
    money = world.capital
    gap = float(scenario.params.round_gap[0]) - float(money.since_round[seat, 0])
    if name == "raise_amount" and gap > 0.0:
        return say("orders.investors_want_more", gap=f"{gap:.0f}")
    left = float(money.partner_left[seat, 0])
    if name == "partner_equity" and left > 0.0:
        return say("orders.exclusive_partnership_runs", left=f"{left:.0f}")
    return ""


def policy_sentence(scenario: Scenario, preview: TurnRecord, seat: int) -> str:
    """What evaluations see, and what the rules ask."""
    aligned, rules = preview.report.alignment, preview.report.rules
    seen, width = float(aligned.alignment_seen[seat, 0]), float(aligned.alignment_width[seat, 0])
    words = say("orders.evaluations_see_coverage", seen=formats.share(seen), width=formats.share(width))
    evidence = formats.share(float(preview.world.alignment.evidence[seat, 0]))
    words += " " + say("orders.evidence_regulators", evidence=evidence)
    if float(rules.release_delay[seat, 0]) > 0.0:
        words += " " + say("orders.held_for", release_delay=f"{float(rules.release_delay[seat, 0]):.0f}")
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
    cut = [say("orders.cut_what_allowed", trimmed=", ".join(trimmed))] if trimmed else []
    return [*cut, *(render(remark.reason) for remark in found)]
