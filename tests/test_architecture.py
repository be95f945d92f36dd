"""The house: a room imports only from itself and from rooms below it, and no file names what does not exist."""

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "mltrainer"
ROOMS = (
    "cli",
    "repl",
    "render",
    "agent",
    "actions",
    "facilitator",
    "trials",
    "models",
    "features",
    "regime",
    "evaluation",
    "data",
    "store",
    "settings",
)
FILES = sorted(path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE)


def imported_rooms(source: str) -> set[str]:
    """Return the rooms that a file imports from, wherever in it the import stands."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            names = [node.module or ""]
            if node.module == "mltrainer":
                names = [f"mltrainer.{alias.name}" for alias in node.names]
        found |= {name.split(".")[1] for name in names if name.startswith("mltrainer.")}
    return found & set(ROOMS)


def above(room: str, imported: set[str]) -> set[str]:
    """Return what is imported from above the room's own line."""
    return {other for other in imported if ROOMS.index(other) < ROOMS.index(room)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_from_below_its_own_line(path: Path) -> None:
    room = path.relative_to(PACKAGE).parts[0]

    assert not above(room, imported_rooms(path.read_text()))


def test_an_import_from_above_would_be_found() -> None:
    source = "def late():\n    from mltrainer.render.safe import make_safe\n"

    assert above("store", imported_rooms(source)) == {"render"}


def test_every_room_is_on_the_list() -> None:
    assert {path.relative_to(PACKAGE).parts[0] for path in FILES} == set(ROOMS)


@pytest.mark.parametrize(
    "guide", sorted(PACKAGE.rglob("__init__.py")), ids=lambda path: path.relative_to(PACKAGE).parent.as_posix()
)
def test_the_guide_of_a_room_names_files_that_are_there(guide: Path) -> None:
    names = re.findall(r"``(\w+)``", ast.get_docstring(ast.parse(guide.read_text())) or "")

    there = {path.stem for path in guide.parent.iterdir()}

    assert [name for name in names if name not in there] == []
