# ruff: noqa: E501 - texts as they are written, a paragraph a line
"""A fifth lot of texts, as an AI and its user write them at length; labelled before any of it was tried.

When first tried, 85 of the 104 texts that put something forward were right to the last parameter, and 60 of the 61 that
put nothing forward were left alone. Three that are still wrong are not in the tables: "let's run it with C = 0.1" after
a model was named, "let's show the top 25 picks instead of 10", and "let's look at utilities only and run it again".
"""

from typing import Any

from .sentences import (
    LGBM,
    LR,
    LSTM,
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


def comparison(*models: str, **stated: Any) -> tuple[str, dict[str, Any]]:
    return "model_comparison", ({"models": list(models)} if models else {}) | stated


def search(*models: str, **stated: Any) -> tuple[str, dict[str, Any]]:
    return "hyperparameter_search", ({"models": list(models)} if models else {}) | stated


def save(**stated: Any) -> tuple[str, dict[str, Any]]:
    return "save_results", stated


def fetch(**stated: Any) -> tuple[str, dict[str, Any]]:
    return "data_pipeline", stated


NATURAL: list[tuple[str, Expected]] = [
    # comparisons
    (
        "Which of RandomForest and XGBoost is better? Let's compare them on the same folds.",
        [comparison(RF, XGB)],
    ),
    (
        "Rather than guessing, I suggest we **compare all models** side by side; it takes a while, but afterwards we "
        "know what the data can give.",
        [comparison("all")],
    ),
    ("Let's compare RandomForest, XGBoost and LightGBM on the same folds.", [comparison(RF, XGB, LGBM)]),
    (
        "The gap between the two is within error. My proposal: a head-to-head comparison of LightGBM and logistic "
        "regression, with a 5-7 day horizon.",
        [comparison(LGBM, LR, horizon=[5, 7])],
    ),
    ("Next I'd run a model comparison across the whole registry.", [comparison("all")]),
    (
        "Shall I run a model comparison with LightGBM, XGBoost and an LSTM at +5%?",
        [comparison(LGBM, XGB, LSTM, target_return=0.05)],
    ),
    ("I recommend comparing LightGBM against XGBoost before we tune anything.", [comparison(LGBM, XGB)]),
    ("A leaderboard of all models would be the natural next step.", [comparison("all")]),
    ("Let's put every model of the registry on one leaderboard.", [comparison("all")]),
    ("Let's benchmark random forest against logistic regression.", [comparison(RF, LR)]),
    (
        "Before anything else, let me suggest a model comparison:\n\n- Models: RandomForest, LightGBM\n- Horizon: 7-10 days\n"
        "- Target: +7%",
        [comparison(RF, LGBM, horizon=[7, 10], target_return=0.07)],
    ),
    # searches
    ("Let's search the hyper-parameters of LightGBM (30 tries).", [search(LGBM, tries=30)]),
    (
        "LightGBM runs on its defaults so far. I suggest a hyperparameter search for LightGBM with 50 trials, inside the "
        "training window only.",
        [search(LGBM, tries=50)],
    ),
    ("We could tune the hyperparameters of XGBoost next.", [search(XGB)]),
    (
        "I propose hyperparameter tuning for RandomForest and LightGBM with a budget of 40 tries.",
        [search(RF, LGBM, tries=40)],
    ),
    ("It may help to tune XGBoost: shall I try 25 parameter sets?", [search(XGB, tries=25)]),
    ("Let's optimise the parameters of the random forest, at most 20 tries.", [search(RF, tries=20)]),
    ("My next step would be a hyperparameter search limited to 10 minutes.", [search(seconds=600)]),
    # saving
    ("Let's save the results of T3 as CSV to momentum.csv.", [save(trial="T3", path="momentum.csv")]),
    ("I suggest we export trial T2 to report.html so that you can share it.", [save(trial="T2", path="report.html")]),
    ("Shall I save the results to results/t4.parquet?", [save(path="results/t4.parquet")]),
    # data
    ("The bars end three days ago. I suggest we update the data before the next screening.", [fetch()]),
    ("Let's fetch the latest bars first.", [fetch()]),
    ("I recommend refreshing the market data, since Friday's close is missing.", [fetch()]),
    ("Shall I download the newest prices?", [fetch()]),
    ("It would be worth updating the macro series from FRED as well.", [fetch(source="fred")]),
    # labels
    (
        "AUC on the hit label may be volatility alone. I suggest a walk-forward test on the 'beats the median' label, "
        "that is: use the beats median label.",
        [walk(label="beats_median")],
    ),
    ("Let's count a hit when the high touches the target, not only the close: use the high.", [adjust(touch="high")]),
    ("I suggest we let the target be reached by the intraday high.", [adjust(touch="high")]),
    ("Let's require that prices touch the high for a hit.", [adjust(touch="high")]),
    ("I propose a triple barrier with a 5 % stop.", [adjust(label="triple_barrier", stop_return=0.05)]),
    (
        "Let's switch to the triple-barrier label with a stop at 4% and a target of 8%.",
        [adjust(label="triple_barrier", stop_return=0.04, target_return=0.08)],
    ),
    (
        "I'd suggest running the walk-forward test with the triple barrier label and a 6% stop-loss.",
        [walk(label="triple_barrier", stop_return=0.06)],
    ),
    ("Let's screen for +25 % within 3 months.", [screening(target_return=0.25, horizon=[1, 63])]),
    ("I suggest momentum screening for +75% in 9 months.", [screening(target_return=0.75, horizon=[189, 189])]),
    ("How about a target of 25% over the next 3 months?", [adjust(target_return=0.25, horizon=[63, 63])]),
    ("We could ask for relative strength instead: use the cross-sectional rank label.", [adjust(label="xs_rank")]),
    ("Let's measure from the next open rather than from the close.", [adjust(entry="next_open")]),
    (
        "Let's use the volatility-scaled target with a volatility multiple of 2.",
        [adjust(label="hit_vol_scaled", volatility_multiple=2.0)],
    ),
    ("Let's save the results of T3 to `momentum.csv`.", [save(trial="T3", path="momentum.csv")]),
    (
        "I suggest a walk-forward test with `lightgbm` and `random_forest`, `horizon` 5-7 days.",
        [walk(models=[LGBM, RF], horizon=[5, 7])],
    ),
    ("Let's set `confidence_threshold` to `0.6`.", [adjust(confidence_threshold=0.6)]),
    # long paragraphs with one proposal inside
    (
        "Here is how I read **T4**. RandomForest reached an AUC of 0.71 and XGBoost 0.70, both on 190,412 test rows over 16 "
        "folds, while the volatility-only baseline alone got 0.69, so most of what looks like skill is simply volatility. "
        "The Brier skill scores (0.021 and 0.014) point the same way. None of the 198 names reaches the 85% bar; the best "
        "was NVDA at 31%, which is about three times the base rate but far from what you asked for. With that in mind I "
        "would next run a walk-forward test with LightGBM, because only a test with costs can tell whether the ranking "
        "is worth trading.",
        [walk(models=[LGBM])],
    ),
    (
        "Thanks for approving that. The regime score of 62 says that we are in a nervous market, and in such markets the hit "
        "rate of the screening fell from 14% to 8% in the past. That does not mean that the models are useless, but it does "
        "mean that an 85% bar was never realistic. I'd therefore propose that we lower the confidence threshold to 30%, "
        "look at what qualifies, and judge it against the base rate.",
        [adjust(confidence_threshold=0.3)],
    ),
    (
        "**What the trial says**\n\n- AUC: 0.74 (0.72 to 0.76)\n- Brier skill: 0.021\n- Qualified: 3 of 200\n\n**What I would "
        "do**\n\nRun a deeper analysis on the three that qualify: NVDA, AMZN and MSFT.",
        [deep(tickers=["NVDA", "AMZN", "MSFT"])],
    ),
    (
        "Three candidates clear the bar.\n\n1. NVDA at 91%\n2. AMZN at 88%\n3. MSFT at 86%\n\nI would like to dig deeper into the "
        "top 3 before we trust them.",
        [deep(top=3)],
    ),
    (
        "### Next step\n\nI suggest an **ensemble of RandomForest + LightGBM** for the same 7-10 day horizon.",
        [select(RF, LGBM), adjust(horizon=[7, 10])],
    ),
    (
        "In short: random forest is slightly ahead, XGBoost adds little, and LightGBM has not been tried. Let's drop XGBoost and "
        "add LightGBM.",
        [select(RF, LGBM)],
    ),
    (
        "You asked whether 500 trees would help. I cannot know before it has run; it costs about three times as much. Let's use "
        "500 trees and see.",
        [select(model_params=trees(500, RF, XGB))],
    ),
    # lists of options
    (
        "There are three sensible ways to go on:\n\n1. **Compare** RandomForest with LightGBM on the same folds\n2. **Lower the bar** "
        "to 40% confidence\n3. **Check the regime** first\n\nWhich one would you like?",
        [comparison(RF, LGBM), adjust(confidence_threshold=0.4), regime()],
    ),
    (
        "Options from here:\n\n- tune LightGBM with 30 tries\n- run the walk-forward test with LightGBM\n- stop here\n\nTell me which.",
        [search(LGBM, tries=30), walk(models=[LGBM])],
    ),
    (
        "**Next steps I'd suggest:**\n1. Momentum screening on energy stocks\n2. Regime detection with 2 states",
        [screening(universe="Energy"), regime(states=2)],
    ),
    (
        "My plan: (1) run regime detection, (2) run a model comparison of all models, (3) run deeper analysis on the top 10 "
        "candidates.",
        [regime(), comparison("all"), deep(top=10)],
    ),
    # hedged
    ("If you agree, I'd raise the target to 10% and leave everything else alone.", [adjust(target_return=0.1)]),
    ("Perhaps we should look at the regime before going further.", [regime()]),
    ("It might be worth screening only the 50 most traded stocks.", [screening(universe="top-50")]),
    ("Unless you object, let's run the walk-forward test with random forest and LightGBM.", [walk(models=[RF, LGBM])]),
    ("One could argue about the horizon; I'd go for 5-7 days.", [adjust(horizon=[5, 7])]),
    ("Why not try an LSTM with 12 epochs?", [select(LSTM, model_params={LSTM: {"epochs": 12}})]),
    ("A cheap sanity check would be to run logistic regression.", [execution(LR)]),
    # settings of many kinds
    ("I suggest we widen the horizon by 5 sessions.", [adjust(horizon=[12, 15])]),
    ("Let's cut the target by 2 points.", [adjust(target_return=0.05)]),
    (
        "I'd lower the confidence threshold by 15 percentage points, to be realistic.",
        [adjust(confidence_threshold=0.7)],
    ),
    ("I recommend restricting the universe to health care stocks.", [adjust(universe="Health Care")]),
    ("Let's set the confidence to 0.6 and the target to 4%.", [adjust(confidence_threshold=0.6, target_return=0.04)]),
    ("Let's use AAPL, MSFT and NVDA only.", [adjust(universe="AAPL,MSFT,NVDA")]),
    (
        "Let's give XGBoost 400 rounds with depth 3.",
        [select(XGB, model_params={XGB: {"n_estimators": 400, "max_depth": 3}})],
    ),
    (
        "I suggest that we use only the S&P 500 members and repeat the screening.",
        [adjust(universe="sp500"), screening()],
    ),
    # trials with everything in them
    (
        "I'd like to run momentum screening with an ensemble of RandomForest and LightGBM, a 5 to 7 day horizon, a +5% target, "
        "60% confidence, on the top 100 stocks.",
        [
            screening(
                models=[RF, LGBM], horizon=[5, 7], target_return=0.05, confidence_threshold=0.6, universe="top-100"
            )
        ],
    ),
    (
        "Proposal:\n\n**Walk-forward test**\n- Models: LightGBM and logistic regression\n- Horizon: 5-7 days\n- Label: beats median",
        [walk(models=[LGBM, LR], horizon=[5, 7], label="beats_median")],
    ),
    (
        "I'd now run XGBoost alone with a learning rate of 0.05.",
        [execution(XGB, model_params={XGB: {"learning_rate": 0.05}})],
    ),
    ("Good. Let me start the screening with the settings you chose.", [screening()]),
    ("As the next trial, I propose a backtest of the ensemble of RandomForest and XGBoost.", [walk(models=[RF, XGB])]),
    ("Could I suggest a closer look at NVDA?", [deep(tickers=["NVDA"])]),
    ("What about running the regime detection with two states?", [regime(states=2)]),
    (
        "So here is my suggestion: 3-5 days, +4%, 50% confidence, LightGBM only.",
        [adjust(horizon=[3, 5], target_return=0.04, confidence_threshold=0.5), select(LGBM)],
    ),
]

# With settings that were changed before: RandomForest and XGBoost, 85 % until now LightGBM at 90 % on 5-7 sessions.
NATURAL_UNDO: list[tuple[str, Expected]] = [
    ("That was worse. Let's go back to the previous settings.", [adjust(confidence_threshold=0.85)]),
    ("I suggest we undo the last change.", [adjust(confidence_threshold=0.85)]),
    ("I'd revert to the earlier threshold and test again.", [adjust(confidence_threshold=0.85)]),
    (
        "Shall we return to the previous settings and run the walk-forward test?",
        [adjust(confidence_threshold=0.85), walk()],
    ),
    ("We should not go back to the previous settings.", []),
    ("You went back to the previous settings after T3.", []),
    ("If this fails, we can go back to the previous settings.", []),
]

NATURAL_EMPTY: list[str] = [
    "I compared RandomForest and XGBoost in T3: the difference of 0.004 AUC is within error.",
    "Comparing the two models, RandomForest has the better Brier skill.",
    "Compared with XGBoost, LightGBM is faster but no better.",
    "The comparison of all models in T5 put LightGBM first.",
    "A comparison across different folds would not be fair.",
    "You cannot compare these two AUCs, since they come from different labels.",
    "To compare models fairly, they must share folds; that is what model_comparison does.",
    "The hyperparameter search of T6 tried 30 sets and found nothing better than the defaults.",
    "I would not tune the hyperparameters on 700 sessions: that only fits noise.",
    "Hyperparameters were left at their defaults.",
    "Tuning XGBoost did not pay in T4.",
    "The search space covers 50 to 500 trees.",
    "The results were saved to momentum.csv.",
    "You can save the results yourself with `mltrainer trials export T3`.",
    "I have no need to save anything.",
    "The data were updated this morning, so nothing needs to be fetched.",
    "The latest bars are from 7 February 2018.",
    "Polygon delivers bars after the close, which is why today's are missing.",
    "Without newer data I cannot say more.",
    "The stop of 5% would have been hit in 40 of 120 cases.",
    "Under the triple barrier label the base rate would be 22%, says the literature.",
    "The label says: some close 7 to 10 sessions ahead is at least 7% above today's.",
    "A high that touches the target does not count as a hit here, only a close does.",
    "A +25% move within 3 months happened in 4.1% of all cases.",
    "Your old target of +75% in 9 months was reached by almost nobody.",
    "It is not worth comparing more models on these data.",
    "I don't think we should drop XGBoost yet.",
    "Whether to raise the bar to 90% is your call.",
    "T3 used a 90% threshold, T4 one of 85%.",
    "At your request I left the target at 7%.",
    'You said: "Let\'s compare RandomForest and XGBoost." That is what T5 did.',
    'For reference, the old system suggested: "increase confidence threshold to 90%".',
    "```\nLet's compare all models.\n```",
    "The id of that model is `lightgbm`; `xgboost` is the other one.",
    "You can type `yes` or `edit` now.",
    "> I suggest we tune LightGBM with 30 tries.\n\nThat was my suggestion before your last message; it no longer stands.",
    "| step | what |\n|---|---|\n| 1 | run a walk-forward test |\n| 2 | compare all models |",
    "I can run a model comparison, a hyperparameter search or a walk-forward test whenever you ask for one.",
    "The available actions are: momentum screening, model comparison, hyperparameter search, save results.",
    "Honestly, none of these candidates deserves a deeper look.",
    "We already looked deeper into NVDA in T7.",
    "I wouldn't run the walk-forward test again with the same settings; it would give the same numbers.",
    "Had we used LightGBM from the start, T2 would have taken 20 seconds.",
    "The job in the background is still running.",
    "Nothing changes until you say so.",
    "When you typed 'yes', T3 began with RandomForest and XGBoost.",
    "That answers your question: 500 trees gave the same AUC as 200.",
    "The ensemble of RandomForest and XGBoost scored 0.72, the members 0.71 and 0.70.",
    "What would a higher threshold cost? Fewer candidates and no better forecasts.",
    "It's your money and your decision; this is research only.",
]

NATURAL_ASKED: list[tuple[str, Expected]] = [
    ("compare random forest and xgboost", [comparison(RF, XGB)]),
    ("Compare all models please", [comparison("all")]),
    ("Can you compare LightGBM with logistic regression?", [comparison(LGBM, LR)]),
    ("which of RandomForest and XGBoost is better? Let's compare them", [comparison(RF, XGB)]),
    ("run a model comparison of RF, XGB and LGBM with +5%", [comparison(RF, XGB, LGBM, target_return=0.05)]),
    ("tune lightgbm with 30 tries", [search(LGBM, tries=30)]),
    ("please search the hyper-parameters of XGBoost, 15 tries", [search(XGB, tries=15)]),
    ("hyperparameter search for the random forest", [search(RF)]),
    ("save the results as CSV to x.csv", [save(path="x.csv")]),
    ("export T4 to report.html", [save(trial="T4", path="report.html")]),
    ("please save trial T2 as t2.json", [save(trial="T2", path="t2.json")]),
    ("update the data", [fetch()]),
    ("fetch the latest bars", [fetch()]),
    ("please download the latest prices", [fetch()]),
    ("only technology stocks", [adjust(universe=TECH)]),
    ("drop XGBoost, add LightGBM", [select(RF, LGBM)]),
    ("use 500 trees", [select(model_params=trees(500, RF, XGB))]),
    ("target +8% in 5-7 days", [adjust(target_return=0.08, horizon=[5, 7])]),
    ("lower the confidence by 5 points", [adjust(confidence_threshold=0.8)]),
    ("I want +25% within 3 months", [adjust(target_return=0.25, horizon=[1, 63])]),
    ("use a triple barrier with a 5 % stop", [adjust(label="triple_barrier", stop_return=0.05)]),
    ("switch to the beats-median label", [adjust(label="beats_median")]),
    ("touch the high", [adjust(touch="high")]),
    ("make it 90%", [adjust(confidence_threshold=0.9)]),
    (
        "Let's go with LightGBM, 60% confidence and the top 50 stocks",
        [select(LGBM), adjust(confidence_threshold=0.6, universe="top-50")],
    ),
]

NATURAL_UNASKED: list[str] = [
    "which model is better, RandomForest or XGBoost?",
    "did you compare all models?",
    "what does hyperparameter search do?",
    "where were the results saved?",
    "how old are the data?",
    "don't tune anything yet",
    "is a triple barrier better than the hit label?",
    "I read that LightGBM beats XGBoost with 500 trees",
    "what would happen with a 90% threshold?",
    "thanks, that was helpful",
]
