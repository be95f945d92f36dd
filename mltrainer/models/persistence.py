"""Fitted models on disk, without pickle: nothing that is read can run code.

A folder holds one model: a manifest with what made it and the SHA-256 of every file, and the files in the library's own
format: trees of XGBoost (``.ubj``) and LightGBM (``.txt``), tensors (``.safetensors``), and scikit-learn objects as
arrays by skops, whose types must be among those named here.
"""

import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from importlib.abc import MetaPathFinder
from importlib.metadata import version
from pathlib import Path
from threading import get_ident
from types import ModuleType
from typing import Any

import numpy as np

from mltrainer.models.entry import ModelEntry
from mltrainer.models.stored import MANIFEST
from mltrainer.settings.errors import ActionFailed

_DISTRIBUTIONS = {"sklearn": "scikit-learn"}
# What the models of scikit-learn are made of besides its estimators and arrays, which skops trusts by itself.
_PARTS = (
    "mltrainer.models.drawn_rows.DrawnExtraTree",
    "mltrainer.models.drawn_rows.DrawnTree",
    "mltrainer.models.gaussian_process._Doubting",
    "mltrainer.models.scaling.ClippedScaler",
    "mltrainer.models.target_event.TargetEvent",
    "scipy._lib.array_api_compat.numpy._aliases.asarray",
    "scipy.interpolate._bsplines.BSpline",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.metrics._dist_metrics.EuclideanDistance64",
    "sklearn.neighbors._kd_tree.KDTree",
    "sklearn.tree._tree.Tree",
)


def save_model(estimator: Any, entry: ModelEntry, folder: Path, about: dict[str, Any]) -> None:
    """Write a fitted model of the registry to a new folder; one that is there already stays.

    Parameters
    ----------
    about
        What made it, such as its seed, parameters and the fingerprint of its training rows; goes into the manifest.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(dir=folder.parent, prefix="saving-"))
    try:
        if entry.library == "xgboost":
            estimator.save_model(work / "model.ubj")
        elif entry.library == "lightgbm":
            for place, booster in enumerate(estimator.boosters_):
                booster.save_model(work / f"booster_{place}.txt")
        elif entry.library == "torch":
            _save_network(estimator, work)
        else:
            skops_io().dump(estimator, work / "model.skops")
        files = {path.name: _sha256(path) for path in sorted(work.iterdir())}
        manifest = {"model": entry.name, "library": _library(entry), "files": files} | about
        (work / MANIFEST).write_text(json.dumps(manifest, indent=1))
        # Another process may have been faster; what it wrote is the same.
        with suppress(OSError):
            os.replace(work, folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def load_model(entry: ModelEntry, folder: Path) -> Any:
    """Return a fitted model that was written by `save_model`; its predictions are the same to the last bit.

    Raises
    ------
    ActionFailed
        If it is another model's, was changed or damaged, or was fitted with another version of its library.
    """
    try:
        return _load(entry, folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _refused(entry, folder, str(error)) from error


def _load(entry: ModelEntry, folder: Path) -> Any:
    manifest = json.loads((folder / MANIFEST).read_text())
    if manifest["model"] != entry.name:
        raise _refused(entry, folder, f"it holds {manifest['model']}")
    if manifest["library"] != _library(entry):
        raise _refused(entry, folder, f"it was fitted with {manifest['library']}, here is {_library(entry)}")
    for name, digest in manifest["files"].items():
        if _sha256(folder / name) != digest:
            raise _refused(entry, folder, f"{name} is not what was written")
    estimator = entry.estimator(manifest["seed"], manifest["params"])
    if entry.library == "xgboost":
        estimator.load_model(folder / "model.ubj")
    elif entry.library == "lightgbm":
        import lightgbm

        paths = sorted(folder.glob("booster_*.txt"))
        estimator.boosters_ = [lightgbm.Booster(model_file=path) for path in paths]
        estimator.n_features_in_ = estimator.boosters_[0].num_feature()
        estimator.classes_ = np.array([0.0, 1.0])
    elif entry.library == "torch":
        _load_network(estimator, folder)
    else:
        stored_by = skops_io()
        from skops.io.exceptions import UntrustedTypesFoundException

        try:
            return stored_by.load(folder / "model.skops", trusted=[*_PARTS, entry.target.replace(":", ".")])
        except UntrustedTypesFoundException as error:
            raise _refused(entry, folder, str(error)) from error
    return estimator


@cache
def skops_io() -> ModuleType:
    """Return ``skops.io``, imported without the array libraries that scikit-learn's adapters would load for it.

    It looks through every module of scikit-learn for estimators; torch and dask would take three times as long, and
    bring a second OpenMP runtime into a process of another library.
    """
    hidden = _Hidden(name for name in ("torch", "dask", "cupy", "jax") if name not in sys.modules)
    sys.meta_path.insert(0, hidden)
    try:
        import skops.io
    finally:
        sys.meta_path.remove(hidden)
    return skops.io


class _Hidden(MetaPathFinder):
    """Lets modules be missing for the thread that made this; others import them meanwhile as ever.

    None in ``sys.modules`` would hide them from everybody: scipy looks there for torch at work.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(names)
        self._thread = get_ident()

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
        """Refuse the hidden modules; leave all others to the next finder."""
        if fullname in self._names and get_ident() == self._thread:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)


def _save_network(estimator: Any, folder: Path) -> None:
    from safetensors.torch import save_file
    from torch import from_numpy

    tensors = {f"network.{name}": value.cpu().contiguous() for name, value in estimator.network_.state_dict().items()}
    if hasattr(estimator, "scaler_"):
        scaler = {"mean": estimator.scaler_.mean_, "scale": estimator.scaler_.scale_}
        tensors |= {f"scaler.{name}": from_numpy(np.ascontiguousarray(value)) for name, value in scaler.items()}
    save_file(tensors, folder / "model.safetensors", metadata={"shape": json.dumps(estimator.shape_)})


def _load_network(estimator: Any, folder: Path) -> None:
    from safetensors import safe_open

    from mltrainer.models.scaling import ClippedScaler

    with safe_open(folder / "model.safetensors", framework="pt") as kept:
        shape = tuple(json.loads(kept.metadata()["shape"]))
        tensors = {name: kept.get_tensor(name) for name in kept.keys()}  # noqa: SIM118 - it is no mapping
    estimator.restore(shape, {name[8:]: value for name, value in tensors.items() if name.startswith("network.")})
    if "scaler.mean" in tensors:
        estimator.scaler_ = ClippedScaler()
        estimator.scaler_.mean_ = tensors["scaler.mean"].numpy()
        estimator.scaler_.scale_ = tensors["scaler.scale"].numpy()


def _library(entry: ModelEntry) -> str:
    name = _DISTRIBUTIONS.get(entry.library, entry.library)
    return f"{name} {version(name)}"


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _refused(entry: ModelEntry, folder: Path, why: str) -> ActionFailed:
    return ActionFailed(
        f"the stored {entry.name} in {folder} cannot be used: {why}",
        hint="remove the folder; the model is then fitted again",
        code="stored_model",
    )
