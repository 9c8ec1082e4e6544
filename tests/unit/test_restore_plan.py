"""What becomes of every row at a launch: the whole matrix, as tables."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

import pytest

from cockpit.backends.base import Availability, ServerState, Survey
from cockpit.model import Binding, CommandRun, CommandState, Terminal
from cockpit.tmux.windows.windows import WindowInfo
from cockpit.workspace.restore_plan import Action, Facts, Policy, Rules, Step, plan, resume_command

SOCKET = "/run/tmux.sock"
USABLE = Availability(True, "tmux 3.4")
MISSING = Availability(False, "", "tmux is not installed.")
OLD = Availability(False, "tmux 3.1", "tmux 3.1 is too old.")


def each(*values: Iterable[object]) -> list[tuple[object, ...]]:
    """Every combination."""
    return list(itertools.product(*values))


def window(terminal_id: str | None, window_id: str = "@1", *, dead: bool = False) -> WindowInfo:
    options = {"@cockpit_terminal": terminal_id} if terminal_id else {}
    return WindowInfo(window_id, 1, "w", "%1", 4711, dead, 0 if dead else None, None, options, "/", "")


def row(
    backend: str = "tmux", command: str | None = None, *, bound: bool = True, restore: str | None = None
) -> Terminal:
    binding = Binding(SOCKET, "cockpit", "@1", 1) if bound and backend == "tmux" else None
    return Terminal("t-1", "one", "/", backend, command, binding, restore=restore)


def listed(*windows: WindowInfo) -> Survey:
    return Survey(ServerState.LISTED, windows, SOCKET)


NONE = Survey(ServerState.NONE, (), SOCKET)
SILENT = Survey(ServerState.SILENT, (), SOCKET, "tmux did not answer within 2 s")
SURVEYS = {
    "no server": NONE,
    "silent": SILENT,
    "alive": listed(window("t-1")),
    "dead": listed(window("t-1", dead=True)),
    "missing": listed(),
    "foreign": listed(window("t-other"), window(None, "@9")),
    "duplicated": listed(window("t-1", "@1", dead=True), window("t-1", "@2"), window("t-1", "@3")),
    "bound only": listed(window(None, "@1")),
}
COMMANDS = {"shell": None, "agent": "claude --model opus", "command": "npm run dev"}


def steps(
    rows: Sequence[Terminal],
    survey: Survey,
    *,
    wanted: bool = True,
    tmux: Availability = USABLE,
    **rules: object,
) -> list[Step]:
    return plan(rows, Facts(wanted, tmux, survey), Rules(**rules))  # type: ignore[arg-type]  # Rules' own fields


def action(*arguments: object, **options: object) -> Action:
    (step,) = steps(*arguments, **options)  # type: ignore[arg-type]  # as `steps` has them
    return step.action


# Where the row's program is.


@pytest.mark.parametrize(("found", "command"), each(SURVEYS, COMMANDS))
def test_a_row_of_tmux_while_it_is_off_is_left(found: str, command: str) -> None:
    for tmux in (USABLE, MISSING, OLD):
        assert (
            action([row(command=COMMANDS[command])], SURVEYS[found], wanted=False, tmux=tmux) is Action.LEAVE
        )


@pytest.mark.parametrize(("found", "command", "policy"), each(SURVEYS, COMMANDS, Policy))
def test_a_row_of_tmux_while_it_is_on(found: str, command: str, policy: Policy) -> None:
    anew = {
        "shell": Action.RECREATE,
        "agent": Action.RELAUNCH,
        "command": {
            Policy.RELAUNCH: Action.RELAUNCH,
            Policy.SHELL: Action.RECREATE,
            Policy.NOTHING: Action.HOLD,
        }[policy],
    }[command]
    expected = {
        "silent": Action.UNREACHABLE,
        "alive": Action.ADOPT,
        "dead": Action.ADOPT,
        "duplicated": Action.ADOPT,
        "bound only": Action.ADOPT,
    }.get(found, anew)
    assert action([row(command=COMMANDS[command])], SURVEYS[found], policy=policy) is expected


@pytest.mark.parametrize(("tmux", "found", "command"), each((USABLE, MISSING, OLD), SURVEYS, COMMANDS))
def test_a_row_that_lives_on_another_server_is_never_started_here(
    tmux: Availability, found: str, command: str
) -> None:
    facts = Facts(True, tmux, SURVEYS[found], elsewhere={"t-1": "it is over there"})
    expected = [Step("t-1", Action.UNREACHABLE, reason="it is over there")]
    assert plan([row(command=COMMANDS[command])], facts, Rules(Policy.RELAUNCH)) == expected


@pytest.mark.parametrize(("tmux", "command"), each((MISSING, OLD), COMMANDS))
def test_without_a_usable_tmux_and_without_a_server_a_row_falls_back(
    tmux: Availability, command: str
) -> None:
    (step,) = steps([row(command=COMMANDS[command])], NONE, tmux=tmux)
    if command == "command":
        assert step.action is Action.HOLD, "what isn't started needs no other backend"
    else:
        assert step.action is Action.FALL_BACK
        assert tmux.reason in step.reason
        assert step.command == {"shell": None, "agent": "claude --continue"}[command]


@pytest.mark.parametrize(("tmux", "found"), each((MISSING, OLD), ("silent", "alive", "dead", "missing")))
def test_without_a_usable_tmux_but_with_a_server_nothing_is_started_twice(
    tmux: Availability, found: str
) -> None:
    (step,) = steps([row()], SURVEYS[found], tmux=tmux)
    assert step.action is Action.UNREACHABLE
    assert tmux.reason in step.reason


@pytest.mark.parametrize(("found", "wanted", "tmux"), each(SURVEYS, (True, False), (USABLE, MISSING, OLD)))
def test_a_row_of_pty_has_nothing_to_do_with_tmux(found: str, wanted: bool, tmux: Availability) -> None:
    for command, expected in (
        ("shell", Action.RECREATE),
        ("agent", Action.RELAUNCH),
        ("command", Action.HOLD),
    ):
        assert action([row("pty", COMMANDS[command])], SURVEYS[found], wanted=wanted, tmux=tmux) is expected


@pytest.mark.parametrize(("found", "wanted"), each(SURVEYS, (True, False)))
def test_a_row_of_an_unknown_backend_is_kept(found: str, wanted: bool) -> None:
    (step,) = steps([row("zellij", "htop")], SURVEYS[found], wanted=wanted)
    assert step.action is Action.UNREACHABLE
    assert "zellij" in step.reason


def test_a_silent_server_says_what_it_did_not_answer() -> None:
    assert steps([row()], SILENT)[0].reason == "tmux did not answer within 2 s"


def test_a_lost_window_is_told_and_one_that_never_was_is_not() -> None:
    assert "had ended" in steps([row()], listed())[0].reason
    assert steps([row(bound=False)], listed())[0].reason == ""
    assert steps([row("pty")], listed())[0].reason == ""


def test_the_binding_of_another_server_adopts_nothing() -> None:
    elsewhere = row()
    elsewhere.binding = Binding("/other.sock", "cockpit", "@1", 1)
    assert action([elsewhere], listed(window(None, "@1"))) is Action.RECREATE


def test_every_row_gets_its_own_step_in_order() -> None:
    rows = [
        Terminal(f"t-{number}", "n", "/", backend)
        for number, backend in enumerate(("pty", "tmux", "tmux", "x"))
    ]
    found = listed(window("t-2"), window("t-9"))
    assert [(step.terminal_id, step.action) for step in steps(rows, found)] == [
        ("t-0", Action.RECREATE),
        ("t-1", Action.RECREATE),
        ("t-2", Action.ADOPT),
        ("t-3", Action.UNREACHABLE),
    ]


# What it runs.


@pytest.mark.parametrize(
    ("restore", "policy", "expected"),
    [
        (None, Policy.NOTHING, (Action.HOLD, None)),
        (None, Policy.SHELL, (Action.RECREATE, None)),
        (None, Policy.RELAUNCH, (Action.RELAUNCH, "npm run dev")),
        ("relaunch", Policy.NOTHING, (Action.RELAUNCH, "npm run dev")),
        ("shell", Policy.RELAUNCH, (Action.RECREATE, None)),
        ("nothing", Policy.RELAUNCH, (Action.HOLD, None)),
        ("of a newer cockpit", Policy.SHELL, (Action.RECREATE, None)),
    ],
)
def test_a_rows_own_policy_wins(
    restore: str | None, policy: Policy, expected: tuple[Action, str | None]
) -> None:
    (step,) = steps([row("pty", "npm run dev", restore=restore)], NONE, policy=policy)
    assert (step.action, step.command) == expected


@pytest.mark.parametrize(
    ("state", "policy", "expected"),
    [
        (CommandState.ENDED, Policy.NOTHING, (Action.RECREATE, None)),
        (CommandState.ENDED, Policy.RELAUNCH, (Action.RELAUNCH, "npm run dev")),
        (CommandState.RUNNING, Policy.NOTHING, (Action.HOLD, None)),
    ],
)
def test_a_command_that_had_left_its_shell_is_a_shell_again(
    state: CommandState, policy: Policy, expected: tuple[Action, str | None]
) -> None:
    ended = row("pty", "npm run dev")
    ended.run = CommandRun(state, 1)
    (step,) = steps([ended], NONE, policy=policy)
    assert (step.action, step.command) == expected


@pytest.mark.parametrize("policy", Policy)
def test_an_agent_resumes_whatever_the_policy(policy: Policy) -> None:
    (step,) = steps([row("pty", "codex", restore=policy)], NONE, policy=policy)
    assert (step.action, step.command) == (Action.RELAUNCH, "codex resume --last")


@pytest.mark.parametrize(
    ("command", "resume", "expected"),
    [
        ("claude", {}, "claude --continue"),
        ("/opt/bin/claude", {}, "/opt/bin/claude --continue"),
        ("ANTHROPIC_LOG=1 claude", {}, "ANTHROPIC_LOG=1 claude --continue"),
        ("claude 'fix the bug'", {}, "claude --continue"),
        ("claude --resume 3f2a", {}, "claude --resume 3f2a"),
        ("claude -c", {}, "claude -c"),
        ("LOG=$HOME/x claude", {}, "claude --continue"),
        ("'/with space/claude'", {}, "claude --continue"),
        ("/opt/claude", {"claude": "resume-claude"}, "resume-claude"),
        ("/opt/claude", {"claude": "claude-code -c"}, "claude-code -c"),
        ("codex", {}, "codex resume --last"),
        ("codex resume 3f2a", {}, "codex resume 3f2a"),
        ("codex -c model=x", {}, "codex resume --last"),
        ("gemini", {}, "gemini --resume latest"),
        ("aider", {}, None),
        ("aider", {"aider": "aider --restore-chat-history"}, "aider --restore-chat-history"),
        ("my-agent --x", {"my-agent": "my-agent --again"}, "my-agent --again"),
        ("claude", {"claude": ""}, None),
        ("claude", {"claude": "claude --continue --verbose"}, "claude --continue --verbose"),
        ("npm run dev", {}, None),
        ("echo claude", {}, None),
        ("'unfinished", {}, None),
        ("", {}, None),
        ("# only a comment", {"x": "y"}, None),
    ],
)
def test_how_an_agent_resumes(command: str, resume: dict[str, str], expected: str | None) -> None:
    assert resume_command(command, resume) == expected


def test_an_agent_that_is_not_to_resume_follows_the_policy() -> None:
    (step,) = steps([row("pty", "claude")], NONE, resume={"claude": ""}, policy=Policy.RELAUNCH)
    assert (step.action, step.command) == (Action.RELAUNCH, "claude")
