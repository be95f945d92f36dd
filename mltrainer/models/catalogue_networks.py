"""Neural networks: their lines in the registry."""

from mltrainer.models.entry import ModelEntry, Param

_HIDDEN = Param(64, 8, 512, help="units of a layer")
_EPOCHS = Param(5, 1, 50, help="most passes over the training rows")
_ROWS = Param(200_000, 1_000, 2_000_000, help="most rows to learn from, spread evenly over time")
_STATE = Param(32, 4, 256, help="units of a layer")
_PASSES = Param(3, 1, 50, help="most passes over the training windows")
_WINDOWS = Param(60_000, 1_000, 2_000_000, help="most windows to learn from, spread evenly over time")
_SEQUENCE_PARAMS = {"hidden": _STATE, "epochs": _PASSES, "max_windows": _WINDOWS}
_TABULAR_PARAMS = {"hidden": _HIDDEN, "epochs": _EPOCHS, "max_rows": _ROWS}
# Attention between all sessions of a window, or all features of a row.
_HEAVY = ("transformer", "patchtst", "ft_transformer")
_STOPS = "the last tenth of the training dates decides when to stop, with a gap before it"
_ROW_NOTE = "learns from at most max_rows rows, spread evenly over time; " + _STOPS
_WINDOW_NOTE = "learns from at most max_windows windows, spread evenly over time; " + _STOPS


def _tabular(
    name: str, title: str, target: str, reference: str, aliases: tuple[str, ...], params: dict[str, Param] | None = None
) -> ModelEntry:
    return ModelEntry(
        name,
        title,
        "tabular network",
        "classifier",
        "torch",
        f"mltrainer.models.{target}",
        reference,
        aliases,
        params=params or _TABULAR_PARAMS,
        note=_ROW_NOTE,
        fit_takes=("dates", "ahead"),
        cost="heavy" if name in _HEAVY else "moderate",
        memory_mb=250,
    )


def _sequence(
    name: str, title: str, target: str, reference: str, aliases: tuple[str, ...], params: dict[str, Param] | None = None
) -> ModelEntry:
    return ModelEntry(
        name,
        title,
        "neural",
        "classifier",
        "torch",
        f"mltrainer.models.{target}",
        reference,
        aliases,
        inputs="sequence",
        params=params or _SEQUENCE_PARAMS,
        note=_WINDOW_NOTE,
        fit_takes=("dates", "ahead"),
        cost="heavy" if name in _HEAVY else "moderate",
        memory_mb=250,
    )


TABULAR = (
    _tabular(
        "mlp",
        "Multi-layer perceptron",
        "mlp:MLP",
        "Rumelhart, Hinton & Williams 1986",
        ("neuralnetwork", "neuralnet", "multilayerperceptron", "feedforwardnetwork"),
    ),
    _tabular(
        "residual_mlp",
        "Residual MLP",
        "residual_mlp:ResidualMLP",
        "Gorishniy et al. 2021",
        ("resnetmlp",),
        _TABULAR_PARAMS | {"hidden": Param(16, 8, 512, help="units of a layer")},
    ),
    _tabular(
        "dcn_v2", "Deep cross network (v2)", "dcn:DeepCross", "Wang et al. 2021", ("dcn", "deepcrossnetwork", "dcnv2")
    ),
    _tabular("tabm", "TabM", "tabm:TabM", "Gorishniy et al. 2025", ("tabmmini",)),
    _tabular(
        "autoencoder_head",
        "Autoencoder with a head",
        "autoencoder:AutoencoderHead",
        "Vincent et al. 2008",
        ("autoencoder",),
    ),
    _tabular(
        "ft_transformer",
        "FT-Transformer",
        "ft_transformer:FTTransformer",
        "Gorishniy et al. 2021",
        ("featuretokenizertransformer",),
        {
            "hidden": Param(16, 4, 128, help="width of a token"),
            "epochs": Param(1, 1, 50, help="most passes over the training rows"),
            "max_rows": Param(60_000, 1_000, 2_000_000, help="most rows to learn from, spread evenly over time"),
        },
    ),
)

SEQUENCE = (
    _sequence(
        "lstm",
        "LSTM",
        "lstm:LSTMModel",
        "Hochreiter & Schmidhuber 1997",
        ("lstmnetwork", "longshorttermmemory"),
    ),
    _sequence("gru", "GRU", "gru:GRUModel", "Cho et al. 2014", ("gatedrecurrentunit", "grunetwork")),
    _sequence("bilstm", "BiLSTM", "bilstm:BiLSTM", "Graves & Schmidhuber 2005", ("bidirectionallstm",)),
    _sequence("attention_lstm", "Attention LSTM", "attention_lstm:AttentionLSTM", "Qin et al. 2017", ("alstm",)),
    _sequence("cnn_lstm", "CNN-LSTM", "cnn_lstm:CNNLSTM", "Sainath et al. 2015", ("convlstm",)),
    _sequence(
        "tcn",
        "Temporal convolutional network",
        "tcn:TemporalConvolutions",
        "Bai, Kolter & Koltun 2018",
        ("temporalconvolutions",),
    ),
    _sequence(
        "transformer",
        "Transformer",
        "transformer:TransformerModel",
        "Vaswani et al. 2017",
        ("transformerencoder", "transformernetwork"),
        {
            "hidden": Param(32, 4, 256, help="units of a layer"),
            "epochs": _PASSES,
            "max_windows": Param(40_000, 1_000, 2_000_000, help="most windows to learn from, spread evenly over time"),
        },
    ),
    _sequence(
        "patchtst",
        "PatchTST",
        "patchtst:PatchTransformer",
        "Nie et al. 2023",
        ("patchtransformer",),
        {
            "hidden": Param(16, 2, 128, help="width of a token"),
            "epochs": _PASSES,
            "max_windows": Param(40_000, 1_000, 2_000_000, help="most windows to learn from, spread evenly over time"),
        },
    ),
    _sequence(
        "dlinear", "DLinear", "dlinear:DLinear", "Zeng et al. 2023", (), {"epochs": _PASSES, "max_windows": _WINDOWS}
    ),
)
