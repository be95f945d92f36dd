"""Slash commands about the session, on a real conversation over a real store."""

import asyncio
from pathlib import Path

import pytest

from mltrainer.agent.analyst import Spent, TextPart
from mltrainer.render.blocks import as_plain
from mltrainer.repl.commands import run_command
from mltrainer.settings.errors import UsageError
from tests.agent.world import ScriptedAnalyst, World

SPENT = [Spent(1200, 50, 900, 0.0125), Spent(1300, 40, 1200, 0.005)]


def typed(world: World, *lines: str) -> str:
    async def run() -> str:
        return "".join([as_plain(await run_command(line, world.conversation)) for line in lines])

    return asyncio.run(run())


@pytest.fixture
def world(tmp_path: Path) -> World:
    found = World(tmp_path, lambda _: ScriptedAnalyst([TextPart("Hello."), SPENT[0]], [TextPart("Well."), SPENT[1]]))
    asyncio.run(found.says("Say hello to everybody", "And then?"))
    return found


def test_cost_is_a_turn_and_in_total(world: World) -> None:
    text = typed(world, "/cost")
    assert [line.split() for line in text.splitlines() if "0." in line] == [
        ["Say", "hello", "to", "everybody", "1", "1,200", "900", "50", "0.0125"],
        ["And", "then?", "1", "1,300", "1,200", "40", "0.0050"],
        ["total", "2", "2,500", "2,100", "90", "0.0175"],
    ]


def test_permissions_are_listed_given_and_taken_back(world: World) -> None:
    assert "Nothing runs without asking" in typed(world, "/permissions")
    listed = typed(world, "/permissions allow momentum-screening max_models=2 --times=3", "/permissions")
    assert "momentum_screening (at most 2 models, at most 3 times)" in listed
    assert "Nothing runs without asking" in typed(world, "/permissions revoke 1", "/permissions")
    for wrong in (
        "/permissions revoke 1",
        "/permissions allow list-models",
        "/permissions allow momentum-screening x=1",
    ):
        with pytest.raises(UsageError):
            typed(world, wrong)


def test_export_writes_what_was_said(world: World, tmp_path: Path) -> None:
    path = tmp_path / "notes of today.md"
    assert str(path) in typed(world, f"/export {path}")
    assert "> Say hello to everybody\n\nHello.\n" in path.read_text()
    with pytest.raises(UsageError, match="cannot be written"):
        typed(world, f"/export {tmp_path}")


def test_regime_shows_the_latest_or_says_how_to_get_one(tmp_path: Path) -> None:
    world = World(tmp_path)
    with pytest.raises(UsageError, match="no regime"):
        typed(world, "/regime")
    asyncio.run(world.says("Run regime detection", "yes"))
    assert "37" in typed(world, "/regime")
