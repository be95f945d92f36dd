"""What neural networks on the past sessions of a ticker share."""

from mltrainer.models.network import NetworkClassifier


class SequenceNetwork(NetworkClassifier):
    """A network on windows (n_rows, length, n_channels), oldest session first.

    Parameters
    ----------
    hidden
        Units of a layer.
    epochs
        Most passes over the training windows.
    max_windows
        Most windows to learn from, spread evenly over time.
    learning_rate
        Step size at the start.
    """

    def __init__(
        self,
        hidden: int = 32,
        epochs: int = 3,
        max_windows: int = 60_000,
        learning_rate: float = 0.003,
        random_state: int = 0,
    ) -> None:
        self.hidden = hidden
        self.epochs = epochs
        self.max_windows = max_windows
        self.learning_rate = learning_rate
        self.random_state = random_state

    def _most_rows(self) -> int:
        return self.max_windows
