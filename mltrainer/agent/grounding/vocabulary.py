"""The vocabulary of figures: which words mean which keys of a result."""


def keys_in(listed: str) -> frozenset[str]:
    """Return the keys that are listed with blanks between."""
    return frozenset(listed.split())


# The keys of what a share of predictions can be.
OF_PREDICTIONS = frozenset(["confidence", "precision_at_k", "hit_rate", "hits", "n", "base_rate"])
_CHANCES = (
    "confidence confidence_threshold highest_probability probability_down base_rate hit_rate hits n precision_at_k "
    "deflated_sharpe probabilistic_sharpe luck pbo recession regime_probability fall_risk quantile_level"
)
_COMING_TRUE = "precision_at_k hit_rate hits n"
_SESSIONS = "sessions test_dates horizon train_sessions initial_train test_block embargo"
# The longest noun at a place counts, and the first of two at the same place. The keys are those of result documents.
NOUNS: tuple[tuple[str, str], ...] = (
    # Many documents hold no such figure: whatever is said of it then cannot come from one.
    (r"accurac(?:y|ies)|correct(?:ly)? classified|classification rate", "accuracy"),
    (r"recall\b|sensitivity", "recall"),
    (r"\bf1(?:[- ]score)?", "f1"),
    (r"\br2\b|r²|r-squared|variance", "r_squared"),
    (r"correlat\w+", "correlation"),
    (r"(?:feature )?importances?|most important|contribut\w+|drivers?\b|\bsplits\b", "importance"),
    (r"\bbeta\b", "beta"),
    (r"\balpha\b", "alpha"),
    (
        r"p[- ]?values?|\bp\b(?= ?[=<>]| \.?\d| (?:of|is|was|below|above|under|over|to|vs\.?|versus|against)\b)",
        "p_value",
    ),
    (
        r"q[- ]?values?|\bq\b(?= ?[=<>]| \.?\d| (?:of|is|was|below|above|under|over|to|vs\.?|versus|against)\b)",
        "q_value",
    ),
    (r"p/e\b|earnings|dividends?|market cap\w*|revenues?", "fundamentals"),
    (r"\brsi\b|\bmacd\b", "indicator"),
    (r"win[- ]rates?|profit factor|information ratio|\brmse\b|\bmae\b|kurtosis|skew\w*", "other_metric"),
    (r"(?:worst|best|average|typical) (?:month|year|day|week|quarter)|monthly", "by_period"),
    (r"\bvix\b", "vix"),
    # Skill.
    (r"deflated sharpe(?: ratio)?|\bdsr\b|more than luck|(?:be(?:ing)?|mere|pure|just) luck", "deflated_sharpe luck"),
    (r"probabilistic sharpe(?: ratio)?|\bpsr\b", "probabilistic_sharpe"),
    (r"sharpe(?: ratio)?s?", "sharpe sharpe_by_luck"),
    (r"standard deviations?", "volatility annual_volatility"),
    (r"(?:dollar |trading )?volume|turnover a day|liquid\w*|traded (?:a|per|each) day", "dollar_volume"),
    (r"missed (?:the )?(?:observed|realised|actual)|off the mark", "ece"),
    (r"give or take|margin of error", "error sharpe_error"),
    (r"sortino(?: ratio)?", "sortino"),
    (r"calmar(?: ratio)?", "calmar"),
    (r"\bpbo\b|(?:probability of )?(?:backtest )?overfitting", "pbo"),
    (r"icir|ic ir|ic information ratio", "icir rank_ic_ir"),
    (
        r"rank[- ](?:ic|information coefficient)s?(?: of)? \(?t\b|\bt[- ]?(?:stat(?:istic)?|value)s?|"
        r"\bt(?= ?(?:of|=|is|only)? ?[-−]?\d)|\|t\|",
        "ic_t rank_ic_t",
    ),
    (r"rank[- ](?:ics?\b|information coefficients?|correlations?)", "rank_ic"),
    (r"\bics?\b|information coefficients?", "information_coefficient"),
    (r"auc by date|(?:by|per)[- ]date auc|daily auc", "auc_by_date"),
    (r"(?:roc[- ])?aucs?\b|area under the (?:roc )?curve", "auc"),
    (r"brier[- ]skill(?:[- ]scores?)?|\bbss\b|skill scores?|\bskill\b", "brier_skill"),
    (r"brier(?:[- ]scores?)?", "brier"),
    (
        r"\bece\b|(?:expected )?calibration errors?|(?<=well )calibrated|less calibrated|best calibrated",
        "ece ece_if_calibrated",
    ),
    (r"log[- ]?loss", "log_loss"),
    (r"average precision", "average_precision"),
    (r"(?:calibration )?slopes?", "calibration_slope"),
    (
        r"(?:calibrated |earlier |past |comparable |out-of-sample )?(?:predictions?|signals|"
        r"forecasts)(?: were calibrated)?",
        "test_rows calibrated_predictions n hits",
    ),
    (
        r"calibrated share|(?:were|was|are|is|be|been) (?:not yet |already )?calibrated|uncalibrated|calibration\b",
        "calibrated_share uncalibrated_share calibrated",
    ),
    (
        r"precision(?: (?:of (?:the|its) (?:daily )?picks|at k|at \d+|@ ?\d+))?(?: ?\()?|hit@\w+|precision@\w*",
        "precision_at_k",
    ),
    (
        r"hit[- ]rates?|success rates?|c[ao]me true|materiali[sz]ed?|paid off|pan(?:ned)? out|worked out|succe\w+|"
        r"right\b(?! behind| now| away| after)|"
        r"record\b|\bhits?\b|correct\b|history says",
        _COMING_TRUE,
    ),
    (r"base[- ]rates? of (?:that|it|such)", "base_rate fall_base_rate"),
    (
        r"base[- ]rates?|\bas (?:rare|common|frequent|often)\b|always (?:say|predict|forecast)\w*|at random|"
        r"by chance|typical stock|unconditional\w*",
        "base_rate ece_if_calibrated",
    ),
    (
        r"(?:highest|largest|peak|maximum) (?:[\w-]+ ){0,3}(?:probability|confidence|forecast|prediction|value)|"
        r"highest (?:ever|out of sample)|(?:the|their|its) (?:highest|maximum|peak)(?= (?:was|is|being|stands|of|"
        r"at)\b)|(?:went|got|goes|"
        r"rose) (?:beyond|above|past|over)",
        "highest_probability confidence",
    ),
    (
        r"(?:confidence )?thresholds?|\bbar\b|cut-?off|hurdle|(?:asked|wanted|required|demanded)(?: for)?",
        "confidence_threshold target_return",
    ),
    (
        r"(?:probability|chance|risk|odds) of (?:a|an|the) (?:\d+(?:\.\d+)? ?%? )?(?:(?:equal|equally large|"
        r"mirrored|similar|"
        r"same-sized|market|further) )?(?:loss|fall|drop|decline|correction|move down|mirrored)\b|"
        r"downside (?:probability|risk)|probability down|mirrored (?:loss|fall|drop)",
        "probability_down fall_risk",
    ),
    (r"fall risk|risk of a fall", "fall_risk"),
    (r"\b(?:up|down)(?= [-+]?\d)", "target_return expected_return return_quantile"),
    (r"loss of \d+ ?%", "probability_down target_return"),
    (r"(?:similar|comparable|same) (?:confidences?|predictions?|probabilit(?:y|ies)|levels?)", "hit_rate hits n"),
    (r"confidences?", "confidence confidence_threshold highest_probability"),
    (r"probabilit(?:y|ies)|chances?|odds|likelihood|likel(?:y|ier)", _CHANCES),
    (
        r"expected (?:returns?|moves?|gains?)|expected\b(?! (?:calibration|to\b|from|by|under))|expects?\b|"
        r"gain about",
        "expected_return confidence",
    ),
    (r"excess(?: returns?)?(?: at k| of the picks)?", "excess_return_at_k"),
    (r"decile spread|spread(?! over)", "decile_spread"),
    (r"target prices?|price targets?", "target_price"),
    (r"targets?(?: returns?)?", "target_return target_price"),
    (r"stop(?:[- ]loss(?:es)?)?s?\b", "stop_loss"),
    (r"(?:max(?:imum)? )?entr(?:y|ies)(?: prices?)?|(?:buy(?:ing)?|bought) (?:at|for|below|up to)|pay\b", "max_entry"),
    (
        r"last close|clos(?:ed|ing)(?: price)?|prices?|trad(?:es|ed|ing)\b(?! days)|quoted",
        "last_close",
    ),
    (r"close\b(?! to| behind| second)|closes\b", "last_close target_price"),
    (
        r"cagr|growth a year|grew|gr(?:ow|own|owth)\b|annual(?:i[sz]ed)? (?:returns?|growth|loss|gain)|"
        r"(?<!times )(?:a|per) (?:year|annum)|"
        r"annually",
        "cagr annual_volatility",
    ),
    (
        r"return(?:ed|s)?\b(?! over\b)|earn(?:s|ed)\b|gained\b|lost\b",
        "cagr return_quantile expected_return max_drawdown target_return",
    ),
    (
        r"dr[ae]w-?(?: )?downs?(?: components?)?|peak to trough|(?:below|under|off|from) (?:its|the|"
        r"their) (?:[\w-]+ )?(?:high|"
        r"peak|top)",
        "max_drawdown drawdown_now worst_drawdown drawdown",
    ),
    (r"turn(?:s|ed)? over|turnover", "turnover"),
    (r"exposure|invested", "exposure"),
    (r"annual(?:i[sz]ed)? volatility|volatilities|\bvolatile\b", "volatility annual_volatility"),
    (r"volatility\b", "volatility annual_volatility volatility_20"),
    (
        r"(?<!beat the )(?<!beats the )(?<!beating the )(?<!above the )median\b|quantiles?|middle half|"
        r"typical outcome|outcomes?|losing",
        "return_quantile quantile_level expected_return n",
    ),
    (
        r"(?:at (?:its )?)?worst(?! (?:of|try|tries|set|model)\b)(?:[ \w-]{0,14} outcome)?|at its lowest",
        "worst_return_over_horizon worst_drawdown max_drawdown return_quantile",
    ),
    (
        r"(?:at )?best (?:[ \w-]{0,14} ?outcome|case|return|stretch)|best(?=: )|by as much as",
        "best_return_over_horizon",
    ),
    (r"(?:of|to) (?:gain|ris|mov|go|hit|reach)\w*", "target_return expected_return"),
    (r"(?:loss|gain|rise|move|jump)(?:es|s)?\b", "target_return expected_return return_quantile max_drawdown"),
    # The regime.
    (r"(?:regime|market)(?: score)?s?|\bscore\b|\bscores\b(?! [\d.])", "regime_score score"),
    (r"recessions?|yield curve|term spread", "recession"),
    (r"made(?= [-+−]?[\d.]+ ?%)", "cagr expected_return"),
    (r"(?:stay|persist|remain)(?:s|ing)?\b", "stay"),
    (r"turbulent (?:state|regime)|\bturbulen(?:t|ce)\b", "p_turbulent turbulent_probability"),
    (r"\bcalm\b", "p_calm regime_score"),
    (r"\bnormal\b", "p_normal regime_score"),
    (r"\bnervous\b", "p_nervous regime_score"),
    (r"\bcrisis\b", "p_crisis regime_score"),
    (r"(?:weak )?breadth", "weak_breadth"),
    (
        r"(?:below|under|above) (?:the |its |their )?\s*(?:200-day )?(?:mean|average)\b|moving average",
        "below_200_day_mean",
    ),
    (r"credit spreads?", "credit_spread"),
    (
        r"(?:fall|drop|decline|correction) (?:of|within|over)|risk of a \d+ ?% \w+|fall risk|\d+ ?% (?:fall|drop|"
        r"decline)",
        "fall_risk target_return",
    ),
    # What counts.
    (r"(?:samples (?:in|per) (?:a |each |every )?)?(?:leaf|leaves)", "min_samples_leaf num_leaves max_leaf_nodes"),
    (r"folds?\b", "folds"),
    (r"(?:(?:were|was|are) )?(?:already )?(?:cached|(?:came |taken )?from the cache)", "cached_fits"),
    (r"(?:re)?fits?\b|(?:re)?fitted", "fits cached_fits"),
    (r"fit(?:ting)? (?:took|time)|training (?:took|time)", "seconds"),
    (
        r"(?:test |scored |out-of-sample |training )?rows?|observations?|data points?|samples\b|stock-days",
        "test_rows rows train_rows min_samples_leaf max_samples n",
    ),
    (r"sessions?|(?:trading )?days?\b(?! rows)", _SESSIONS),
    (r"(?:look-?alike|most similar|nearest|similar|comparable|past) (?:past |historical )?days", "n hits hit_rate"),
    (r"calls\b", "n hits"),
    (r"(?:peak )?memory", "peak_memory_mb"),
    (r"(?:worker )?processes\b|workers", "workers"),
    (r"(?:calibration )?intercepts?", "calibration_intercept"),
    (r"(?:after |multiple )?correction|corrected|adjusted", "q_value"),
    (r"pairs (?:are |were |is )?(?:sorted|ranked|ordered)", "auc"),
    (r"(?:test )?dates\b", "test_dates"),
    (
        r"(?:names?|stocks?|tickers?|symbols?|securities|candidates?) (?:that )?(?:(?:would|could|can|will|now|"
        r"then|of \d+) )*"
        r"(?:clear|pass|qualif|reach|meet|make|made|cross|exceed|top)\w*|qualif(?:y|ies|ied)\w*|(?:reach|clear|"
        r"pass|cross|exceed)\w*"
        r"(?= (?:the|your|that|this|it|\d))",
        "qualified at_threshold",
    ),
    (r"(?:tickers?|stocks?|names) (?:(?:were|are|was) )?(?:excluded|left out|dropped)", "excluded"),
    (r"tickers?|stocks?|names\b|symbols?|securities|universe", "tickers candidates at_threshold"),
    (r"candidates?", "candidates tickers at_threshold qualified"),
    (
        r"strateg(?:y|ies)|trials(?= (?:in|of|on|so|have|were))|tries\b|attempts?|(?:settings|configurations|"
        r"variants|combinations|parameter sets)\b",
        "trials_in_family tries_of_event trials tries",
    ),
    (r"excluded", "excluded"),
    (r"faults?|flagged|missing|suspicious|spikes?|jumps?", "faults"),
    (r"trees?\b|estimators", "n_estimators"),
    (r"(?:boosting )?(?:iterations?|rounds)", "max_iter n_estimators"),
    (r"(?<!test )(?<!stationary )blocks?\b(?! bootstrap)", "auc_by_block"),
    (r"(?:tree )?depth|deep\b|levels", "max_depth"),
    (r"learning rate|step size|shrinkage", "learning_rate"),
    (
        r"analogues?|most similar|(?:similar |comparable |past |historical )*(?:(?<!both )(?<!each )cases|situations|"
        r"setups)",
        "n hits hit_rate",
    ),
    (r"seed\b", "seed"),
    (r"(?:mean|average|typical) widths?|(?<=points )wide|(?<=% )wide", "mean_width"),
    (r"['’]s (?:maximum|peak)\b", "highest_probability"),
    (r"unexplained jumps?|level shifts?|spin-?offs?|missing sessions", "faults"),
    (r"probabilistic\b", "probabilistic_sharpe"),
    (r"episodes?", "episodes"),
    (r"effective(?: (?:sample|observations|cases|size))?|independent\b(?! episodes)|count as\b", "n_eff"),
    (r"ruin\w*|wiped? out|worlds\b", "ruin"),
    (r"mean outcomes?", "mean_outcome"),
    (r"penalt(?:y|ies)", "penalty"),
    (r"after deflat\w+|deflat(?:ion|ing)", "deflated_sharpe luck sharpe_by_luck"),
    (r"luck\b", "sharpe_by_luck deflated_sharpe luck"),
    (
        r"relative to the (?:rest|others|universe)|(?:daily )?picks (?:lost|gained|beat|earned|made|returned|"
        r"trailed|lagged)|"
        r"(?:the )?average stock",
        "excess_return_at_k",
    ),
    (r"(?<!after )(?<!net of )\bcosts?\b|basis points|\bbps?\b|slippage", "cost_bps mean_cost_bps"),
    (
        r"cover(?:age|ed|s)\b|(?:intervals?|ranges?|they) (?:held|hold|contain|included?)|caught|captured|"
        r"contained|(?:landed|fell|lay) inside|(?:volatility )?tercile|(?:middle|"
        r"calm|quiet) volatility",
        "coverage level",
    ),
    (r"(?:standard )?errors?\b", "sharpe_error error"),
    (r"seconds?\b|\bminutes?\b|took\b|runtime|needed|wall[- ](?:clock|time)", "seconds"),
)
# What only counts: it is meant where it follows its number, or stands before it with a colon or a verb.
COUNTS = keys_in(
    "folds fits cached_fits test_rows rows train_rows calibrated_predictions sessions test_dates horizon "
    "train_sessions initial_train test_block embargo tickers candidates at_threshold qualified trials_in_family "
    "tries_of_event trials tries excluded faults n_estimators max_depth min_samples_leaf num_leaves "
    "max_leaf_nodes max_iter max_samples n hits seconds cost_bps mean_cost_bps episodes n_eff"
)
PRICES = frozenset({"last_close", "max_entry", "target_price", "stop_loss"})
