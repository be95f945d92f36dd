"""A panel whose future is another: what is known up to a day must not change with it."""

from dataclasses import replace

import numpy as np

from mltrainer.data.panel import FloatArray, Macro, Panel


def first_sessions(panel: Panel, count: int) -> Panel:
    """Return the panel as if it ended with its first ``count`` sessions."""
    index = panel.index and replace(panel.index, member=panel.index.member[:count])
    return replace(
        panel,
        sessions=panel.sessions[:count],
        open=panel.open[:count],
        high=panel.high[:count],
        low=panel.low[:count],
        close=panel.close[:count],
        volume=panel.volume[:count],
        void=panel.void[:count],
        barred=panel.barred[:count],
        void_later=panel.void_later[panel.void_later[:, 0] < count],
        index=index,
    )


def poisoned(panel: Panel, known: int, *, seed: int) -> Panel:
    """Return the panel with every bar, membership and macro value changed that was not known by ``known`` sessions.

    Prices walk away at random, volumes are others, some bars are missing.
    """
    rng = np.random.default_rng(seed)
    later = (len(panel.sessions) - known, len(panel.tickers))
    factor = np.exp(rng.normal(0.05, 0.3, later).cumsum(axis=0).clip(-5, 5))
    gone = rng.random(later) < 0.02

    def changed(values: FloatArray, by: FloatArray) -> FloatArray:
        return np.concatenate([values[:known], np.where(gone, np.nan, values[known:] * by)])

    index = panel.index
    if index is not None:
        index = replace(index, member=np.concatenate([index.member[:known], ~index.member[known:]]))
    return replace(
        panel,
        open=changed(panel.open, factor),
        high=changed(panel.high, factor),
        low=changed(panel.low, factor),
        close=changed(panel.close, factor),
        volume=changed(panel.volume, rng.uniform(0.01, 100, later)),
        index=index,
        macro=_other_macro(panel.macro, panel.sessions[known - 1], rng) if panel.macro else None,
    )


def _other_macro(macro: Macro, last: np.datetime64, rng: np.random.Generator) -> Macro:
    later = macro.available > last
    values = macro.values.copy()
    values[later] = values[later] * 3 + rng.normal(10, 5, int(later.sum()))
    return replace(macro, values=values)
