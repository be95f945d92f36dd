"""Whether a number, as it was written and rounded, is another one."""

from mltrainer.agent.grounding_numbers import Claim


def close(claim: Claim, actual: float) -> bool:
    """Tell whether a number rounds to what was written, with the room that "about", "over" or "nearly" give it."""
    written = claim.value
    slack = claim.step / 2
    if claim.step >= 1 and written >= 10:
        zeros = len(f"{written:.0f}") - len(f"{written:.0f}".rstrip("0"))
        digits = len(f"{written:.0f}") - zeros
        if claim.hedge == "about" or (written >= 1_000 and digits >= 2):
            slack = max(slack, min(10.0**zeros / 2, 0.1 * written))
    slack += 1e-9 * max(1.0, written)
    if claim.hedge == "about":
        slack = max(slack, 0.02 * written)
    room = max(0.1 * written, slack)
    below = room if claim.hedge == "under" else slack
    above = room if claim.hedge == "over" else slack
    return written - below <= actual <= written + above
