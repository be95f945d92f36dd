from hypothesis import given, settings
from hypothesis import strategies as st

from mltrainer.render.blocks import cell_width
from mltrainer.repl.toolbar import ToolbarState, short_settings, toolbar
from mltrainer.settings.parameters import Settings

FULL = ToolbarState(
    data="simulated 200 x 1500",
    agent="claude-sonnet-5-5",
    simulated=True,
    as_of="2023-12-20",
    settings=Settings().model_dump(),
    dollars=0.1234,
    waiting=1,
)


def text_of(state: ToolbarState, width: int) -> str:
    return "".join(text for _, text in toolbar(state, width))


def test_everything_that_matters_stands_in_a_wide_window() -> None:
    assert text_of(FULL, 200) == (
        "SIMULATED  1 waiting  simulated 200 x 1500 2023-12-20  "
        "random_forest+xgboost 7-10 +7% at 85% top-200  claude-sonnet-5-5  $0.12"
    )


def test_what_is_not_known_yet_leaves_no_gap() -> None:
    assert text_of(ToolbarState(data="files", agent="offline"), 80) == "files  offline"


@given(st.integers(9, 200))
@settings(derandomize=True, max_examples=100)
def test_it_fits_and_simulated_is_never_left_out(width: int) -> None:
    text = text_of(FULL, width)
    assert cell_width(text) <= width
    assert text.startswith("SIMULATED")


def test_a_path_cannot_speak_to_the_terminal() -> None:
    assert "\x1b" not in text_of(ToolbarState(data="\x1b]0;x\x07", agent="a"), 80)


def test_settings_in_short() -> None:
    assert short_settings(Settings().model_dump(mode="json")) == "random_forest+xgboost 7-10 +7% at 85% top-200"
    median = Settings(label="beats_median", horizon=(5, 5), models=("lstm",), universe="all")
    assert short_settings(median.model_dump()) == "lstm 5 beats_median at 85% all"
    assert short_settings({}) == ""
