"""Checking what the analyst writes against all it was shown: the results, the settings, the user's words."""

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mltrainer.agent.citation.references import Cited
from mltrainer.agent.grounding.belonging import WORDS
from mltrainer.agent.grounding.check import Unsupported, ground, words_around
from mltrainer.agent.grounding.documents import (
    facts_of_data,
    facts_of_document,
    facts_of_models,
    facts_of_settings,
    facts_of_words,
)
from mltrainer.agent.grounding.facts import Fact, Facts
from mltrainer.agent.outbox import Outbox
from mltrainer.agent.redaction import for_analyst
from mltrainer.settings import events
from mltrainer.settings.errors import UsageError
from mltrainer.settings.stream import EventStream, utc_now
from mltrainer.store.store import Store

_TRIAL = re.compile(r"\bT\d+\b")


class Checker:
    """Gathers what the analyst could see from the stream of events, and checks its replies. It never changes one.

    Parameters
    ----------
    outbox
        Tells the analyst with its next turn what was not supported.
    """

    def __init__(self, stream: EventStream, store: Store, outbox: Outbox) -> None:
        self._stream = stream
        self._store = store
        self._outbox = outbox
        self._documents: dict[str, Facts] = {}
        self._whole: set[str] = set()
        self._others: list[Fact] = []
        self._tickers: frozenset[str] = frozenset()
        stream.listeners.append(self.hear)

    def open(
        self,
        data: Mapping[str, Any],
        models: Sequence[Mapping[str, Any]],
        regime: Mapping[str, Any] | None = None,
    ) -> None:
        """Take in the facts of the session, and what was said and seen in an earlier part of it.

        Parameters
        ----------
        regime
            A result of another session whose regime the analyst was told at the beginning.
        """
        if regime:
            self._take_result({key: regime[key] for key in ("trial_id", "regime")})
        self.look_at(data)
        self._others += facts_of_models(models)
        for body in self._store.events(self._stream.session_id):
            self._take(body)

    def look_at(self, data: Mapping[str, Any]) -> None:
        """Take in what the data at hand are after they were changed."""
        self._tickers = frozenset(data.get("names", ()))
        self._others += facts_of_data(data)

    def document(self, trial_id: str) -> Mapping[str, Any] | None:
        """Return the result document of a stored trial, None where there is none."""
        try:
            document = self._store.trial(trial_id)["document"]
        except UsageError:
            return None
        return for_analyst(self._store, document) if document else None

    def hear(self, event: events.Event) -> None:
        """Take in what an event shows to the analyst."""
        if not isinstance(event, (events.TextDelta, events.ActionProgress)):
            self._take(event.model_dump(mode="json"))

    async def check(self, text: str, cited: Sequence[Cited] = (), arguments: Sequence[Mapping[str, Any]] = ()) -> None:
        """Check a reply and emit what was found; nothing is emitted for a reply without figures.

        Parameters
        ----------
        cited
            References that the host itself has resolved in the text.
        arguments
            Those of the proposals that the reply makes: they are its own to choose.
        """
        plain = text
        for one in cited:
            plain = plain[: one.start] + " " * (one.end - one.start) + plain[one.end :]
        for trial in sorted(set(_TRIAL.findall(plain)) - self._whole):
            # One of another conversation, which the analyst may have looked up by itself.
            if document := self.document(trial):
                self._take_result(document)
        own = [fact for given in arguments for fact in facts_of_settings(given, "its proposal")]
        seen = [*reversed(self._documents.values()), Facts([*self._listed(), *self._others, *own])]
        # Beside the event loop: a long reply takes a tenth of a second, and the prompt is not to stall.
        found = await asyncio.to_thread(ground, plain, seen, self._tickers)
        sources = dict(found.sources)
        for one in cited:
            if one.trials:
                source = " and ".join(one.trials)
                sources[source] = sources.get(source, 0) + 1
        lost = [
            Unsupported(one.reference, one.start, one.end, one.reference, one.reason) for one in cited if not one.trials
        ]
        checked = found.checked + len(cited)
        for one, number in [(reference, number) for reference in cited for number in reference.numbers]:
            by = await asyncio.to_thread(ground, number, seen, self._tickers)
            checked += by.checked
            for source in by.sources:
                sources[source] = sources.get(source, 0) + 1
            lost += [Unsupported(number, one.start, one.end, one.reference, told.reason) for told in by.unsupported]
        # Quoted as the user reads it, with the figures of references in their places.
        shown = [replace(one, around=words_around(text, one.start, one.end)) for one in found.unsupported]
        unsupported = [*shown, *lost]
        if checked:
            told = [vars(one) for one in unsupported]
            self._stream.emit(events.Grounding, checked=checked, unsupported=told, sources=sources)
        if unsupported:
            listed = "; ".join(f'{one.text} in "{one.around}" ({one.reason})' for one in unsupported)
            self._outbox.note(
                f"Check of your last reply: {len(unsupported)} of {checked} figures are not supported by what you were "
                f"shown: {listed}. Correct them in your next reply, or say where they come from."
            )

    def _take(self, body: Mapping[str, Any]) -> None:
        match body["type"]:
            case "message" if body["role"] == "user":
                self._others += facts_of_words(body["text"], WORDS)
            case "action.completed":
                self._take_result(body["result"])
            case "settings.changed":
                self._others += [*facts_of_settings(body["before"]), *facts_of_settings(body["after"])]
            case "session.started":
                self._others += [*facts_of_data(body.get("data") or {}), *facts_of_settings(body.get("settings") or {})]
                self._others += facts_of_words(". ".join(body.get("outlook") or ()), "notices")
            case "proposal":
                self._others += facts_of_settings(body["arguments"], "proposals")
                self._others += facts_of_words(". ".join(body.get("outlook") or ()), "notices")
            case "action.failed" | "error":
                self._others += facts_of_words(f"{body['message']} {body.get('hint', '')}", "notices")
            case "notice":
                self._others += facts_of_words(body["text"], "notices")

    def _take_result(self, result: Mapping[str, Any]) -> None:
        trial = result.get("trial_id")
        if trial:
            known = self._documents.pop(trial, None)
            # A part of a result adds to what was seen of it, the whole replaces it.
            before = known.all if known and "schema" not in result else []
            self._whole |= {trial} if "schema" in result else set()
            self._documents[trial] = Facts([*facts_of_document(result), *before])
            return
        self._others += [*facts_of_data(result.get("data") or {}), *facts_of_settings(result.get("settings") or {})]

    def _listed(self) -> Iterator[Fact]:
        yield from facts_of_words(utc_now()[:10], "the calendar")
        trials = self._store.trials(session_id=self._stream.session_id)
        yield Fact(len(trials), "count", "trials", "session")
        for one in trials:
            if one.get("seconds") is not None:
                yield Fact(one["seconds"], "seconds", "seconds", one["trial_id"])
