"""``mltrainer models``: the registry."""

import json as json_format
import sys
from typing import Annotated

import typer

from mltrainer.cli.options import Home, Json


def add_to(app: typer.Typer, name: str, summary: str) -> None:
    """Add the group."""
    group = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help=summary)
    group.command("list")(list_models)
    group.command("show")(show_model)
    group.command("compare")(compare_models)
    app.add_typer(group, name=name)


def list_models(json: Json = False) -> int:
    """List the models with family and role."""
    from mltrainer.models.facts import model_facts
    from mltrainer.models.registry import MODELS

    models = [model_facts(name) for name in MODELS]
    if json:
        print(json_format.dumps(models, indent=2))
        return 0
    from mltrainer.render.models import model_blocks
    from mltrainer.render.show import show

    show(model_blocks(models), sys.stdout)
    return 0


def show_model(
    model: Annotated[str, typer.Argument(help="registry id or a common name")], json: Json = False, home: Home = None
) -> int:
    """Show one model: parameters with bounds, reference, what it looks at, and how it did here."""
    from mltrainer.models.facts import model_facts
    from mltrainer.models.record import by_regime, record_of
    from mltrainer.models.registry import members_of, resolve_model
    from mltrainer.store.home import home_folder
    from mltrainer.store.store import Store

    name = resolve_model(model)
    facts = [model_facts(member) for member in members_of(name)]
    store = Store(home_folder(home))
    rows = store.evaluated(name)
    record = record_of(rows)
    regimes = next(
        ((one["trial"], found) for one in rows if (found := by_regime(store.curves(one["trial"]), name))), None
    )
    if json:
        here = {"record": record} | ({"by_regime": {"trial": regimes[0], "rows": regimes[1]}} if regimes else {})
        print(json_format.dumps((facts[0] if len(facts) == 1 else {"name": name, "members": facts}) | here, indent=2))
        return 0
    from mltrainer.render.model_record import record_blocks
    from mltrainer.render.models import model_blocks
    from mltrainer.render.show import show

    show([*model_blocks(facts, notes=True), *record_blocks(name, record, regimes)], sys.stdout)
    return 0


def compare_models(
    first: Annotated[str, typer.Argument(help="registry id or a common name", metavar="MODEL")],
    second: Annotated[str, typer.Argument(help="another one", metavar="OTHER")],
    json: Json = False,
    home: Home = None,
) -> int:
    """Put two models side by side over the stored trials that evaluated both, on the same folds."""
    from mltrainer.models.record import head_to_head
    from mltrainer.models.registry import resolve_model
    from mltrainer.store.home import home_folder
    from mltrainer.store.store import Store

    one, other = resolve_model(first), resolve_model(second)
    store = Store(home_folder(home))
    found = head_to_head(store.evaluated(one), store.evaluated(other))
    if json:
        print(json_format.dumps({"models": [one, other], "results": found}, indent=2))
        return 0
    from mltrainer.render.model_record import head_to_head_blocks
    from mltrainer.render.show import show

    show(head_to_head_blocks(one, other, found), sys.stdout)
    return 0
