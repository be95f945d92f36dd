"""``mltrainer models``: the registry."""

import json as json_format
import sys
from typing import Annotated

import typer

from mltrainer.cli.opened import store_of
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
    """Show one model: parameters with bounds, reference, how it did here and when it works, and which fits are kept."""
    from mltrainer.models.facts import model_facts
    from mltrainer.models.record import by_regime, record_of
    from mltrainer.models.registry import members_of, resolve_model
    from mltrainer.models.stored import stored_fits
    from mltrainer.store.cache import cache_folder

    name = resolve_model(model)
    facts = [model_facts(member) for member in members_of(name)]
    store = store_of(home)
    rows = store.evaluated(name)
    record, regimes = record_of(rows), by_regime(rows, store.curves)
    fits = [fit for member in members_of(name) for fit in stored_fits(cache_folder(store.home), member)]
    if json:
        about = facts[0] if len(facts) == 1 else {"name": name, "members": facts}
        here = {"record": record, "by_regime": regimes, "stored_fits": fits}
        print(json_format.dumps(about | here, indent=2))
        return 0
    from mltrainer.render.model_record import record_blocks, stored_blocks
    from mltrainer.render.models import model_blocks
    from mltrainer.render.show import show

    show([*model_blocks(facts, notes=True), *record_blocks(name, record, regimes), *stored_blocks(fits)], sys.stdout)
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

    one, other = resolve_model(first), resolve_model(second)
    store = store_of(home)
    found = head_to_head(store.evaluated(one), store.evaluated(other))
    if json:
        print(json_format.dumps({"models": [one, other], "results": found}, indent=2))
        return 0
    from mltrainer.render.model_record import head_to_head_blocks
    from mltrainer.render.show import show

    show(head_to_head_blocks(one, other, found), sys.stdout)
    return 0
