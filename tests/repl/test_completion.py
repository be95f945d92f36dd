from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mltrainer.repl.completion import Known, suggest

KNOWN = Known(
    commands={"/settings": "Change settings.", "/show": "Show a trial.", "/momentum-screening": "Screen."},
    arguments={
        "/settings": ("models", "model_params", "label", "horizon", "universe"),
        "/momentum-screening": ("models", "universe", "tickers", "trial"),
    },
    choices={"label": ("hit", "beats_median")},
    models=("random_forest", "xgboost", "lightgbm"),
    tickers=("AAPL", "AMD", "XOM"),
    sectors=("Technology",),
    trials=("T3", "T2", "T12"),
    sections=("all", "evaluation", "candidates"),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("/", ["/settings", "/show", "/momentum-screening"]),
        ("/s", ["/settings", "/show"]),
        ("/S", ["/settings", "/show"]),
        ("/x", []),
        ("/show ", ["T3", "T2", "T12"]),
        ("/show T1", ["T12"]),
        ("/show t1", ["T12"]),
        ("/show T3 ", ["all", "evaluation", "candidates"]),
        ("/show T3 ev", ["evaluation"]),
        ("/show T3 evaluation ", []),
        ("/settings mod", ["models=", "model_params="]),
        ("/settings Hor", ["horizon="]),
        ("/settings horizon=", []),
        ("/settings label=b", ["beats_median"]),
        ("/settings label=", ["hit", "beats_median"]),
        ("/settings models=r", ["random_forest"]),
        ("/settings models=random_forest,l", ["lightgbm"]),
        ("/settings models=mean(random_forest,x", ["xgboost"]),
        ("/settings label=hit univ", ["universe="]),
        ("/settings universe=t", ["top-50", "top-100", "top-200", "Technology"]),
        ("/settings universe=AAPL,A", ["all", "AMD"]),
        ("/settings nonsense=a", []),
        ("/momentum-screening tickers=x", ["XOM"]),
        ("/momentum-screening trial=", ["T3", "T2", "T12"]),
        ("/unknown mod", []),
        ("use xg", ["xgboost"]),
        ("use XG", ["xgboost"]),
        ("use x", []),
        ("look at AA", ["AAPL"]),
        ("look at aa", []),
        ("look at (AM", ["AMD"]),
        ("compare with T1", ["T12"]),
        ("compare with T2", []),
        ("xgboost", []),
    ],
)
def test_what_is_suggested_at_the_end_of(text: str, expected: list[str]) -> None:
    assert [one.text for one in suggest(text, len(text), KNOWN)] == expected


def test_of_thousands_of_tickers_no_more_is_offered_than_a_menu_can_show() -> None:
    known = replace(KNOWN, tickers=tuple(f"S{number:04d}" for number in range(5000)))
    many = suggest("/momentum-screening tickers=S", 28, known)
    assert [many[0].text, many[-1].text, len(many)] == ["S0000", "S0199", 200]
    assert [one.text for one in suggest("/momentum-screening tickers=S4999", 32, known)][-1] == "S4999"


@pytest.mark.parametrize(
    ("text", "cursor", "result"),
    [
        ("use li now", 6, "use lightgbm now"),
        ("/settings models=random_forest,xg top_k=5", 33, "/settings models=random_forest,xgboost top_k=5"),
        ("/sho T3", 4, "/show T3"),
    ],
)
def test_a_suggestion_replaces_the_word_before_the_cursor(text: str, cursor: int, result: str) -> None:
    (one,) = suggest(text, cursor, KNOWN)
    assert text[: one.start] + one.text + text[cursor:] == result


def test_a_command_says_what_it_does() -> None:
    assert suggest("/se", 3, KNOWN)[0].help == "Change settings."


@given(st.text("/ =,+(AaTtmx1sr.\n", max_size=30), st.integers(0, 30))
@settings(derandomize=True, max_examples=200)
def test_a_suggestion_always_continues_what_is_written(text: str, cursor: int) -> None:
    cursor = min(cursor, len(text))
    for one in suggest(text, cursor, KNOWN):
        assert 0 <= one.start <= cursor
        assert one.text.lower().startswith(text[one.start : cursor].lower())
