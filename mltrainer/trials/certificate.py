"""The leak certificate of a trial: sampled checks that nothing it used or said depends on what came later.

Everything that a trial computed up to a day is computed again in a world where all that came after it is another:
features, rows, members, macro values, labels, calibration, weights and, for one block, the fits. What changes leaks.

It can't see what does not depend on what came later in these data: prices that a vendor corrected long afterwards,
names that are missing because they died, a label that asks the wrong question, and what an AI remembers.
"""

import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mltrainer.data.panel import Panel
from mltrainer.data.universe import membership
from mltrainer.evaluation.leaks import copies_of_target, lost_in_a_day, shifted_area
from mltrainer.features import build
from mltrainer.features.bars import Bars
from mltrainer.features.catalogue import FEATURES
from mltrainer.features.channels import sequence_channels
from mltrainer.models.registry import MODELS
from mltrainer.regime.score import RegimeHistory
from mltrainer.settings.result import LeakCheck, Warned
from mltrainer.settings.stream import utc_now
from mltrainer.trials.certificate_fits import Refit, changed_by_the_future, refit_of
from mltrainer.trials.certificate_key import BEYOND, seen_by
from mltrainer.trials.certificate_said import calibration, weights
from mltrainer.trials.confidence import Confidence
from mltrainer.trials.engine import content_key
from mltrainer.trials.evaluate import Scored
from mltrainer.trials.freed import let_go
from mltrainer.trials.job import Job
from mltrainer.trials.kept import said_key
from mltrainer.trials.kept_values import load_json, save_json
from mltrainer.trials.market import regime_of
from mltrainer.trials.matrices import CHANNELS
from mltrainer.trials.poison import first_sessions, poisoned
from mltrainer.trials.walk import Walk

SAMPLED_ROWS = 5_000
# The rank IC that scores may lose by one session more, and how far a mean AUC may be from 0.5: both also 4 errors.
LOST = 0.05
OFF = 0.02


def certify(
    job: Job,
    walk: Walk,
    said: dict[str, Confidence],
    chosen: str,
    scored: Scored,
    scratch: Path,
    regimes: Callable[[], npt.NDArray[np.int64]],
) -> list[LeakCheck]:
    """Return the certificate of a forecast, from an earlier trial with the same forecast where one made it.

    Parameters
    ----------
    said
        What models, baselines and ensembles said.
    chosen
        The model whose calibration and scores are looked at.
    regimes
        The number of every session's regime, for an ensemble that weighs by it.
    """
    singles = [name for name in said if name in MODELS]
    last = len(walk.folds) - 1

    def make() -> list[LeakCheck]:
        started = time.monotonic()
        job.stage("certificate", 0, 1)
        # The same until the next fold, whatever bars are appended.
        found = [purge(walk), *_kept(job, seen_by(walk, last), lambda: known_by(job, walk, [last]))]
        refit = refit_of(walk, singles, scratch)
        found += _kept(job, refit.key(said), lambda: [_models(job, said, refit)])
        found += [calibration(job, walk, said[chosen], last), *weights(job, walk, said, chosen, regimes, last)]
        found += [copies(walk, scored), one_day(walk, said[chosen], scored), shifted(walk, said[chosen], scored)]
        job.stage("certificate", 1, 1)
        job.spent.certificate_seconds += time.monotonic() - started
        return found

    return _kept(job, content_key("certificate", *(said_key(job, name) for name in (*singles, chosen))), make)


def certify_regime(job: Job, history: RegimeHistory, states: int) -> LeakCheck:
    """Compute the regime again with another future and compare what was said before it."""
    known = len(job.panel.sessions) - BEYOND
    other = regime_of(
        poisoned(job.panel, known, seed=job.request.seed), states=states, seed=job.request.seed, kept=job.kept_states
    )
    same = np.array_equal(history.score[:known], other.score[:known], equal_nan=True)
    same &= np.array_equal(history.probabilities[:known], other.probabilities[:known], equal_nan=True)
    day = job.panel.dates[known - 1]
    return check("regime_filtered", same, f"score and states up to {day}", "change with what came later")


def _kept(job: Job, key: str, make: Callable[[], list[LeakCheck]]) -> list[LeakCheck]:
    """Return checks from an earlier trial that made them of the same content; they say when."""
    path = job.cache / "certificates" / f"{key}.json"
    if not job.fresh and (kept := load_json(path)):
        return [LeakCheck.model_validate({"kept_from": kept["made"]} | one) for one in kept["checks"]]
    found = make()
    save_json(path, {"made": utc_now(), "checks": [one.model_dump(exclude_none=True) for one in found]})
    return found


def leak_warnings(certificate: list[LeakCheck]) -> list[Warned]:
    """Return a warning for each check that failed."""
    return [
        Warned(code="leak", message=f"LEAK, believe no figure here: {one.check}: {one.detail}")
        for one in certificate
        if not one.passed
    ]


def known_by(job: Job, walk: Walk, blocks: list[int]) -> list[LeakCheck]:
    """Check features, macro values, rows, members and labels as they were known when some blocks were trained."""
    columns: set[str] = set()
    members = labels = True
    days = []
    for block in blocks:
        known = walk.blocks[block].fold.test_start
        days.append(walk.panel.dates[known - 1])
        other = poisoned(walk.panel, known, seed=job.settings.seed)
        columns |= changed_features(walk, first_sessions(other, min(known + BEYOND, len(other.sessions))), known)
        member, _ = membership(other, walk.settings.universe)
        members &= np.array_equal(member[:known], walk.member[:known])
        members &= _same_rows(walk, other, known)
        then, now = walk.known(block), replace(walk, panel=other).known(block)
        labels &= np.array_equal(then.event, now.event, equal_nan=True)
        labels &= np.array_equal(then.realized, now.realized, equal_nan=True)
    macro = columns & {feature.name for feature in FEATURES if feature.macro}
    when, fault = (
        f"known on {days[0] if len(days) == 1 else f'{len(days)} days, the last {days[-1]}'}",
        "change with what came later",
    )
    found = [check("features_of_the_past", columns == macro, f"{_some(columns - macro)} features {when}", fault)]
    if walk.panel.macro:
        found.append(check("macro_as_of", not macro, f"{_some(macro)} macro features {when}", fault))
    found.append(check("universe_as_of", members, f"members and rows {when}", fault))
    return [*found, check("labels_as_known", labels, f"labels {when}", fault)]


def _same_rows(walk: Walk, other: Panel, known: int) -> bool:
    """Tell whether the rows before a session are the same in a panel with another future."""
    date, ticker = build.row_index(other, walk.member)
    stop = walk.matrices.rows_before(known)
    before = int(np.searchsorted(date, known))
    return (
        before == stop
        and np.array_equal(date[:before], walk.matrices.date[:stop])
        and np.array_equal(ticker[:before], walk.matrices.ticker[:stop])
    )


def _some(names: set[str]) -> str:
    """Return the first few names, or that all are meant."""
    shown = ", ".join(sorted(names)[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown or "all"


def changed_features(walk: Walk, other: Panel, known: int) -> set[str]:
    """Return what models see before a session that differs in a panel with another future.

    Features by name, ``channels`` of sequence models, ``daily`` returns of statistical ones.
    """
    matrices = walk.matrices
    stop = matrices.rows_before(known)
    rows = matrices.date[:stop], matrices.ticker[:stop]
    members = walk.member[: len(other.sessions)]
    differs = np.zeros(len(matrices.names), dtype=bool)
    # On disk like the matrix itself: both need not fit into memory.
    with tempfile.TemporaryFile(dir=matrices.folder) as file:
        again = np.memmap(file, np.float32, "w+", shape=(stop, len(matrices.names)))
        touched = partial(let_go, again)
        build.build_features(other, members, rows, out=again, feature_set=walk.settings.feature_set, touched=touched)
        for first, piece in matrices.pieces(0, stop):
            differs |= (piece.view(np.uint32) != again[first : first + len(piece)].view(np.uint32)).any(axis=0)
            let_go(again)
        del again, touched
    names = {name for name, one in zip(matrices.names, differs, strict=True) if one}
    for name, then in matrices.by_session().items():
        now = sequence_channels(other) if name == CHANNELS else Bars.of(other).returns
        if not np.array_equal(then[:known], now[:known], equal_nan=True):
            names.add(Path(name).stem)
    return names


def purge(walk: Walk) -> LeakCheck:
    """Check that no label that a block learns from or stops by reaches its test sessions, or its calibration."""
    ahead = walk.settings.horizon[1]
    bad = 0
    for block in walk.blocks[:-1]:
        reach = (block.tail[1] if block.tail else block.fit_end) + ahead
        into_tail = block.tail is not None and block.fit_end + ahead >= block.tail[0]
        bad += reach >= block.fold.test_start or block.fit_end > block.fold.train_end or into_tail
    learns = [known for known in range(len(walk.folds)) if _learns_late(walk, known)]
    what = f"labels of {len(walk.folds)} folds"
    return check("purge", not bad and not learns, what, f"reach into the test sessions of {bad + len(learns)} of them")


def _learns_late(walk: Walk, position: int) -> bool:
    """Tell whether a block knows the outcome of a row whose window was not over."""
    first = walk.matrices.rows_before(walk.blocks[position].fold.test_start - walk.settings.horizon[1])
    return bool(np.isfinite(walk.known(position).event[first:]).any())


def _models(job: Job, said: dict[str, Confidence], refit: Refit) -> LeakCheck:
    changed = changed_by_the_future(job, said, refit)
    what = f"scores of {', '.join(task.model for task, _ in refit.tasks)} in the first block"
    return check("models_of_the_past", not changed, what, "; ".join(changed.values()))


def copies(walk: Walk, scored: Scored, rows: int = SAMPLED_ROWS) -> LeakCheck:
    """Check on about so many rows that no feature gives the target away."""
    step = max(1, len(scored.rows) // rows)
    sampled = scored.rows[::step] + walk.first_row
    found = copies_of_target(
        walk.matrices.tabular(sampled), walk.matrices.names, scored.event[::step], scored.realized[::step]
    )
    what = f"{len(walk.matrices.names)} features"
    return check("copies_of_target", not found, what, f"give the target away: {', '.join(found[:3])}")


def one_day(walk: Walk, said: Confidence, scored: Scored) -> LeakCheck:
    """Check that the skill of the scores is not gone with one session."""
    now, before, error = lost_in_a_day(
        date=scored.date,
        column=walk.matrices.ticker[walk.first_row :][scored.rows],
        score=said.score[scored.rows],
        realized=scored.realized,
        horizon_end=walk.settings.horizon[1],
    )
    lost = now - before
    what = f"rank IC {now:+.3f}, with scores of the day before {before:+.3f}"
    return check("one_day_more", not (lost > LOST and lost > 4 * error), what, "is lost in a single session")


def shifted(walk: Walk, said: Confidence, scored: Scored, worlds: int = 10) -> LeakCheck:
    """Check that the probabilities say nothing of other days and tickers."""
    mean, error = shifted_area(
        date=scored.date,
        column=walk.matrices.ticker[walk.first_row :][scored.rows],
        probability=said.probability[scored.rows],
        event=scored.event,
        shifts=worlds,
        seed=walk.settings.seed,
    )
    what = f"AUC {mean:.3f} against labels of other days and tickers"
    return check("shifted_labels", not abs(mean - 0.5) > max(OFF, 4 * error), what, "is not 0.5")


def check(name: str, passed: bool | np.bool_, what: str, fault: str) -> LeakCheck:
    """Return a check with what was looked at, and the fault where it did not pass."""
    return LeakCheck(check=name, passed=bool(passed), detail=what if passed else f"{what}: {fault}")
