"""Stored models that cannot be trusted are refused, and nothing that is read runs code."""

import hashlib
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import skops.io

from mltrainer.models.persistence import _Hidden, load_model, save_model
from mltrainer.models.registry import MODELS
from mltrainer.models.stored import MANIFEST
from mltrainer.settings.errors import ActionFailed

RIDGE = MODELS["ridge"]


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    random = np.random.default_rng(1)
    X = random.normal(size=(200, 3)).astype(np.float32)
    model = RIDGE.estimator(7, {}).fit(X, X[:, 0] + random.normal(size=200))
    save_model(model, RIDGE, tmp_path / "ridge", {"seed": 7, "params": {}, "fingerprint": "ridge"})
    return tmp_path / "ridge"


def manifest(folder: Path) -> dict[str, object]:
    return json.loads((folder / MANIFEST).read_text())


def rewrite(folder: Path, **changes: object) -> None:
    (folder / MANIFEST).write_text(json.dumps(manifest(folder) | changes))


def test_a_folder_says_what_it_holds_and_has_no_pickle(stored: Path) -> None:
    about = manifest(stored)
    assert about["model"] == "ridge"
    assert str(about["library"]).startswith("scikit-learn ")
    assert sorted(path.name for path in stored.iterdir()) == [MANIFEST, "model.skops"]
    assert load_model(RIDGE, stored).get_params()["random_state"] == 7


def test_a_changed_file_is_refused(stored: Path) -> None:
    path = stored / "model.skops"
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(ActionFailed, match="is not what was written"):
        load_model(RIDGE, stored)


def test_another_model_and_another_version_are_refused(stored: Path) -> None:
    with pytest.raises(ActionFailed, match="it holds ridge"):
        load_model(MODELS["lasso"], stored)
    rewrite(stored, library="scikit-learn 0.1")
    with pytest.raises(ActionFailed, match="fitted with scikit-learn 0.1"):
        load_model(RIDGE, stored)


def test_a_type_that_is_not_named_is_refused(stored: Path) -> None:
    # What an attacker could write, digest and all.
    path = stored / "model.skops"
    skops.io.dump({"model": Path("/etc/passwd")}, path)
    rewrite(stored, files={"model.skops": hashlib.sha256(path.read_bytes()).hexdigest()})
    with pytest.raises(ActionFailed, match="Path"):
        load_model(RIDGE, stored)


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"model": "ridge"}'])
def test_a_broken_manifest_is_refused(content: str, stored: Path) -> None:
    (stored / MANIFEST).write_text(content)
    with pytest.raises(ActionFailed, match="the stored ridge in"):
        load_model(RIDGE, stored)


def test_saving_twice_keeps_the_first(stored: Path) -> None:
    before = (stored / MANIFEST).read_bytes()
    save_model(load_model(RIDGE, stored), RIDGE, stored, {"seed": 8, "params": {}})
    assert (stored / MANIFEST).read_bytes() == before
    assert [path.name for path in stored.parent.iterdir()] == ["ridge"]


def test_saving_a_model_of_scikit_learn_loads_no_other_library(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from mltrainer.models.persistence import save_model, load_model; "
        "from mltrainer.models.registry import MODELS; entry, to = MODELS['ridge'], Path(sys.argv[1]) / 'ridge'; "
        "model = entry.estimator(7, {}).fit([[1.0], [2.0], [4.0]], [1.0, 2.0, 3.0]); "
        "save_model(model, entry, to, {'seed': 7, 'params': {}}); load_model(entry, to); "
        "print({'torch', 'dask'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_a_module_is_hidden_from_one_thread_alone() -> None:
    hidden = _Hidden(["torch"])
    with ThreadPoolExecutor(1) as other:
        assert other.submit(hidden.find_spec, "torch").result() is None
    assert hidden.find_spec("json") is None
    with pytest.raises(ModuleNotFoundError, match="torch"):
        hidden.find_spec("torch")
