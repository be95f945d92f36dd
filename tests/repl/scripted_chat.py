"""A chat with the scripted conversation, to be run under a pty: ``python scripted_chat.py HOME [TRIAL_SECONDS]``."""

import asyncio
import sys
from pathlib import Path

from mltrainer.render.console import wants_color
from mltrainer.repl.app import ChatSetup, chat

HOME = Path(sys.argv[1])


async def open_scripted() -> object:
    from tests.render.documents import screening
    from tests.repl.scripted import DATA, ScriptedConversation

    documents = [screening(simulated=True)]
    return ScriptedConversation(documents, trial_seconds=float(sys.argv[2]), data=DATA | {"simulated": True})


sys.exit(
    asyncio.run(
        chat(
            ChatSetup(
                open=open_scripted,  # type: ignore[arg-type]
                home=HOME,
                agent="offline",
                data="simulated",
                simulated=True,
                notice="I am a script.",
                color=wants_color(sys.stdout),
            )
        )
    )
)
