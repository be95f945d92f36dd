import io
import os
import termios

import pytest

from mltrainer.render.blocks import as_plain
from mltrainer.render.console import make_console, print_blocks
from mltrainer.render.faults import fault_blocks
from mltrainer.render.models import model_blocks
from mltrainer.render.results import result_blocks
from mltrainer.render.trials import trial_blocks
from tests.render.documents import candidate, screening


def test_the_verdict_comes_first_and_the_proof_last() -> None:
    lines = as_plain(result_blocks(screening())).splitlines()
    assert lines[0] == "Trial T1: momentum screening, succeeded"
    assert lines[1].startswith("0 of 200 qualify at 85 %")
    assert lines[-1].startswith("Proof: 34 fits (0 from the cache) in 2 min 08 s")
    assert lines[-1].endswith("mltrainer trials rerun T1")


def test_every_figure_stands_beside_its_baselines() -> None:
    text = as_plain(result_blocks(screening()))
    table = {line.split()[0]: line for line in text.splitlines() if line}
    assert "0.712  0.69..0.73" in table["random_forest"]
    assert "0.690  0.67..0.71" in table["volatility_only"]
    assert "momentum_12_1" in table
    assert "base rate 9.8%" in text


def test_a_figure_that_is_absent_is_not_shown_as_a_number() -> None:
    bare = {key: value for key, value in candidate(1, "NVDA", 0.3).items() if key not in ("support", "interval")}
    lines = as_plain(result_blocks(screening(candidates=[bare, candidate(2, "AMD", 0.2)]))).splitlines()
    row = next(line for line in lines if line.startswith("1  NVDA"))
    assert "never reached" in row
    assert " -  " in row
    assert "80% of return" in "".join(lines)
    assert "80% of return" not in as_plain(result_blocks(screening(candidates=[bare])))


@pytest.mark.parametrize("section", ["all", "data", "evaluation", "baselines", "candidates", "regime", None])
def test_simulated_figures_are_marked_in_every_part(section: str | None) -> None:
    assert "SIMULATED" in as_plain(result_blocks(screening(simulated=True), section=section))
    assert "SIMULATED" not in as_plain(result_blocks(screening(), section=section))


def test_a_section_shows_what_the_whole_counts() -> None:
    assert "XYZ" not in as_plain(result_blocks(screening()))
    text = as_plain(result_blocks(screening(), section="data"))
    assert "never among the 200 most traded" in text
    assert "5 equal bars" in text
    assert "random_forest" not in text
    assert "This trial has no significance." in as_plain(result_blocks(screening(), section="significance"))


def test_ten_candidates_stand_in_the_whole_and_all_in_their_section() -> None:
    document = screening(tickers=tuple(f"TICK{number}" for number in range(14)))
    assert "TICK10" not in as_plain(result_blocks(document))
    assert "4 more are stored" in as_plain(result_blocks(document))
    assert "TICK13" in as_plain(result_blocks(document, section="candidates"))


def test_a_failure_says_what_and_what_to_do() -> None:
    failure = {"code": "too_short", "message": "30 sessions are too few", "hint": "give 400", "retryable": False}
    document = {"trial_id": "T9", "action": "momentum_screening", "status": "failed", "error": failure}
    assert as_plain(result_blocks(document)).splitlines() == [
        "Trial T9: momentum screening, failed",
        "30 sessions are too few [too_short]",
        "give 400",
    ]


def test_settings_of_a_trial_mark_their_defaults() -> None:
    lines = as_plain(result_blocks(screening(), section="settings")).splitlines()
    assert any(line.split() == ["horizon", "7-10", "sessions", "default"] for line in lines)
    assert any(line.split() == ["models", "random_forest,", "xgboost"] for line in lines)


def test_a_ticker_from_a_file_cannot_speak_to_the_terminal() -> None:
    stream = io.StringIO()
    evil = "\x1b]0;own\x07[red]X\u202e"
    print_blocks(make_console(stream, color=True, width=120), result_blocks(screening(tickers=(evil,))))
    assert "\x1b]" not in stream.getvalue()
    assert "\\x1b]0;own\\x07[red]X\\u202e" in stream.getvalue()


def test_colours_are_the_sixteen_named_ones_and_none_where_unwanted() -> None:
    colored, plain = io.StringIO(), io.StringIO()
    print_blocks(make_console(colored, color=True, width=120), result_blocks(screening(simulated=True)))
    print_blocks(make_console(plain, color=False, width=120), result_blocks(screening(simulated=True)))
    assert "\x1b[1;35mSIMULATED data" in colored.getvalue()
    assert "38;" not in colored.getvalue()
    assert "48;" not in colored.getvalue()
    assert plain.getvalue() == as_plain(result_blocks(screening(simulated=True)), 120)


def test_lists_of_trials_models_and_faults() -> None:
    trial = {"trial_id": "T2", "action": "regime_detection", "status": "failed", "created": "2026-11-24T05:00:00"}
    listed = as_plain(trial_blocks([trial | {"simulated": True, "error": "no data"}]))
    assert "T2" in listed
    assert "SIMULATED" in listed
    assert "no data" in listed
    assert "No trial" in as_plain(trial_blocks([]))
    model = {"name": "lstm", "family": "neural", "role": "classifier", "params": {"hidden": {"default": 32}}}
    assert "hidden=32" in as_plain(model_blocks([model]))
    fault = {"code": "stale", "ticker": "A", "date": "2016-01-04", "severity": "warning", "detail": "d"}
    assert as_plain(fault_blocks([fault] * 3)).count("2016-01-04") == 3
    assert "No faults" in as_plain(fault_blocks([]))


def test_beside_candidates_the_whole_is_brief_and_says_where_the_rest_stands() -> None:
    warnings = [{"code": "simulated", "message": "an artificial market"}, {"code": "stale", "message": "old bars"}]
    regime = {"score": 15, "label": "calm", "as_of": "2018-02-07", "probabilities": {}, "components": {"vix": 0.25}}
    document = screening(simulated=True, warnings=warnings, regime=regime)
    brief, everything = as_plain(result_blocks(document)), as_plain(result_blocks(document, section="all"))
    assert "Regime: 15 of 100" in brief and "vix" not in brief
    assert "old bars" in brief and "an artificial market" not in brief
    assert "mltrainer trials show T1" in brief
    assert "an artificial market" in everything
    assert ["vix", "25%"] in [line.split() for line in everything.splitlines()]


def test_fits_from_the_cache_are_told_apart_from_those_that_were_made() -> None:
    document = screening()
    document["provenance"] |= {"fits": 6, "cached_fits": 28}
    assert "Proof: 6 fits (28 more from the cache)" in as_plain(result_blocks(document))


@pytest.mark.parametrize("width", [40, 60, 80, 100])
def test_a_list_of_trials_says_what_came_out_at_every_width(width: int) -> None:
    trial = {"trial_id": "T2", "action": "momentum_screening", "status": "succeeded", "created": "2026-11-24T05:00:00"}
    listed = as_plain(trial_blocks([trial | {"headline": "0 of 200 reach 85 %", "seconds": 94.0}]), width)
    assert "T2" in listed and "0 of 200 reach 85 %" in listed
    assert max(map(len, listed.splitlines())) <= width


def test_a_dumb_terminal_is_as_wide_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.delenv("COLUMNS", raising=False)
    controller, terminal = os.openpty()
    with os.fdopen(terminal, "w") as stream:
        termios.tcsetwinsize(stream, (24, 40))
        assert make_console(stream, color=False).width == 40
    os.close(controller)
