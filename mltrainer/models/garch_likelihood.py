"""The quasi-maximum likelihood of GARCH(1,1), for many series at a time."""

import numpy as np

from mltrainer.models.histories import FloatArray

_ROUNDS = 40
# Where the log-likelihood of no series rises by more than this in a round, the search has ended.
_RISE = 1e-5
_PERSISTENCE = 0.9995
_STEPS = (1.0, 0.5, 0.25, 0.05)
_STARTS = tuple((alpha, total - alpha) for alpha in (0.03, 0.08, 0.15) for total in (0.8, 0.95, 0.98))


def fit_garch(returns: FloatArray) -> FloatArray:
    """Return mean, omega, alpha and beta of each series (4, n) from returns (n_dates, n), NaN where there is none.

    r_t = mean + e_t, var_t = omega + alpha e_{t-1}^2 + beta var_{t-1}; what came before the first return counts as the
    variance of the sample. Fisher scoring with analytic derivatives (Fiorentini, Calzolari & Panattoni 1996) from the
    best of some starts with the sample's variance; each step is shortened until the likelihood rises.
    """
    # Of order one: variances of daily returns would be too small for the tolerances.
    scale = np.nanstd(returns, axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    scaled = returns / scale
    params = _start(scaled)
    best = _log_likelihood(scaled, params)
    for _ in range(_ROUNDS):
        step = _step(scaled, params)
        tried = np.stack([params + length * step for length in _STEPS])
        found = np.stack([_log_likelihood(scaled, one) for one in tried])
        which = found.argmax(axis=0)
        better = found.max(axis=0) > best
        rise = np.where(better, found.max(axis=0) - best, 0.0)
        params = np.where(better, np.take_along_axis(tried, which[None, None, :], axis=0)[0], params)
        best = best + rise
        if rise.max() < _RISE:
            break
    return params * np.stack([scale, scale**2, np.ones_like(scale), np.ones_like(scale)])


def forecast_variance(returns: FloatArray, params: FloatArray, first: FloatArray, sessions: int) -> FloatArray:
    """Return the mean variance of the next sessions as seen at the close of each date, (n_dates, n).

    ``first`` (n,) is the variance before the first date. NaN before a series has its first return.
    """
    mean, omega, alpha, beta = params
    errors = returns - mean
    variance = _variances(errors, params, first)[1:]
    total = np.minimum(alpha + beta, _PERSISTENCE)
    usual = omega / (1 - total)
    part = (1 - total**sessions) / (sessions * (1 - total))
    started = np.maximum.accumulate(np.isfinite(returns), axis=0)
    return np.where(started, usual + (variance - usual) * part, np.nan)


def _variances(errors: FloatArray, params: FloatArray, first: FloatArray) -> FloatArray:
    """Return the variance of every date and of the one after the last, (n_dates + 1, n)."""
    _, omega, alpha, beta = params
    squares = errors**2
    known = np.isfinite(squares)
    variance = omega + (alpha + beta) * first
    variances = np.empty((len(errors) + 1, errors.shape[1]))
    variances[0] = variance
    for date in range(len(errors)):
        # What is missing counts as expected.
        square = np.where(known[date], squares[date], variance)
        variance = omega + alpha * square + beta * variance
        variances[date + 1] = variance
    return variances


def _log_likelihood(returns: FloatArray, params: FloatArray) -> FloatArray:
    mean, omega, alpha, beta = params
    allowed = (omega > 0) & (alpha >= 0) & (beta >= 0) & (alpha + beta < _PERSISTENCE)
    safe = np.where(allowed, params, np.array([0.0, 1.0, 0.0, 0.0])[:, None])
    errors = returns - safe[0]
    variance = _variances(errors, safe, _variance(errors))[:-1]
    return np.where(allowed, -0.5 * np.nansum(np.log(2 * np.pi * variance) + errors**2 / variance, axis=0), -np.inf)


def _variance(errors: FloatArray) -> FloatArray:
    return np.nanmean(errors**2, axis=0)


def _start(returns: FloatArray) -> FloatArray:
    mean = np.nanmean(returns, axis=0)
    usual = _variance(returns - mean)
    starts = np.stack(
        [np.stack([mean, usual * (1 - a - b), np.full_like(mean, a), np.full_like(mean, b)]) for a, b in _STARTS]
    )
    found = np.stack([_log_likelihood(returns, start) for start in starts])
    return np.take_along_axis(starts, found.argmax(axis=0)[None, None, :], axis=0)[0]


def _step(returns: FloatArray, params: FloatArray) -> FloatArray:
    """Return the step of Fisher scoring, (4, n)."""
    mean, _, alpha, beta = params
    errors = returns - mean
    known = np.isfinite(errors)
    filled = np.where(known, errors, 0.0)
    first = _variance(errors)
    variances = _variances(errors, params, first)
    count = errors.shape[1]
    gradient, information = np.zeros((4, count)), np.zeros((4, 4, count))
    # Of the first date: the presample variance depends on the mean only.
    slope = np.stack([np.zeros(count), np.ones(count), first, first])
    for date in range(len(errors)):
        variance, error, present = variances[date], filled[date], known[date]
        weight = np.where(present, 0.5 / variance, 0.0)
        relative = slope / variance
        gradient += relative * (np.where(present, error**2 / variance - 1, 0.0) / 2)
        gradient[0] += 2 * weight * error
        information += relative[:, None] * relative[None, :] * (present / 2)
        information[0, 0] += 2 * weight
        square = np.where(present, error**2, variance)
        own = np.stack([-2 * alpha * np.where(present, error, 0.0), np.ones(count), square, variance])
        slope = own + (beta + np.where(present, 0.0, alpha)) * slope
    ridge = 1e-8 * np.eye(4)[:, :, None] * np.maximum(information.max(axis=(0, 1)), 1.0)
    return np.linalg.solve((information + ridge).transpose(2, 0, 1), gradient.T[:, :, None])[:, :, 0].T
