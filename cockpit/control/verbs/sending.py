"""Verbs that type into terminals: send, keys, run."""

from __future__ import annotations

import os
import shlex
import sys

from cockpit.control.codes import ExitCode
from cockpit.control.verbs.arguments import Arguments, Option, Verb, Word, seconds
from cockpit.control.verbs.calling import ask, complain, exit_code_of, show, target_of
from cockpit.control.verbs.rows import TARGET_HELP
from cockpit.errors import CockpitError, UsageError

TIMEOUT_S = 30.0
RUN_TIMEOUT_S = 600.0
PIECE_BYTES = 1024 * 1024
"""What one request carries of a longer text; base64 makes a third more of it."""
_TIMEOUT = Option("timeout", "give up after so long (30 s; 5m, 2h)", metavar="TIME", kind=seconds, short="t")


def _send(arguments: Arguments) -> int:
    text = arguments.text
    if text is None or text == "-":
        if sys.stdin.isatty():
            raise UsageError("send: TEXT is missing; give it as a word, or on stdin")
        data = sys.stdin.buffer.read()
    else:
        data = os.fsencode(text)
    timeout_s = arguments.timeout or TIMEOUT_S
    params = {"target": target_of(arguments.target, arguments), "timeout": timeout_s}
    sent = 0
    answer = {}
    for start in range(0, max(1, len(data)), PIECE_BYTES):
        piece = data[start : start + PIECE_BYTES]
        last = start + PIECE_BYTES >= len(data)
        more = {**params, **_carried(piece), "enter": bool(arguments.enter and last)}
        try:
            answer = ask(arguments, "send", more, timeout_s=timeout_s)
        except CockpitError as error:
            if not sent:
                raise
            return complain(CockpitError(f"after {sent:,} bytes: {error}"), exit_code_of(error))
        sent += answer["sent"]
        params["target"] = answer["terminal"]  # what the target meant holds for the whole text
    return show(arguments, {**answer, "sent": sent})


def _carried(piece: bytes) -> dict[str, str]:
    try:
        return {"text": piece.decode()}
    except UnicodeDecodeError:
        import base64

        return {"data": base64.b64encode(piece).decode()}


def _keys(arguments: Arguments) -> int:
    timeout_s = arguments.timeout or TIMEOUT_S
    target = target_of(arguments.target, arguments)
    params = {"target": target, "keys": arguments.keys, "timeout": timeout_s}
    return show(arguments, ask(arguments, "keys", params, timeout_s=timeout_s))


def _run(arguments: Arguments) -> int:
    words = arguments.command
    command = words[0] if len(words) == 1 else shlex.join(words)
    timeout_s = arguments.timeout or (RUN_TIMEOUT_S if arguments.wait else TIMEOUT_S)
    params = {
        "target": target_of(arguments.target, arguments),
        "command": command,
        "wait": bool(arguments.wait),
        "timeout": timeout_s,
    }
    if not arguments.wait:
        return show(arguments, ask(arguments, "run", params, timeout_s=timeout_s))
    try:
        result = ask(arguments, "run", params, timeout_s=timeout_s)
    except CockpitError as error:
        code = exit_code_of(error)
        return complain(error, code if code is ExitCode.TIMED_OUT else ExitCode.RUN_FAILED)
    show(arguments, result, result["output"])
    if result["signal"] is not None:
        return 128 + int(result["signal"])
    return ExitCode.RUN_FAILED if result["exit_code"] is None else int(result["exit_code"])


VERBS = {
    verb.name: verb
    for verb in (
        Verb(
            "send",
            "Types TEXT into a terminal, byte for byte, as if by hand; nothing is added to it.",
            _send,
            words=(
                Word("target", TARGET_HELP),
                Word("text", "the text; - or nothing takes it from stdin", required=False),
            ),
            options=(Option("enter", "press enter afterwards", short="e"), _TIMEOUT),
            description="Ends when the terminal has taken everything. What several callers send to one terminal comes "
            "one after the other. A terminal that ends, or doesn't read, gives an error that says how much went.",
            examples=("cockpit send build 'make test' --enter", "cockpit send notes < chapter.txt"),
        ),
        Verb(
            "keys",
            "Presses keys in a terminal.",
            _keys,
            words=(
                Word("target", TARGET_HELP),
                Word("keys", "such as ctrl+c, up, enter, f5, alt+x, A", rest=True),
            ),
            options=(_TIMEOUT,),
            examples=("cockpit keys editor escape : w q enter",),
        ),
        Verb(
            "run",
            "Runs a command line in a terminal's shell.",
            _run,
            words=(Word("target", TARGET_HELP), Word("command", "one word as it is, or several", rest=True)),
            options=(
                Option("wait", "wait for its end, print what it printed, exit as it did", short="w"),
                Option(
                    "timeout",
                    "give up after so long (30 s, with --wait 10m)",
                    metavar="TIME",
                    kind=seconds,
                    short="t",
                ),
            ),
            description="A short line is typed. One of more than 500 characters, of several lines, that a line editor "
            "would change (! and comments), or with --wait is read from a private script file that removes itself. "
            "With --wait the exit status is the command's own; "
            "124 when the time was over (the command goes on), 125 when cockpit could not run it.",
            examples=(
                "cockpit run build make -j4",
                "cockpit run --wait --timeout 5m build 'cd api && pytest -q'",
            ),
        ),
    )
}
