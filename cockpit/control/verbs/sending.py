"""Verbs that type into terminals: send, keys, run."""

from __future__ import annotations

import os
import shlex

from cockpit.control.codes import ExitCode
from cockpit.control.verbs.arguments import Arguments, Option, Verb, Word, seconds
from cockpit.control.verbs.calling import ask, exit_code_of, show, target_of
from cockpit.control.verbs.rows import TARGET_HELP
from cockpit.control.verbs.streams import complain, read_stdin
from cockpit.errors import CockpitError

TIMEOUT_S = 30.0
RUN_TIMEOUT_S = 600.0
PIECE_BYTES = 1024 * 1024
"""What one request carries of a longer text; base64 makes a third more of it."""
_TIMEOUT = Option(
    "timeout", "give up after so long: 1.5, 30s, 5m, 2h (30 s)", metavar="TIME", kind=seconds, short="t"
)
_TARGET = Word("target", TARGET_HELP, choices="targets")
_SENT = "Nothing. With --json the id of the terminal, and how many bytes were sent."


def _send(arguments: Arguments) -> int:
    text = arguments.text
    if text is None or text == "-":
        data = read_stdin("send: TEXT is missing; give it as a word, or on stdin")
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
            code, reason = exit_code_of(error), str(error)
            begun = sent or code in (ExitCode.ENDED, ExitCode.TIMED_OUT)
            if not begun or len(data) <= PIECE_BYTES:
                raise
            if sent and code is ExitCode.NOT_FOUND:
                code, reason = ExitCode.ENDED, "the terminal was closed"
            went = f"{sent:,} of {len(data):,} bytes were sent, then: {reason}"
            return complain(CockpitError(went), code)
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
    if result.get("cut"):
        complain(CockpitError("something of the output may be missing"), ExitCode.OK)
    if result["signal"] is not None:
        return 128 + int(result["signal"])
    if result["exit_code"] is None:
        closed, unheard = (
            "the terminal was closed before the command ended",
            "how the command ended is not known",
        )
        return complain(CockpitError(closed if result["ended"] else unheard), ExitCode.RUN_FAILED)
    return int(result["exit_code"])


VERBS = {
    verb.name: verb
    for verb in (
        Verb(
            "send",
            "Types text into a terminal, as if by hand",
            _send,
            words=(
                _TARGET,
                Word("text", "the text; - or nothing takes it from stdin", required=False),
            ),
            options=(Option("enter", "press enter afterwards", short="e"), _TIMEOUT),
            description="Every byte arrives, and nothing is added: end a line with --enter. It is "
            "done when the terminal has taken everything. What several callers send to one terminal comes "
            "one after the other. A terminal that ends, or doesn't read, gives an error that says how much went.",
            prints=_SENT,
            examples=(
                "cockpit send build 'make test' --enter",
                "cockpit send notes < chapter.txt",
                "cockpit send shell -- --text-that-begins-with-dashes",
            ),
        ),
        Verb(
            "keys",
            "Presses keys in a terminal",
            _keys,
            words=(
                _TARGET,
                Word("keys", "such as ctrl+c, up, enter, f5, alt+x, A", rest=True, choices="keys"),
            ),
            options=(_TIMEOUT,),
            description="They are encoded as the program wants them. Modifiers are ctrl, alt, shift, super, hyper and "
            "meta, joined by +; characters are themselves. Options stand before the keys.",
            prints=_SENT,
            examples=("cockpit keys editor escape : w q enter",),
        ),
        Verb(
            "run",
            "Runs a command line in a terminal's shell",
            _run,
            words=(
                _TARGET,
                Word("command", "one word is the line itself; several are quoted into one", rest=True),
            ),
            options=(
                Option("wait", "wait for its end, print what it printed, exit as it did", short="w"),
                Option(
                    "timeout",
                    "give up after so long: 1.5, 30s, 5m, 2h (30 s, with --wait 10 m)",
                    metavar="TIME",
                    kind=seconds,
                    short="t",
                ),
            ),
            description="A short line is typed. One of more than 500 characters, of several lines, or that a line "
            "editor would change (! and comments) is read from a private script file that removes itself, and so is "
            "one with --wait where the shell marks no commands (OSC 133), as bash, zsh and fish do in cockpit. With "
            "--wait a command that runs is waited for first. Options stand before the command.",
            prints="With --wait what the command printed, as the terminal has it. With --json the terminal, "
            "how it was sent, and with --wait output, exit_code and signal.",
            exits={
                "124": "the time was over; with --wait the command goes on",
                "125": "with --wait, in place of 1 and 3 to 6: the command was not run, or its end not seen",
                "…": "with --wait: the command's own, 128 and the signal's number when one ended the terminal",
            },
            examples=(
                "cockpit run build make -j4",
                "cockpit run --wait --timeout 5m build 'cd api && pytest -q'",
            ),
        ),
    )
}
