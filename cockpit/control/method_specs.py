"""The methods of the control socket: names, parameters, meaning. Handlers are in `methods`; see also PROTOCOL.md."""

from __future__ import annotations

from dataclasses import dataclass

from cockpit.model import TerminalState
from cockpit.workspace.commands import Parameter

DEFAULT_TIMEOUT_S = 30.0
LONGEST_TIMEOUT_S = 86_400.0

_TARGET = Parameter(
    "target", description="id, name, a beginning of either, SESSION:TERMINAL, or current (the focused one)"
)
_NEEDED_TARGET = Parameter("target", required=True, description=_TARGET.description)
_TIMEOUT = Parameter(
    "timeout", float, description=f"seconds, {DEFAULT_TIMEOUT_S:g} without it, a day at most"
)


@dataclass(frozen=True, slots=True)
class MethodSpec:
    """One method. A plain line gives its parameters as words in this order, or as `name=value`."""

    name: str
    description: str
    parameters: tuple[Parameter, ...] = ()
    lasting: bool = False
    """It is for whoever asked alone: given up when that client goes."""


METHODS: dict[str, MethodSpec] = {
    spec.name: spec
    for spec in (
        MethodSpec(
            "hello",
            "Agree on a version, and give the password where one is needed.",
            (
                Parameter(
                    "versions",
                    list,
                    description="the versions the client speaks; the newest common one counts",
                ),
                Parameter("client", description="what the client is, for the log"),
                Parameter("password"),
            ),
        ),
        MethodSpec("list", "All sessions with their terminals.", (_TARGET,)),
        MethodSpec("status", "One terminal, or without a target cockpit itself.", (_TARGET,)),
        MethodSpec(
            "snapshot",
            "Everything at once: cockpit, sessions, settings, and what every terminal shows.",
            (Parameter("screens", bool, description="false leaves the screens out"),),
        ),
        MethodSpec(
            "new",
            "A new session with a terminal, or with `session` another terminal in that session.",
            (
                Parameter("directory", description="where a new session starts"),
                Parameter("name"),
                Parameter(
                    "command", description="its own command; without it a login shell alone", long=True
                ),
                Parameter("group", description="the new session's group"),
                Parameter("session", description="the session that gets another terminal"),
                Parameter("focus", bool, description="false starts it without showing it"),
            ),
        ),
        MethodSpec(
            "rename",
            "Name a terminal, or a session.",
            (_NEEDED_TARGET, Parameter("name", required=True), Parameter("session", bool)),
        ),
        MethodSpec(
            "focus",
            "Show a terminal, or a session.",
            (_NEEDED_TARGET, Parameter("session", bool, description="the target means a session")),
        ),
        MethodSpec(
            "close",
            "End a terminal's program and remove its tab, or a whole session. Nothing is asked.",
            (_NEEDED_TARGET, Parameter("session", bool, description="the target means a session")),
        ),
        MethodSpec("restart", "Start a terminal's program again.", (_TARGET,)),
        MethodSpec(
            "send",
            "Type text into a terminal, byte for byte and in turn with others; answers when it was taken.",
            (
                _NEEDED_TARGET,
                Parameter("text", long=True),
                Parameter("data", description="bytes in base64, instead of text", long=True),
                Parameter("enter", bool, description="press enter afterwards"),
                _TIMEOUT,
            ),
        ),
        MethodSpec(
            "keys",
            "Press keys in a terminal, such as ctrl+c, up, enter.",
            (_NEEDED_TARGET, Parameter("keys", list, required=True), _TIMEOUT),
        ),
        MethodSpec(
            "run",
            "Run a command line in a terminal's shell; with `wait`, its output and exit status.",
            (
                _NEEDED_TARGET,
                Parameter("command", required=True, long=True),
                Parameter("wait", bool),
                _TIMEOUT,
            ),
            lasting=True,
        ),
        MethodSpec(
            "read",
            "The text of a terminal: its screen, more with `lines` or `history`, or a command's `output`.",
            (
                _TARGET,
                Parameter("lines", int, description="the last so many lines"),
                Parameter("history", bool, description="everything there is"),
                Parameter("output", bool, description="what the last command printed, by the shell's marks"),
                Parameter("styled", bool, description="with SGR sequences"),
            ),
        ),
        MethodSpec(
            "wait",
            "Wait for text, a regular expression, quiet, a prompt, the end of a terminal's program or its status.",
            (
                _TARGET,
                Parameter("text", description="on the screen, or printed from now on"),
                Parameter("regex", description="the same; ^ and $ match at lines"),
                Parameter("quiet", float, description="so many seconds without output"),
                Parameter("prompt", bool, description="the shell waits for a command (OSC 133)"),
                Parameter("exit", bool, description="its own command ended, or its program"),
                Parameter("status", description="the terminal's state: " + ", ".join(TerminalState)),
                _TIMEOUT,
            ),
            lasting=True,
        ),
        MethodSpec(
            "events",
            "Subscribe: this connection then gets events as they happen, until it closes its side.",
            (
                Parameter("names", list, description="event names, or beginnings that end in a dot"),
                _TARGET,
                Parameter("session", description="only events of this session"),
            ),
        ),
        MethodSpec(
            "notify",
            "Notify the person, from a terminal or from outside.",
            (Parameter("body", required=True, long=True), Parameter("title", long=True), _TARGET),
        ),
        MethodSpec(
            "hook",
            "A coding agent tells what it does; kept and published as the event agent.hook.",
            (
                Parameter("name", required=True, description="the hook's name: letters, digits, - _ . :"),
                Parameter("agent", description="which agent, such as claude"),
                Parameter("payload", dict, description="what the agent gave along, at most 64 KiB"),
                _TARGET,
            ),
        ),
        MethodSpec("hooks", "The last hooks of a terminal, oldest first.", (_TARGET,)),
        MethodSpec("commands", "Every command, which can be called by its name as a method."),
    )
}
