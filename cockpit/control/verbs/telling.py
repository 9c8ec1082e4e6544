"""Verbs that tell cockpit something: notify, hook."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from cockpit.control.verbs.arguments import Arguments, Option, Verb, Word
from cockpit.control.verbs.calling import ask, show, target_of
from cockpit.control.verbs.rows import TARGET_HELP
from cockpit.errors import UsageError

if TYPE_CHECKING:
    from typing import Any


def _notify(arguments: Arguments) -> int:
    params = {
        "body": arguments.text,
        "title": arguments.title,
        "target": target_of(arguments.target, arguments),
    }
    return show(arguments, ask(arguments, "notify", params))


def _hook(arguments: Arguments) -> int:
    params = {
        "name": arguments.name,
        "agent": arguments.agent,
        "payload": _payload(arguments.payload),
        "target": target_of(arguments.target, arguments),
    }
    return show(arguments, ask(arguments, "hook", params))


def _payload(word: str | None) -> dict[str, Any] | None:
    if word is None and (sys.stdin is None or sys.stdin.isatty()):
        return None
    text = sys.stdin.read() if word in (None, "-") else str(word)
    if not text.strip():
        return None
    try:
        payload = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"hook: PAYLOAD is no JSON: {error}") from error
    return payload if isinstance(payload, dict) else {"value": payload}


VERBS = {
    verb.name: verb
    for verb in (
        Verb(
            "notify",
            "Notifies the person at the screen, in the name of a terminal.",
            _notify,
            words=(Word("text", "what to say"),),
            options=(
                Option("title", "a title", metavar="TITLE"),
                Option("target", TARGET_HELP, metavar="TARGET"),
            ),
        ),
        Verb(
            "hook",
            "Tells cockpit what a coding agent does. Meant for the agent's own hooks.",
            _hook,
            words=(
                Word("name", "the hook's name: letters, digits and - _ . :"),
                Word("payload", "a JSON object; - or nothing takes it from stdin", required=False),
            ),
            options=(
                Option("agent", "which agent, such as claude", metavar="AGENT"),
                Option("target", TARGET_HELP, metavar="TARGET"),
            ),
            description="It is kept for its terminal and published as the event agent.hook.",
            examples=(
                "cockpit hook Stop --agent claude   # in a hook of Claude Code, which gives JSON on stdin",
            ),
        ),
    )
}
