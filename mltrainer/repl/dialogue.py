"""The chat at a terminal. Only prompt_toolkit is loaded before the first prompt; the rest comes while it waits."""

import asyncio
import signal
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mltrainer.render.blocks import Line, as_plain
from mltrainer.render.live import terminal_width
from mltrainer.render.simulated import simulated_line
from mltrainer.repl.live_price import LivePrice, watched
from mltrainer.repl.opening import Opening
from mltrainer.repl.prompt import ChatPrompt
from mltrainer.repl.setup import ChatSetup
from mltrainer.repl.toolbar import ToolbarState, jobs_in_short
from mltrainer.settings.errors import MltrainerError

if TYPE_CHECKING:
    from mltrainer.agent.conversation import Conversation


class Dialogue:
    """Prompt and turn, one after the other; nothing is drawn while the prompt waits."""

    def __init__(self, setup: ChatSetup) -> None:
        self._next = ""
        self._warned = False
        self._prompt = ChatPrompt(setup.home, color=setup.color, state=self._state, drawn=lambda: self._opening.begin())
        self._opening = self._opening_of(setup)
        self._live = LivePrice(setup.price, self._prompt.redraw) if setup.price else None

    async def run(self) -> int:
        """Talk until the user leaves, and return the exit code; a SIGTERM ends it in order, with 143."""
        talking = asyncio.ensure_future(self._talk())
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, talking.cancel, "terminated")
        try:
            return await talking
        except asyncio.CancelledError as error:
            if error.args != ("terminated",):
                talking.cancel()
                raise
            return 128 + signal.SIGTERM
        finally:
            loop.remove_signal_handler(signal.SIGTERM)
            if self._live:
                self._live.close()
            await self._opening.close()

    async def _talk(self) -> int:
        setup = self._opening.setup
        if setup.notice:
            _print(setup.notice)
        if setup.simulated:
            _print(simulated_line().text)
        try:
            if setup.resumed:
                await self._opening.wait()
            while True:
                try:
                    text = await self._ask()
                except EOFError:
                    if self._may_leave():
                        return 0
                    continue
                except KeyboardInterrupt:
                    # A signal from outside, or one that came when its turn had just ended: the line is given up.
                    continue
                if not await self._handle(text) and self._may_leave():
                    return 0
        except MltrainerError as error:
            # Only a conversation that cannot be opened ends the chat.
            _print(f"Error: {error.message}" + (f"\nHint: {error.hint}" if error.hint else ""))
            return error.exit_code

    async def _ask(self) -> str:
        """Return what the user says next. Keys typed before a proposal was shown never answer it."""
        self._opening.announce()
        waiting = self._waiting()
        if waiting:
            self._number_proposals()
        self._refresh_known()
        return await self._prompt.ask(self._prefilled(), careful=waiting > 0)

    def _may_leave(self) -> bool:
        """Tell whether the chat may end; what would be lost in the background is said once."""
        conversation = self._opening.conversation
        jobs = conversation.jobs.active if conversation else []
        if not jobs or self._warned:
            return True
        self._warned = True
        names = ", ".join(str(job) for job in jobs)
        text = f"Still in the background: {names}. Leave again to cancel it and go; /jobs lists it."
        self._opening.screen.show([Line(text, "warn")])
        return False

    def _prefilled(self) -> str:
        """Return the arguments of the proposal that the user asked to edit, empty where he did not."""
        conversation = self._opening.conversation
        if not (conversation and conversation.editing):
            return ""
        from mltrainer.repl.editing import edit_text

        return edit_text(conversation.editing)

    async def _handle(self, text: str) -> bool:
        """Do what was said, and tell whether the chat goes on."""
        words = text.strip()
        if not words and not self._waiting():
            return True
        if words.lower() in ("quit", "exit") or words.lower().split()[:1] in (["/quit"], ["/exit"]):
            return False
        self._warned = False
        from mltrainer.repl.turn import run_turn

        conversation = await self._opening.wait()
        if not conversation:
            return True
        await run_turn(self._turn(words, text, conversation), self._opening.screen, self._opening.setup.home)
        if self._next:
            wanted, self._next = self._next, ""
            await self._go_to(wanted)
        return True

    async def _turn(self, words: str, text: str, conversation: "Conversation") -> None:
        if words.startswith("/"):
            await self._command(words, conversation)
            return
        if conversation.editing:
            from mltrainer.repl.editing import is_edit, read_edit

            if is_edit(text):
                await conversation.amend(read_edit(text, conversation.editing))
                return
        await conversation.say(text)

    async def _command(self, line: str, conversation: "Conversation") -> None:
        from mltrainer.repl.commands import run_command
        from mltrainer.repl.memory import Resume

        try:
            self._opening.screen.show(await run_command(line, conversation))
        except Resume as wanted:
            self._next = wanted.session

    async def _go_to(self, session: str) -> None:
        """Leave this conversation and go on with a stored one; where that cannot be opened, stay here."""
        from mltrainer.repl.turn import show_error

        before = self._opening
        try:
            assert before.setup.reopen
            self._opening = self._opening_of(before.setup.reopen(session))
            await self._opening.wait()
        except MltrainerError as error:
            self._opening = before
            show_error(error, before.screen, before.setup.home)
            return
        await before.close()

    def _opening_of(self, setup: ChatSetup) -> Opening:
        return Opening(setup, self._prompt, self._when_opened)

    def _when_opened(self) -> None:
        self._refresh_known()
        self._prompt.redraw()

    def _number_proposals(self) -> None:
        """Say which number picks which proposal, where there are several."""
        waiting = self._opening.conversation.waiting if self._opening.conversation else []
        if len(waiting) > 1:
            names = [f"{place}: {one.id} {one.action.replace('_', ' ')}" for place, one in enumerate(waiting, 1)]
            self._opening.screen.show([Line(""), Line("Waiting: " + ", ".join(names))])

    def _waiting(self) -> int:
        return len(self._opening.conversation.waiting) if self._opening.conversation else 0

    def _refresh_known(self) -> None:
        if self._opening.conversation:
            from mltrainer.repl.known import known_names

            self._prompt.known = known_names(self._opening.conversation)
            if self._live:
                self._live.watch(watched(self._opening.conversation))

    def _state(self) -> ToolbarState:
        setup, conversation = self._opening.setup, self._opening.conversation
        return ToolbarState(
            data=setup.data,
            agent=setup.agent,
            simulated=setup.simulated,
            as_of=str(conversation.data.get("last", "")) if conversation else "",
            settings=conversation.settings.current.model_dump() if conversation else {},
            dollars=conversation.dollars if conversation else None,
            waiting=self._waiting(),
            jobs=jobs_in_short(conversation.jobs.active) if conversation else "",
            hint=self._prompt.hint,
            price=self._live.text(datetime.now(UTC)) if self._live else "",
        )


def _print(text: str) -> None:
    print(as_plain([Line(text)], terminal_width()), end="", flush=True)
