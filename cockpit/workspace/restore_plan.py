"""What becomes of every row at a launch: rows, living windows and settings in, one step for each row out. Pure.

Nothing is started by a plan. A step says what its row will run when its tab is first shown, or why it runs nothing.
"""

from __future__ import annotations

import itertools
import re
import shlex
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from cockpit.backends.base import Availability, ServerState, Survey
from cockpit.backends.environment import agent_name, program_name
from cockpit.model import BackendKind, Terminal

BUILT_IN_RESUME: Mapping[str, str] = {
    "claude": "claude --continue",
    "codex": "codex resume --last",
    "gemini": "gemini --resume latest",
}
"""How an agent goes on with its last conversation in its directory; `[automation.resume]` changes and adds."""

_RESUMING = {
    "claude": frozenset({"-c", "--continue", "-r", "--resume"}),
    "codex": frozenset({"resume"}),
    "gemini": frozenset({"-r", "--resume"}),
}
"""Words that make a row's own command one that resumes: it is the better one, and run as it is."""

_PLAIN = re.compile(r"[A-Za-z0-9_@%+=:,./-]+")
"""A word that means the same to every shell."""


class Policy(StrEnum):
    """What becomes of a command that is no agent's. The text a row or the settings hold."""

    RELAUNCH = "relaunch"
    SHELL = "shell"
    NOTHING = "nothing"


class Action(StrEnum):
    """What is done with a row."""

    ADOPT = "adopt"
    """Its window is there: its program goes on, or its last screen can be read."""
    RECREATE = "recreate"
    """A shell, anew."""
    RELAUNCH = "relaunch"
    """Its command, or the one that resumes it."""
    HOLD = "hold"
    """Its command waits until the person starts it."""
    FALL_BACK = "fall back"
    """It was on tmux, which can't be used here, and nothing of it can be living: it starts on a PTY."""
    LEAVE = "leave"
    """The tmux backend is off: its window lives on, unseen."""
    UNREACHABLE = "unreachable"
    """Its program may live where cockpit can't look: nothing is started in its place."""


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of one row."""

    terminal_id: str
    action: Action
    command: str | None = None
    """What is started, for those that start something; None: the login shell."""
    reason: str = ""
    """Why it is this and not simply as it was. Not cleaned."""

    @property
    def starts(self) -> bool:
        """Whether the row runs something once its tab is shown."""
        return self.action in (Action.RECREATE, Action.RELAUNCH, Action.FALL_BACK)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the settings say."""

    policy: Policy = Policy.NOTHING
    resume: Mapping[str, str] = field(default_factory=dict)
    """By agent; an empty command: it doesn't resume."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What was found on this machine."""

    tmux_wanted: bool
    tmux: Availability
    survey: Survey
    kinds: frozenset[str] = frozenset(BackendKind)
    """The backends this cockpit has."""
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    """Why rows, by id, have their programs where this cockpit can't have them."""


def plan(rows: Sequence[Terminal], facts: Facts, rules: Rules) -> list[Step]:
    """One step for each row, in the rows' order."""
    matches: Collection[str] = ()
    if facts.survey.windows:
        from cockpit.backends.tmux_windows import (
            match_windows,
        )  # late: most first frames need nothing of tmux

        matches, _ = match_windows(rows, facts.survey.windows, facts.survey.socket_path)
    return [_step(row, row.id in matches, facts, rules) for row in rows]


def _step(row: Terminal, has_window: bool, facts: Facts, rules: Rules) -> Step:
    if row.backend not in facts.kinds:
        return Step(row.id, Action.UNREACHABLE, reason=f"this cockpit has no backend {row.backend!r}")
    if row.backend != BackendKind.TMUX:
        return start_of(row, rules)
    if not facts.tmux_wanted:
        return Step(row.id, Action.LEAVE, reason="the tmux backend is off")
    if row.id in facts.elsewhere:
        return Step(row.id, Action.UNREACHABLE, reason=facts.elsewhere[row.id])
    server = facts.survey.server
    if not facts.tmux.usable:
        if server is ServerState.NONE:
            started = start_of(row, rules)
            if not started.starts:
                return started
            reason = f"tmux can't be used: {facts.tmux.reason}"
            return Step(row.id, Action.FALL_BACK, started.command, reason)
        return Step(
            row.id,
            Action.UNREACHABLE,
            reason=f"it may run on in tmux, which can't be used: {facts.tmux.reason}",
        )
    if server is ServerState.SILENT:
        return Step(row.id, Action.UNREACHABLE, reason=facts.survey.reason or "tmux does not answer")
    if has_window:
        return Step(row.id, Action.ADOPT)
    return start_of(row, rules, lost=row.binding is not None)


def start_of(row: Terminal, rules: Rules, *, lost: bool = False) -> Step:
    """What a row runs that nothing living was found of. `lost`: it did run, and ended without cockpit."""
    gone = "its program on tmux had ended with its window" if lost else ""
    if row.command is None:
        return Step(row.id, Action.RECREATE, None, gone)
    resumed = resume_command(row.command, rules.resume)
    if resumed is not None:
        return Step(row.id, Action.RELAUNCH, resumed, gone)
    policy = row.restore if row.restore in set(Policy) else rules.policy
    if policy == Policy.RELAUNCH:
        return Step(row.id, Action.RELAUNCH, row.command, gone)
    if policy == Policy.SHELL:
        return Step(row.id, Action.RECREATE, None, gone or "a shell in place of its command")
    if row.living_command is None:
        return Step(row.id, Action.RECREATE, None, gone or "its command had ended and left a shell")
    return Step(row.id, Action.HOLD, None, gone)


def resume_command(command: str, resume: Mapping[str, str]) -> str | None:
    """What takes an agent's last conversation up again; None when the command is no agent's, or isn't to resume.

    A prompt or options in the row's own command are not repeated: the conversation has had them.
    """
    agent = agent_name(command)
    if not agent:
        program = program_name(command)
        agent = program if program in resume else ""
    resumed = {**BUILT_IN_RESUME, **resume}.get(agent, "").strip() if agent else ""
    if not resumed:
        return None
    words = _words(command)
    if _RESUMING.get(agent, frozenset()) & set(words):
        return command
    return _started_as(words, agent, resumed)


def _started_as(words: Sequence[str], agent: str, resumed: str) -> str:
    """The resume command with the program and the variables that the row's own names, where it starts the same one."""
    before = list(itertools.takewhile(lambda word: "=" in word, words))
    start = words[: len(before) + 1]
    same = resumed.partition(" ")[0] == agent
    return " ".join(start) + resumed[len(agent) :] if same and all(map(_PLAIN.fullmatch, start)) else resumed


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command, comments=True)
    except ValueError:
        return command.split()
