"""Brings the rows back at a launch, and when tmux is turned on or off: asks, plans, carries out, reports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from cockpit.backends.base import Availability, Survey
from cockpit.model import BackendKind, Terminal, TerminalState, TerminalStatus
from cockpit.telemetry import Event as Measured
from cockpit.telemetry import Outcome as MeasuredOutcome
from cockpit.workspace.events import Event, SessionsChanged, TerminalStatusChanged
from cockpit.workspace.restore_plan import Action, Facts, Policy, Rules, Step, plan
from cockpit.workspace.restore_report import PLANNED, RestoreReport

if TYPE_CHECKING:
    from cockpit.workspace.workspace import Workspace


class Restorer:
    """Belongs to the workspace. Starts no program: each starts when its tab is first shown, as its step says."""

    def __init__(
        self,
        workspace: Workspace,
        *,
        complete: bool,
        set_status: Callable[[Terminal, TerminalStatus], None],
    ) -> None:
        self._workspace = workspace
        self._complete = complete
        self._set_status = set_status
        self._planned: dict[str, Terminal] = {}
        """The rows of the report."""
        self.report = RestoreReport()
        workspace.events.subscribe(self._hear)

    @property
    def rows_may_be_lost(self) -> bool:
        """Whether the store was not found whole, so that windows may know rows that it doesn't."""
        return not self._complete

    def begin(self, rows: Sequence[Terminal] | None = None) -> None:
        """Takes the steps of those rows that need no look at tmux: at once, before anything is shown."""
        wanted = self._workspace.tmux_wanted
        if rows is None:
            rows = list(self._workspace.rows.terminals())
            for row in rows:
                row.status = TerminalStatus()  # what a store says of programs is long over
        at_hand = [row for row in rows if row.backend != BackendKind.TMUX or not wanted]
        facts = Facts(wanted, Availability(False), Survey(), self._workspace.router.kinds)
        self._carry_out(at_hand, plan(at_hand, facts, self._rules()))

    async def find(self, rows: Sequence[Terminal] | None = None) -> None:
        """Takes the steps of the rows on tmux, with one look at what lives there."""
        workspace = self._workspace
        given = list(workspace.rows.terminals()) if rows is None else rows
        on_tmux = [row for row in given if row.backend == BackendKind.TMUX]
        if not on_tmux and self._complete:
            return
        survey = await workspace.router.survey()
        rebuilt = self._rebuild(survey)
        on_tmux += rebuilt
        facts = Facts(True, workspace.tmux, survey, workspace.router.kinds, self._elsewhere(on_tmux))
        steps = plan(on_tmux, facts, self._rules())
        self._carry_out(on_tmux, steps, {row.id for row in rebuilt})
        adopted = {step.terminal_id for step in steps if step.action is Action.ADOPT}
        if adopted:
            adopted &= {row.id for row in workspace.rows.terminals()}
            there = [row for row in on_tmux if row.id in adopted]
            await workspace.router.adopt(there, survey)
        if message := self.report.message():
            workspace.notice(message, "warning")

    async def recover(self) -> int:
        """Gives rows to the terminals that tmux runs and no session has; answers how many those were."""
        before = sum(1 for _ in self._workspace.rows.terminals())
        self._complete = False
        await self.find([])
        return sum(1 for _ in self._workspace.rows.terminals()) - before

    def _elsewhere(self, rows: Sequence[Terminal]) -> dict[str, str]:
        statuses = ((row.id, self._workspace.router.out_of_reach(row)) for row in rows)
        return {row_id: status.reason for row_id, status in statuses if status is not None}

    def _rules(self) -> Rules:
        automation = self._workspace.settings.values.automation
        return Rules(Policy(automation.restore_commands), automation.resume)

    def _rebuild(self, survey: Survey) -> list[Terminal]:
        """The rows that a lost store had and living windows still name; they are in the sidebar from now on."""
        if self._complete:
            return []
        self._complete = True
        if not survey.windows:
            return []
        from cockpit.workspace.restore_rebuild import lost_sessions  # late: it is rarely needed

        rows = self._workspace.rows
        rebuilt = []
        for lost in lost_sessions(survey.windows, {row.id for row in rows.terminals()}):
            rebuilt += lost.terminals
            session = next((session for session in rows.sessions if session.id == lost.id), None)
            if session is not None:
                session.terminals += lost.terminals
            else:
                rows.sessions.append(lost)
        if rebuilt:
            if rows.focused_session is None:
                rows.focus(rows.sessions[0])
            self._workspace.changed(SessionsChanged())
        return rebuilt

    def _carry_out(
        self, rows: Sequence[Terminal], steps: Sequence[Step], rebuilt: set[str] | None = None
    ) -> None:
        sessions = {row.id: session for session in self._workspace.sessions for row in session.terminals}
        for row, step in zip(rows, steps, strict=True):
            if row.id not in sessions:
                continue  # closed while tmux was asked
            note = "its row was lost and was made anew from its window" if row.id in (rebuilt or ()) else ""
            self.report.add(sessions[row.id], row, step, note)
            self._workspace.measuring.telemetry.count(
                Measured.RESTORE, MeasuredOutcome[PLANNED[step.action].name]
            )
            self._planned[row.id] = row
            if step.starts:
                self._workspace.runner.starts_as[row.id] = step.command
                self._set_status(row, TerminalStatus())  # it may have been out of reach until now
            elif step.action is not Action.ADOPT:
                self._set_status(row, self._status(row, step))

    def _status(self, row: Terminal, step: Step) -> TerminalStatus:
        if step.action is Action.HOLD:
            return TerminalStatus(TerminalState.HELD, reason=step.reason)
        return self._workspace.router.out_of_reach(row) or TerminalStatus(
            TerminalState.UNAVAILABLE, reason=step.reason
        )

    def _hear(self, event: Event) -> None:
        if isinstance(event, TerminalStatusChanged):
            row = self._planned.get(event.terminal_id)
            if row is not None:
                self.report.status_changed(row, event.status)
