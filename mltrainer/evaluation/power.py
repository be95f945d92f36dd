"""What so many test days can show at all, said before anything runs. No library: a prompt must not wait for one."""

from statistics import NormalDist

# Standard deviation of the rank IC of one date: of a forecast that draws on much, and of a single factor such as
# momentum, measured on S&P 500 names 2013-2018.
DAILY_SPREAD = (0.12, 0.21)
LEVEL, POWER = 0.05, 0.80


def detectable_rank_ic(test_days: int, *, horizon_end: int) -> tuple[float, float] | None:
    """Return the smallest true mean rank IC that so many days detect, for a calm and for a volatile forecast.

    One-sided at 5 % with a power of 80 %, over periods that do not overlap: (z + z') s / sqrt(days / horizon). None
    where there are fewer than two such periods.
    """
    periods = test_days / horizon_end
    if periods < 2:
        return None
    z = NormalDist().inv_cdf(1 - LEVEL) + NormalDist().inv_cdf(POWER)
    low, high = (z * spread / periods**0.5 for spread in DAILY_SPREAD)
    return low, high
