"""A clean panel that was kept is the same panel; one whose last session may not have been over is read again."""

from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mltrainer.data.load import load_panel
from mltrainer.data.panel import IndexMembers, Panel
from mltrainer.settings.request import DataRequest, Simulation
from mltrainer.trials import kept_panel
from mltrainer.trials.kept_panel import load_panel_copy, save_panel_copy


@pytest.fixture(scope="module")
def panel() -> Panel:
    whole = load_panel(DataRequest(source="simulated", simulation=Simulation(tickers=22, sessions=300)))
    assert whole.macro is not None
    return replace(whole, index=IndexMembers(whole.close > 50, 30, ("GONE", "LOST")))


def same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
    if is_dataclass(one):
        return all(same(getattr(one, part.name), getattr(other, part.name)) for part in fields(one))
    if isinstance(one, tuple) and one and is_dataclass(one[0]):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other) and type(one) is type(other)


def test_what_was_kept_is_the_same(panel: Panel, tmp_path: Path) -> None:
    path = tmp_path / "panels" / "a.npz"
    assert load_panel_copy(path) is None
    save_panel_copy(path, panel)
    found = load_panel_copy(path)
    assert found is not None
    assert [part.name for part in fields(panel) if not same(getattr(panel, part.name), getattr(found, part.name))] == []
    path.write_bytes(path.read_bytes()[:1000])
    assert load_panel_copy(path) is None


def test_bars_of_the_last_days_are_never_taken_from_the_cache(
    panel: Panel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, path = replace(panel, simulated=False), tmp_path / "a.npz"
    today = str(panel.sessions[-1] + 2)
    monkeypatch.setattr(kept_panel, "utc_now", lambda: f"{today}T12:00:00Z")
    save_panel_copy(path, real)
    assert not path.exists()
    monkeypatch.setattr(kept_panel, "utc_now", lambda: f"{panel.sessions[-1] + 20}T12:00:00Z")
    save_panel_copy(path, real)
    assert load_panel_copy(path) is not None
    monkeypatch.setattr(kept_panel, "utc_now", lambda: f"{today}T12:00:00Z")
    assert load_panel_copy(path) is None
