"""What the part of the certificate depends on that looks at inputs: it stays the same until the next fold begins."""

import hashlib
import json

import numpy as np

from mltrainer.settings.parameters import READING_ONLY
from mltrainer.trials.poison import first_sessions
from mltrainer.trials.versions import code_version, libraries
from mltrainer.trials.walk import Walk

# Sessions of another future that are enough to show in what came before.
BEYOND = 21


def seen_by(walk: Walk, block: int) -> str:
    """Return the key of all that `known_by` looks at for a block."""
    panel, matrices, known = walk.panel, walk.matrices, walk.blocks[block].fold.test_start
    part = first_sessions(panel, min(known + BEYOND, len(panel.sessions)))
    settings = walk.settings.model_dump(mode="json", exclude={*READING_ONLY, "models", "model_params"})
    found = hashlib.sha256(json.dumps([settings, known, panel.tickers, code_version(), libraries()]).encode())
    for values in (part.open, part.high, part.low, part.close, part.volume, part.void, part.barred, part.void_later):
        found.update(np.ascontiguousarray(values).data)
    found.update(np.packbits(walk.member[: len(part.sessions)]).data)
    found.update(np.packbits(part.index.member).data if part.index else b"")
    if macro := panel.macro:
        there = macro.available <= part.sessions[-1]
        for array in (macro.series, macro.reference, macro.available, macro.values):
            found.update(array[there].tobytes())
    stop = matrices.rows_before(known)
    for _, piece in matrices.pieces(0, stop):
        found.update(piece.data)
    for rows in (matrices.date, matrices.ticker):
        found.update(np.ascontiguousarray(rows[:stop]).data)
    for cells in matrices.by_session().values():
        found.update(np.ascontiguousarray(cells[:known]).data)
    return found.hexdigest()[:40]
