"""Trees, boosting, kernels and neighbours: their lines in the registry."""

from mltrainer.models.catalogue_linear import CAP
from mltrainer.models.entry import ModelEntry, Param

_ROUNDS = Param(100, 10, 5000, help="boosting rounds")
_RATE = Param(0.05, 0.001, 1.0, help="learning rate")
_LEAVES = Param(8, 2, 1024, help="leaves of a tree")
_CAPPED = "learns from at most max_rows rows, spread evenly over time"

TREES = (
    ModelEntry(
        "random_forest",
        "Random forest",
        "trees",
        "classifier",
        "sklearn",
        "mltrainer.models.forest:RandomForest",
        "Breiman 2001",
        ("rf", "forest", "randomforests"),
        params={
            "n_estimators": Param(100, 10, 2000, help="number of trees"),
            "min_samples_leaf": Param(50, 1, 5000, help="rows in a leaf"),
            "max_samples": Param(7_500, 100, 1_000_000, help="rows drawn for each tree"),
        },
    ),
    ModelEntry(
        "extra_trees",
        "Extra trees",
        "trees",
        "classifier",
        "sklearn",
        "mltrainer.models.extra:ExtraTrees",
        "Geurts, Ernst & Wehenkel 2006",
        ("extratree", "extremelyrandomizedtrees", "extremelyrandomisedtrees"),
        params={
            "n_estimators": Param(100, 10, 2000, help="number of trees"),
            "min_samples_leaf": Param(100, 1, 5000, help="rows in a leaf"),
        },
    ),
    ModelEntry(
        "decision_tree",
        "Decision tree",
        "trees",
        "classifier",
        "sklearn",
        "mltrainer.models.tree:DecisionTree",
        "Breiman et al. 1984",
        params={
            "max_depth": Param(5, 1, 30, help="depth of the tree"),
            "min_samples_leaf": Param(500, 1, 20_000, help="rows in a leaf"),
        },
    ),
)

BOOSTING = (
    ModelEntry(
        "xgboost",
        "XGBoost",
        "boosting",
        "classifier",
        "xgboost",
        "mltrainer.models.xgb:XGBoost",
        "Chen & Guestrin 2016",
        ("xgb", "xgboostclassifier"),
        params={
            "n_estimators": _ROUNDS,
            "max_depth": Param(3, 1, 16, help="depth of a tree"),
            "learning_rate": _RATE,
        },
    ),
    ModelEntry(
        "lightgbm",
        "LightGBM",
        "boosting",
        "classifier",
        "lightgbm",
        "mltrainer.models.lgbm:LightGBM",
        "Ke et al. 2017",
        ("lgbm", "lgb", "lightgradientboosting"),
        params={"n_estimators": _ROUNDS, "num_leaves": _LEAVES, "learning_rate": _RATE},
    ),
    ModelEntry(
        "hist_gradient_boosting",
        "Histogram gradient boosting",
        "boosting",
        "classifier",
        "sklearn",
        "mltrainer.models.hist:HistGradientBoosting",
        "Friedman 2001",
        ("histgb", "gradientboosting", "histgbm"),
        params={
            "max_iter": Param(150, 10, 5000, help="boosting rounds"),
            "max_leaf_nodes": Param(15, 2, 1024, help="leaves of a tree"),
            "learning_rate": _RATE,
        },
    ),
    ModelEntry(
        "lightgbm_ranker",
        "LightGBM ranker",
        "boosting",
        "ranker",
        "lightgbm",
        "mltrainer.models.ranker:LambdaRank",
        "Burges 2010",
        ("lambdarank", "lambdamart", "lgbmranker"),
        params={"n_estimators": _ROUNDS, "num_leaves": _LEAVES, "learning_rate": _RATE},
        note="learns the order of a day's returns in five grades; its score becomes a probability by calibration",
        fit_takes=("dates",),
    ),
    ModelEntry(
        "quantile_boosting",
        "Quantile boosting",
        "boosting",
        "regressor",
        "lightgbm",
        "mltrainer.models.quantile_boosting:QuantileBoosting",
        "Koenker & Bassett 1978; Ke et al. 2017",
        ("quantilegbm", "lightgbmquantile", "quantilegradientboosting"),
        params={
            "n_estimators": Param(60, 10, 5000, help="boosting rounds of each quantile"),
            "num_leaves": _LEAVES,
            "learning_rate": Param(0.08, 0.001, 1.0, help="learning rate"),
        },
        note="learns five quantiles of the return; their mean becomes a probability by calibration",
    ),
    ModelEntry(
        "adaboost",
        "AdaBoost",
        "boosting",
        "classifier",
        "sklearn",
        "mltrainer.models.adaboost:AdaBoost",
        "Freund & Schapire 1997",
        params={
            "n_estimators": Param(50, 10, 1000, help="boosting rounds"),
            "max_rows": Param(20_000, 1_000, 1_000_000, help="most rows to learn from, spread evenly over time"),
        },
        note=_CAPPED,
    ),
)

KERNEL = (
    ModelEntry(
        "svm_nystroem",
        "Support vector machine (Nystroem)",
        "kernel",
        "classifier",
        "sklearn",
        "mltrainer.models.svm:NystroemSVM",
        "Cortes & Vapnik 1995; Williams & Seeger 2001",
        ("svm", "supportvectormachine", "svc", "nystroemsvm"),
        params={
            "C": Param(0.01, 1e-6, 1e4, help="inverse strength of the penalty"),
            "n_components": Param(300, 10, 2000, help="rows that span the kernel"),
            "max_rows": Param(40_000, 1_000, 1_000_000, help="most rows to learn from, spread evenly over time"),
        },
        note=_CAPPED + "; the kernel is approximated from n_components of them; its score is calibrated",
    ),
    ModelEntry(
        "kernel_ridge",
        "Kernel ridge regression",
        "kernel",
        "regressor",
        "sklearn",
        "mltrainer.models.kernel_ridge:RandomFeatureRidge",
        "Rahimi & Recht 2007",
        ("krr", "randomfourierfeatures"),
        params={
            "random_features": Param(500, 10, 5000, help="random features of the kernel"),
            "penalty": Param(100.0, 0.001, 1e6, help="strength of the L2 penalty"),
            "max_rows": CAP,
        },
        note=_CAPPED + "; the kernel is approximated by random Fourier features; it learns the return",
    ),
    ModelEntry(
        "sparse_gaussian_process",
        "Sparse Gaussian process",
        "kernel",
        "regressor",
        "sklearn",
        "mltrainer.models.gaussian_process:SparseGaussianProcess",
        "Quinonero-Candela & Rasmussen 2005",
        ("gaussianprocess", "sparsegp"),
        params={"inducing_points": Param(300, 10, 2000, help="inducing points"), "max_rows": CAP},
        note=_CAPPED + "; inducing_points of them carry the process; it learns the return",
    ),
    ModelEntry(
        "k_nearest_neighbors",
        "k nearest neighbors",
        "kernel",
        "classifier",
        "sklearn",
        "mltrainer.models.neighbors:NearestNeighbors",
        "Cover & Hart 1967",
        ("knn", "nearestneighbors", "nearestneighbours", "knearestneighbours"),
        params={
            "n_neighbors": Param(300, 5, 5000, help="past rows that are looked at"),
            "n_components": Param(10, 1, 50, help="directions that the distance is measured in"),
            "max_rows": Param(20_000, 1_000, 1_000_000, help="most rows to remember, spread evenly over time"),
        },
        note="remembers at most max_rows rows, spread evenly over time; distances in n_components main directions",
    ),
)
