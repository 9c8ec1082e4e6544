"""From a verb to cockpit and back: targets, answers, what is printed, exit statuses."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from cockpit.control.codes import EXIT_CODES, ErrorCode, ExitCode
from cockpit.control.discovery import NotRunningError
from cockpit.control.protocol import ProtocolError
from cockpit.errors import CockpitError, UsageError

if TYPE_CHECKING:
    from typing import Any

    from cockpit.control.client import Client
    from cockpit.control.verbs.arguments import Arguments

_UNSAFE = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
OFFLINE = frozenset({"list", "status", "read", "send", "keys", "run", "wait"})
"""Methods that can be served without a running cockpit, on what lives in tmux and the store."""


def main(words: Sequence[str], profile: str | None) -> int:
    """Runs the verb that the words begin with; `profile` is what stood before it. Messages go to stderr."""
    from importlib import import_module

    from cockpit.control.verbs import MODULES
    from cockpit.control.verbs.arguments import parse

    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # what a program printed may hold half characters
    name = words[0]
    module = import_module(f"cockpit.control.verbs.{MODULES[name]}")
    verb = module.VERBS[name]
    try:
        arguments = parse(verb, [*(("-L", profile) if profile else ()), *words[1:]])
        if arguments.help:
            sys.stdout.write(verb.page())
            return ExitCode.OK
        code: int = verb.run(arguments)
        sys.stdout.flush()
        return code
    except UsageError as error:
        return complain(error, ExitCode.USAGE)
    except BrokenPipeError:  # whoever read our output has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.OK
    except KeyboardInterrupt:
        return 130
    except CockpitError as error:
        return complain(error, exit_code_of(error))


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


def ask(arguments: Arguments, method: str, params: Mapping[str, Any], *, timeout_s: float = 30.0) -> Any:
    """One request's result; without a running cockpit, from tmux and the store where that can be."""
    given = {name: value for name, value in params.items() if value is not None}
    if method not in OFFLINE:
        with client_of(arguments) as client:
            return client.request(method, given, timeout_s=timeout_s)
    client = client_of(arguments)
    try:
        with client:
            return client.request(method, given, timeout_s=timeout_s)
    except NotRunningError as error:
        from cockpit.paths import resolve

        paths = resolve(arguments.profile or "default")
        if not paths.store_file.exists():
            raise  # nothing was ever stored, so nothing can live on
        from cockpit.control.offline import serve

        return serve(paths, method, given, error)


def target_of(word: str | None, arguments: Arguments) -> str | None:
    """The target to ask for: `current`, or nothing, is the terminal this verb runs in, where it runs in one."""
    if word not in (None, "current"):
        return word
    own = os.environ.get("COCKPIT_TERMINAL") if arguments.profile is None else None
    return own or word


def show(arguments: Arguments, result: object, text: str = "") -> int:
    """Prints a result: JSON if that is wanted, else the text, if there is any."""
    if arguments.json:
        print(json_text(result))
    elif text:
        print(text)
    return ExitCode.OK


def json_text(value: object, *, indent: int | None = None) -> str:
    """JSON that does nothing to a terminal: json.dumps leaves DEL, C1 and direction marks as they are."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def complain(error: CockpitError, code: int) -> int:
    """Says what went wrong."""
    from cockpit.text import clean_text

    for line in str(error).splitlines():
        print(f"cockpit: {clean_text(line, 2000)}", file=sys.stderr)
    return code


def clean(text: object, limit: int = 200) -> str:
    """What a program or a person chose, fit for a terminal."""
    from cockpit.text import clean_text

    return clean_text(str(text or ""), limit)


__all__ = ["ErrorCode", "ProtocolError", "ask", "clean", "client_of", "complain", "main", "show", "target_of"]
