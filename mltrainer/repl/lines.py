"""The chat without a terminal: every line of standard input is a turn, and nothing can be approved."""

import asyncio
import sys

from mltrainer.repl.setup import ChatSetup
from mltrainer.settings.errors import MltrainerError


async def read_lines(setup: ChatSetup) -> int:
    """Take each line as a turn until the input ends, and return the exit code.

    Answers and results go to standard output, all else to standard error. Proposals are declined as soon as a turn
    ends: an approval needs a person at a terminal.
    """
    from mltrainer.render.blocks import as_plain
    from mltrainer.render.error_line import error_line
    from mltrainer.render.plain import PlainConsumer
    from mltrainer.repl.commands import Leave, run_command
    from mltrainer.repl.ledger import news
    from mltrainer.repl.memory import Resume

    if setup.notice:
        print(setup.notice, file=sys.stderr, flush=True)
    try:
        conversation = await setup.open()
    except MltrainerError as error:
        sys.stderr.write(error_line(error.message, error.hint))
        return error.exit_code
    try:
        conversation.stream.listeners.append(PlainConsumer(sys.stdout, sys.stderr))
        await conversation.start()
        sys.stderr.write(as_plain(await news(conversation)))
        while line := await asyncio.to_thread(sys.stdin.readline):
            try:
                if line.startswith("/"):
                    sys.stdout.write(as_plain(await run_command(line, conversation)))
                    sys.stdout.flush()
                elif line.strip():
                    await conversation.say(line.rstrip("\n"))
            except Leave:
                break
            except Resume as wanted:
                said = error_line("/resume needs a terminal", f"start again with --resume {wanted.session}")
                sys.stderr.write(said)
            except MltrainerError as error:
                sys.stderr.write(error_line(error.message, error.hint))
            if conversation.waiting:
                conversation.decline("there is no terminal to approve on")
    except MltrainerError as error:
        sys.stderr.write(error_line(error.message, error.hint))
        return error.exit_code
    finally:
        await conversation.close()
    return 0
