"""What models cost, in US dollars per million tokens, as published in October 2026."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Price:
    """Dollars per million tokens: fresh input, output, input read from the cache, input written to it."""

    input: float
    output: float
    cache_read: float
    cache_write: float


PRICES = {
    "claude-sonnet-5-5": Price(2.0, 10.0, 0.10, 2.50),
    "claude-opus-5-5": Price(4.0, 20.0, 0.20, 5.00),
}
# Haiku costs five times as much for prompts above 100,000 tokens.
HAIKU = Price(0.10, 0.50, 0.01, 0.125)
HAIKU_LONG = Price(0.50, 2.50, 0.05, 0.625)
HAIKU_LIMIT = 100_000


def dollars(model: str, fresh: int, output: int, cache_read: int, cache_write: int) -> float | None:
    """Return what a request cost, or None for a model whose price is not known here.

    Parameters
    ----------
    fresh, output, cache_read, cache_write
        Tokens of each kind; the three kinds of input do not overlap.
    """
    price = PRICES.get(model)
    if model == "claude-haiku-5-5":
        price = HAIKU_LONG if fresh + cache_read + cache_write > HAIKU_LIMIT else HAIKU
    if not price:
        return None
    whole = (
        fresh * price.input + output * price.output + cache_read * price.cache_read + cache_write * price.cache_write
    )
    return whole / 1e6
