"""What is left of the figures after everything that was tried."""

from typing import Any

from mltrainer.render.blocks import Block, Line
from mltrainer.render.numbers import by_chance, decimal, span


def significance_blocks(document: dict[str, Any], *, brief: bool = False) -> list[Block]:
    """Return the verdict in a sentence, and unless brief the figures behind it."""
    found = document.get("significance")
    if not found:
        return []
    tries = found["trials_in_family"]
    summary = found.get("summary") or f"{tries} tried on these data so far, which are too short to say more"
    if brief:
        return [Line(f"Significance: {summary}.")]
    blocks: list[Block] = [Line("Significance", "title"), Line(f"{summary}.")]
    parts = []
    if "sharpe" in found:
        parts.append(
            f"best of the trial: {found['best_model']}, Sharpe {decimal(found['sharpe'], 2)} a year where luck alone "
            f"would show {decimal(found.get('sharpe_by_luck'), 2)} in so many tries"
        )
    if "spa_p" in found:
        parts.append(f"that any model earns more than the equal-weight market: p {by_chance(found['spa_p'], 2)} (SPA)")
    if "return_q_store" in found:
        parts.append(_after("return", found))
    if "rank_q_store" in found:
        parts.append(_after("rank", found))
    if "pbo" in found:
        parts.append(
            f"probability of overfitting (PBO) {decimal(found['pbo'], 2)} over {found['pbo_models']} models, where no "
            f"skill gives {span(found['pbo_by_chance'], 2)}"
        )
    return [*blocks, *(Line(f"{part[0].upper()}{part[1:]}.", "dim") for part in parts)]


def _after(what: str, found: dict[str, Any]) -> str:
    name = "return beyond that market" if what == "return" else f"rank IC ({found['rank_model']})"
    return (
        f"{name}: p {by_chance(found[f'{what}_p'])}, after all tries of the session "
        f"q {by_chance(found[f'{what}_q_session'])}, of the store q {by_chance(found[f'{what}_q_store'])}"
    )
