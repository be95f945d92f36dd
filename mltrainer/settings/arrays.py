"""The arrays that numeric code passes around, by what they hold."""

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
# Of any width: positions of sessions, rows and tickers.
IntArray = npt.NDArray[np.integer]
BoolArray = npt.NDArray[np.bool_]
DateArray = npt.NDArray[np.datetime64]
