"""How far the commands are that run in their terminals' shells, by the shells' marks (OSC 133). Types nothing."""

from __future__ import annotations

from collections.abc import Callable

from cockpit.model import CommandRun, CommandState, Terminal, TerminalState
from cockpit.terminal.speech.events import PromptMark
from cockpit.workspace.events import (
    Event,
    EventBus,
    TerminalCommandChanged,
    TerminalPromptMarked,
    TerminalStatusChanged,
    TerminalTitleChanged,
)
from cockpit.workspace.rows import Rows


class CommandRuns:
    """Keeps `Terminal.run` true. `changed` publishes an event and has the rows saved."""

    def __init__(self, events: EventBus, rows: Rows, changed: Callable[[Event], None]) -> None:
        self._events = events
        self._rows = rows
        self._changed = changed
        self._typed: set[str] = set()
        """Terminals whose command was typed and has not begun."""
        self._unprompted: set[str] = set()
        """Those whose first prompt was not heard of before that: it is not the one behind the command."""
        events.subscribe(self._hear)

    def put(self, terminal: Terminal, state: CommandState, exit_code: int | None = None) -> None:
        """The command is this far now."""
        run, found = CommandRun(state, exit_code), self._rows.find(terminal.id)
        if terminal.run == run or found is None:
            return
        terminal.run = run
        self._typed.discard(terminal.id)
        self._changed(TerminalCommandChanged(found[0].id, terminal.id, state, exit_code))

    def typing(self, terminal: Terminal, *, prompted: bool) -> None:
        """The command is about to be typed; `prompted`: the shell has marked a prompt before."""
        self._typed.add(terminal.id)
        (self._unprompted.discard if prompted else self._unprompted.add)(terminal.id)

    def typed(self, terminal: Terminal) -> None:
        """It was typed, and should have begun: a shell that doesn't mark that is taken to run it."""
        if terminal.id in self._typed and terminal.run == CommandRun(CommandState.WAITING):
            self.put(terminal, CommandState.RUNNING)

    def forget(self, terminal: Terminal) -> None:
        """Its program has ended, or is another one."""
        terminal.run = None
        self._typed.discard(terminal.id)
        self._unprompted.discard(terminal.id)

    def _hear(self, event: Event) -> None:
        if not isinstance(event, TerminalPromptMarked | TerminalStatusChanged):
            return
        found = self._rows.find(event.terminal_id)
        if found is None:
            return
        session, terminal = found
        if isinstance(event, TerminalPromptMarked):
            self._marked(session.id, terminal, event)
        elif event.status.state is not TerminalState.RUNNING:
            self.forget(terminal)

    def _marked(self, session_id: str, terminal: Terminal, event: TerminalPromptMarked) -> None:
        run, typed = terminal.run, terminal.id in self._typed
        if run is None or not (typed or run.state is CommandState.RUNNING):
            return
        if event.mark is PromptMark.OUTPUT and typed:
            self.put(terminal, CommandState.RUNNING)
            self._unprompted.discard(terminal.id)
            terminal.title = ""  # the shell's, of its prompt
            self._events.publish(TerminalTitleChanged(session_id, terminal.id, ""))
        elif event.mark is PromptMark.DONE:
            self.put(terminal, CommandState.ENDED, event.exit_code)
        elif event.mark is PromptMark.OUTPUT:  # of another command: the end of ours was missed
            self.put(terminal, CommandState.ENDED)
        elif event.mark is PromptMark.PROMPT:
            if terminal.id in self._unprompted:
                self._unprompted.discard(terminal.id)
            else:
                self.put(terminal, CommandState.ENDED)
