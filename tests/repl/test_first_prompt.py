"""What is loaded before the first prompt: what is not, cannot make it late."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("mltrainer.repl.app", ["prompt_toolkit", "rich", "pydantic"]),
        ("mltrainer.repl.dialogue", ["rich", "pydantic", "anthropic", "numpy", "pandas", "markdown_it", "sqlite3"]),
        ("mltrainer.render.safe", ["rich", "pydantic", "prompt_toolkit"]),
        ("mltrainer.render.plain", ["rich", "prompt_toolkit", "numpy"]),
    ],
)
def test_an_import_loads_nothing_that_it_can_do_without(module: str, unwanted: list[str]) -> None:
    code = f"import sys, {module}; print([name for name in {unwanted!r} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert found.strip() == "[]"
