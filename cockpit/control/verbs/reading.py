"""Verbs that read: read, wait, events."""

from __future__ import annotations

from cockpit.control.codes import ExitCode
from cockpit.control.verbs.arguments import Arguments, Option, Verb, Word, count, seconds
from cockpit.control.verbs.calling import ask, client_of, show, target_of
from cockpit.control.verbs.rows import TARGET_HERE
from cockpit.control.verbs.streams import flush, write_json
from cockpit.errors import UsageError

WAIT_TIMEOUT_S = 60.0
_STATES = "new, running, exited, detached, unavailable, held, failed"


def _read(arguments: Arguments) -> int:
    params = {
        "target": target_of(arguments.target, arguments),
        "lines": arguments.lines,
        "history": arguments.history,
        "output": arguments.output,
        "styled": arguments.styled,
    }
    result = ask(arguments, "read", params)
    return show(arguments, result, result["text"])


def _wait(arguments: Arguments) -> int:
    timeout_s = arguments.timeout or WAIT_TIMEOUT_S
    conditions = {
        "text": arguments.text,
        "regex": arguments.regex,
        "quiet": arguments.quiet,
        "prompt": arguments.prompt,
        "exit": arguments.exit,
        "status": arguments.status,
    }
    if sum(value is not None for value in conditions.values()) != 1:
        raise UsageError("wait: name one of --text, --regex, --quiet, --prompt, --exit and --status")
    params = {"target": target_of(arguments.target, arguments), "timeout": timeout_s, **conditions}
    result = ask(arguments, "wait", params, timeout_s=timeout_s)
    return show(arguments, result, result.get("match", "") if arguments.regex else "")


def _events(arguments: Arguments) -> int:
    target = None if arguments.target is None else target_of(arguments.target, arguments)
    params = {"names": arguments.names or [], "target": target, "session": arguments.session}
    left = arguments.count
    with client_of(arguments) as client:
        client.request("events", {name: value for name, value in params.items() if value is not None})
        for event in client.events():
            write_json(event)
            flush()
            if left is not None and (left := left - 1) <= 0:
                break
    return ExitCode.OK


VERBS = {
    verb.name: verb
    for verb in (
        Verb(
            "read",
            "Prints the text of a terminal: its screen, or more",
            _read,
            words=(Word("target", TARGET_HERE, required=False, choices="targets"),),
            options=(
                Option("lines", "the last so many lines", metavar="NUMBER", kind=count, short="n"),
                Option("history", "everything there is"),
                Option("output", "what the last command printed, or has printed so far"),
                Option("styled", "with colours, as SGR sequences"),
            ),
            description="Lines that the terminal wrapped are whole again. --output needs a shell that marks its "
            "commands (OSC 133), as bash, zsh and fish do in cockpit. It is whole or refused: what was too much, came "
            "too fast, or was printed before cockpit was there is read with --lines or --history.",
            prints="The text. With --json the id of the terminal, and its text.",
            examples=("cockpit read build --lines 20", "cockpit read build --history | grep -c warning"),
        ),
        Verb(
            "wait",
            "Waits for something to happen in a terminal",
            _wait,
            words=(Word("target", TARGET_HERE, required=False, choices="targets"),),
            options=(
                Option("text", "this text is on the screen, or gets printed", metavar="TEXT"),
                Option(
                    "regex", "the same for a regular expression; ^ and $ match at lines", metavar="EXPRESSION"
                ),
                Option("quiet", "nothing was printed for so long", metavar="TIME", kind=seconds),
                Option("prompt", "the shell waits for a command; needs a shell that marks prompts (OSC 133)"),
                Option("exit", "its command ended, or its program"),
                Option("status", f"its state is this one: {_STATES}", metavar="STATE"),
                Option(
                    "timeout",
                    "give up after so long: 1.5, 30s, 5m, 2h (60 s)",
                    metavar="TIME",
                    kind=seconds,
                    short="t",
                ),
            ),
            description="Name one thing to wait for. What is on the screen already counts.",
            prints="With --regex what matched, else nothing. With --json the id of the terminal, the reason, the "
            "match, how many seconds it took (elapsed), exit_code and signal.",
            examples=(
                "cockpit wait build --regex '^(PASSED|FAILED)' --timeout 10m",
                "cockpit wait build --prompt && cockpit read build",
                "cockpit wait server --status running",
            ),
        ),
        Verb(
            "events",
            "Prints what happens as it happens, until interrupted",
            _events,
            words=(
                Word(
                    "names",
                    "event names, or beginnings that end in a dot; all without any",
                    required=False,
                    rest=True,
                    choices="events",
                ),
            ),
            options=(
                Option("target", "only of this terminal", metavar="TARGET", choices="targets"),
                Option("session", "only of this session", metavar="SESSION", short="s", choices="sessions"),
                Option("count", "end after so many", metavar="NUMBER", kind=count, short="n"),
            ),
            description="Options stand before the names. cockpit help protocol has all events and their fields. A "
            'reader that is too slow gets {"event": "lost", "count": …} for what it missed.',
            prints="A JSON object a line, each with event, sequence, time (seconds since the epoch), session and "
            "terminal where there is one, and fields of its own.",
            examples=(
                "cockpit events terminal.status agent.",
                "cockpit events -n 1 --target build terminal.bell",
                "cockpit events | jq --unbuffered -r .event",
            ),
        ),
    )
}
