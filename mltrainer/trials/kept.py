"""What trials keep for later ones, by the content of what it depends on: what a model said, and its figures."""

import json
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields
from pathlib import Path

import numpy as np

from mltrainer.data.panel import FloatArray
from mltrainer.models.registry import members_of
from mltrainer.settings.parameters import READING_ONLY
from mltrainer.settings.parts.evaluation import EvaluationRow
from mltrainer.store.cache import touch
from mltrainer.store.whole import whole_file
from mltrainer.trials.confidence import Confidence
from mltrainer.trials.engine import content_key
from mltrainer.trials.job import Job
from mltrainer.trials.kept_values import load_arrays, save_arrays
from mltrainer.trials.versions import code_version, libraries

_ABOUT_MODELS = {"models", "model_params"}
_TAIL = "tail_"


def said_key(job: Job, model: str) -> str:
    """Return the key of what a model said: data, universe, label, folds, seed, its own parameters, and the code."""
    settings = job.settings.model_dump(mode="json", exclude=set(READING_ONLY | _ABOUT_MODELS))
    params = {name: job.settings.model_params.get(name, {}) for name in members_of(model)}
    about = json.dumps([model, settings, params, job.evaluated, code_version(), libraries()], sort_keys=True)
    return content_key("said", about, job.panel.fingerprint, np.packbits(job.member).tobytes())


def judged_key(job: Job, said: str) -> str:
    """Return the key of a model's figures: what it said, and what the figures depend on besides."""
    settings = job.settings
    return content_key("judged", said, json.dumps([settings.top_k, settings.cost_bps, settings.slippage]))


def load_said(path: Path) -> Confidence | None:
    """Return what was kept, or None where it is absent or damaged."""
    kept = load_arrays(path)
    if kept is None:
        return None
    about = json.loads(str(kept.pop("about")))
    tails = [kept.pop(f"{_TAIL}{place}") for place in range(about.pop("tails"))]
    return Confidence(tails=tails, **about, **kept)


def save_said(path: Path, said: Confidence) -> None:
    """Keep what a model said."""
    values = {one.name: getattr(said, one.name) for one in fields(said) if one.name != "tails"}
    arrays = {name: value for name, value in values.items() if isinstance(value, np.ndarray)}
    about = {name: value for name, value in values.items() if name not in arrays} | {"tails": len(said.tails)}
    tails = {f"{_TAIL}{place}": tail for place, tail in enumerate(said.tails)}
    save_arrays(path, **arrays, **tails, about=np.array(json.dumps(about)))


def load_judged(path: Path) -> tuple[EvaluationRow, FloatArray] | None:
    """Return figures and daily net returns that were kept, or None where they are absent or damaged."""
    kept = load_arrays(path)
    return (EvaluationRow.model_validate_json(str(kept["row"])), kept["daily"]) if kept else None


def save_judged(path: Path, row: EvaluationRow, daily: FloatArray) -> None:
    """Keep figures and daily net returns."""
    save_arrays(path, row=np.array(row.model_dump_json(exclude_none=True)), daily=daily)


def once(job: Job, key: str, name: str, write: Callable[[], str]) -> str:
    """Write a file into the trial's folder, or copy it from an earlier trial that wrote the same.

    Parameters
    ----------
    key
        Of all that the file depends on.
    write
        Writes the file and returns its digest.

    Returns
    -------
    digest
        What ``write`` returned, now or then.
    """
    kept = job.cache / "files" / key
    digests = kept.with_suffix(".digest")
    if not job.fresh:
        with suppress(FileNotFoundError):
            digest = digests.read_text()
            touch(digests)
            touch(kept)
            shutil.copyfile(kept, job.folder / name)
            return digest
    digest = write()
    # The digest comes last: where it stands, the file is there.
    with whole_file(kept) as copy, (job.folder / name).open("rb") as written:
        shutil.copyfileobj(written, copy)
    with whole_file(digests) as file:
        file.write(digest.encode())
    return digest
