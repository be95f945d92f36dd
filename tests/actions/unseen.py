"""More texts, in four lots: each was written before any of it was tried, when all texts before were passed.

When first tried, 66 of 72, 60 of 66, 65 of 77 and 34 of 40 were right to the last parameter. Of the 120 texts that put
nothing forward, three were taken to do so.
"""

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

UNSEEN: list[tuple[str, Expected]] = [
    (
        "Good, data are in place: 200 tickers from 2013 to 2018. To begin, I suggest a momentum screening with random "
        "forest and XGBoost for a +7% move within 7 to 10 trading days, keeping only predictions with at least 85% "
        "confidence. Type 'yes' to execute.",
        [screening(models=[RF, XGB], target_return=0.07, horizon=[7, 10], confidence_threshold=0.85)],
    ),
    (
        "No candidate reaches 85 %. The highest probability is 31 % (base rate 9 %), so the bar is out of reach for "
        "this target. I'd lower the confidence threshold to 25 % and screen again with the same models.",
        [adjust(confidence_threshold=0.25)],
    ),
    (
        "LightGBM had the better Brier skill score (0.021 vs 0.014 for XGBoost). My suggestion: replace XGBoost with "
        "LightGBM and keep everything else.",
        [select(RF, LGBM)],
    ),
    (
        "The results are in.\n\n| model | AUC |\n|---|---|\n| random_forest | 0.71 |\n| xgboost | 0.70 "
        "|\n\nBoth models "
        "beat the base rate, but neither beats the volatility-only baseline. I recommend a walk-forward test of the "
        "ensemble of RandomForest and LightGBM to see whether the difference is real.",
        [walk(models=[RF, LGBM])],
    ),
    ("Let's now take the top three names and analyse them in depth.", [deep(top=3)]),
    ("I think we should look deeper into NVDA and AMZN before deciding.", [deep(tickers=["NVDA", "AMZN"])]),
    (
        "Would it be OK if I trained an LSTM as well? I propose running LSTM with 8 epochs.",
        [execution(LSTM, model_params={LSTM: {"epochs": 8}})],
    ),
    ("I'd like to propose a regime check before we trust these numbers.", [regime()]),
    ("It may be worthwhile to run the regime detection with four states.", [regime(states=4)]),
    (
        "Proposed next step: walk-forward test, LightGBM, horizon 5-7 days, target +5%.",
        [walk(models=[LGBM], horizon=[5, 7], target_return=0.05)],
    ),
    (
        "Options:\nA) Raise the confidence threshold to 90%\nB) Extend the horizon to 10-15 days\nC) Train "
        "an LSTM\n\nWhich do you prefer?",
        [adjust(confidence_threshold=0.9, horizon=[10, 15]), execution(LSTM)],
    ),
    (
        "From here I see three ways forward:\n\n1. Deep analysis of AAPL and MSFT.\n2. Momentum screening "
        "with the target at 5%.\n"
        "3. Adding LightGBM to the models.",
        [deep(tickers=["AAPL", "MSFT"]), screening(target_return=0.05), select(RF, XGB, LGBM)],
    ),
    ("Could we try logistic regression next? It is cheap and hard to beat.", [select(LR)]),
    ("Let's tighten the confidence threshold to 88%.", [adjust(confidence_threshold=0.88)]),
    (
        "A 5% target over 15 sessions is more realistic. Let's use that: target 5%, horizon 15 sessions.",
        [adjust(target_return=0.05, horizon=[15, 15])],
    ),
    ("I recommend we keep random forest and drop XGBoost, since it adds nothing.", [select(RF)]),
    ("Given the calm regime, I would raise the target from 7% to 9%.", [adjust(target_return=0.09)]),
    ("We might want to reduce the universe to the 50 most traded stocks.", [adjust(universe="top-50")]),
    (
        "Start by running a screening for energy stocks only, then run regime detection.",
        [screening(universe="Energy"), regime()],
    ),
    (
        "Time to run the walk-forward test. It's time to run the walk-forward test with all three: RF, XGB and LGBM.",
        [walk(models=[RF, XGB, LGBM])],
    ),
    ("I'm going to run momentum screening with seed 11 unless you object.", [screening(seed=11)]),
    ("What if we lower the threshold to 60%?", [adjust(confidence_threshold=0.6)]),
    ("Should we run the walk-forward test on the top 100?", [walk(universe="top-100")]),
    ("My proposal is to switch the models to LightGBM and logistic regression.", [select(LGBM, LR)]),
    (
        "I suggest increasing the number of trees in the random forest to 800.",
        [select(model_params=trees(800, RF))],
    ),
    ("Let's go with an 80% confidence threshold.", [adjust(confidence_threshold=0.8)]),
    (
        "I propose to predict 'beats the median' instead of the hit label: use the beats_median label.",
        [adjust(label="beats_median")],
    ),
    ("Let's target ten percent returns in the next month.", [adjust(horizon=[21, 21])]),
    ("Next up: deep analysis of the five best candidates.", [deep(top=5)]),
    ("Before we go on, let's verify this with a walk-forward test.", [walk()]),
    (
        "One option would be to retrain XGBoost with a learning rate of 0.02 and 600 rounds.",
        [execution(XGB, model_params={XGB: {"n_estimators": 600, "learning_rate": 0.02}})],
    ),
    ("I suggest that the next trial is a walk-forward test with LightGBM.", [walk(models=[LGBM])]),
    (
        "Let's rerun the screening using RandomForest alone, with a 3-5 day horizon and +4% target.",
        [screening(models=[RF], horizon=[3, 5], target_return=0.04)],
    ),
    (
        "- I recommend momentum screening on the S&P 500.\n- I do not recommend changing the target.",
        [screening(universe="sp500")],
    ),
]

UNSEEN_EMPTY: list[str] = [
    "The screening that you approved has finished: 0 of 198 names qualify at 85 %.",
    "Random forest (100 trees) and XGBoost (200 rounds, depth 4) were trained on 16 folds.",
    "To be clear, I have not run any walk-forward test yet.",
    "Momentum screening and walk-forward tests answer different questions.",
    "Your instruction was to use 500 trees, which the random forest now does.",
    "Had the regime been calm, a target of 9% would have been sensible.",
    "What did the momentum screening say about AAPL?",
    "A regime score of 23 is calm; 70 and more would be a crisis.",
    "As I said earlier, the LSTM needs more data than we have.",
    "The AUC of LightGBM, 0.72, is within the interval of XGBoost, so there is no reason to switch to LightGBM.",
    "It is tempting to lower the threshold to 20%, but that would only buy noise.",
    "Nobody should raise the target to 20% on this evidence.",
    "The confidence threshold stays at 85%.",
    "I'm afraid the walk-forward test failed: not enough data.",
    "Here is what happened: first we ran the screening, then the threshold was lowered to 70%, then "
    "XGBoost was dropped.",
    "You may ask why RandomForest beats XGBoost. Trees with large leaves are smoother.",
    "If nothing qualifies again, lowering the target to 5% is the honest way out.",
    "Supported actions: momentum screening, regime detection, walk-forward test.",
    "I'd be careful with a 95% confidence threshold.",
    "The best candidate is NVDA with 31% confidence and an expected return of 2.4%.",
    "Please note that the top 5 candidates are all technology stocks.",
    "Deep analysis takes longer than a screening.",
    "Why did we use a 7-10 day horizon?",
    "There were two trials: T1 (momentum screening) and T2 (walk-forward test with LightGBM).",
    "I understand that you want to wait. Nothing will run.",
    "Past runs with 500 trees took twice as long and gained 0.001 AUC.",
    "I haven't changed the target to 8%.",
    "In the docs there's an example:\n\n```\n> run momentum screening --models lightgbm\nI suggest "
    "raising the target to 9%\n```\n\nThat is only an example.",
    'The user guide says: "Next, run a walk-forward test with LightGBM."',
    "Each of these could be wrong. The sample is small.",
    "Compared with T2, T3 has the lower Brier score; the ensemble of RandomForest + LightGBM is the reason.",
    "Once the walk-forward test is done, we could take a closer look at the top 5.",
    "I'd rather not train an LSTM on this little data.",
    "This makes a walk-forward test of little use.",
    "Running another screening right away is unlikely to help.",
    "Increasing the threshold to 90% leaves no candidates at all.",
    "The screening can be repeated with another seed, but the numbers won't move much.",
    "We saw 12 candidates above 30%; 3 of them reached +7% within 10 sessions.",
]

UNSEEN += [
    (
        "With only 31 % at the top, 85 % is simply not reachable here. How about we relax the confidence "
        "threshold to 30 % and see what qualifies?",
        [adjust(confidence_threshold=0.3)],
    ),
    (
        "I would suggest running a walk-forward test for the LightGBM model, keeping the 7-10 day horizon "
        "and the +7% target.",
        [walk(models=[LGBM], horizon=[7, 10], target_return=0.07)],
    ),
    ("The next thing I'd do is a regime check.", [regime()]),
    ("Let's see whether the market regime matters: run regime detection.", [regime()]),
    (
        "The LSTM hasn't been tried yet. Let's give it a go: train the LSTM for 5 epochs.",
        [execution(LSTM, model_params={LSTM: {"epochs": 5}})],
    ),
    (
        "**Next step** – I propose a *walk-forward test* of **XGBoost** over a 10-15 day horizon.",
        [walk(models=[XGB], horizon=[10, 15])],
    ),
    (
        "We have two choices: raise the target to 10%, or lower the confidence threshold to 50%. I'd pick the second.",
        [adjust(target_return=0.1, confidence_threshold=0.5)],
    ),
    (
        "Let's expand the universe to the 300 most liquid stocks and rerun the screening.",
        [adjust(universe="top-300"), screening()],
    ),
    ("Next, I want to examine the top 5 candidates more closely.", [deep(top=5)]),
    ("Let's investigate AAPL further.", [deep(tickers=["AAPL"])]),
    ("I'd now add logistic regression as a third model.", [select(RF, XGB, LR)]),
    ("I suggest removing XGBoost from the ensemble and adding LightGBM.", [select(RF, LGBM)]),
    (
        "Perhaps a shorter horizon of 3-5 days would suit this market; I suggest trying it: horizon 3-5 days.",
        [adjust(horizon=[3, 5])],
    ),
    (
        "I recommend setting the horizon to 10 sessions, the target to 5 % and the threshold to 60 %.",
        [adjust(horizon=[10, 10], target_return=0.05, confidence_threshold=0.6)],
    ),
    (
        "Suggested settings: horizon 5-7 days, target +6%, confidence 80%.",
        [adjust(horizon=[5, 7], target_return=0.06, confidence_threshold=0.8)],
    ),
    (
        "Let's repeat the momentum screening with 1,000 trees in the random forest.",
        [screening(model_params=trees(1000, RF))],
    ),
    ("I suggest a momentum screening that uses LightGBM and logistic regression.", [screening(models=[LGBM, LR])]),
    (
        "Now let's initiate a momentum screening for a 5% gain within two weeks at 60% confidence.",
        [screening(target_return=0.05, horizon=[1, 10], confidence_threshold=0.6)],
    ),
    ("I'd like to go one step further and run a deep analysis on NVDA.", [deep(tickers=["NVDA"])]),
    (
        "So: momentum screening with LightGBM next? I suggest yes; let's run the momentum screening with LightGBM.",
        [screening(models=[LGBM])],
    ),
    ("We can proceed with regime detection.", [regime()]),
    ("Let's proceed to the walk-forward test with LightGBM.", [walk(models=[LGBM])]),
    ("Let's move on to deep analysis of the best 3 candidates.", [deep(top=3)]),
    ("You could also consider switching to LightGBM.", [select(LGBM)]),
    ("I recommend lowering the bar: confidence threshold 40%.", [adjust(confidence_threshold=0.4)]),
    (
        "Would you like me to lower the target to 5% and widen the horizon to 5-15 days?",
        [adjust(target_return=0.05, horizon=[5, 15])],
    ),
    (
        "My suggestion is therefore to run the test again on utilities stocks with 75 % confidence.",
        [adjust(universe="Utilities", confidence_threshold=0.75)],
    ),
    ("I suggest running both RandomForest and LightGBM as an ensemble.", [execution(RF, LGBM)]),
    (
        "Next steps:\n1. **Run a walk-forward test** – LightGBM, top 100 stocks.\n2. **Check the regime** – "
        "it takes seconds.\n\nShall I go ahead with the first?",
        [walk(models=[LGBM], universe="top-100"), regime()],
    ),
    (
        "Let's try a random forest with a larger number of trees (500) and a minimum of 50 samples per leaf.",
        [select(RF, model_params={RF: {"n_estimators": 500, "min_samples_leaf": 50}})],
    ),
    ("Use a confidence threshold of 0.9 and top_k = 5.", [adjust(confidence_threshold=0.9, top_k=5)]),
    ("I think a deeper look at the top 5 picks is the natural follow-up. Shall we?", [deep(top=5)]),
    ("Let me run regime detection for you.", [regime()]),
    (
        "I propose: momentum screening, models RandomForest and LightGBM, target 8%, horizon 5-10 days, "
        "confidence 75%.",
        [screening(models=[RF, LGBM], target_return=0.08, horizon=[5, 10], confidence_threshold=0.75)],
    ),
]

UNSEEN_EMPTY += [
    "T1 screened 200 tickers over 16 folds with RandomForest and XGBoost; the ensemble reached an AUC of "
    "0.71 [0.69, 0.73].",
    "The top 3 are NVDA (31 %), AMZN (28 %) and AAPL (27 %). None of them reaches your 85 % threshold.",
    "A lift of 3.4 over the base rate sounds good, but the support is thin: 12 of 39 such predictions came true.",
    "What does that mean? The model's 30% is about right: 29 of 100 such cases reached +7%.",
    "You approved the momentum screening with LightGBM, so I started from its results.",
    "Trying an LSTM wouldn't change this.",
    "The walk-forward test refits every 63 sessions, which is why it took 85 seconds.",
    "Whether you run the screening with 100 or 500 trees makes little difference.",
    "I changed nothing: the target is still 7% and the horizon 7-10 days.",
    "Note that raising the threshold to 95% was your idea, not mine.",
    "Only 5% of the 20-day windows had a higher volatility than the last 10 days.",
    "Should the regime turn, a lower target of 5% might be wiser.",
    "We would need to run a walk-forward test before trusting that, but the data are too short for it.",
    "The reason to use LightGBM over XGBoost is speed.",
    "Momentum screening: done. Regime detection: done. Walk-forward test: not started.",
    "**Settings used:** RandomForest + XGBoost, 7-10 days, +7%, 85% confidence, top-200.",
    "- model: LightGBM\n- horizon: 7-10 days\n- target: 7%\n- confidence: 85%",
    "The screening took 120 s, of which XGBoost used 40 s.",
    "There is a difference between a walk-forward test and a single split, and it matters here.",
    "Thank you. I'll keep the threshold at 85% then.",
    "I see that you declined the walk-forward test. Is there something else you would like to know?",
    "Compared to the volatility-only baseline (AUC 0.70), RandomForest adds 0.01.",
    "In T2 we used the top 100; in T3 the top 200.",
    "Do you want to know why LightGBM did better than XGBoost in the last fold?",
    "Let's recap: momentum screening found nothing at 85%, and regime detection says calm.",
    "I could not run the walk-forward test because the worker crashed.",
    "My recommendation from last time, a walk-forward test, was declined.",
    "You don't have to raise the target to 8% to get fewer candidates.",
    "The user asked for 5-7 days, and so the screening was rerun with a 5-7 day horizon.",
    "Stop using XGBoost? That's your call.",
    "We're running momentum screening right now.",
    "It is better not to use 5000 trees.",
]

UNSEEN += [
    ("Before anything else I recommend checking the regime, because momentum strategies suffer in crises.", [regime()]),
    (
        "What I'd do next: (1) run regime detection, (2) repeat the screening with LightGBM, (3) lower the "
        "threshold to 50%.",
        [regime(), screening(models=[LGBM]), adjust(confidence_threshold=0.5)],
    ),
    (
        "I recommend two steps. First, run regime detection. Second, raise the target to 8%.",
        [regime(), adjust(target_return=0.08)],
    ),
    (
        "Let's use a stricter threshold (90%) and a shorter horizon (5-7 days).",
        [adjust(confidence_threshold=0.9, horizon=[5, 7])],
    ),
    ("Let's test this on a broader universe, say the top 300 stocks.", [adjust(universe="top-300")]),
    ("Let's re-run with RandomForest + LightGBM.", [select(RF, LGBM)]),
    (
        "I suggest we run the same screening on the beats_median label, which removes the volatility effect.",
        [screening(label="beats_median")],
    ),
    ("Let's try an LSTM (2 more epochs, so 5 epochs) next.", [select(LSTM, model_params={LSTM: {"epochs": 5}})]),
    ("Proposal: raise confidence_threshold to 0.9.", [adjust(confidence_threshold=0.9)]),
    ("Shall I proceed with a walk-forward test of the RandomForest + LightGBM ensemble?", [walk(models=[RF, LGBM])]),
    ("To test robustness, let's change the seed to 7.", [adjust(seed=7)]),
    ("I would now like to analyse NVDA in depth.", [deep(tickers=["NVDA"])]),
    ("Let's widen the net: target 5%, threshold 50%.", [adjust(target_return=0.05, confidence_threshold=0.5)]),
    ("Let's run momentum screening on Apple.", [screening()]),
    ("A deep analysis of the top 5 candidates would be the natural next step.", [deep(top=5)]),
    (
        "I'd recommend the following settings:\n\n- Models: RandomForest and LightGBM\n- Horizon: 5-7 "
        "days\n- Target: +6%\n- Confidence: 80%",
        [select(RF, LGBM), adjust(horizon=[5, 7], target_return=0.06, confidence_threshold=0.8)],
    ),
    (
        "I suggest a momentum screening with these parameters:\n\n- **Models:** RandomForest and XGBoost\n- "
        "**Horizon:** 7-10 days\n- **Target:** +7%\n- **Confidence:** 85%",
        [screening(models=[RF, XGB], horizon=[7, 10], target_return=0.07, confidence_threshold=0.85)],
    ),
]

UNSEEN_ASKED: list[tuple[str, Expected]] = [
    ("go back to a 7-10 day horizon", [adjust(horizon=[7, 10])]),
    ("make it 90%", [adjust(confidence_threshold=0.9)]),
    (
        "set the threshold at 70 percent and the target at 5 percent",
        [adjust(confidence_threshold=0.7, target_return=0.05)],
    ),
    ("switch to lightgbm and rerun", [select(LGBM)]),
    ("please add logistic regression", [select(RF, XGB, LR)]),
    ("run the screening again but with a 10% target", [screening(target_return=0.1)]),
    (
        "train lightgbm with 300 trees and a learning rate of 0.1",
        [execution(LGBM, model_params={LGBM: {"n_estimators": 300, "learning_rate": 0.1}})],
    ),
    ("Let's focus on energy stocks", [adjust(universe="Energy")]),
    ("Could you please lower the confidence threshold to 60%?", [adjust(confidence_threshold=0.6)]),
    ("do a deep analysis of NVDA and GOOGL", [deep(tickers=["NVDA", "GOOGL"])]),
    ("deep dive into the top 3", [deep(top=3)]),
    ("check the market regime", [regime()]),
    ("regime detection please", [regime()]),
    ("walk-forward test with random forest", [walk(models=[RF])]),
    (
        "momentum screening, lightgbm, 5-7 days, 5% target",
        [screening(models=[LGBM], horizon=[5, 7], target_return=0.05)],
    ),
    ("I'd like to see the results of T2", [("show_results", {"trial": "T2"})]),
    ("show me the warnings of T2", [("show_results", {"trial": "T2", "section": "warnings"})]),
    ("what were the results of T5?", [("show_results", {"trial": "T5"})]),
    ("which models are available?", [("list_models", {})]),
    ("restrict the universe to AAPL, MSFT", [adjust(universe="AAPL,MSFT")]),
    ("change the horizon to two weeks", [adjust(horizon=[10, 10])]),
    ("raise the number of trees to 300", [select(model_params=trees(300, RF, XGB))]),
    ("use beats_median as the label", [adjust(label="beats_median")]),
    ("top 50 stocks only", [adjust(universe="top-50")]),
    ("lower the target to 5% please", [adjust(target_return=0.05)]),
    ("I want you to use only RandomForest", [select(RF)]),
    ("without XGBoost please", [select(RF)]),
    ("try the LSTM with 20 epochs", [select(LSTM, model_params={LSTM: {"epochs": 20}})]),
    ("let's go with 80% confidence", [adjust(confidence_threshold=0.8)]),
    ("run XGBoost and LightGBM on the top 100", [execution(XGB, LGBM, universe="top-100")]),
]

UNSEEN_UNASKED: list[str] = [
    "I think 85% confidence is too strict",
    "the target was 8% in the last run",
    "how would LightGBM do with 500 trees?",
    "I like LightGBM",
    "XGBoost is overfitting, isn't it?",
    "explain the walk-forward test to me",
    "tell me about regime detection",
    "is AAPL a good buy?",
    "what happened to the top 5 candidates?",
    "the results came far too quickly to be valid",
    "my broker wants 5% margin within 3 days",
    "I don't trust the 85% confidence",
    "last week you used a 5-7 day horizon",
    "we already ran a momentum screening",
    "what's the difference between the random forest and XGBoost?",
    "no, keep the threshold",
    "hmm, 31% confidence is low",
    "was the universe the top 100?",
    "why 85% and not 90%?",
    "would you use LightGBM?",
    "here is what the other tool said:\n\n> Let's run momentum screening with XGBoost\n> raise target to 9%",
    'I read that "LSTM with 50 epochs" works best',
    "do nothing for now",
    "can we trust a confidence of 85%?",
    "thanks for using LightGBM",
    "maybe later we can try a 5-7 day horizon",
    "if the threshold were 70% would AAPL qualify?",
    "what if I use 500 trees?",
    "the screening is done, right?",
    "good, the regime is calm",
]

UNSEEN += [
    (
        "Screening T1 is complete. Out of 200 names, 0 meet the 85% bar; NVDA comes closest with 31%.\n\nTwo "
        "observations:\n\n1. The base rate is 9%, so 31% is a lift of 3.4.\n2. RandomForest (Brier skill "
        "2.1%) edged out XGBoost (1.4%).\n\n**What I'd do next:** swap XGBoost for LightGBM and run the "
        "screening again.",
        [select(RF, LGBM), screening()],
    ),
    (
        "Here's my read: the models agree on the top names, but the probabilities are modest. I'd suggest a "
        "walk-forward test with costs before we act on any of this. If you agree, I'll set it up with "
        "RandomForest + LightGBM.",
        [walk(), select(RF, LGBM)],
    ),
    ("I recommend that we use a confidence threshold of 35% for now.", [adjust(confidence_threshold=0.35)]),
    (
        "Now that we have a baseline, let's try to improve on it: ensemble of RandomForest + LightGBM, same horizon.",
        [select(RF, LGBM)],
    ),
    ("Let's not overreact. A walk-forward test with LightGBM is what I'd run next.", [walk(models=[LGBM])]),
    (
        "Let's check how robust this is by running the walk-forward test on the top 50 most traded names.",
        [walk(universe="top-50")],
    ),
    (
        "Given your interest in technology, I propose restricting the universe to technology stocks and "
        "lowering the target to 5%.",
        [adjust(universe=TECH, target_return=0.05)],
    ),
    ("Shall we look at AAPL, MSFT and NVDA in more depth?", [deep(tickers=["AAPL", "MSFT", "NVDA"])]),
    (
        "I'd like to run one more trial: momentum screening with all three tree models (RF, XGB, LGBM) at 5-7 days.",
        [screening(models=[RF, XGB, LGBM], horizon=[5, 7])],
    ),
    ("We should now run the regime detection, as the VIX rose to 37 yesterday.", [regime()]),
    ("Would lowering the threshold to 40% work for you?", [adjust(confidence_threshold=0.4)]),
    ("I propose we go for a 4% target over 5 days.", [adjust(target_return=0.04, horizon=[5, 5])]),
    ("The sensible next step: deeper analysis on the top 5 candidates.", [deep(top=5)]),
    ("Let's put LightGBM in place of XGBoost.", [select(RF, LGBM)]),
    (
        "Next step — lower the confidence threshold to 30%, so that at least one name qualifies.",
        [adjust(confidence_threshold=0.3)],
    ),
    ("I suggest a three-way ensemble: RandomForest, XGBoost and LightGBM.", [select(RF, XGB, LGBM)]),
    ("Let's double-check with logistic regression: run logistic regression on the same data.", [execution(LR)]),
    (
        "My suggestion would be to extend the horizon to a month and raise the target to 12%.",
        [adjust(horizon=[21, 21], target_return=0.12)],
    ),
    (
        "I think it's worth trying XGBoost with a depth of 3 and a learning rate of 0.02.",
        [select(XGB, model_params={XGB: {"max_depth": 3, "learning_rate": 0.02}})],
    ),
    (
        "Either we raise the target to 10%, or we shorten the horizon to 3-5 days. I recommend the former.",
        [adjust(target_return=0.1, horizon=[3, 5])],
    ),
]

UNSEEN_EMPTY += [
    "T2 used LightGBM instead of XGBoost and gained 0.004 AUC, which is within noise.",
    "The gain from 100 to 500 trees was nil, so more trees are not worth the time.",
    "Your settings are: RandomForest + XGBoost, 7-10 days, +7%, 85%.",
    "Remember that the walk-forward test charges 5 bp a side.",
    "At 85% confidence nothing qualifies; at 30% two names would.",
    "I have noted your wish to use only technology stocks; it is already in effect.",
    "The threshold of 90% you mentioned is higher than anything the model has ever produced.",
    "In a calm regime momentum tends to work; in a crisis it crashes.",
    "Nothing in these results suggests that an LSTM would help.",
    "You declined the walk-forward test because it takes too long. Understood.",
    "LightGBM came first in 9 of 16 folds.",
    "The probability that AAPL gains 7% within 10 sessions is 27%.",
    "To reproduce this, use `mltrainer trials rerun T1`.",
    "This is a simulated market, so a 7% target means nothing for real money.",
    "There's little point in running momentum screening on 3 tickers.",
    "The user interface lets you raise the threshold to 90% with /settings.",
    "Which models did the previous trial use? RandomForest and XGBoost.",
    "I was going to propose a walk-forward test, but the data end in March.",
    "It took 16 folds to train XGBoost.",
    "How confident am I? About 31% for NVDA, less for the rest.",
]
