"""Least-squares lines through the last ``window`` rows."""

from functools import cached_property

import numpy as np

from mltrainer.data.panel import FloatArray
from mltrainer.features.moving import FLAT, Window


class Line:
    """The least-squares line of y on x in each window (n_dates, n_columns), over the valid cells of the window.

    Parameters
    ----------
    window
        Which cells count; both x and y must be finite there.
    """

    def __init__(self, window: Window, x: FloatArray, y: FloatArray) -> None:
        self.window = window
        self.x, self.y = x, y

    @cached_property
    def mean_x(self) -> FloatArray:
        """Return the mean of x."""
        return self.window.mean(self.x)

    @cached_property
    def mean_y(self) -> FloatArray:
        """Return the mean of y."""
        return self.window.mean(self.y)

    @cached_property
    def variance_x(self) -> FloatArray:
        """Return the population variance of x; exactly 0 where it does not move."""
        return self._variance(self.x, self.mean_x)

    @cached_property
    def variance_y(self) -> FloatArray:
        """Return the population variance of y; exactly 0 where it does not move."""
        return self._variance(self.y, self.mean_y)

    @cached_property
    def _covariance(self) -> FloatArray:
        return self.window.mean(self.x * self.y) - self.mean_x * self.mean_y

    @cached_property
    def slope(self) -> FloatArray:
        """Return the change of y per unit of x; NaN where x does not move."""
        return self._covariance / np.where(self.variance_x > 0, self.variance_x, np.nan)

    @cached_property
    def correlation(self) -> FloatArray:
        """Return Pearson's correlation; NaN where either does not move."""
        product = self.variance_x * self.variance_y
        return self._covariance / np.sqrt(np.where(product > 0, product, np.nan))

    def _variance(self, values: FloatArray, mean: FloatArray) -> FloatArray:
        square = self.window.mean(values * values)
        variance = square - mean * mean
        return np.where(variance <= FLAT * square, 0.0, variance)
