"""What did one quarter produce? The flows, one group for each verb that makes them."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from labsim.model.ledger import LEDGER_LINES as LEDGER_LINES
from labsim.model.ledger import Financing, Operating, Result
from labsim.variables import Array, declares, flow

WORLD = ("run",)
SEGMENT = ("segment", "lab", "run")
SEGMENT_WORLD = ("segment", "run")


@declares("events")
class Effects:
    """Coefficients as the events in force leave them; ``(run,)``."""

    event_struck: Array = flow("flag", "Did the event strike this quarter?", ("event", "run"))
    mood_effect: Array = flow("1", "Shift of capital mood by events.", WORLD, label="Mood shift of events")
    valuation_effect: Array = flow("1", "Factor of events on revenue multiples.", WORLD)
    technique_speed_effect: Array = flow("1", "Factor of events on research of techniques.", WORLD)
    wage_effect: Array = flow("1", "Factor of events on wages.", WORLD)
    open_discount_effect: Array = flow("points", "Shift of the effort of self-hosting.", WORLD)
    open_capability_effect: Array = flow("points", "Shift of the best open-weights model.", WORLD)
    pressure_effect: Array = flow("1", "Shift of public pressure by events.", WORLD)
    hold_effect: Array = flow("quarters", "Extra hold of systemic releases.", WORLD)
    supply_effect: Array = flow("1", "Factor of events on chip supply.", WORLD)
    agents_ceiling_effect: Array = flow("1", "Factor of events on the potential of agents.", WORLD)
    consumer_ceiling_effect: Array = flow("1", "Factor of events on the potential of consumers.", WORLD)
    small_models_effect: Array = flow("1", "Is the market in favour of small models?", WORLD)
    stagnation_effect: Array = flow("1", "Factor on the gain of a released run.", WORLD)
    algorithms_effect: Array = flow("1", "Factor on algorithmic progress.", WORLD)
    chip_price_effect: Array = flow("1", "Factor of events on the price paid for chips.", WORLD)
    antitrust_effect: Array = flow("1", "Factor of events on the antitrust hazard.", WORLD)
    power_price_effect: Array = flow("1", "Factor of events on the price of power.", WORLD)
    alignment_need_effect: Array = flow("1", "Factor of events on the need for alignment.", WORLD)
    rent_markup_effect: Array = flow("1", "Mark-up of events on rents.", WORLD)
    carbon_fee_effect: Array = flow("1", "Is a carbon fee in force?", WORLD)
    usage_effect: Array = flow("1", "Factor on the tokens that a customer uses.", WORLD)
    sites_effect: Array = flow("1", "Part of the ordered sites that may be begun.", WORLD)


@declares("regulation")
class Rules:
    """Rules in force, ``(lab, run)``."""

    systemic: Array = flow("flag", "Is the lab's run or model over the first compute threshold?")
    systemic_second: Array = flow("flag", "Is it over the second threshold?")
    release_delay: Array = flow("quarters", "Quarters for which a finished run is held.")


@declares("people")
class Skills:
    """Techniques in hand and their multipliers, ``(lab, run)``."""

    technique_held: Array = flow("flag", "Is the technique in hand?", ("technique", "lab", "run"))
    mfu: Array = flow("1", "Multiplier of techniques on training utilisation.")
    serve: Array = flow("1", "Multiplier of techniques on serving throughput.")
    prefill: Array = flow("1", "Share of the prompt that must be read.")
    moe_train: Array = flow("1", "Multiplier of techniques on sparse training.")
    moe_serve: Array = flow("1", "Multiplier of techniques on sparse serving.")
    align: Array = flow("1", "Multiplier of techniques on alignment work.")


@declares("compute")
class ComputeFlows:
    """Fleet, rents and compute costs of the quarter."""

    fleet: Array = flow("GPU", "GPUs that work this quarter, by generation.", ("generation", "lab", "run"))
    installed_compute: Array = flow("H100e", "Fleet that works this quarter in H100 equivalents.", low=0.0)
    fleet_flops: Array = flow("FLOP/s", "Training speed of the fleet at full utilisation.", low=0.0)
    owned_gpus: Array = flow("GPU", "Own GPUs delivered and not retired.", low=0.0)
    powered: Array = flow("1", "Share of the own GPUs that have power.", low=0.0, high=1.0)
    energy: Array = flow("MWh", "IT energy of the whole fleet with cooling.", low=0.0)
    chip_price_paid: Array = flow("M$/GPU", "Price of a GPU bought now.", low=0.0)
    on_demand_rent: Array = flow("$/h", "On-demand rent of a GPU of the generation on sale.", low=0.0)
    contract_rent: Array = flow("$/h", "Contract rent of a GPU of the generation on sale.", low=0.0)
    market_rent: Array = flow("$/h", "Contract rent without any partner's mark-up.", WORLD, low=0.0)
    bought: Array = flow("GPU", "GPUs bought.", low=0.0)
    reserved: Array = flow("GPU", "GPUs put under contract.", low=0.0)
    rented: Array = flow("GPU", "GPUs rented on demand.", low=0.0)
    fill: Array = flow("1", "Granted part of the orders for chips; 1 without orders.", low=0.0, high=1.0)
    supply_offered: Array = flow("H100e", "Chips offered to the labs.", WORLD, low=0.0)
    hosted: Array = flow("GPU", "GPUs placed with a state by an event card.", low=0.0)
    rent_reserved_cost: Array = flow("M$", "Rent of contracts.", low=0.0)
    rent_on_demand_cost: Array = flow("M$", "Rent of on-demand GPUs.", low=0.0)
    energy_cost: Array = flow("M$", "Energy of own GPUs.", low=0.0)
    operations_cost: Array = flow("M$", "Operations of own GPUs, and the carbon fee on all.", low=0.0)
    sublet_due: Array = flow("M$", "Rent from capacity let to others.", low=0.0)
    gpu_depreciation: Array = flow("M$", "Depreciation of own GPUs.", low=0.0)
    site_depreciation: Array = flow("M$", "Depreciation of sites.", low=0.0)
    capex_gpus: Array = flow("M$", "Spending on GPUs.", low=0.0)
    capex_sites: Array = flow("M$", "Spending on sites.", low=0.0)

    @property
    def bill(self) -> Array:
        """What the lab pays for compute: rents, energy, operations; M$."""
        return self.rent_reserved_cost + self.rent_on_demand_cost + self.energy_cost + self.operations_cost


@declares("training")
class TrainingFlows:
    """Compute spent and the model released, ``(lab, run)``. Index parts are points, 0 without a release."""

    fleet_flop: Array = flow("FLOP", "Useful FLOP of the fleet in the quarter at dense utilisation.", low=0.0)
    mfu_achieved: Array = flow("1", "Utilisation of a dense training run on the newest chips.", low=0.0)
    pretraining_flop: Array = flow("FLOP", "Compute spent on the run in progress.", low=0.0)
    alignment_flop: Array = flow("FLOP", "Compute spent on alignment.", low=0.0)
    experiment_flop: Array = flow("FLOP", "Compute spent on research.", low=0.0)
    run_needed: Array = flow("FLOP", "Compute that the run in progress needs.", low=0.0)
    run_started: Array = flow("flag", "Was a run started?")
    run_held: Array = flow("flag", "Is a finished run held by the regulator?")
    released: Array = flow("flag", "Was a run released?")
    replaced: Array = flow("flag", "Did the released model replace the served one?")
    opened: Array = flow("flag", "Were the weights of the released model opened?")
    released_flop: Array = flow("FLOP", "Nominal training compute of the released run.", low=0.0)
    tokens_trained: Array = flow("T", "Tokens seen in training.", low=0.0)
    index_base: Array = flow("points", "Released index: the open weights that were tuned, and the gain of tuning.")
    index_size: Array = flow("points", "Released index: nominal compute over the reference.")
    index_design: Array = flow("points", "Released index: loss by departing from the compute-optimal design.")
    index_data: Array = flow("points", "Released index: loss by repeating data.")
    index_moe: Array = flow("points", "Released index: gain of sparsity.")
    index_algorithms: Array = flow("points", "Released index: public and private algorithmic progress.")
    index_distillation: Array = flow("points", "Released index: loss by serving a student.")
    index_luck: Array = flow("points", "Released index: luck of the run.")
    index_stagnation: Array = flow("points", "Released index: gain lost to scaling stagnation.")
    moe_setup_cost: Array = flow("M$", "Engineering cost of starting a sparse run.", low=0.0)
    data_cost: Array = flow("M$", "Cost of data.", low=0.0)


@declares("alignment")
class AlignmentFlows:
    """Capability as served, true and seen coverage, ``(lab, run)``."""

    capability: Array = flow("points", "Capability index of the served model, post-training included.")
    post_training: Array = flow("points", "Capability that alignment adds.")
    over_refusal: Array = flow("points", "Capability lost by too much alignment.")
    align_needed: Array = flow("1", "Alignment ratio that covers 63 %.", low=0.0)
    coverage: Array = flow("1", "True alignment coverage; not shown in play.", low=0.0, high=1.0)
    alignment_seen: Array = flow(
        "1", "Alignment coverage as evaluations show it.", low=0.0, high=1.0, label="Alignment (as seen)"
    )
    alignment_width: Array = flow("1", "Standard error of the coverage seen.", low=0.0)
    alignment_given: Array = flow("1", "Alignment ratio that the answer to an event card added.")
    tokens_aligned: Array = flow("T", "Tokens rolled out and trained on for alignment.", low=0.0)


@declares("serving")
class ServingFlows:
    """Serving capacity; ``(lab, run)`` unless said."""

    capacity: Array = flow("T", "Tokens that the inference share of the fleet can serve.", low=0.0)
    full_capacity: Array = flow("T", "Tokens that the whole fleet could serve.", low=0.0)
    mean_replica: Array = flow("GPU", "GPUs a replica, mean over the fleet.", low=0.0)
    open_cost: Array = flow("$/M tokens", "Cost of the best open model at hosts.", ("run",), low=0.0)


@declares("market")
class MarketFlows:
    """Utilities, shares, tokens and revenue; ``(segment, lab, run)`` unless said."""

    utility_capability: Array = flow("utility", "Utility of capability against expectation.", SEGMENT)
    utility_price: Array = flow("utility", "Utility of price against the norm.", SEGMENT)
    utility_trust: Array = flow("utility", "Utility of trust.", SEGMENT)
    utility_brand: Array = flow("utility", "Utility of brand.", SEGMENT)
    utility_service: Array = flow("utility", "Utility of service: served fraction, latency, free tier.", SEGMENT)
    target_share: Array = flow("1", "Share towards which customers move.", SEGMENT, low=0.0, high=1.0)
    share_served: Array = flow("1", "Share of customers in this quarter's sales.", SEGMENT, low=0.0, high=1.0)
    usage: Array = flow("1", "Use per unit at this price over use at the reference price.", SEGMENT, low=0.0)
    bill: Array = flow("$", "Revenue per adopted unit and unit of share.", SEGMENT, low=0.0)
    revenue_segment: Array = flow("M$", "Revenue by segment.", SEGMENT, low=0.0)
    open_share: Array = flow("1", "Target share of hosted open weights.", SEGMENT_WORLD, low=0.0, high=1.0)
    open_price: Array = flow("$", "Price of hosted open weights.", SEGMENT_WORLD, low=0.0)
    log_denominator: Array = flow("utility", "ln of all attractions, open weights and outside included.", SEGMENT_WORLD)
    norm: Array = flow("$", "Market price norm.", SEGMENT_WORLD, low=0.0)
    open_tokens: Array = flow("T", "Tokens served by hosts of open weights.", ("run",), low=0.0)
    platform_income: Array = flow(
        "M$", "Income of the parent's platform from own open weights.", ("lab", "run"), low=0.0
    )
    revenue_customers: Array = flow("M$", "Revenue of all segments.", ("lab", "run"), low=0.0)
    revenue: Array = flow("M$", "Revenue of all segments and of open weights.", ("lab", "run"), low=0.0)
    revenue_open: Array = flow("M$", "Money that comes back from hosts of own open weights.", ("lab", "run"), low=0.0)
    tokens_needed: Array = flow("T", "Tokens asked for, free ones included.", ("lab", "run"), low=0.0)
    tokens_free: Array = flow("T", "Free tokens asked for.", ("lab", "run"), low=0.0)
    tokens_served: Array = flow("T", "Tokens served, free ones included.", ("lab", "run"), low=0.0)
    served_fraction: Array = flow("1", "Part of the demand that was served.", ("lab", "run"), low=0.0, high=1.0)
    best_capability: Array = flow("points", "Best capability of a live lab.", ("run",))


@declares("society")
class SocietyFlows:
    """Incidents, reviews and what they cost, ``(lab, run)`` unless said."""

    incident_hazard: Array = flow("1/quarter", "Chance of an incident.", low=0.0, high=1.0)
    incident: Array = flow("flag", "Did an incident happen?")
    severity: Array = flow("1", "Severity of the incident; 0 without one.", low=0.0)
    review: Array = flow("flag", "Did an antitrust review open?")
    churned: Array = flow("1", "Part of the customers lost at once; negative where an answer won some.", high=1.0)
    trust_given: Array = flow("1", "Trust moved at once by the answer to an event card.")
    trust_norm: Array = flow("1", "Trust towards which the lab moves.", low=0.0, high=1.0)
    fines_due: Array = flow("M$", "Fines.", low=0.0)
    compliance_due: Array = flow("M$", "Cost of compliance.", low=0.0)
    market_share: Array = flow("1", "Share of all labs' revenue.", low=0.0, high=1.0)
    compute_share: Array = flow("1", "Share of all labs' compute in use.", low=0.0, high=1.0)
    hhi: Array = flow("1", "Herfindahl index of revenue.", ("run",), low=0.0, high=1.0,
                      label="Market concentration (HHI)")  # fmt: skip


@declares("capital")
class CapitalFlows:
    """Valuation, rounds and failure; ``(lab, run)`` unless said."""

    arr: Array = flow("M$/year", "Annualised revenue.", low=0.0)
    revenue_growth: Array = flow("ln/year", "Growth of revenue that investors read.")
    multiple: Array = flow("1", "ARR multiple, mood and events included.", low=0.0)
    option_part: Array = flow("M$", "Value of being near the frontier.", low=0.0)
    capability_gap: Array = flow("points", "Capability behind the best live lab.", low=0.0)
    debt_limit: Array = flow("M$", "Largest debt that own GPUs carry.", low=0.0)
    round_asked: Array = flow("M$", "Money asked for in a round.", low=0.0)
    round_failed: Array = flow("flag", "Did a round not close?")
    partner_signed: Array = flow("flag", "Was a partnership signed?")
    credits_new: Array = flow("M$", "Compute credits given by a partner.", low=0.0)
    runway: Array = flow("quarters", "Cash over burn; a large number where nothing burns.", low=0.0)
    sold_part: Array = flow("1", "Part of the own GPUs sold.", low=0.0, high=1.0)
    disposal_loss: Array = flow("M$", "Book value lost in sales of GPUs.", low=0.0)
    acquired: Array = flow("flag", "Was the lab acquired?")
    bankrupt: Array = flow("flag", "Did the lab go bankrupt?")
    equity_pool: Array = flow("M$", "Capital offered to the labs.", ("run",), low=0.0)


@dataclass(frozen=True)
class Report:
    """All flows of a quarter."""

    effects: Effects
    rules: Rules
    skills: Skills
    compute: ComputeFlows
    training: TrainingFlows
    alignment: AlignmentFlows
    serving: ServingFlows
    market: MarketFlows
    society: SocietyFlows
    operating: Operating
    result: Result
    financing: Financing
    capital: CapitalFlows


def flows(report: Report) -> dict[str, Array]:
    """Every flow by name."""
    groups = (getattr(report, f.name) for f in dataclasses.fields(report))
    return {f.name: getattr(group, f.name) for group in groups for f in dataclasses.fields(group)}
