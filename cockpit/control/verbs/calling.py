"""From a verb to cockpit and back: targets, answers, what is printed, exit statuses."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from cockpit.control.codes import EXIT_CODES, ErrorCode, ExitCode
from cockpit.control.discovery import NotRunningError
from cockpit.control.protocol import ProtocolError
from cockpit.control.verbs import streams
from cockpit.control.verbs.streams import complain
from cockpit.errors import CockpitError, UsageError

TYPE_CHECKING = False  # typing would cost a tenth of a verb's time
if TYPE_CHECKING:
    from typing import Any

    from cockpit.control.client import Client
    from cockpit.control.verbs.arguments import Arguments

ANSWER_DEADLINE_S = 15.0
"""How long cockpit may take to answer what it needn't wait for; a busy one takes a second."""
GRACE_S = 10.0
"""How much longer than its own deadline an answer may take."""
OFFLINE = frozenset({"list", "status", "read", "send", "keys", "run", "wait"})
"""Methods that can be served without a running cockpit, on what lives in tmux and the store; status of a terminal."""


def main(words: Sequence[str], profile: str | None) -> int:
    """Runs the verb that the words begin with; `profile` is what stood before it. Messages go to stderr."""
    from importlib import import_module

    from cockpit.control.verbs import MODULES
    from cockpit.control.verbs.arguments import parse

    streams.mend()
    name = words[0]
    module = import_module(f"cockpit.control.verbs.{MODULES[name]}")
    verb = module.VERBS[name]
    code: int
    try:
        arguments = parse(verb, [*(("-L", profile) if profile is not None else ()), *words[1:]])
        if arguments.help:
            from cockpit.control.verbs.pages import page

            streams.write(page(verb))
            code = ExitCode.OK
        else:
            code = verb.run(arguments)
        streams.flush()
        return code
    except UsageError as error:
        return complain(error, verb.usage_code)
    except BrokenPipeError:  # whoever read our output has enough
        streams.discard(1)
        return ExitCode.OK
    except CockpitError as error:
        code = exit_code_of(error)
        return complain(error, verb.usage_code if code is ExitCode.USAGE else code)


def exit_code_of(error: CockpitError) -> ExitCode:
    """The exit status that tells of an error."""
    if isinstance(error, NotRunningError):
        return ExitCode.NOT_RUNNING
    code = str(getattr(error, "code", ""))
    return EXIT_CODES.get(code, ExitCode.FAILED)


def client_of(arguments: Arguments) -> Client:
    """A client as the options say."""
    from cockpit.control.client import Client

    return Client(arguments.profile, password=arguments.password)


def ask(
    arguments: Arguments,
    method: str,
    params: Mapping[str, Any],
    *,
    timeout_s: float | None = None,
    deadline_s: float = ANSWER_DEADLINE_S,
) -> Any:
    """One request's result; without a running cockpit, from tmux and the store where that can be.

    `timeout_s` is how long cockpit itself may take, where it was told; else an answer comes within `deadline_s`.
    """
    if timeout_s is not None:
        deadline_s = timeout_s + GRACE_S
    given = {name: value for name, value in params.items() if value is not None}
    if method not in OFFLINE or (method == "status" and "target" not in given):
        with client_of(arguments) as client:
            return client.request(method, given, timeout_s=deadline_s)
    client = client_of(arguments)
    try:
        with client:
            return client.request(method, given, timeout_s=deadline_s)
    except NotRunningError as error:
        from cockpit.paths import resolve

        paths = resolve(arguments.profile or "default")
        if not paths.store_file.exists():
            raise  # nothing was ever stored, so nothing can live on
        from cockpit.control.offline import serve

        return serve(paths, method, given, error)


def target_of(word: str | None, arguments: Arguments) -> str | None:
    """The target to ask for: `current`, or nothing, is the terminal this verb runs in, where it runs in one.

    Raises:
        UsageError: it is empty, as an unset variable of a script; that must not mean whatever is focused.
    """
    if word == "":
        raise UsageError(f"{arguments.verb.name}: TARGET is empty; name a terminal, or `current`")
    if word not in (None, "current"):
        return word
    own = os.environ.get("COCKPIT_TERMINAL") if arguments.profile is None else None
    return own or word


def show(arguments: Arguments, result: object, text: str = "") -> int:
    """Prints a result: JSON if that is wanted, else the text, if there is any."""
    if arguments.json:
        streams.write_json(result)
    elif text:
        streams.write(f"{text}\n")
    return ExitCode.OK


def clean(text: object, limit: int = 200) -> str:
    """What a program or a person chose, fit for a terminal."""
    from cockpit.text import clean_text

    return clean_text(str(text or ""), limit)


__all__ = ["ErrorCode", "ProtocolError", "ask", "clean", "client_of", "complain", "main", "show", "target_of"]
