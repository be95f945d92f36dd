"""How people steer: answers to what waits, changes in passing, and replies that ask, doubt and quote.

128 texts were labelled before any of them was tried; 85 were right. None of those that approve, change or propose
nothing was taken to do so, but five numbers were read wrong: those with a decimal comma or a German thousand.

Three are still wrong and not in the tables: "let's analyse them" after two tickers, "a comparison of A, B and C would
tell us more", and "show me 20 picks instead of 10". Two picks with a word too many ("1 and 3, skip 2") were labelled an
approval first, which the rule for approvals does not allow.
"""

from typing import Any

from mltrainer.actions.approval import Approve, Change, Decision

from .sentences import (
    LGBM,
    LR,
    RF,
    TECH,
    XGB,
    Expected,
    adjust,
    deep,
    execution,
    regime,
    screening,
    select,
    trees,
    walk,
)

ALL = ("P1", "P2", "P3")

# One screening waits. None: nothing is approved and nothing is changed.
ONE_WAITS: list[tuple[str, Decision | None]] = [
    ("Yes, but with 90% please.", Change(("P1",), {"confidence_threshold": 0.9})),
    ("run it, but target 5 %", Change(("P1",), {"target_return": 0.05})),
    ("go ahead with a 5-day horizon", Change(("P1",), {"horizon": [5, 5]})),
    ("OK, but use LightGBM instead of XGBoost", Change(("P1",), {"models": [RF, LGBM]})),
    ("yes, with a target of 6,5 %", Change(("P1",), {"target_return": 0.065})),
    ("Go – but 3 to 5 days", Change(("P1",), {"horizon": [3, 5]})),
    ("yes, only energy stocks", Change(("P1",), {"universe": "Energy"})),
    ("approve with seed 11", Change(("P1",), {"seed": 11})),
    ("Yes but raise the confidence to 92.5 percent", Change(("P1",), {"confidence_threshold": 0.925})),
    ("do it, but on the top 100 stocks", Change(("P1",), {"universe": "top-100"})),
    ("yes, with 15 picks a day", Change(("P1",), {"top_k": 15})),
    ("Proceed, but add LightGBM", Change(("P1",), {"models": [RF, XGB, LGBM]})),
    ("yes, but don't use XGBoost", Change(("P1",), {"models": [RF]})),
    ("don't run it yet", None),
    ("Not now.", None),
    ("if AUC is above .55 run it", None),
    ("run it if the AUC is above 0.55", None),
    ("should I run it?", None),
    ("Is it safe to say yes?", None),
    ("would you run it", None),
    ('he said "yes, run it"', None),
    ("yes, once the data are updated", None),
    ("run it tomorrow", None),
    ("run it twice", None),
    ("yes to the idea, no to the models", None),
    ("yes, unless it takes more than ten minutes", None),
    ("I'd say yes but 85% is silly", None),
    ("yeah, go ahead", Approve(("P1",))),
    ("Alright, let's run it!", Approve(("P1",))),
    ("Yes, I approve.", Approve(("P1",))),
    ("please execute this one", Approve(("P1",))),
    ("Yes, run the screening", Approve(("P1",))),
    ("go ahead in the background", Approve(("P1",), background=True)),
]

# A screening, a screening with LightGBM and a walk-forward test wait.
THREE_WAIT: list[tuple[str, Decision | None]] = [
    ("the second one but with 90%", Change(("P2",), {"confidence_threshold": 0.9})),
    ("second, please", Approve(("P2",))),
    ("not the first", None),
    ("only the third", Approve(("P3",))),
    ("the first two", Approve(("P1", "P2"))),
    ("the last two", Approve(("P2", "P3"))),
    ("all but the last", Approve(("P1", "P2"))),
    ("all except the second", Approve(("P1", "P3"))),
    ("number two with a target of 5%", Change(("P2",), {"target_return": 0.05})),
    ("run the first and the third, but with 70 %", Change(("P1", "P3"), {"confidence_threshold": 0.7})),
    ("yes to 2", Approve(("P2",))),
    ("yes to all", Approve(ALL)),
    ("P2", Approve(("P2",))),
    ("run P1 and P3", Approve(("P1", "P3"))),
    ("neither 1 nor 2", None),
    # Plain to people; but any further word takes an approval away.
    ("1 and 3, skip 2", None),
    ("the first one, not the second", None),
    ("2 looks good", None),
    ("which of 1 and 2 is faster", None),
    ("either", None),
    ("1 or 3", None),
    ("the walk-forward test", Approve(("P3",))),
]

# What the AI writes, and what it puts forward.
REPLIES: list[tuple[str, Expected]] = [
    (
        "Nothing qualifies at 85 %: the best is 31 % against a base rate of 9 %. I'd drop the bar to 30 % and screen "
        "again.",
        [adjust(confidence_threshold=0.3)],
    ),
    ("Don't run anything yet; the data end in 2018. Shall I fetch newer bars first?", [("data_pipeline", {})]),
    (
        "If the walk-forward AUC stays above 0.55, a deeper analysis of the top 5 would make sense; let's find out "
        "with a walk-forward test of LightGBM.",
        [walk(models=[LGBM])],
    ),
    (
        "I would not start with the LSTM. Let's take logistic regression as a sober first model: a model execution on "
        "the beats-median label.",
        [execution(LR, label="beats_median")],
    ),
    (
        'You asked "should I run it?" — I would. I propose the same screening with a 5-7 day horizon.',
        [screening(horizon=[5, 7])],
    ),
    ('You could say: "run a walk-forward test with XGBoost".', []),
    ("The previous trial, a screening with random forest at 85 % confidence, ended with no candidate.", []),
    ("Should the AUC fall below 0.52, I would give up on this label.", []),
    (
        "Three ways forward:\n1. A walk-forward test of RandomForest and LightGBM\n2. Regime detection with 3 states\n"
        "3. Lower the confidence threshold to 40 %\nWhich one?",
        [walk(models=[RF, LGBM]), regime(states=3), adjust(confidence_threshold=0.4)],
    ),
    ("Let's repeat the screening with the S&P 500 sector technology.", [screening(universe=TECH)]),
    (
        "Same again, with the S&P 500 technology sector: I suggest a momentum screening on Information Technology "
        "stocks.",
        [screening(universe=TECH)],
    ),
    (
        "I recommend against raising the threshold; instead let's widen the horizon to 10-15 sessions.",
        [adjust(horizon=[10, 15])],
    ),
    (
        "I suggest setting the target to 7,5 % and the horizon to 5–7 sessions.",
        [adjust(target_return=0.075, horizon=[5, 7])],
    ),
    (
        "Let us go for a momentum screening with gradient boosting (LightGBM), +10 % over 10 sessions.",
        [screening(models=[LGBM], target_return=0.1, horizon=[10, 10])],
    ),
    (
        "Next step: hyperparameter search for XGBoost with 30 tries.",
        [("hyperparameter_search", {"models": [XGB], "tries": 30})],
    ),
    ("My recommendation is to stay with these settings and not to run anything.", []),
    ("We should not lower the threshold merely to get candidates.", []),
    (
        "Before we conclude anything, I propose we test the same two models walk-forward with 10 basis points of cost.",
        [walk(cost_bps=10.0)],
    ),
    ("No trial is needed for that: the answer is in T3.", []),
    ("Would you prefer a walk-forward test or a deep analysis of the top 3?", [walk(), deep(top=3)]),
    ("It is 2018-02-07 in these data; the 7-10 day window ends on 21 February.", []),
    ("A stop at $95.50 would cost about 4 %.", []),
    ("I suggest regime detection as of today; nothing else.", [regime()]),
    ("Let's export T4 as CSV to results.csv.", [("save_results", {"trial": "T4", "path": "results.csv"})]),
    ("> yes, run the screening\n\nThat was your word, and it ran: T5.", []),
    ("I could run the comparison, but it would take an hour, and I don't think it is worth it.", []),
    (
        "Let's not chase the threshold. A walk-forward test of LightGBM would tell us whether the signal holds.",
        [walk(models=[LGBM])],
    ),
    (
        "In line with your wish I suggest: momentum screening, RandomForest + LightGBM, 7-10 days, +8 %, 60 % "
        "confidence.",
        [screening(models=[RF, LGBM], horizon=[7, 10], target_return=0.08, confidence_threshold=0.6)],
    ),
    ("The threshold of 85 % is the problem, not the model.", []),
    ("Once you have approved P3, I'll look at the candidates.", []),
    (
        "I propose raising the number of trees to 800 for RandomForest.",
        [select(model_params=trees(800, RF))],
    ),
]

# What the user says while nothing waits, and the settings that it changes at once.
CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("same again with the S&P 500 sector technology", {"universe": TECH}),
    ("Same as before but at 60 % confidence", {"confidence_threshold": 0.6}),
    ("once more, with LightGBM only", {"models": [LGBM]}),
    ("set the target to 7,5 %", {"target_return": 0.075}),
    ("Horizon 5–7 days please", {"horizon": [5, 7]}),
    ("use a confidence of .7", {"confidence_threshold": 0.7}),
    ("make it 70 per cent confidence", {"confidence_threshold": 0.7}),
    ("don't touch the threshold", {}),
    ("not the LSTM", {}),
    ("what if I raised the target to 10%?", {}),
    ("should we use LightGBM?", {}),
    ("drop XGBoost and use 300 trees", {"models": [RF], "model_params": trees(300, RF)}),
    ("I paid $1,200 for NVDA, what now?", {}),
    ("costs are 10 bps a side", {"cost_bps": 10.0}),
    ("Trade at the next open", {"entry": "next_open"}),
    ("use seed 7", {"seed": 7}),
    (
        "target: +5%, horizon: 3-5, confidence: 60%",
        {"target_return": 0.05, "horizon": [3, 5], "confidence_threshold": 0.6},
    ),
    ("increase the confidence threshold by 5 points", {"confidence_threshold": 0.9}),
    ("halve the target", {"target_return": 0.035}),
    ("only AAPL, MSFT and NVDA", {"universe": "AAPL,MSFT,NVDA"}),
    ("everything but energy", {}),
    ("switch to the beats-median label", {"label": "beats_median"}),
    ("if nothing qualifies lower the threshold to 60 %", {}),
    ("I never said to use XGBoost", {}),
    ("The paper says 'use 500 trees'", {}),
    ("use 1.000 trees for the random forest", {"model_params": trees(1000, RF)}),
    ("target return of 0,08", {"target_return": 0.08}),
    ("take all stocks of the data", {"universe": "all"}),
    ("as of 2017-06-30", {}),
    ("let's use health care", {"universe": "Health Care"}),
]

UNDO = ["revert that last change", "undo and run again", "put the threshold back to what it was"]
NOT_UNDO = ["can I undo that?", "don't undo it"]

LOOKED_UP: list[tuple[str, Expected]] = [
    ("which trials have we done so far?", [("system_status", {})]),
    ("show me T3 again", [("show_results", {"trial": "T3"})]),
    ("What models can I choose from?", [("list_models", {})]),
    ("how did my predictions do?", [("show_predictions", {})]),
    ("start a momentum analysis", [screening()]),
]
