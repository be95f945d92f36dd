"""Split conformal intervals for returns, in units of each row's own volatility."""

import math

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


def signed_margins(residual: FloatArray, *, level: float = 0.80) -> tuple[float, float] | None:
    """Return the lower and upper margin that past residuals ask for (Vovk 2005; Lei et al. 2018).

    Each side leaves out (1 - level) / 2 of the past; the ranks are those of split conformal prediction, which hold
    for exchangeable residuals. Markets are not: coverage is to be measured, not believed.

    Parameters
    ----------
    residual
        (realised - expected) / volatility of past out-of-sample rows, (n,), finite.

    Returns
    -------
    margins
        (lower, upper) in units of volatility; None where the past is too short for this level.
    """
    side = (1 - level) / 2
    rank = math.ceil((len(residual) + 1) * (1 - side))
    if rank > len(residual):
        return None
    ordered = np.sort(residual)
    return float(ordered[len(residual) - rank]), float(ordered[rank - 1])
