"""How figures are written for people. A figure that is absent is shown as ``-``, never as a zero."""


def percent(value: float | None, digits: int = 1) -> str:
    """Return a fraction as percent: 0.0912 is ``9.1%``."""
    return "-" if value is None else f"{value * 100:.{digits}f}%"


def signed_percent(value: float | None, digits: int = 1) -> str:
    """Return a fraction as percent with its sign: 0.07 is ``+7.0%``."""
    return "-" if value is None else f"{value * 100:+.{digits}f}%"


def decimal(value: float | None, digits: int = 3) -> str:
    """Return a number with a fixed count of decimals."""
    return "-" if value is None else f"{value:.{digits}f}"


def by_chance(value: float | None, digits: int = 3) -> str:
    """Return a p- or q-value: one that is too small to show is ``<0.001``, never 0."""
    least = 10.0**-digits
    return f"<{least:.{digits}f}" if value is not None and value < least else decimal(value, digits)


def signed(value: float | None, digits: int = 3) -> str:
    """Return a number with its sign: 0.013 is ``+0.013``."""
    return "-" if value is None else f"{value:+.{digits}f}"


def count(value: float | None) -> str:
    """Return a whole number with thousands separated: 251000 is ``251,000``."""
    return "-" if value is None else f"{value:,.0f}"


def dollars(value: float | None) -> str:
    """Return a price in USD without its sign: 1234.5 is ``1,234.50``."""
    return "-" if value is None else f"{value:,.2f}"


def span(pair: tuple[float, float] | list[float] | None, digits: int = 3) -> str:
    """Return an interval: (0.61, 0.68) is ``0.610..0.680``."""
    return "-" if pair is None else f"{pair[0]:.{digits}f}..{pair[1]:.{digits}f}"


def duration(seconds: float | None) -> str:
    """Return a length of time: 7.3 is ``7.3 s``, 128 is ``2 min 08 s``."""
    if seconds is None:
        return "-"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {rest:02d} s"
