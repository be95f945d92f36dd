"""What detection must find in texts and what it must leave alone.

Each entry is a text and the actions that it puts forward, with every parameter that it states, in order. The settings
are the defaults: random forest and XGBoost, 7-10 sessions, 7 %, 85 %.
"""

from typing import Any

from mltrainer.models.registry import MODELS

Expected = list[tuple[str, dict[str, Any]]]

RF, XGB, LGBM, LR, LSTM = "random_forest", "xgboost", "lightgbm", "logistic_regression", "lstm"
TECH = "Information Technology"


def screening(**stated: Any) -> tuple[str, dict[str, Any]]:
    return "momentum_screening", stated


def walk(**stated: Any) -> tuple[str, dict[str, Any]]:
    return "walk_forward_test", stated


def regime(**stated: Any) -> tuple[str, dict[str, Any]]:
    return "regime_detection", stated


def execution(*models: str, **stated: Any) -> tuple[str, dict[str, Any]]:
    return "model_execution", ({"models": list(models)} if models else {}) | stated


def deep(**stated: Any) -> tuple[str, dict[str, Any]]:
    return "deep_analysis", stated


def comparison(**stated: Any) -> tuple[str, dict[str, Any]]:
    return "model_comparison", stated


def search(*models: str) -> tuple[str, dict[str, Any]]:
    return "hyperparameter_search", {"models": list(models)} if models else {}


def adjust(**stated: Any) -> tuple[str, dict[str, Any]]:
    return "adjust_settings", stated


def select(*models: str, **stated: Any) -> tuple[str, dict[str, Any]]:
    return "select_models", ({"models": list(models)} if models else {}) | stated


def trees(number: int, *models: str) -> dict[str, Any]:
    return {model: {"n_estimators": number} for model in models}


# The seed conversation, word for word.
SEED: list[tuple[str, Expected]] = [
    (
        "I suggest we initiate momentum screening using RandomForest and XGBoost models targeting 7-10 day momentum "
        "with +7% returns at 85% confidence.",
        [screening(models=[RF, XGB], horizon=[7, 10], target_return=0.07, confidence_threshold=0.85)],
    ),
    ("Let's run deeper analysis on the top 5 candidates", [deep(top=5)]),
    ("increase confidence threshold to 90%", [adjust(confidence_threshold=0.9)]),
    (
        "RandomForest performed better than XGBoost ... Let's try ensemble of RandomForest + LightGBM",
        [select(RF, LGBM)],
    ),
]

PROPOSED: list[tuple[str, Expected]] = [
    ("Let's promote T3.", [("promote", {"trial": "T3"})]),
    ("I recommend opening the sealed holdout for T12.", [("promote", {"trial": "T12"})]),
    ("Let's promote the best trial.", [("promote", {"trial": "best"})]),
    ("I suggest we promote the latest trial.", [("promote", {})]),
    # what the event is
    (
        "Let's use the hit_vol_scaled label with a volatility multiple of 2.",
        [adjust(label="hit_vol_scaled", volatility_multiple=2.0)],
    ),
    (
        "I suggest a volatility-scaled target of 1.25 standard deviations.",
        [adjust(label="hit_vol_scaled", volatility_multiple=1.25)],
    ),
    ("I propose a triple barrier with a stop at 4%.", [adjust(label="triple_barrier", stop_return=0.04)]),
    ("Let's let the intraday high reach the target.", [adjust(touch="high")]),
    ("Let's measure from the next open.", [adjust(entry="next_open")]),
    # trials, said plainly
    ("Let's run momentum screening.", [screening()]),
    ("I recommend a momentum screening with LightGBM.", [screening(models=[LGBM])]),
    ("I propose running the momentum screening again with a random forest.", [screening(models=[RF])]),
    ("I'd suggest a fresh momentum screening at 80% confidence.", [screening(confidence_threshold=0.8)]),
    ("Shall we start a momentum screening on the top 100 most traded stocks?", [screening(universe="top-100")]),
    ("Shall I launch the momentum screening with +5% in 5-7 days?", [screening(target_return=0.05, horizon=[5, 7])]),
    ("Let us screen the universe for 10% gains within 10 days.", [screening(target_return=0.1, horizon=[1, 10])]),
    (
        "My recommendation is a momentum screening with logistic regression and the top 20 picks.",
        [screening(models=[LR], top_k=20)],
    ),
    ("Next, run momentum screening with XGBoost and seed 7.", [screening(models=[XGB], seed=7)]),
    ("We could run momentum screening on technology stocks only.", [screening(universe=TECH)]),
    ("Would you like me to run a momentum screening with an LSTM?", [screening(models=[LSTM])]),
    ("I suggest that we rerun the momentum screening with the beats-median label.", [screening(label="beats_median")]),
    (
        "I'll start the momentum screening with random forest, XGBoost and LightGBM.",
        [screening(models=[RF, XGB, LGBM])],
    ),
    ("How about a momentum screening over the next month?", [screening(horizon=[21, 21])]),
    ("I would propose momentum screening for AAPL, MSFT and NVDA.", [screening(universe="AAPL,MSFT,NVDA")]),
    (
        "Let's do a momentum analysis over two weeks with a target of 6%.",
        [screening(horizon=[10, 10], target_return=0.06)],
    ),
    ("I suggest we run the regime detection next.", [regime()]),
    ("Let's check the market regime first.", [regime()]),
    ("I recommend regime detection with three states before anything else.", [regime(states=3)]),
    ("Let's detect the current market regime.", [regime()]),
    ("As a next step, run regime detection.", [regime()]),
    ("It would be useful to look at the current regime.", [regime()]),
    ("We should run a regime analysis with 2 states.", [regime(states=2)]),
    ("I propose a walk-forward test of LightGBM.", [walk(models=[LGBM])]),
    (
        "Let's run a walk-forward test with random forest and LightGBM on the top 50.",
        [walk(models=[RF, LGBM], universe="top-50")],
    ),
    ("I suggest to validate this with a walk forward test.", [walk()]),
    ("I suggest we run a model comparison with RandomForest and LightGBM.", [comparison(models=[RF, LGBM])]),
    ("I suggest we run a hyperparameter search with XGBoost.", [search(XGB)]),
    ("Next, let's tune the hyperparameters of LightGBM.", [search(LGBM)]),
    ("Let's backtest the ensemble of XGBoost and LightGBM.", [walk(models=[XGB, LGBM])]),
    ("The next step is a walk-forward test with a 20-day horizon.", [walk(horizon=[20, 20])]),
    (
        "The logical next step would be to run a walk-forward test with 300 trees.",
        [walk(model_params=trees(300, RF, XGB))],
    ),
    ("My next step would be a walk-forward validation of the LSTM.", [walk(models=[LSTM])]),
    ("Next step: run a walk-forward test with logistic regression.", [walk(models=[LR])]),
    ("I would like to run a walk-forward test on all tickers.", [walk(universe="all")]),
    ("Let's run XGBoost.", [execution(XGB)]),
    (
        "Let's train an LSTM on the top 100 with 5 epochs.",
        [execution(LSTM, universe="top-100", model_params={LSTM: {"epochs": 5}})],
    ),
    (
        "I suggest training LightGBM with a learning rate of 0.03.",
        [execution(LGBM, model_params={LGBM: {"learning_rate": 0.03}})],
    ),
    ("Let's evaluate logistic regression on its own.", [execution(LR)]),
    ("I recommend fitting a random forest with 500 trees.", [execution(RF, model_params=trees(500, RF))]),
    (
        "Run XGBoost with depth 6 and 400 rounds.",
        [execution(XGB, model_params={XGB: {"n_estimators": 400, "max_depth": 6}})],
    ),
    ("Let's run an ensemble of RandomForest and LightGBM.", [execution(RF, LGBM)]),
    ("We could train the LSTM with 64 hidden units.", [execution(LSTM, model_params={LSTM: {"hidden": 64}})]),
    ("I propose testing RF at a horizon of 5-7 days.", [execution(RF, horizon=[5, 7])]),
    # deep analysis
    ("I suggest a deeper analysis of AAPL.", [deep(tickers=["AAPL"])]),
    ("Let's take a closer look at AAPL and MSFT.", [deep(tickers=["AAPL", "MSFT"])]),
    ("I propose a deep dive into the top five candidates.", [deep(top=5)]),
    ("Shall we dig deeper into the top 3?", [deep(top=3)]),
    ("Let's analyse the top 10 picks in more depth.", [deep(top=10)]),
    ("I'd recommend a deep analysis of NVDA with a 10% target.", [deep(tickers=["NVDA"]), adjust(target_return=0.1)]),
    ("It's worth running deep analysis on the 5 best candidates of T3.", [deep(top=5, trial="T3")]),
    ("Next I would look more closely at the top candidate.", [deep(top=1)]),
    ("Let's drill down into NVDA, AMZN and GOOGL.", [deep(tickers=["NVDA", "AMZN", "GOOGL"])]),
    # settings
    ("Let's raise the confidence threshold to 90%.", [adjust(confidence_threshold=0.9)]),
    ("I suggest lowering the confidence threshold to 70 %.", [adjust(confidence_threshold=0.7)]),
    ("I suggest lowering the confidence threshold from 85% to 75%.", [adjust(confidence_threshold=0.75)]),
    ("Lower the threshold to 0.6.", [adjust(confidence_threshold=0.6)]),
    ("Let's set the confidence threshold to 80 percent.", [adjust(confidence_threshold=0.8)]),
    ("The threshold is strict. Let's lower it by 5 points.", [adjust(confidence_threshold=0.8)]),
    ("I recommend reducing the confidence threshold by 15 percentage points.", [adjust(confidence_threshold=0.7)]),
    ("Let's increase the target by 1 point.", [adjust(target_return=0.08)]),
    ("Raise the target to 8 %.", [adjust(target_return=0.08)]),
    ("I suggest a lower target of 5%.", [adjust(target_return=0.05)]),
    ("Let's drop the target to 4% and keep the rest.", [adjust(target_return=0.04)]),
    ("Use a 5-7 day horizon.", [adjust(horizon=[5, 7])]),
    ("I suggest extending the horizon to 15-20 sessions.", [adjust(horizon=[15, 20])]),
    ("Let's extend the horizon by 5 days.", [adjust(horizon=[12, 15])]),
    ("Let's shorten the horizon to one to two weeks.", [adjust(horizon=[5, 10])]),
    ("Target +8% in 5-7 days.", [adjust(target_return=0.08, horizon=[5, 7])]),
    ("We could target 5% returns within 10 sessions.", [adjust(target_return=0.05, horizon=[1, 10])]),
    ("Use only technology stocks.", [adjust(universe=TECH)]),
    ("Let's restrict the universe to the top 100 most traded stocks.", [adjust(universe="top-100")]),
    ("I suggest to focus on the 50 most liquid names.", [adjust(universe="top-50")]),
    ("Let's limit the universe to health care stocks.", [adjust(universe="Health Care")]),
    ("Let's switch to the S&P 500.", [adjust(universe="sp500")]),
    ("I'd widen the universe to all tickers.", [adjust(universe="all")]),
    ("Let's look for the top 20 picks instead; set top_k to 20.", [adjust(top_k=20)]),
    ("I recommend using the top 5 picks a day.", [adjust(top_k=5)]),
    ("Let's switch the label to beats_median.", [adjust(label="beats_median")]),
    (
        "I'd go with a 75% confidence threshold and a 5% target.",
        [adjust(confidence_threshold=0.75, target_return=0.05)],
    ),
    ("Nothing reaches 85%, so let's lower the confidence threshold to 30%.", [adjust(confidence_threshold=0.3)]),
    # models
    ("Let's try LightGBM.", [select(LGBM)]),
    ("I suggest switching to logistic regression.", [select(LR)]),
    ("Switch to LightGBM and XGBoost.", [select(LGBM, XGB)]),
    ("Drop XGBoost, add LightGBM.", [select(RF, LGBM)]),
    ("I suggest we drop XGBoost.", [select(RF)]),
    ("Let's add LightGBM to the ensemble.", [select(RF, XGB, LGBM)]),
    ("Let's replace XGBoost with LightGBM.", [select(RF, LGBM)]),
    ("I propose swapping random forest for the LSTM.", [select(XGB, LSTM)]),
    ("Let's try an ensemble of random forest, XGBoost and light GBM.", [select(RF, XGB, LGBM)]),
    ("I'd combine RF with LGBM.", [select(RF, LGBM)]),
    ("Use 500 trees.", [select(model_params=trees(500, RF, XGB))]),
    ("Let's use 300 boosting rounds.", [select(model_params=trees(300, XGB))]),
    ("Use LightGBM with 500 trees.", [select(LGBM, model_params=trees(500, LGBM))]),
    ("Let's increase the number of trees to 400.", [select(model_params=trees(400, RF, XGB))]),
    ("Let's set the depth of XGBoost to 6.", [select(model_params={XGB: {"max_depth": 6}})]),
    ("I suggest switching to LightGBM with a 5-7 day horizon.", [select(LGBM), adjust(horizon=[5, 7])]),
    ("Let's use LightGBM only.", [select(LGBM)]),
    ("I suggest using LightGBM instead of XGBoost.", [select(RF, LGBM)]),
    ("Let's use LightGBM rather than random forest and XGBoost.", [select(LGBM)]),
    # several at once, longer replies
    (
        "1. Run a walk-forward test with LightGBM  2. Regime detection  3. Lower the threshold to 70%\n\n"
        "Which of these would you like?",
        [walk(models=[LGBM]), regime(), adjust(confidence_threshold=0.7)],
    ),
    (
        "Here are the options for the next step:\n\n1. **Walk-forward test** with XGBoost\n2. **Regime detection**\n"
        "3. **Deeper analysis** of the top 5 candidates",
        [walk(models=[XGB]), regime(), deep(top=5)],
    ),
    (
        "## Results\n\nThe best model was LightGBM.\n\n## Next steps\n\n- Run a walk-forward test with LightGBM\n"
        "- Lower the confidence threshold to 60%",
        [walk(models=[LGBM]), adjust(confidence_threshold=0.6)],
    ),
    (
        "Let's increase the confidence threshold to 90% and rerun the momentum screening.",
        [adjust(confidence_threshold=0.9), screening()],
    ),
    ("I suggest regime detection and then a walk-forward test with LightGBM.", [regime(), walk(models=[LGBM])]),
    (
        "The momentum screening found 0 candidates at 85%. The best reached 31%. I suggest lowering the confidence "
        "threshold to 30%.",
        [adjust(confidence_threshold=0.3)],
    ),
    (
        "I recommend a walk-forward test. The walk-forward test should use LightGBM. Let's run the walk-forward test "
        "with a 5-7 day horizon.",
        [walk(horizon=[5, 7])],
    ),
    (
        "**Recommendation:** run *regime detection* with `states=3` before the next screening.",
        [regime()],
    ),
    ("Instead of momentum screening, let's do a walk-forward test.", [walk()]),
    ("Instead of momentum screening do a walk-forward test with LightGBM.", [walk(models=[LGBM])]),
    ("Rather than raising the threshold, I suggest regime detection.", [regime()]),
    ("I don't recommend another momentum screening; let's run regime detection instead.", [regime()]),
    ("We should not change the target, but we could lower the threshold to 75%.", [adjust(confidence_threshold=0.75)]),
    (
        "Because the AUC did not beat the baseline, I suggest running a walk-forward test with LightGBM.",
        [walk(models=[LGBM])],
    ),
    ("If you agree, let's run the walk-forward test.", [walk()]),
    ("If you like, I can run regime detection next.", [regime()]),
    ("Next, run a walk-forward test to see whether the edge does not vanish.", [walk()]),
    ("Why not run regime detection first?", [regime()]),
    (
        "I suggest momentum screening with these settings: LightGBM, 5-7 days, +5% returns, 80% confidence.",
        [screening(models=[LGBM], horizon=[5, 7], target_return=0.05, confidence_threshold=0.8)],
    ),
    (
        "I suggest momentum screening (RandomForest + LightGBM, 7-10 days, +7%, 85% confidence).",
        [screening(models=[RF, LGBM], horizon=[7, 10], target_return=0.07, confidence_threshold=0.85)],
    ),
    ("A good next step is model execution with LightGBM.", [execution(LGBM)]),
    ("Let's try CatBoost.", [select("CatBoost")]),
    ("Let me pull up the results of T3.", [("show_results", {"trial": "T3"})]),
]

# From the user.
ASKED: list[tuple[str, Expected]] = [
    ("Start momentum analysis", [screening()]),
    ("start momentum screening with lightgbm at 80% confidence", [screening(models=[LGBM], confidence_threshold=0.8)]),
    ("run walk-forward test with lightgbm", [walk(models=[LGBM])]),
    ("Please run a regime detection.", [regime()]),
    ("Can you run a walk-forward test with random forest?", [walk(models=[RF])]),
    ("could you train an lstm with 10 epochs", [execution(LSTM, model_params={LSTM: {"epochs": 10}})]),
    ("take a closer look at AAPL and MSFT", [deep(tickers=["AAPL", "MSFT"])]),
    ("analyse AAPL", [deep(tickers=["AAPL"])]),
    ("closer look at S013", [deep(tickers=["S013"])]),
    ("universe S013,S014", [adjust(universe="S013,S014")]),
    ("fetch newer data for TSLA and F", [("data_pipeline", {"tickers": ["TSLA", "F"]})]),
    ("fetch TSLA and MSFT", [("data_pipeline", {"tickers": ["TSLA", "MSFT"]})]),
    ("no, that is too high. use 65%", [adjust(confidence_threshold=0.65)]),
    ("universe all", [adjust(universe="all")]),
    ("universe: energy", [adjust(universe="Energy")]),
    ("universe top 20", [adjust(universe="top-20")]),
    ("screen the top 20", [screening(universe="top-20")]),
    ("use top 20 and LightGBM", [("select_models", {"models": [LGBM]})]),
    ("show the results of T3", [("show_results", {"trial": "T3"})]),
    ("show me the candidates of T12", [("show_results", {"trial": "T12", "section": "candidates"})]),
    ("export T4 to report.html", [("save_results", {"trial": "T4", "path": "report.html"})]),
    ("show me the ledger", [("show_predictions", {})]),
    ("show the open predictions", [("show_predictions", {"status": "open"})]),
    ("What models are at your disposal?", [("list_models", {})]),
    ("which models can I use?", [("list_models", {})]),
    ("list all models", [("list_models", {})]),
    ("status", [("system_status", {})]),
    ("Report on the progress", [("system_status", {})]),
    ("use only S&P 500 stocks and restate", [adjust(universe="sp500")]),
    ("increase confidence threshold to 90%", [adjust(confidence_threshold=0.9)]),
    ("lower it by 5 points", [adjust(confidence_threshold=0.8)]),
    ("raise the target to 8 %", [adjust(target_return=0.08)]),
    ("use a 5-7 day horizon", [adjust(horizon=[5, 7])]),
    ("target +8% in 5-7 days", [adjust(target_return=0.08, horizon=[5, 7])]),
    ("only technology stocks please", [adjust(universe=TECH)]),
    ("use the top 100 most traded", [adjust(universe="top-100")]),
    ("drop XGBoost, add LightGBM", [select(RF, LGBM)]),
    ("let's try ensemble of RandomForest + LightGBM", [select(RF, LGBM)]),
    ("use 500 trees", [select(model_params=trees(500, RF, XGB))]),
    ("I want a 10 day horizon and 90% confidence", [adjust(horizon=[10, 10], confidence_threshold=0.9)]),
    ("set seed to 42", [adjust(seed=42)]),
    ("promote", [("promote", {})]),
    ("Promote the winner, please", [("promote", {"trial": "best"})]),
    ("open the holdout", [("promote", {})]),
    ("use AAPL, MSFT and NVDA only", [adjust(universe="AAPL,MSFT,NVDA")]),
    # As a private investor says it.
    (
        "I want to find S&P technology stocks that rise 8% in 5 to 7 days with 90 % confidence",
        [adjust(target_return=0.08, horizon=[5, 7], confidence_threshold=0.9, universe=TECH)],
    ),
    (
        "which stocks will rise by 8% in the next 5-7 days with 90% confidence?",
        [adjust(target_return=0.08, horizon=[5, 7], confidence_threshold=0.9)],
    ),
    ("Let's look for stocks that rise by 8% in 5-7 days", [adjust(target_return=0.08, horizon=[5, 7])]),
    ("find me tech stocks with 8% in 5-7 days", [adjust(universe=TECH, target_return=0.08, horizon=[5, 7])]),
    ("confidence 90", [adjust(confidence_threshold=0.9)]),
    ("target 8", [adjust(target_return=0.08)]),
    ("make it 10%", [adjust(target_return=0.1)]),
    ("make it 90%", [adjust(confidence_threshold=0.9)]),
    ("exclude energy stocks", [adjust(universe="top-200 without Energy")]),
    ("all stocks except NVDA", [adjust(universe="all without NVDA")]),
    ("use the top 100 without energy and financials", [adjust(universe="top-100 without Energy,Financials")]),
    ("use 20 picks", [adjust(top_k=20)]),
    ("use the alpha158 features", [adjust(feature_set="alpha158")]),
    ("use a rolling window of 500 sessions", [adjust(window="rolling", train_sessions=500)]),
    ("enter at the next open", [adjust(entry="next_open")]),
    ("use quantile intervals", [adjust(interval="quantile")]),
    ("no slippage", [adjust(slippage="none")]),
    ("use all models", [select("all")]),
    ("all 49 models", [select("all")]),
    ("ensemble of all", [select("all")]),
    ("use linear models", [select(*(one.name for one in MODELS.values() if one.family == "linear"))]),
    ("all models except LSTM", [select(*(name for name in MODELS if name != LSTM))]),
    ("stack of RandomForest, XGBoost and LightGBM", [select(f"stack({LGBM},{RF},{XGB})")]),
    ("mean of random forest and lightgbm", [select(RF, LGBM)]),
    ("use max depth 5 for xgboost", [select(model_params={XGB: {"max_depth": 5}})]),
    ("set n_estimators of random forest to 300", [select(model_params=trees(300, RF))]),
    ("promote T3 and T4", [("promote", {"trial": "T3, T4"})]),
]

UNPROPOSED: list[str] = [
    # negation
    "I do not recommend momentum screening.",
    "We should not promote T3 yet.",
    "Once you promote it, every later look is contaminated.",
    "Opening the holdout is your decision.",
    "High volumes promote the best trends.",
    "I don't recommend running momentum screening with XGBoost at this point.",
    "We shouldn't run a walk-forward test yet.",
    "There is no need to run regime detection.",
    "I would not raise the confidence threshold to 95%.",
    "I would avoid lowering the threshold to 50%.",
    "Let's not change the target to 8%.",
    "Let's skip the regime detection.",
    "I advise against training an LSTM on 200 rows.",
    "It makes no sense to run a deep analysis on the top 5 candidates.",
    "You don't need to run the walk-forward test again.",
    "I can't recommend switching to LightGBM.",
    "Never run the momentum screening with a 99% threshold.",
    "I'd hold off on the walk-forward test.",
    "It would be premature to run momentum screening with 3 tickers.",
    "We should neither raise the target nor extend the horizon to 20 days.",
    "Running the LSTM is not necessary.",
    "I wouldn't use 5000 trees.",
    "Don't drop XGBoost.",
    "I see no reason to run another momentum screening.",
    "I suggest we don't run the walk-forward test.",
    "We won't run regime detection.",
    # the past
    "The momentum screening found 0 candidates.",
    "The walk-forward test showed an AUC of 0.61 for LightGBM.",
    "RandomForest performed better than XGBoost.",
    "I ran momentum screening with RandomForest and XGBoost.",
    "We increased the confidence threshold to 90% earlier.",
    "Regime detection returned a score of 23 (calm).",
    "XGBoost reached a Brier skill of 2.1%, LightGBM 1.9%.",
    "After the regime detection we changed the horizon to 5-7 days.",
    "The trial used a 7-10 day horizon, a +7% target and 85% confidence.",
    "T3 was a momentum screening with LightGBM at 80% confidence.",
    "The previous screening was run with 500 trees.",
    "0 of 200 qualify at the 85% threshold; the best is 31% against a base rate of 9%.",
    "The top 5 candidates are AAPL, MSFT, NVDA, AMZN and GOOGL.",
    "We tried an ensemble of RandomForest and LightGBM already.",
    "You asked me to run momentum screening, and it is done.",
    "I have run the walk-forward test with LightGBM.",
    "The deep analysis of AAPL took 12 seconds.",
    # questions about the past and hypotheticals
    "Did the walk-forward test include costs?",
    "When we ran the screening, what was the base rate?",
    "Was the regime detection run on VIX as well?",
    "Why did the momentum screening find nothing?",
    "How did RandomForest do in the walk-forward test?",
    "A walk-forward test would have shown this earlier.",
    "We could have used LightGBM with 500 trees.",
    "Had we lowered the threshold to 70%, 3 candidates would have qualified.",
    "If we had run regime detection first, the result might have been different.",
    "If volatility falls, we could run another momentum screening.",
    "If the AUC were higher, I would raise the confidence threshold to 90%.",
    "Unless more data arrive, a walk-forward test makes little sense.",
    "If you want, we could later run a walk-forward test.",
    "At some point we could try an LSTM.",
    "Once we have more data, we can run a walk-forward test.",
    "Lowering the threshold to 30% would let 2 of 200 qualify.",
    "An ensemble of RandomForest and LightGBM would probably be more stable.",
    "A higher threshold of 90% would leave nothing.",
    # quotations, code, tables, results
    'You said "run momentum screening with XGBoost".',
    "You wrote: “Let's run a walk-forward test”, and I agree.",
    'The phrase "increase confidence threshold to 90%" changes the settings.',
    "> Let's run momentum screening with LightGBM.",
    "> I suggest a walk-forward test.\n> Let's use 500 trees.\n\nThat was your message.",
    "```\nLet's run momentum screening with XGBoost\n```",
    "```bash\nmltrainer do momentum-screening --models lightgbm\nRun a walk-forward test\n```\n",
    "~~~\nI suggest regime detection.\n~~~",
    "Type `run momentum screening` to begin.",
    "The command is `mltrainer do walk-forward-test --models lightgbm`.",
    "| action | next |\n|---|---|\n| momentum screening | Let's run it with LightGBM |\n| Run regime detection | yes |",
    '{"action": "momentum_screening", "arguments": {"models": ["lightgbm"]}}',
    '{\n  "suggestions": ["Run a walk-forward test with LightGBM"],\n  "status": "succeeded"\n}',
    "<tool_result>\nLet's run momentum screening with XGBoost.\n</tool_result>",
    "~~Let's run regime detection.~~",
    "The button 'run momentum screening' starts it.",
    # headings, capabilities, explanations
    "## Momentum screening",
    "### Walk-forward test with LightGBM\n\nThe AUC was 0.61.",
    "**Regime detection**",
    "I can run momentum screening, regime detection, walk-forward tests and deep analysis.",
    "The available actions are: momentum screening, regime detection, model execution.",
    "The available actions are:\n\n- momentum screening\n- regime detection\n- walk-forward test\n- run XGBoost",
    "You can ask me to run a walk-forward test or to raise the confidence threshold to 90%.",
    "The system can train RandomForest, XGBoost and LightGBM.",
    "Momentum screening trains the chosen models walk-forward and ranks the universe.",
    "A confidence of 85% means that about 85 of 100 such predictions came true.",
    "The confidence threshold is 85% and the target is +7% within 7-10 sessions.",
    "Regime detection scores the market from 0 to 100.",
    "A walk-forward test refits the model every 63 sessions.",
    "What I did so far:\n\n1. Ran momentum screening\n2. Run a walk-forward test with LightGBM\n3. Regime detection",
    "How it works:\n\n1. Run momentum screening\n2. Look at the candidates\n3. Run a walk-forward test",
    "Random forest uses 100 trees by default.",
    "I'd explain the walk-forward test like this: each block is predicted by a model that saw only the past.",
    "Let me explain what momentum screening does.",
    "We should expect +7% returns in about 9% of cases.",
    "Let's discuss the walk-forward test.",
    "Keep in mind that 85% confidence is a high bar.",
    "LightGBM is faster than XGBoost at 500 trees.",
    "AAPL closed 3% higher over the last 10 days.",
    "The horizon of 7-10 sessions is short.",
    "Thanks! What would you like to know?",
    "The candidates come from the momentum screening of T3.",
    "I will wait for your decision.",
    "The result of the walk-forward test is stored as T4.",
    "Let's wait for the momentum screening to finish.",
    "Let's take a closer look at the AUC and the ECE.",
    "Let's see what the regime detection says.",
    "The ensemble mean of RandomForest and XGBoost has an AUC of 0.71.",
    "Options considered and rejected:\n\n- Lower the threshold to 50%\n- Train an LSTM",
]

UNASKED: list[str] = [
    "top 20",
    "only the top 20 please",
    "a closer look at Q3",
    "use 30 % instead",
    "the forest used 65% of the rows",
    "can you use 80% of the data?",
    "which stocks had 90% confidence?",
    "which stocks rose 8% in the last 5-7 days?",
    "What is a walk-forward test?",
    "Should we lower the threshold to 70%?",
    "What if we raised the threshold to 90%?",
    "why did you use XGBoost?",
    "Is LightGBM better than XGBoost?",
    "do you recommend momentum screening?",
    "don't use XGBoost",
    "I don't want a walk-forward test",
    "what does 85% confidence mean?",
    'you wrote "let\'s run a walk-forward test"',
    "> Let's run momentum screening with LightGBM.\n\nI don't understand this.",
    "```\nuse 500 trees\n```",
    "thanks, that's interesting",
    "the walk-forward test was too quick to be valid",
    "did the screening use the top 100?",
    "how many trees does the random forest have?",
    "would a 5-7 day horizon be better?",
]
