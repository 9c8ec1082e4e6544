"""The restore report and the earlier states, as dialogues of the real application on a pty."""

from __future__ import annotations

from textual.widgets import OptionList

from cockpit.app.screens.choice import ChoiceScreen
from cockpit.app.screens.restore_report import RestoreReportScreen, lines, summary
from cockpit.model import Session, Terminal, TerminalState
from cockpit.workspace.restore_plan import Action, Step
from cockpit.workspace.restore_report import Entry, RestoreReport
from tests.app.live_app import live


def entries(*actions: Action, reason: str = "") -> list[Entry]:
    report = RestoreReport()
    for number, action in enumerate(actions):
        row = Terminal(f"t-{number}", f"tab {number}", "/", "tmux", command="npm run dev")
        report.add(Session("s", "api\x1b[31m", "/"), row, Step(row.id, action, "claude --continue", reason))
    return list(report)


def test_the_report_counts_and_names_with_what_is_notable_first() -> None:
    some = entries(Action.ADOPT, Action.ADOPT, Action.UNREACHABLE, Action.HOLD, reason="tmux\x1b is silent")
    assert summary(some) == "2 adopted, 1 out of reach, 1 waits"
    assert lines(some)[0] == "! api[31m · tab 2: out of reach · claude --continue · tmux is silent"
    assert lines(some)[-1] == "  api[31m · tab 3: waits · npm run dev · tmux is silent"
    assert summary([]) == "There was nothing to bring back at this start."


def test_a_very_long_report_is_bounded() -> None:
    assert lines(entries(*[Action.ADOPT] * 1003))[-1] == "and 3 more"


async def test_an_earlier_state_is_chosen_and_brought_back() -> None:
    async with live() as world:
        workspace = world.workspace
        first = world.terminal
        await workspace.run("session.new", directory="/", name="api", command="sleep 1000")
        await workspace.saver.flush()
        await workspace.run("session.close")
        await workspace.saver.flush()
        world.main.runner.start("view.restore_report")
        await world.screen(RestoreReportScreen)
        await world.press("enter")
        await world.back()
        world.main.runner.start("view.restore_earlier")
        await world.screen(ChoiceScreen)
        states = world.app.screen.query_one(OptionList)
        assert "api" in str(states.get_option_at_index(0).prompt)
        await world.press("escape")
        await world.back()
        assert len(world.sessions) == 1
        world.main.runner.start("view.restore_earlier")
        await world.screen(ChoiceScreen)
        await world.press("enter")
        await world.until(lambda: len(world.sessions) == 2, "the closed session")
        assert [session.name for session in world.sessions][1] == "api"
        assert first.status.state is TerminalState.RUNNING
        await world.back()
        await workspace.run("session.focus", session_id=world.sessions[1].id)
        await world.until(
            lambda: "sleep 1000" in str(world.main.query_one("#pane-notice").render()), "what waits"
        )
        await world.key("ended.restart")
        await world.until(lambda: world.terminal.status.state is TerminalState.RUNNING, "its start")
        row = world.terminal
        world.main.runner.start("view.restore_as")
        await world.screen(ChoiceScreen)
        await world.press("down", "down", "enter")
        await world.until(lambda: row.restore == "shell", "the tab's own policy")
        await world.back()
        world.main.runner.start("view.restore_as")
        await world.screen(ChoiceScreen)
        assert world.app.screen.query_one(OptionList).highlighted == 2
        await world.press("up", "up", "enter")
        await world.until(lambda: row.restore is None, "the settings' policy")
        await world.back()
        await workspace.run("terminal.focus", terminal_id=first.id)
        world.main.runner.start("view.restore_as")
        await world.until(
            lambda: any("runs a shell" in told for told in world.told()), "why there is no choice"
        )
        assert "ended.restart" in world.used
