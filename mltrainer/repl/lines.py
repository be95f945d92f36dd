"""The chat without a terminal: every line of standard input is a turn, and no line approves anything."""

import asyncio
import sys

from mltrainer.repl.setup import ChatSetup
from mltrainer.settings.errors import ApprovalNeeded, MltrainerError


async def read_lines(setup: ChatSetup) -> int:
    """Take each line as a turn until the input ends, and return the exit code.

    Answers and results go to standard output, all else to standard error; with ``json`` the events go to standard
    output. What no option approved is declined as soon as a turn ends: an approval needs a person at a terminal.

    Returns
    -------
    code
        That of the first turn that failed; 3 where nothing ran and a proposal was declined for want of a terminal;
        else 0.
    """
    from mltrainer.render.blocks import as_plain
    from mltrainer.render.error_line import error_line
    from mltrainer.render.plain import JsonConsumer, PlainConsumer
    from mltrainer.repl.commands import Leave, run_command
    from mltrainer.repl.ledger import news
    from mltrainer.repl.memory import Resume
    from mltrainer.settings.events import FinalResult

    if setup.notice:
        print(setup.notice, file=sys.stderr, flush=True)
    try:
        conversation = await setup.open()
    except MltrainerError as error:
        sys.stderr.write(error_line(error.message, error.hint))
        return error.exit_code
    code = 0
    try:
        consumer = JsonConsumer(sys.stdout) if setup.json else PlainConsumer(sys.stdout, sys.stderr)
        conversation.stream.listeners.append(consumer)
        await conversation.start()
        sys.stderr.write(as_plain(await news(conversation)))
        while line := await asyncio.to_thread(sys.stdin.readline):
            try:
                if line.startswith("/"):
                    out = sys.stderr if setup.json else sys.stdout
                    out.write(as_plain(await run_command(line, conversation)))
                    out.flush()
                elif line.strip():
                    await conversation.say(line.rstrip("\n"))
                    code = code or (conversation.failure.exit_code if conversation.failure else 0)
            except Leave:
                break
            except Resume as wanted:
                said = error_line("/resume needs a terminal", f"start again with --resume {wanted.session}")
                sys.stderr.write(said)
            except MltrainerError as error:
                sys.stderr.write(error_line(error.message, error.hint))
                code = code or error.exit_code
            if conversation.waiting:
                conversation.decline("there is no terminal to approve on")
                shown_only = conversation.policy.kind == "dry_run" or conversation.trials
                code = code or (0 if shown_only else ApprovalNeeded.exit_code)
        if setup.json:
            status = {0: "succeeded", ApprovalNeeded.exit_code: "approval_needed"}.get(code, "failed")
            conversation.stream.emit(FinalResult, status=status, exit_code=code, trial_ids=list(conversation.trials))
    except MltrainerError as error:
        sys.stderr.write(error_line(error.message, error.hint))
        return error.exit_code
    finally:
        await conversation.close()
    return code
