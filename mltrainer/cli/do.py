"""``mltrainer do``: one action directly. Its options are made from the action's own schema."""

import asyncio
import inspect
import json
import sys
import threading
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mltrainer.actions.checking import ALSO_CALLED
from mltrainer.actions.registry import ACTIONS, Action, find_action
from mltrainer.cli.common import Common, with_common
from mltrainer.cli.opened import store_of
from mltrainer.cli.options import Json, configured_settings
from mltrainer.cli.running import run_until_done
from mltrainer.settings.errors import MltrainerError, UsageError
from mltrainer.settings.result import SCHEMA

if TYPE_CHECKING:
    from mltrainer.facilitator.facilitator import Facilitator
    from mltrainer.settings.request import DataRequest
    from mltrainer.settings.stream import EventStream
    from mltrainer.store.store import Store

# Options are named as people say them.
SHORT = {name: short for short, name in ALSO_CALLED.items()}
WITHOUT_DATA = ("list_models", "show_results", "show_predictions", "save_results", "data_pipeline")


def add_to(app: typer.Typer, name: str, summary: str) -> None:
    """Add the group with one command for each action that runs without a conversation."""
    group = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help=summary)
    for action in ACTIONS.values():
        if action.kind != "settings":
            group.command(action.name.replace("_", "-"), help=action.summary)(_command(action))
    group.command("-", help="read actions from stdin, one JSON object a line")(with_common(from_stdin))
    app.add_typer(group, name=name)


def _command(action: Action) -> Callable[..., int]:
    """Return a function whose signature has the options of the action and the common ones."""

    def command(common: Common, as_json: bool, **given: Any) -> int:
        stated = {key: value for key, value in given.items() if value is not None}
        usual = configured_settings() | common.stated()
        taken = {key: value for key, value in usual.items() if key in action.arguments.model_fields}
        request = common.request() if action.name not in WITHOUT_DATA else None
        return run_until_done(_one(action, taken | stated, request, common, as_json))

    printed = inspect.Parameter("as_json", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=Json)
    command.__signature__ = inspect.Signature([*_own(action), printed])  # type: ignore[attr-defined]
    return with_common(command, taken=("home",) if action.name in WITHOUT_DATA else Common._fields)


def _own(action: Action) -> list[inspect.Parameter]:
    return [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=None,
            annotation=Annotated[
                str | None,
                typer.Option(f"--{SHORT.get(name, name).replace('_', '-')}", help=info.description, metavar="VALUE"),
            ],
        )
        for name, info in action.arguments.model_fields.items()
        # A trial takes these from the common options; for other actions a source means something of its own.
        if name not in Common._fields or action.name in WITHOUT_DATA
    ]


def from_stdin(common: Common, json: Json = True) -> int:
    """Do every action of stdin in turn; print one document a line, failures too, with ``--json`` or without."""
    return run_until_done(_do_lines(common.request(), configured_settings() | common.stated(), common))


async def _one(
    action: Action, stated: dict[str, Any], request: "DataRequest | None", common: Common, as_json: bool
) -> int:
    from mltrainer.render.plain import PlainConsumer, without_failure

    listeners = [] if as_json else [without_failure(PlainConsumer(sys.stdout, sys.stderr))]
    store, facilitator, stream = _machinery(request, common, listeners)
    try:
        document = await _execute(action.name, _read(stated), facilitator, stream)
    except MltrainerError as error:
        if as_json:
            _print(_failed(action.name, error))
        raise
    finally:
        await facilitator.close()
        store.close()
    if as_json:
        _print(document)
    elif action.kind == "lookup":
        # No event carries what was only looked up.
        from mltrainer.render.messages import lookup_blocks
        from mltrainer.render.show import show

        show(lookup_blocks(action.name, document), sys.stdout)
    return 0


async def _do_lines(request: "DataRequest", stated: dict[str, Any], common: Common) -> int:
    store, facilitator, stream = _machinery(request, common, [])
    first_failure = 0
    try:
        async for line in _lines_of_stdin():
            if not line.strip():
                continue
            name = ""
            try:
                name, arguments = _parse(line)
                taken = {key: value for key, value in stated.items() if key in find_action(name).arguments.model_fields}
                _print(await _execute(name, taken | arguments, facilitator, stream))
            except MltrainerError as error:
                first_failure = first_failure or error.exit_code
                _print(_failed(name, error))
    finally:
        await facilitator.close()
        store.close()
    return first_failure


async def _lines_of_stdin() -> AsyncIterator[str]:
    """Yield the lines of stdin. A thread waits for them that nobody waits for: a signal ends the command at once."""
    loop, lines = asyncio.get_running_loop(), asyncio.Queue[str]()

    def read() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(lines.put_nowait, line)
        loop.call_soon_threadsafe(lines.put_nowait, "")

    threading.Thread(target=read, daemon=True).start()
    while line := await lines.get():
        yield line


def _parse(line: str) -> tuple[str, dict[str, Any]]:
    try:
        asked = json.loads(line)
    except json.JSONDecodeError as error:
        raise UsageError(f"this line is not JSON: {line.strip()[:80]!r} ({error.msg})") from None
    if not isinstance(asked, dict) or not isinstance(asked.get("action"), str):
        raise UsageError('a line needs an action, like {"action": "regime_detection", "arguments": {}}')
    arguments = asked.get("arguments", {})
    if not isinstance(arguments, dict):
        raise UsageError(f"arguments must be an object, found {type(arguments).__name__}")
    return asked["action"], arguments


async def _execute(
    name: str, stated: dict[str, Any], facilitator: "Facilitator", stream: "EventStream"
) -> dict[str, Any]:
    """Propose, validate, and run: who calls ``do`` has given his word."""
    from mltrainer.actions.proposals import propose
    from mltrainer.agent.lookups import look_up
    from mltrainer.agent.running import run_approved
    from mltrainer.settings.parameters import Settings

    action = find_action(name)
    settings = Settings(universe=facilitator.request.default_universe) if facilitator.request else Settings()
    proposal = propose(action.name, stated, settings)
    if action.kind == "settings":
        raise UsageError(f"{action.name} changes a conversation", hint="state the setting as an option of the action")
    if action.kind == "lookup":
        return await look_up(action.name, proposal.arguments, facilitator, settings)
    return await run_approved(proposal, facilitator, stream)


def _machinery(
    request: "DataRequest | None", common: Common, listeners: list[Any]
) -> "tuple[Store, Facilitator, EventStream]":
    from mltrainer.facilitator.facilitator import Facilitator
    from mltrainer.render.page import report_page
    from mltrainer.settings.stream import EventStream

    cluster = common.cluster()
    store = store_of(common.home)
    stream = EventStream(store.new_session("none"), store.add_event, *listeners)
    return store, Facilitator(store, request, workers=common.workers, scheduler=cluster, page=report_page), stream


def _read(stated: dict[str, Any]) -> dict[str, Any]:
    """Read what only JSON or a program would write otherwise: ``params`` as model.name=value pairs."""
    params = stated.get("model_params")
    if not isinstance(params, str):
        return stated
    read: dict[str, dict[str, str]] = {}
    for part in params.split(","):
        name, equals, value = part.partition("=")
        model, dot, key = name.strip().rpartition(".")
        if not (equals and dot):
            raise UsageError(f"{part!r} is no parameter", hint="write it like random_forest.n_estimators=500")
        read.setdefault(model, {})[key] = value.strip()
    return stated | {"model_params": read}


def _failed(action: str, error: MltrainerError) -> dict[str, Any]:
    named = action.replace("-", "_")
    return {"schema": SCHEMA, "action": named, "status": "failed", "error": error.as_dict()}


def _print(document: dict[str, Any]) -> None:
    # In ASCII, so that no text in it can deceive a terminal.
    sys.stdout.write(json.dumps(document) + "\n")
    sys.stdout.flush()
