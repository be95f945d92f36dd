"""Neural networks: their lines in the registry."""

from mltrainer.models.entry import ModelEntry, Param

TABULAR: tuple[ModelEntry, ...] = ()

SEQUENCE = (
    ModelEntry(
        "lstm",
        "LSTM",
        "neural",
        "classifier",
        "torch",
        "mltrainer.models.lstm:LSTMModel",
        "Hochreiter & Schmidhuber 1997",
        ("lstmnetwork", "longshorttermmemory"),
        inputs="sequence",
        params={
            "hidden": Param(32, 4, 256, help="units of the hidden state"),
            "epochs": Param(3, 1, 50, help="passes over the training windows"),
            "max_windows": Param(60_000, 1_000, 2_000_000, help="training windows drawn by date blocks"),
        },
    ),
)
