"""What a fold knew, kept as the few places where that is not what is known now: whole arrays a fold would be memory."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mltrainer.data.panel import FloatArray
from mltrainer.trials.labels import Outcomes

# Places and what stood there.
Kept = tuple[npt.NDArray[np.int64], FloatArray]


@dataclass(frozen=True)
class Changes:
    """How the outcomes of the first ``count`` rows differ from those of a longer list; losses are not kept."""

    count: int
    event: Kept
    realized: Kept
    length: Kept | None

    @classmethod
    def of(cls, known: Outcomes, latest: Outcomes) -> "Changes":
        """Compare what was known of the first rows with what is known of all."""
        length = None
        if known.length is not None and latest.length is not None:
            length = _changed(known.length, latest.length)
        realized = _changed(known.realized, latest.realized)
        return cls(len(known.event), _changed(known.event, latest.event), realized, length)

    def made_to(self, latest: Outcomes) -> Outcomes:
        """Return what was known, bit for bit."""
        length = None
        if self.length is not None and latest.length is not None:
            length = self._made(self.length, latest.length)
        unasked = np.broadcast_to(np.nan, self.count)
        event, realized = self._made(self.event, latest.event), self._made(self.realized, latest.realized)
        return Outcomes(event, unasked, realized, length)

    def _made(self, kept: Kept, latest: FloatArray) -> FloatArray:
        values = latest[: self.count].copy()
        values[kept[0]] = kept[1]
        return values


def _changed(values: FloatArray, latest: FloatArray) -> Kept:
    # By bits, so that a missing value is like a missing one.
    places = np.flatnonzero(values.view(np.int64) != latest[: len(values)].view(np.int64))
    return places, values[places]
