"""The feature matrix: its shape, its names, and what it does with what is missing."""

import dataclasses
import time

import numpy as np
import pytest

from mltrainer.data.panel import Macro
from mltrainer.features import build
from mltrainer.features.build import build_features, feature_names, row_index
from mltrainer.features.catalogue import FEATURES, RANKED
from mltrainer.features.market import market_return


def test_every_feature_is_declared_once_with_formula_and_source():
    names = [feature.name for feature in FEATURES]
    assert len(set(names)) == len(names) >= 60
    assert all(feature.formula and feature.source for feature in FEATURES)
    assert set(RANKED) <= set(names)


def test_rows_are_member_cells_by_date_then_ticker(make_panel):
    panel = make_panel(1, n_dates=40)
    member = np.random.default_rng(0).random(panel.shape) < 0.5
    dates, tickers = row_index(panel, member)
    assert dates.dtype == tickers.dtype == np.int32
    assert len(dates) == member.sum() and member[dates, tickers].all()
    assert (np.diff(dates.astype(int) * 1000 + tickers) > 0).all()
    with pytest.raises(ValueError, match="member has the shape"):
        row_index(panel, member[:-1])


def test_the_matrix_is_float32_finite_or_missing(make_panel):
    panel = make_panel(2)
    # Days without trade, without movement, and a worthless price.
    panel.volume[100:140, 0] = 0.0
    for array in (panel.open, panel.high, panel.low, panel.close):
        array[100:140, 0] = 7.0
    member = np.ones(panel.shape, dtype=bool)
    rows = row_index(panel, member)
    matrix = build_features(panel, member, rows)
    assert matrix.dtype == np.float32 and matrix.shape == (len(rows[0]), len(feature_names(panel)))
    assert not np.isinf(matrix).any()
    # On the last session everything is known for a ticker with all its bars.
    assert np.isfinite(matrix[(rows[0] == 319) & (rows[1] == 0)]).all()


def test_a_chosen_row_has_the_same_values_as_in_the_whole(make_panel):
    panel = make_panel(3)
    member = np.isfinite(panel.close)
    rows = row_index(panel, member)
    pick = np.array([3, 900, 1200, 1400])
    out = np.empty((4, len(feature_names(panel))), dtype=np.float32)
    few = build_features(panel, member, (rows[0][pick], rows[1][pick]), out)
    assert few is out
    np.testing.assert_array_equal(few, build_features(panel, member, rows)[pick])
    with pytest.raises(ValueError, match="out has the shape"):
        build_features(panel, member, rows, out)


def test_without_a_macro_series_its_columns_do_not_exist(make_panel):
    panel = make_panel(4)
    bare = dataclasses.replace(panel, macro=None)
    extra = set(feature_names(panel)) - set(feature_names(bare))
    assert extra == {"vix", "vix_change_5", "t10y2y", "baa10y", "baa10y_change_21"}
    macro = panel.macro
    mine = macro.series == "T10Y2Y"
    one = Macro(macro.series[mine], macro.reference[mine], macro.available[mine], macro.values[mine])
    assert set(feature_names(dataclasses.replace(panel, macro=one))) - set(feature_names(bare)) == {"t10y2y"}


def test_a_macro_value_counts_from_the_day_it_is_available(make_panel):
    panel = make_panel(5, macro=False)
    days = panel.sessions
    macro = Macro(np.array(["VIXCLS", "VIXCLS"]), days[[0, 100]], days[[1, 103]], np.array([15.0, 40.0]))
    panel = dataclasses.replace(panel, macro=macro)
    member = np.ones(panel.shape, dtype=bool)
    rows = row_index(panel, member)
    vix = build_features(panel, member, rows)[:, feature_names(panel).index("vix")].reshape(panel.shape)
    assert np.isnan(vix[0]).all()
    assert (vix[1:103] == 15.0).all() and (vix[103:] == 40.0).all()


def test_the_market_is_the_mean_of_the_days_bars(make_panel):
    panel = make_panel(6, ragged=False)
    simple = panel.close[1:] / panel.close[:-1] - 1
    np.testing.assert_allclose(market_return(panel)[1:], np.log1p(simple.mean(axis=1)), rtol=1e-10)
    assert np.isnan(market_return(panel)[0])


def test_the_version_follows_the_source():
    assert len(build.VERSION) == 16 and build._version() == build.VERSION


def test_the_catalogue_is_quick(make_panel):
    panel = make_panel(7, n_dates=500, n_tickers=100)
    member = np.ones(panel.shape, dtype=bool)
    rows = row_index(panel, member)
    started = time.process_time()
    build_features(panel, member, rows)
    # A twelfth of the size that has to be done in 4 seconds; slack for a busy machine.
    assert time.process_time() - started < 1.5
