"""What holds for detection whatever the text."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mltrainer.actions.detect import Detection, DetectionContext, detect
from mltrainer.actions.proposals import propose
from mltrainer.settings.parameters import Settings

from .sentences import PROPOSED, SEED, UNPROPOSED

TICKERS = frozenset(["AAPL", "MSFT", "NVDA", "AMZN", "GOOGL"])
CONTEXT = DetectionContext(Settings(), TICKERS, ("Information Technology", "Health Care"))
TEXTS = [text for text, _ in SEED + PROPOSED]
PLAIN = st.sampled_from([text for text in TEXTS if "`" not in text and '"' not in text and "\n" not in text])
PIECES = st.lists(
    st.sampled_from(
        [
            *TEXTS,
            *UNPROPOSED,
            "let's ",
            "run ",
            "7%",
            "5-7 days ",
            "to ",
            "by ",
            "**",
            "`",
            '"',
            "> ",
            "| ",
            "1. ",
            "\n",
            "\n\n",
        ]
    )
    | st.text(max_size=10),
    max_size=8,
).map("".join)


def found(text: str) -> list[tuple[str, str]]:
    return [(one.action, json.dumps(one.stated, sort_keys=True)) for one in detect(text, CONTEXT)]


@settings(derandomize=True, max_examples=150, deadline=None)
@given(PIECES)
def test_never_raises_and_quotes_what_it_read(text: str) -> None:
    for speaker in ("ai", "user"):
        detections = detect(text, DetectionContext(Settings(), TICKERS, (), speaker))  # type: ignore[arg-type]
        actions = [one.action for one in detections]
        assert len(actions) == len(set(actions))
        for one in detections:
            assert 0 <= one.start < one.end <= len(text)
            assert one.quote == text[one.start : one.end]


@settings(derandomize=True, max_examples=100, deadline=None)
@given(PIECES)
def test_a_fence_or_a_block_quote_silences_any_text(text: str) -> None:
    fence = "~" * 12
    assert detect(f"{fence}\n{text.replace('~', '-')}\n{fence}", CONTEXT) == []
    quoted = "\n".join(f"> {line}" for line in text.splitlines())
    assert detect(quoted, CONTEXT) == []


@settings(derandomize=True, max_examples=100, deadline=None)
@given(PLAIN)
def test_quotation_marks_silence_a_sentence(text: str) -> None:
    assert detect(f'You wrote "{text}"', CONTEXT) == []
    assert detect(f"The text “{text}” was yours.", CONTEXT) == []


@settings(derandomize=True, max_examples=100, deadline=None)
@given(PLAIN, st.data())
def test_emphasis_changes_nothing(text: str, data: st.DataObject) -> None:
    words = text.split(" ")
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, len(words) - 1))
    mark = data.draw(st.sampled_from(["*", "**", "***", "_", "__"]))
    words[first] = mark + words[first]
    words[last] = words[last] + mark
    assert found(" ".join(words)) == found(text)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(PLAIN, st.sampled_from(UNPROPOSED))
def test_what_is_proposed_stays_so_behind_what_is_not(text: str, before: str) -> None:
    # A heading or an open list before it may rightly change what a bare phrase means.
    if not before.endswith(":") and "\n" not in before and "#" not in before:
        assert found(f"{before}\n\n{text}") == found(text)


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_found_can_be_proposed(text: str) -> None:
    """Values are ready for validation: only a model that nobody has is refused."""
    for one in detect(text, CONTEXT):
        if "CatBoost" not in one.stated.get("models", []):
            assert propose(one.action, one.stated, CONTEXT.settings).action == one.action


@settings(derandomize=True, max_examples=80, deadline=None)
@given(st.integers(50, 99), st.integers(1, 30), st.integers(1, 40), st.integers(0, 20), st.integers(2, 400))
def test_every_stated_number_is_read(confidence: int, target: int, first: int, more: int, count: int) -> None:
    text = (
        f"I suggest momentum screening with LightGBM targeting {first}-{first + more} day momentum with +{target}% "
        f"returns at {confidence}% confidence on the top {count} most traded stocks."
    )
    assert detect(text, CONTEXT) == [
        Detection(
            "momentum_screening",
            {
                "models": ["lightgbm"],
                "horizon": [first, first + more],
                "target_return": target / 100,
                "confidence_threshold": confidence / 100,
                "universe": f"top-{count}",
            },
            text,
            0,
            len(text),
        )
    ]


@settings(derandomize=True, max_examples=40, deadline=None)
@given(st.integers(1, 14), st.sampled_from(["lower", "raise"]))
def test_relative_changes_start_from_the_settings(points: int, verb: str) -> None:
    context = DetectionContext(Settings(confidence_threshold=0.6))
    sign = 1 if verb == "raise" else -1
    (one,) = detect(f"Let's {verb} the confidence threshold by {points} points.", context)
    assert one.stated == {"confidence_threshold": pytest.approx(0.6 + sign * points / 100)}


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(UNPROPOSED * 3)[:10_000],
        "momentum " * 1_100,
        "let's " * 1_600,
        '"' * 10_000,
        "`" * 10_000,
        "*" * 10_000,
        "_a" * 5_000,
        " " * 10_000,
        "1" * 10_000,
        "|" * 10_000,
        "<a>" * 3_300,
        "<a></a>" * 1_400,
        "AAPL, " * 1_600,
        "look at the results of the " * 380,
        "I suggest we run " * 600,
        "if we " * 1_600,
        "the next good best " * 500,
        "confidence threshold to " * 400,
    ],
)
def test_ten_kilobytes_take_a_moment(text: str) -> None:
    """About 13 ms for prose; the bound leaves room for a slow machine and still catches what grows quadratically."""
    times = []
    for _ in range(3):
        begun = time.process_time()
        detect(text, CONTEXT)
        times.append(time.process_time() - begun)
    assert min(times) < 0.08
