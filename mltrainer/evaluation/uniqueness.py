"""How much of its own a label holds: weights for labels that share sessions (López de Prado 2018, ch. 4)."""

import numpy as np
import numpy.typing as npt

from mltrainer.settings.arrays import FloatArray


def average_uniqueness(length: npt.NDArray[np.int64], defined: npt.NDArray[np.bool_]) -> FloatArray:
    """Return the average uniqueness of every label among the labels of its own ticker, (n_dates, n_tickers).

    A label dated t with length L spans sessions t .. t + L, both included. Its uniqueness on a session is 1 over the
    number of labels that span it, and the mean over its span is returned: 1 for a label on its own.

    Parameters
    ----------
    length
        Sessions after t that the label looked at, (n_dates, n_tickers).
    defined
        True where there is a label; the others count for nothing and are NaN.
    """
    n_dates = len(length)
    rows, columns = np.nonzero(defined)
    ends = np.minimum(rows + length[rows, columns], n_dates - 1)
    change = np.zeros((n_dates + 1, length.shape[1]))
    np.add.at(change, (rows, columns), 1.0)
    np.add.at(change, (ends + 1, columns), -1.0)
    alive = np.cumsum(change[:-1], axis=0)
    shares = np.zeros((n_dates + 1, length.shape[1]))
    np.cumsum(np.divide(1.0, alive, out=np.zeros_like(alive), where=alive > 0), axis=0, out=shares[1:])
    weights = np.full(length.shape, np.nan)
    weights[rows, columns] = (shares[ends + 1, columns] - shares[rows, columns]) / (ends - rows + 1)
    return weights
