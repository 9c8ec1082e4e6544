"""Verbs on sessions and terminals: list, new, rename, focus, close, status, snapshot."""

from __future__ import annotations

import os

from cockpit.control.codes import ExitCode
from cockpit.control.verbs.arguments import Arguments, Option, Verb, Word
from cockpit.control.verbs.calling import ask, clean, show, target_of
from cockpit.control.verbs.listing import facts, listing
from cockpit.control.verbs.streams import colored, write_json

TYPE_CHECKING = False  # typing would cost a tenth of a verb's time
if TYPE_CHECKING:
    from typing import Any

TARGET_HELP = (
    "id, name, a beginning of either, SESSION:TERMINAL, or current (the one this runs in, else the one shown)"
)
TARGET_HERE = f"{TARGET_HELP}; without it, current"
TERMINAL_PRINTED = "With --json the terminal, as list has it, with session_name and at_prompt."
_SESSION = Option("session", "TARGET means a session", short="s")
_TARGET = Word("target", TARGET_HELP, choices="targets")


def _list(arguments: Arguments) -> int:
    result = ask(arguments, "list", {})
    sessions: list[dict[str, Any]] = result["sessions"]
    if arguments.targets:
        names = [row[key] for s in sessions for row in (s, *s["terminals"]) for key in ("id", "name")]
        return show(arguments, names, "\n".join(dict.fromkeys(clean(name) for name in names)))
    return show(arguments, result, "" if arguments.json else listing(sessions, colored()))


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
        "focus": False if arguments.background else None,
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
    target = None if arguments.target is None else target_of(arguments.target, arguments)
    result = ask(arguments, "status", {"target": target})
    return show(arguments, result, facts(result))


def _snapshot(arguments: Arguments) -> int:
    result = ask(arguments, "snapshot", {"screens": not arguments.no_screens})
    write_json(result, None if arguments.json else 2)
    return ExitCode.OK


VERBS = {
    verb.name: verb
    for verb in (
        Verb(
            "list",
            "Lists sessions and their terminals",
            _list,
            options=(Option("targets", "only ids and names, one a line"),),
            description="Without a running cockpit it lists what is stored and what lives on in tmux.",
            prints="A line for each session, with id, name, directory and [group], and one for each of its "
            "terminals: id, name, backend, state, title. * is what is shown. States are new, held, running, "
            'exited, failed, detached and unavailable. With --json {"sessions": [{…, "terminals": [{…}]}]}, all of '
            "it.",
            examples=("cockpit list", "cockpit list --json | jq -r '.sessions[].terminals[].id'"),
        ),
        Verb(
            "new",
            "Opens a session, or another terminal in one",
            _new,
            words=(
                Word(
                    "directory",
                    "where a new session starts; without it, the current directory",
                    required=False,
                    choices="directories",
                ),
            ),
            options=(
                Option("background", "start it without showing it", short="b"),
                Option("name", "its name", metavar="NAME"),
                Option(
                    "command",
                    "its own command, run by the shell as soon as that is ready",
                    metavar="COMMAND",
                    short="c",
                ),
                Option("group", "the new session's group", metavar="GROUP"),
                Option(
                    "session",
                    "open another terminal in this session instead",
                    metavar="SESSION",
                    short="s",
                    choices="sessions",
                ),
            ),
            description="It is shown at once, unless it is to start in the background. When its command ends the "
            "shell stays: 'wait --exit' and 'status' tell how it ended. With the setting workspaces.command_in_shell "
            "off, and in shells other than bash, zsh and fish, the command is the terminal's program and ends with it.",
            prints=f"The id of the terminal. {TERMINAL_PRINTED}",
            examples=("cockpit new ~/src/site --name site", "cockpit new -s site -c 'npm run dev'"),
        ),
        Verb(
            "rename",
            "Names a terminal, or a session",
            _rename,
            words=(_TARGET, Word("name", "its new name")),
            options=(_SESSION,),
            prints="Nothing. With --json the id and the name it has now.",
            examples=("cockpit rename current 'the build'", "cockpit rename -s site www"),
        ),
        Verb(
            "focus",
            "Shows a terminal, or a session",
            _focus,
            words=(_TARGET,),
            options=(_SESSION,),
            prints="Nothing. With --json the ids of session and terminal.",
            examples=("cockpit focus build", "cockpit focus site:2"),
        ),
        Verb(
            "close",
            "Ends a terminal's program and removes its tab, or a whole session",
            _close,
            words=(_TARGET,),
            options=(_SESSION,),
            description="Nothing is asked. A session is closed by its id or name, or with --session by that of one of "
            "its terminals.",
            prints="Nothing. With --json the ids of session and terminal.",
            examples=("cockpit close build", "cockpit close --session site"),
        ),
        Verb(
            "status",
            "Tells how a terminal is, or cockpit itself",
            _status,
            words=(
                Word(
                    "target", f"{TARGET_HELP}; without it, cockpit itself", required=False, choices="targets"
                ),
            ),
            prints="A line for each fact that is known. With --json all of them.",
            examples=("cockpit status", "cockpit status build --json | jq .state"),
        ),
        Verb(
            "snapshot",
            "Prints everything at once: rows, settings, screens",
            _snapshot,
            options=(Option("no-screens", "without what the terminals show"),),
            prints="JSON: what status and list have, settings, and as screens the text that each terminal shows, by "
            "its id. With --json on one line.",
            examples=("cockpit snapshot | jq .settings.general",),
        ),
    )
}
