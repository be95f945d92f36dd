"""Where values come from: option, environment, project file, user file, default; and what no file may say."""

import json
from pathlib import Path
from typing import Any

import pytest

from mltrainer.cli.main import run_command
from mltrainer.cli.options import configured_settings, data_request
from mltrainer.cli.talk import chosen_agent
from mltrainer.settings.errors import MltrainerError
from mltrainer.store.home import home_folder

NOTHING: dict[str, Any] = dict.fromkeys(("source", "data", "macro", "simulate", "as_of", "seed"))


@pytest.fixture
def project(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder / "mltrainer.toml"


@pytest.fixture
def user(project: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "config" / "mltrainer"
    folder.mkdir(parents=True)
    return folder / "config.toml"


def shown(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert run_command(["config", "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_the_nearer_file_wins_and_the_rest_are_defaults(
    project: Path, user: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    user.write_text('[options]\nagent = "offline"\n[settings]\nseed = 3\nhorizon = "5-7"\nmodels = "rf, LightGBM"\n')
    project.write_text('[settings]\nseed = 4\ntarget = "9%"\n')
    found = shown(capsys)
    settings, origin = found["settings"], found["origin"]
    assert (settings["seed"], settings["horizon"], settings["target_return"]) == (4, [5, 7], 0.09)
    assert settings["models"] == ["random_forest", "lightgbm"]
    assert (origin["seed"], origin["target_return"]) == (str(project), str(project))
    assert (origin["horizon"], origin["agent"], origin["label"]) == (str(user), str(user), "default")
    assert origin["home"] == "MLTRAINER_HOME"
    assert run_command(["config"]) == 0
    assert str(project) in capsys.readouterr().out


def test_data_come_from_the_file_unless_an_option_names_others(project: Path) -> None:
    bars = project.parent / "bars.csv"
    bars.write_text("date,ticker\n")
    project.write_text('[options]\nsource = "files"\ndata = "bars.csv"\nas_of = 2018-01-02\n[settings]\nseed = 9\n')
    request = data_request(**NOTHING)
    assert (request.source, request.data, request.as_of, request.seed) == ("files", bars, "2018-01-02", 9)
    other = data_request(**NOTHING | {"source": "simulated", "seed": 1})
    assert (other.source, other.data, other.seed) == ("simulated", None, 1)
    project.write_text('[options]\nsource = "simulated"\nsimulate = "tickers=30"\n')
    assert data_request(**NOTHING).simulation.tickers == 30
    assert data_request(**NOTHING | {"simulate": "tickers=40"}).simulation.tickers == 40


def test_the_environment_stands_above_the_files(
    project: Path, user: Path, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    user.write_text('[options]\nhome = "kept"\nagent = "claude"\n')
    assert home_folder() == home
    monkeypatch.delenv("MLTRAINER_HOME")
    assert home_folder() == user.parent / "kept"
    assert home_folder(Path("/named")) == Path("/named")
    assert chosen_agent(None, home) == "claude"
    assert chosen_agent("offline", home) == "offline"


def test_a_session_begins_with_the_configured_settings(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project.write_text('[settings]\ntarget_return = "9%"\nconfidence = "70%"\n')
    small = ("--source", "simulated", "--simulate", "tickers=20,sessions=300", "--agent", "offline")
    assert run_command(["run", "What models are at your disposal?", *small, "--json"]) == 0
    started = json.loads(capsys.readouterr().out.splitlines()[0])
    assert (started["settings"]["target_return"], started["settings"]["confidence_threshold"]) == (0.09, 0.7)
    assert started["adjusted"] == ["confidence_threshold", "target_return"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[settings]\nconfidence = 85\n", "confidence_threshold: 85 is not a fraction"),
        ('[settings]\nmodels = "random_forrest"\n', "random_forrest"),
        ("[settings]\nhorizn = 3\n", "horizn"),
        ('[options]\nANTHROPIC_API_KEY = "sk-secret"\n', "keys are not read from here"),
        ('[options]\nhome = "elsewhere"\n', "a project may not set it"),
        ('[options]\nsorce = "files"\n', "did you mean source?"),
        ('[options]\nsource = "yahoo"\n', "choose one of: polygon"),
        ("[options]\nsource = 3\n", "3 is no text"),
        ('[options]\nas_of = "soon"\n', "as_of"),
        ('[options]\nsimulate = "tickers=one"\n', "tickers"),
        ('[settings]\nhorizon = "10-5"\n', "write 5-10"),
        ("[other]\nx = 1\n", "the tables are [options] and [settings]"),
        ("settings = 1\n", "it must be a table"),
        ("[options\n", "is not TOML"),
    ],
)
def test_a_wrong_line_is_named_with_its_file(
    project: Path, text: str, named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    project.write_text(text)
    assert run_command(["config"]) == 2
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert named in said and str(project) in said
    assert "sk-secret" not in said


def test_a_wrong_setting_ends_a_command_before_it_begins(project: Path) -> None:
    project.write_text("[settings]\ntop_k = 0\n")
    with pytest.raises(MltrainerError, match="top_k"):
        configured_settings()
    assert run_command(["do", "regime-detection", "--source", "simulated"]) == 2
