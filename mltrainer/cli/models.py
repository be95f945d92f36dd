"""``mltrainer models``: the registry."""

import json as json_format
import sys
from typing import Annotated

import typer

from mltrainer.cli.options import Json


def add_to(app: typer.Typer, name: str, summary: str) -> None:
    """Add the group."""
    group = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help=summary)
    group.command("list")(list_models)
    group.command("show")(show_model)
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


def show_model(model: Annotated[str, typer.Argument(help="registry id or a common name")], json: Json = False) -> int:
    """Show one model: parameters with bounds, reference, what it looks at."""
    from mltrainer.models.facts import model_facts
    from mltrainer.models.registry import members_of, resolve_model

    facts = [model_facts(name) for name in members_of(resolve_model(model))]
    if json:
        print(json_format.dumps(facts if len(facts) > 1 else facts[0], indent=2))
        return 0
    from mltrainer.render.models import model_blocks
    from mltrainer.render.show import show

    show(model_blocks(facts, notes=True), sys.stdout)
    return 0
