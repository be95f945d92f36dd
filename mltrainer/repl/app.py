"""The chat: prompt, turn, prompt, one after the other."""

from mltrainer.repl.setup import ChatSetup

__all__ = ["ChatSetup", "chat"]


async def chat(setup: ChatSetup) -> int:
    """Talk until the user leaves, and return the exit code.

    At a terminal there is a prompt with keys, completion and a tool bar; otherwise lines are read as turns.
    """
    if setup.interactive and not setup.json:
        from mltrainer.repl.dialogue import Dialogue

        return await Dialogue(setup).run()
    from mltrainer.repl.lines import read_lines

    return await read_lines(setup)
