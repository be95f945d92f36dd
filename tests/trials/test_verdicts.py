"""What is said beside the figures of a trial."""

import pytest

from mltrainer.settings.parts.candidates import Candidate, Support
from mltrainer.trials.verdicts import contradicted


@pytest.mark.parametrize(
    ("threshold", "upper", "said"),
    [(0.85, 0.48, "at 49 % or more"), (0.3, 0.2, "at 25 % or more"), (0.3, 0.48, ""), (0.85, 0.5, "")],
)
def test_the_past_contradicts_a_confidence_by_the_predictions_that_were_counted(
    threshold: float, upper: float, said: str
) -> None:
    past = Support(n=200, n_eff=50.0, hits=30, lower=0.1, upper=upper)
    best = Candidate(
        rank=1, ticker="MU", score=0.54, confidence=0.54, calibrated=True, expected_return=0.01, last_close=1.0,
        horizon=(5, 8), verdict="below", support=past,
    )  # fmt: skip
    found = [one.message for one in contradicted([best], threshold)]
    assert len(found) == bool(said) and all(said in one for one in found)
