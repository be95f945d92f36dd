"""References to results: what they show, where they lead nowhere, and how they arrive in pieces."""

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mltrainer.agent.analyst import TextPart
from mltrainer.agent.citation.references import References
from mltrainer.agent.citation.shown import figure_of
from mltrainer.agent.claude import ClaudeAnalyst
from mltrainer.agent.prompt import system_prompt
from mltrainer.cli.talk import told_in
from mltrainer.render.transcript import session_markdown
from mltrainer.settings import events

from .claude_server import ClaudeServer, say
from .grounding_document import DOCUMENTS, FIRST
from .world import ScriptedAnalyst, World

TRIALS = {"T1": FIRST}


def look_up(document: Mapping[str, Any], path: str) -> str | None:
    """Return what a path shows, None where it leads nowhere."""
    references = References({"T1": document}.get)
    shown = references.feed(f"[[T1.{path}]]")
    return shown if references.cited[0].trials else None


def resolved(text: str) -> str:
    references = References(TRIALS.get)
    return references.feed(text) + references.close()


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("random_forest.auc", "0.724 (0.704 to 0.742, n 190,412)"),
        ("mean(random_forest,xgboost).brier_skill", "2.9 %"),
        ("xgboost.portfolio.sharpe", "0.410"),
        ("xgboost.sharpe", "0.410"),
        ("baselines.volatility_only.auc", "0.716 (0.696 to 0.734, n 190,412)"),
        ("volatility_only.auc", "0.716 (0.696 to 0.734, n 190,412)"),
        ("candidates.NVDA.confidence", "44.2 % (142 of 388 past predictions at 39.2 % or more came true)"),
        ("candidates.nvda.target_price", "$244.82"),
        ("candidates.NVDA.support.hits", "142"),
        ("candidates.NVDA.by_model.xgboost", "45.3 %"),
        ("candidates.NVDA.interval", "-8.7 % to 13.4 %"),
        ("random_forest.intervals.auc", "0.704 to 0.742"),
        ("data.rows", "251,774"),
        ("data.as_of", "2018-02-07"),
        ("regime.score", "61.4"),
        ("regime.probabilities.turbulent", "69.0 %"),
        ("significance.deflated_sharpe", "0.420"),
        ("significance.pbo", "0.380"),
        ("settings.target_return", "7 %"),
        ("settings.horizon", "7-10"),
        ("provenance.wall_seconds", "94.3 s"),
        ("qualified", "0 of 200"),
    ],
)
def test_a_reference_shows_the_stored_figure(path: str, shown: str) -> None:
    assert look_up(FIRST, path) == shown
    assert resolved(f"It is [[T1.{path}]].") == f"It is {shown}."


@pytest.mark.parametrize(
    "path",
    [
        "lightgbm.auc",
        "random_forest",
        "random_forest.",
        "random_forest.nothing",
        "candidates",
        "candidates.NVDA",
        "candidates.TSLA.confidence",
        "evaluation.0.auc",
        "random_forest.1.hit_rate",
        "settings.models",
        "data.excluded",
        "..",
        "comparison.ridge.auc",
        "candidates.0.confidence",
        "random_forest.auc.x",
        "random_forest.train_rows.9",
        "regime.score|bold",
        "**random_forest**.auc",
        "`random_forest`.auc",
        "random_forest.\u202eauc",
        "__class__",
    ],
)
def test_a_reference_that_leads_nowhere_is_seen_to(path: str) -> None:
    assert look_up(FIRST, path) is None
    assert resolved(f"It is [[T1.{path}]].") == f"It is [unresolved: T1.{path}]."


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), True, [], {}, [1.0], [0.1, None], {"a": 1}])
def test_what_is_no_figure_is_never_shown_as_one(value: object) -> None:
    assert look_up({"evaluation": [{"model": "ridge", "auc": value}]}, "ridge.auc") is None


@pytest.mark.parametrize(
    "text", ["[[T1.[red]x[/red].auc]]", "[[T1]]", "[[T1.]]", "[[T1.a\x1b[31mb]]", f"[[T1.{'a' * 400}]]"]
)
def test_what_is_almost_a_reference_is_seen_as_it_was_written(text: str) -> None:
    assert resolved(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[[T1.xgboost.auc]]: with [[T1.xgboost.auc]]", "0.712 (0.693 to 0.730, n 190,412): with 0.712"),
        (
            "[[T1.xgboost.auc]], [[T1.random_forest.auc]]",
            "0.712 (0.693 to 0.730, n 190,412), 0.724 (0.704 to 0.742)",
        ),
        ("xgboost ([[T1.xgboost.auc]])", "xgboost (0.712, 0.693 to 0.730, n 190,412)"),
        ("a (b)\n| c | [[T1.xgboost.auc]] |", "a (b)\n| c | 0.712 (0.693 to 0.730) |"),
        ("| a |\n[[T1.NVDA.confidence]]", "| a |\n44.2 % (142 of 388 past predictions at 39.2 % or more came true)"),
        ("| NVDA | [[T1.NVDA.confidence]] |", "| NVDA | 44.2 % |"),
        (
            "[[T1.NVDA.confidence]], [[T1.AMD.confidence]]",
            "44.2 % (142 of 388 past predictions at 39.2 % or more came true), "
            "38.7 % (171 of 512 at 33.7 % or more did)",
        ),
    ],
)
def test_what_a_figure_rests_on_is_told_once_and_shortly_in_a_table(text: str, shown: str) -> None:
    assert resolved(text) == shown
    references = References(TRIALS.get)
    assert "".join(map(references.feed, text)) + references.close() == shown


def test_a_candidate_above_the_threshold_rests_on_predictions_from_below_the_threshold_on() -> None:
    settings = FIRST["settings"] | {"confidence_threshold": 0.3}
    shown = look_up({**FIRST, "settings": settings}, "NVDA.confidence")
    assert shown == "44.2 % (142 of 388 past predictions at 25.0 % or more came true)"


def test_the_id_of_a_trial_may_be_small() -> None:
    assert resolved("[[t1.qualified]]") == "0 of 200"


def test_a_trial_that_is_not_there_is_unresolved() -> None:
    assert resolved("[[T9.random_forest.auc]]") == "[unresolved: T9.random_forest.auc]"


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("comparison.ridge.to_volatility_p", "0.031"),
        ("comparison.ridge.brier_skill", "-11.4 %"),
        ("search.logistic_regression.best.auc", "0.621"),
        ("search.logistic_regression.evaluation_before.auc", "0.607 (0.569 to 0.653, n 17,364)"),
        ("equal_weight.portfolio.sharpe", "0.941"),
        ("equal_weight.sharpe", "0.941"),
        ("analysis.S002.risk.annual_volatility", "48.1 %"),
        ("regime.history.fall_risk.probability", "2.2 %"),
        ("analysis.S008.sensitivity.5-7.probabilities.0.05", "37.8 %"),
        ("analysis.S008.sensitivity.0.probabilities.0.05", "37.8 %"),
        ("analysis.S008.risk_of_ruin.5%.size 100%", "0.6 %"),
        ("analysis.S008.by_regime.nervous.hit_rate", "37.2 %"),
        ("random_forest.bands.5-10%.hit_rate", "4.1 %"),
        ("random_forest.bands.0.05-0.1.hit_rate", "4.1 %"),
        ("random_forest.bands.1.hit_rate", "4.1 %"),
        ("regime.history.next_month.10-20.volatility", "8.7 %"),
        ("promotion.random_forest.auc.holdout", "0.722"),
        ("promotion.random_forest.rank_ic.before", "-0.045"),
        ("comparison.ridge.to_volatility", "0.002"),
        ("promotion.look", "1"),
        ("holdout.sessions", "136"),
        ("ranked_by", "mean(lightgbm,ridge)"),
    ],
)
def test_every_part_of_a_result_can_be_cited(path: str, shown: str) -> None:
    assert shown in {look_up(one, path) for one in DOCUMENTS}


@pytest.mark.parametrize("text", ["[[", "a [[T1", "[[T1.x]", "[link](url) [1]", "[[not one]]", "x[", "[[T1.a\nb]]"])
def test_what_is_no_reference_stays_as_it_is(text: str) -> None:
    assert resolved(text) == text


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.data())
def test_pieces_give_what_the_whole_gives(data: st.DataObject) -> None:
    expression = "[[1 - T1.random_forest.auc / T1.xgboost.auc]]"
    parts = st.sampled_from(
        ["[[T1.random_forest.auc]]", expression, "[[T7.x.y]]", "[", "]", "[[", "word ", "\n", "T1.", "[a](b)"]
    )
    text = "".join(data.draw(st.lists(parts, max_size=8)))
    references, given_out, begin = References(TRIALS.get), "", 0
    while begin < len(text):
        size = data.draw(st.integers(1, 9))
        given_out += references.feed(text[begin : begin + size])
        begin += size
    given_out += references.close()
    assert given_out == resolved(text)
    for one in references.cited:
        shown = given_out[one.start : one.end]
        assert shown.startswith(figure_of(one.reference, TRIALS.get).text if one.trials else "[unresolved: T7.x.y]")


def test_a_cited_figure_counts_as_checked_and_the_stored_transcript_keeps_the_reference(tmp_path: Path) -> None:
    proposal = "I suggest we initiate momentum screening using RandomForest."
    analysis = (
        "The AUC is [[T1.random_forest.auc]], against [[T1.no.such]] and 0.93 for RandomForest, "
        "[[T1.random_forest.auc - 0.5]] above chance, [[T1.random_forest.auc - 0.67]] above what it was. Well."
    )

    async def talk(server: ClaudeServer) -> World:
        world = World(tmp_path, lambda made: ClaudeAnalyst(api_key="key", store=made.store, base_url=server.base_url))
        await world.says("start", "yes", "and now?")
        await world.conversation.close()
        return world

    with ClaudeServer([say(proposal), say(analysis), say("I correct myself.")]) as server:
        world = asyncio.run(talk(server))
        sent = str(server.requests[-1]["messages"])
    answer = [event.text for event in world.of(events.Message) if event.role == "assistant"][1]
    assert "AUC is 0.740 (0.720 to 0.760, n 190,412), against [unresolved: T1.no.such] and 0.93" in answer
    assert "0.240 above chance" in answer
    streamed = "".join(event.text for event in world.of(events.TextDelta) if event.kind == "text")
    assert answer in streamed and "[[" not in streamed
    [check] = world.of(events.Grounding)
    assert check.checked == 6 and check.sources == {"T1": 3}
    assert [one["text"] for one in check.unsupported] == ["0.93", "T1.no.such", "0.67"]
    assert [answer[one["start"] : one["end"]] for one in check.unsupported] == [
        "0.93",
        "[unresolved: T1.no.such]",
        "0.070",
    ]
    assert "AUC is 0.740 (0.720 to 0.760" in session_markdown(told_in(world.store, world.stream.session_id), "S1")
    # The AI reads its own words as it wrote them, and hears what was not supported.
    assert "[[T1.random_forest.auc]]" in sent and "3 of 6 figures are not supported" in sent


def test_the_prompt_tells_how_to_cite(tmp_path: Path) -> None:
    analyst = ScriptedAnalyst("Fine.")
    asyncio.run(World(tmp_path, lambda _: analyst).says("hello"))
    prompt = system_prompt(analyst.briefing)
    assert "[[T3.random_forest.auc]]" in prompt and "checked" in prompt
    examples = [one.replace("TICKER", "NVDA") for one in re.findall(r"\[\[(T3.+?|[^T].+?)\]\]", prompt)]
    references = References({"T3": FIRST}.get)
    references.feed("".join(f"[[{one}]]" for one in examples))
    # What this result lacks, another may have; nothing else may be wrong with an example.
    lost = [one for one in references.cited if not one.trials]
    assert len(references.cited) == len(examples) > 15 and len(lost) <= 6
    assert all(re.match(r"T3\S+( 50%)? leads nowhere", one.reason) for one in lost)


def test_what_the_user_said_is_supported_and_nothing_is_said_of_a_reply_without_figures(tmp_path: Path) -> None:
    script = ScriptedAnalyst([TextPart("As you said, a volume of 1,234 is much.")], "Nothing to count here.")
    world = asyncio.run(World(tmp_path, lambda _: script).says("the volume was 1,234", "and?"))
    [check] = world.of(events.Grounding)
    assert check.checked == 1 and check.sources == {"your words": 1} and not check.unsupported
