"""Which constants govern scaling laws, techniques and algorithms?

Literals of the equations are declared too; a range of a game choice is its value -30 % to +30 %.
"""

from __future__ import annotations

from labsim.variables import Array, declares, parameter


@declares("training")
class TrainingParams:
    """Constants of scaling laws, techniques and algorithms."""

    mfu_base: Array = parameter(
        0.255,
        "1",
        (0.2, 0.3),
        "fit: training_runs.csv",
        "Model FLOP utilisation of a dense run with no technique, A100.",
    )
    mfu_moe: Array = parameter(
        0.58,
        "1",
        (0.45, 0.75),
        "fit: DeepSeek-V2, Arctic, OLMoE, Llama-4 rows",
        "MFU multiplier of sparse models in training.",
    )
    attention_overhead: Array = parameter(
        1.03, "1", (1.02, 1.25), "published range (2-25 % by context length)", "Training FLOP per 6*N*D."
    )
    moe_exponent: Array = parameter(
        0.5,
        "1",
        (0.4, 0.65),
        "published range (sparse against dense at equal loss)",
        "Exponent of sparsity in effective parameters when data is plentiful.",
    )
    moe_exponent_early: Array = parameter(
        0.35,
        "1",
        (0.2, 0.5),
        "published: coarse 8-expert designs gain 1-1.9x",
        "The same before the expert_parallel technique.",
    )
    moe_setup: Array = parameter(
        10.0,
        "M$",
        (0.0, 40.0),
        "game choice",
        "Engineering cost of starting a sparse run; a quarter of it with expert_parallel.",
    )
    moe_data_half: Array = parameter(
        2.0,
        "tokens/parameter",
        (1.0, 5.0),
        "game choice; fits DeepSeek-V2 MMLU",
        "Unique-equivalent tokens per total parameter that halves the MoE exponent.",
    )
    moe_cap: Array = parameter(
        8.0, "1", (4.0, 9.0), "published range of fine-grained experts", "Largest MoE effective-parameter gain."
    )
    repeat_half: Array = parameter(15.4, "epochs", (10.0, 20.0), "Muennighoff 2023", "R* in the repetition law.")
    capability_ref_flop: Array = parameter(
        3.69e25,
        "FLOP",
        (3e25, 6e25),
        "GPT-4-class design (280B active, 1.8T total, 13T tokens)",
        "Dense compute-optimal equivalent at index 100.",
    )
    luck_sd: Array = parameter(
        2.5, "points", (1.0, 4.0), "game choice", "Spread of a finished run around its predicted capability."
    )
    distil_loss: Array = parameter(
        9.0,
        "points/decade",
        (4.0, 12.0),
        "published students: 10-30x cheaper for 3 to 6 points of MMLU",
        "Capability lost per factor 10 of distillation.",
    )
    first_student: Array = parameter(
        0.08,
        "1",
        (0.05, 0.3),
        "GPT-3.5-turbo-class serving, game choice",
        "Served size over trained size of the first models with 2e11 or more active parameters.",
    )
    distil_flop: Array = parameter(
        0.06,
        "1",
        (0.03, 0.15),
        "game choice: the compute of making served students is not published",
        "Extra run FLOP for making the student.",
    )
    algo_public_rate: Array = parameter(
        0.19, "ln/quarter", (0.1, 0.3), "Ho 2024: 2.8x/yr total", "Public algorithmic progress (2.14x per year)."
    )
    algo_own: Array = parameter(
        0.12,
        "ln/quarter",
        (0.05, 0.2),
        "Ho 2024 for the total; the split into own and public is a game choice: it cannot be observed",
        "Own progress of a lab that experiments at frontier scale.",
    )
    algo_leak: Array = parameter(
        0.16,
        "1/quarter",
        (0.08, 0.3),
        "game choice: nobody measures how fast private methods become public",
        "Share of a private lead that becomes public each quarter.",
    )
    open_community: Array = parameter(
        0.1, "ln", (0.0, 0.3), "game choice", "Own algorithmic lead gained from the community by an open release."
    )
    experiment_exponent: Array = parameter(
        0.55, "1", (0.3, 0.7), "game choice", "Returns to experiment compute relative to the biggest experimenter."
    )
    posttrain_max: Array = parameter(
        6.0,
        "points",
        (3.0, 10.0),
        "published gains of post-training",
        "Capability that alignment tokens add (dual use).",
    )
    posttrain_half: Array = parameter(
        0.8, "1", (0.3, 2.0), "game choice", "Alignment/pre-training FLOP ratio scale of that gain."
    )
    think_gain: Array = parameter(
        8.0,
        "points/decade",
        (6.0, 10.0),
        "published: 10x thinking tokens are worth 2-3x training compute",
        "Capability bought per factor 10 of thinking tokens.",
    )
    data_open: Array = parameter(
        0.9, "T tokens/quarter", (0.3, 2.0), "tokens of frontier runs 1.4T->15T+", "Growth of public usable tokens."
    )
    data_price: Array = parameter(
        60.0,
        "M$/T tokens",
        (20.0, 200.0),
        "published licence deals give sums, not tokens; price a token is a game choice",
        "Price of licensed or curated tokens.",
    )
    hire_limit: Array = parameter(0.22, "1/quarter", (0.1, 0.4), "game choice", "Fastest staff growth.")
    wage: Array = parameter(
        0.19,
        "M$/person/quarter",
        (0.1, 0.3),
        "published headcounts and cash costs of labs",
        "Cash cost of a member of staff.",
    )
    align_mfu: Array = parameter(
        0.7, "1", (0.49, 0.91), "game choice", "Utilisation of alignment work relative to pre-training."
    )
    sparse_from: Array = parameter(
        1.5, "1", (1.05, 1.95), "game choice", "Sparsity above which a model runs on sparse kernels."
    )
    moe_train_max: Array = parameter(
        1.0,
        "1",
        (1.0, 1.0),
        "definition: sparse never beats dense utilisation",
        "Largest MFU multiplier of sparse training.",
    )
    moe_setup_easy: Array = parameter(
        0.25, "1", (0.175, 0.325), "game choice", "Share of the MoE setup cost left with expert_parallel."
    )
    hold_margin: Array = parameter(
        0.5, "quarters", (0.35, 0.65), "game choice", "Tolerance of the release hold when counting quarters."
    )
    tokens_seen_min: Array = parameter(
        0.02, "1", (0.014, 0.026), "game choice", "Smallest share of the planned tokens that a stopped run has seen."
    )
    release_margin: Array = parameter(
        2.0,
        "points",
        (1.4, 2.6),
        "game choice",
        "How far under the served model a new one may fall and still replace it.",
    )
    index_slope: Array = parameter(
        20.0,
        "points/decade",
        (20.0, 20.0),
        "definition: 20 points per factor of ten",
        "Capability index points per factor of ten of compute.",
    )
    index_zero: Array = parameter(
        100.0, "points", (100.0, 100.0), "definition: GPT-4 class at 100", "Capability index at the reference compute."
    )
    loss_floor: Array = parameter(
        1.8172, "nats/token", (1.272, 2.362), "Besiroglu 2024 (Chinchilla refit)", "Irreducible loss E."
    )
    loss_n_scale: Array = parameter(
        482.01, "1", (337.4, 626.6), "Besiroglu 2024 (Chinchilla refit)", "Coefficient A of parameters in the loss law."
    )
    loss_d_scale: Array = parameter(
        2085.43, "1", (1460.0, 2711.0), "Besiroglu 2024 (Chinchilla refit)", "Coefficient B of tokens in the loss law."
    )
    loss_n_exponent: Array = parameter(
        0.3478,
        "1",
        (0.2435, 0.4521),
        "Besiroglu 2024 (Chinchilla refit)",
        "Exponent alpha of parameters in the loss law.",
    )
    loss_d_exponent: Array = parameter(
        0.3658, "1", (0.2561, 0.4755), "Besiroglu 2024 (Chinchilla refit)", "Exponent beta of tokens in the loss law."
    )
    flop_per_token_train: Array = parameter(
        6.0, "FLOP", (4.2, 7.8), "Kaplan 2020: 6N per token", "Training FLOP per active parameter and token."
    )
    flop_per_token_serve: Array = parameter(
        2.0, "FLOP", (1.4, 2.6), "Kaplan 2020: 2N per token", "Inference FLOP per active parameter and token."
    )
    serve_attention: Array = parameter(
        1.03, "1", (0.721, 1.339), "game choice", "Inference FLOP per 2N: attention over the context."
    )
    flop_per_token_align: Array = parameter(
        8.0, "FLOP", (5.6, 10.4), "rollout 2N + update 6N", "Alignment FLOP per active parameter and token."
    )
    staff_exponent: Array = parameter(
        0.2, "1", (0.14, 0.26), "game choice", "Returns to staff in algorithmic progress."
    )
    public_from_lead: Array = parameter(
        0.03, "1/quarter", (0.021, 0.039), "game choice", "Public progress per unit of the largest private lead."
    )
    technique_speed: Array = parameter(
        0.2, "1", (0.14, 0.26), "game choice", "Share of staff that works on techniques."
    )
    technique_fastest: Array = parameter(
        0.5, "1/quarter", (0.35, 0.65), "game choice", "Largest part of a technique learned in a quarter."
    )
    cut_limit: Array = parameter(0.3, "1/quarter", (0.21, 0.39), "game choice", "Fastest cut of staff.")
    hire_base: Array = parameter(
        5.0, "persons/quarter", (3.5, 6.5), "game choice", "Hires a quarter that any lab can make."
    )
    open_drift: Array = parameter(
        1.2,
        "points/quarter",
        (0.84, 1.56),
        "game choice",
        "Quarterly gain of the best open-weights model through tuning.",
    )
    adoption_percent: int = parameter(
        0,
        "%",
        (0.0, 100.0),
        "game choice",
        "Part of a technique's cost that adopting it takes once it is public; 0: everybody has it at once.",
        structural=True,
    )
    tune_gain: Array = parameter(
        3.0, "points", (1.0, 5.0), "published gains of tuned open models, game choice", "Most that tuning adds."
    )
    tune_half: Array = parameter(0.1, "T", (0.03, 0.3), "game choice", "Tokens of tuning that bring 63 % of that gain.")
    tune_loss: Array = parameter(
        2.0, "points", (0.0, 4.0), "game choice", "Points that tuned open weights stay behind the original."
    )
    tune_option: Array = parameter(
        0.1, "1", (0.0, 1.0), "game choice", "Part of the frontier's option value granted for tuned open weights."
    )
