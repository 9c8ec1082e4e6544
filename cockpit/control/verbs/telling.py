"""Verbs that tell cockpit something: notify, hook."""

from __future__ import annotations

import json
import sys

from cockpit.control.codes import ExitCode
from cockpit.control.verbs.arguments import Arguments, Option, Verb, Word
from cockpit.control.verbs.calling import ask, show, target_of
from cockpit.control.verbs.rows import TARGET_HELP
from cockpit.control.verbs.streams import read_stdin
from cockpit.errors import UsageError

TYPE_CHECKING = False  # typing would cost a tenth of a verb's time
if TYPE_CHECKING:
    from typing import Any

PAYLOAD_BYTES = 64 * 1024
"""What cockpit takes as a payload (`hooks.PAYLOAD_BYTES`); an agent's may hold a whole file."""
_NO_PAYLOAD = "hook: PAYLOAD is missing; give it as a word, or on stdin"
_SHORTER = (4000, 400, 40)
"""To how many characters the texts of a longer one are cut, one after the other."""


def _notify(arguments: Arguments) -> int:
    params = {
        "body": arguments.text,
        "title": arguments.title,
        "target": target_of(arguments.target, arguments),
    }
    return show(arguments, ask(arguments, "notify", params))


def _hook(arguments: Arguments) -> int:
    payload = _payload(arguments.payload)
    target = target_of(arguments.target, arguments)
    if target is None:
        return show(
            arguments, {"terminal": None}
        )  # the agent runs somewhere else: nothing of cockpit's concern
    params = {
        "name": arguments.name,
        "agent": arguments.agent,
        "payload": payload and fitted(payload),
        "target": target,
    }
    return show(arguments, ask(arguments, "hook", params))


def _payload(word: str | None) -> dict[str, Any] | None:
    if word is None and (sys.stdin is None or sys.stdin.isatty()):
        return None
    text = word.encode("utf-8", "surrogateescape") if word not in (None, "-") else read_stdin(_NO_PAYLOAD)
    if not text.strip():
        return None
    try:
        payload = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"hook: PAYLOAD is no JSON: {error}") from error
    return payload if isinstance(payload, dict) else {"value": payload}


def fitted(payload: dict[str, Any]) -> dict[str, Any]:
    """The payload, its long texts cut as far as it takes; who the agent is and what it does is in short ones."""
    found: dict[str, Any] = payload
    for longest in _SHORTER:
        if len(json.dumps(found)) <= PAYLOAD_BYTES:
            break
        found = _cut(payload, longest)
    return found


def _cut(value: Any, longest: int) -> Any:
    if isinstance(value, str):
        return value if len(value) <= longest else f"{value[:longest]}…"
    if isinstance(value, dict):
        return {key: _cut(inner, longest) for key, inner in value.items()}
    return [_cut(inner, longest) for inner in value] if isinstance(value, list) else value


VERBS = {
    verb.name: verb
    for verb in (
        Verb(
            "notify",
            "Notifies the person at the screen",
            _notify,
            words=(Word("text", "what to say"),),
            options=(
                Option("title", "a title", metavar="TITLE"),
                Option("target", f"the terminal it comes from: {TARGET_HELP}", metavar="TARGET"),
            ),
            description="It comes from the terminal the verb runs in, or from --target, and leads there when "
            "it is clicked. Ten in ten seconds are taken.",
            prints="Nothing.",
            examples=("make test || cockpit notify --title build 'tests failed'",),
        ),
        Verb(
            "hook",
            "Tells what a coding agent does; stands in the agent's own hooks",
            _hook,
            words=(
                Word("name", "the hook's name: letters, digits and - _ . :"),
                Word("payload", "a JSON object; - or nothing takes it from stdin", required=False),
            ),
            options=(
                Option("agent", "which agent, such as claude", metavar="AGENT"),
                Option("target", f"the agent's terminal: {TARGET_HELP}", metavar="TARGET"),
            ),
            description="It is kept for the terminal the agent runs in and published as the event agent.hook. "
            "Outside cockpit's terminals it does nothing, so it can stand in the settings of an agent that "
            "runs elsewhere too. Of a payload over 64 KiB long texts are cut. It never ends with 2: for some "
            "agents that is a veto.",
            prints="Nothing.",
            usage_code=ExitCode.FAILED,
            examples=(
                "cockpit hook Stop --agent claude      # for Claude Code: JSON on stdin",
                "cockpit hook turn --agent codex JSON  # for Codex: JSON as the last word",
            ),
        ),
    )
}
