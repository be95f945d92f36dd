"""What a result document says of luck."""

from mltrainer.settings.parts.part import Part


class Significance(Part):
    """What the best of a trial's models is worth after everything that was tried on overlapping data.

    ``trials_in_family`` counts distinct models and settings, whatever their event and session; ``tries_of_event`` are
    those with the event of this trial. Sharpe ratios are of daily net returns, annual:
    ``sharpe_by_luck`` is what the best of so many would show without skill; ``probabilistic_sharpe`` is the probability
    that the true ratio is above 0, ``deflated_sharpe`` that it is above luck (Bailey & López de Prado 2014). ``spa_p``
    is Hansen's (2005) p-value that no model of the trial earns more than the equal-weight market. ``pbo`` is the
    probability of backtest overfitting over the trial's ``pbo_models``, which is anywhere in ``pbo_by_chance`` without
    skill. ``return_p`` and ``rank_p`` are the lowest p-values of the trial, one-sided, of the return beyond the
    equal-weight market and of the rank IC; the ``q`` are theirs after Benjamini & Yekutieli (2001: the false
    discovery rate of dependent tests), over the tries of the session and of the store. ``significant`` asks for a
    deflated Sharpe of 0.95, ``spa_p`` of 0.05 and ``return_q_store`` of 0.025; ``rank_significant`` for
    ``rank_q_store`` of 0.025: a trial makes two claims, and each has half of 5 %.
    """

    trials_in_family: int
    tries_of_event: int | None = None
    summary: str | None = None
    significant: bool | None = None
    rank_significant: bool | None = None
    best_model: str | None = None
    sharpe: float | None = None
    probabilistic_sharpe: float | None = None
    deflated_sharpe: float | None = None
    sharpe_by_luck: float | None = None
    spa_p: float | None = None
    pbo: float | None = None
    pbo_models: int | None = None
    pbo_by_chance: tuple[float, float] | None = None
    return_p: float | None = None
    return_q_session: float | None = None
    return_q_store: float | None = None
    rank_model: str | None = None
    rank_p: float | None = None
    rank_q_session: float | None = None
    rank_q_store: float | None = None
