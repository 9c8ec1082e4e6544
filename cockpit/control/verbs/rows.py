"""Verbs on sessions and terminals: list, new, rename, focus, close, status, snapshot."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cockpit.control.codes import ExitCode
from cockpit.control.verbs.arguments import Arguments, Option, Verb, Word
from cockpit.control.verbs.calling import ask, clean, json_text, show, target_of

if TYPE_CHECKING:
    from typing import Any

TARGET_HELP = "id, name, a beginning of either, SESSION:TERMINAL, or current"
_SESSION = Option("session", "TARGET means a session", short="s")


def _list(arguments: Arguments) -> int:
    result = ask(arguments, "list", {})
    sessions = result["sessions"]
    if arguments.targets:
        names = [row[key] for s in sessions for row in (s, *s["terminals"]) for key in ("id", "name")]
        return show(arguments, names, "\n".join(dict.fromkeys(clean(name) for name in names)))
    return show(arguments, result, "\n".join(line for session in sessions for line in _session(session)))


def _session(session: dict[str, Any]) -> list[str]:
    mark = "*" if session["focused"] else " "
    group = f"  [{clean(session['group'])}]" if session["group"] else ""
    lines = [f"{mark} {clean(session['id'])}  {clean(session['name'])}  {clean(session['directory'])}{group}"]
    for terminal in session["terminals"]:
        mark = "*" if terminal["focused"] else " "
        title = f"  {clean(terminal['title'], 60)}" if terminal["title"] else ""
        name = clean(terminal["name"])
        lines.append(
            f"{mark}   {clean(terminal['id'])}  {name}  {clean(terminal['backend'])}  {_state(terminal)}{title}"
        )
    return lines


def _state(terminal: dict[str, Any]) -> str:
    if terminal["command_state"] == "ended":
        code = "" if terminal["command_exit_code"] is None else f" ({terminal['command_exit_code']})"
        return f"{terminal['state']}, its command ended{code}"
    if terminal["signal"] is not None:
        return f"{terminal['state']} (signal {terminal['signal']})"
    return (
        f"{terminal['state']} ({terminal['exit_code']})"
        if terminal["exit_code"] is not None
        else terminal["state"]
    )


def _new(arguments: Arguments) -> int:
    directory = arguments.directory
    if directory is None and arguments.session is None:
        directory = os.getcwd()  # noqa: PTH109 - pathlib costs too much here
    params = {
        "directory": os.path.abspath(directory) if directory else None,  # noqa: PTH100 - the same
        "name": arguments.name,
        "command": arguments.command,
        "group": arguments.group,
        "session": arguments.session,
    }
    result = ask(arguments, "new", params)
    return show(arguments, result, result["id"])


def _rename(arguments: Arguments) -> int:
    target = target_of(arguments.target, arguments)
    return show(
        arguments,
        ask(arguments, "rename", {"target": target, "name": arguments.name, "session": arguments.session}),
    )


def _focus(arguments: Arguments) -> int:
    target = target_of(arguments.target, arguments)
    return show(arguments, ask(arguments, "focus", {"target": target, "session": arguments.session}))


def _close(arguments: Arguments) -> int:
    target = target_of(arguments.target, arguments)
    return show(arguments, ask(arguments, "close", {"target": target, "session": arguments.session}))


def _status(arguments: Arguments) -> int:
    target = arguments.target and target_of(arguments.target, arguments)
    result = ask(arguments, "status", {"target": target})
    lines = [f"{name}: {clean(value)}" for name, value in result.items() if value not in (None, "")]
    return show(arguments, result, "\n".join(lines))


def _snapshot(arguments: Arguments) -> int:
    result = ask(arguments, "snapshot", {"screens": not arguments.no_screens})
    print(json_text(result, indent=None if arguments.json else 2))
    return ExitCode.OK


VERBS = {
    verb.name: verb
    for verb in (
        Verb(
            "list",
            "Lists sessions and their terminals; * is what is shown.",
            _list,
            options=(Option("targets", "only ids and names, one a line"),),
            description="Without a running cockpit it lists what is stored and what lives on in tmux.",
        ),
        Verb(
            "new",
            "Makes a session with a terminal, or another terminal, shows it and prints the terminal's id.",
            _new,
            words=(
                Word("directory", "where a new session starts; the current one without it", required=False),
            ),
            options=(
                Option("name", "its name", metavar="NAME"),
                Option(
                    "command",
                    "its own command, run by the shell as soon as that is ready",
                    metavar="COMMAND",
                    short="c",
                ),
                Option("group", "the new session's group", metavar="GROUP"),
                Option(
                    "session", "open another terminal in this session instead", metavar="SESSION", short="s"
                ),
            ),
            description="When the command ends the shell stays: 'wait --exit' and 'status' tell how it ended. With the "
            "setting workspaces.command_in_shell off, and in shells other than bash, zsh and fish, the command is the "
            "terminal's program and ends with it.",
            examples=("cockpit new ~/src/site --name site", "cockpit new -s site -c 'npm run dev'"),
        ),
        Verb(
            "rename",
            "Names a terminal, or a session.",
            _rename,
            words=(Word("target", TARGET_HELP), Word("name", "its new name")),
            options=(_SESSION,),
        ),
        Verb(
            "focus",
            "Shows a terminal, or a session.",
            _focus,
            words=(Word("target", TARGET_HELP),),
            options=(_SESSION,),
        ),
        Verb(
            "close",
            "Ends a terminal's program and removes its tab, or a whole session. Nothing is asked.",
            _close,
            words=(Word("target", TARGET_HELP),),
            options=(_SESSION,),
        ),
        Verb(
            "status",
            "Tells how a terminal is; without TARGET, cockpit itself.",
            _status,
            words=(Word("target", TARGET_HELP, required=False),),
        ),
        Verb(
            "snapshot",
            "Prints everything at once as JSON: sessions, settings, and what every terminal shows.",
            _snapshot,
            options=(Option("no-screens", "without what the terminals show"),),
        ),
    )
}
