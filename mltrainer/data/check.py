"""What `data check` reports."""

from collections import Counter
from dataclasses import asdict
from typing import Any

from mltrainer.data.panel import Panel


def faults_report(panel: Panel) -> dict[str, Any]:
    """Return the faults of the data with their counts and the data they were found in.

    Returns
    -------
    dict
        ``faults`` is a list of ``{code, ticker, date, known_at, severity, detail}``, ordered by date, ticker and code.
    """
    return panel.facts | {
        "dropped": [{"ticker": ticker, "reason": reason} for ticker, reason in sorted(panel.dropped.items())],
        "counts": dict(sorted(Counter(fault.code for fault in panel.faults).items())),
        "faults": [asdict(fault) for fault in panel.faults],
    }
