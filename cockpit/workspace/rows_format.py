"""The rows as they stand in the store: JSON in, rows out and back. Pure; fields it doesn't know are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, ValidationError

from cockpit import __version__
from cockpit.errors import StoreError
from cockpit.model import BackendKind, Binding, CommandRun, CommandState, Session, Terminal
from cockpit.workspace.migrations import SCHEMA, migrated


@dataclass(slots=True)
class StoredState:
    """Everything that survives a launch."""

    sessions: list[Session] = field(default_factory=list)
    focused_session_id: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    revision: int = field(default=0, compare=False)
    """How many documents were written before this one. Of two documents the one with more is younger."""
    written_by: str = field(default="", compare=False)
    """The version of the cockpit that wrote it; empty where it doesn't say."""


def _text(value: object) -> str:
    """Any text: pydantic's refuses the half characters that stand for bytes of a path that are no UTF-8."""
    if not isinstance(value, str):
        raise ValueError("must be text")
    return value


def _identifier(value: object) -> str:
    if not _text(value):
        raise ValueError("must not be empty")
    return _text(value)


Text = Annotated[str, PlainValidator(_text)]
Identifier = Annotated[str, PlainValidator(_identifier)]


class _Row(BaseModel):
    model_config = ConfigDict(extra="allow", strict=True)


class _BindingRow(_Row):
    socket_path: Text
    session_name: Text
    window_id: Text
    window_index: int


class _TerminalRow(_Row):
    id: Identifier
    name: Text
    cwd: Text
    backend: Text | None = None
    command: Text | None = None
    binding: Any = None
    named_by_user: bool = False
    restore: Text | None = None
    command_state: Text | None = None
    command_exit_code: int | None = None

    def terminal(self) -> Terminal:
        extra = dict(self.model_extra or {})
        binding, unknown = _binding(self.binding)
        if unknown:
            extra["binding"] = unknown
        backend = self.backend or BackendKind.PTY
        return Terminal(
            self.id,
            self.name,
            self.cwd,
            backend,
            self.command,
            binding,
            self.named_by_user,
            restore=self.restore,
            run=self._run(),
            extra=extra,
        )

    def _run(self) -> CommandRun | None:
        stored = {str(state): state for state in (CommandState.RUNNING, CommandState.ENDED)}
        state = stored.get(self.command_state or "")
        return CommandRun(state, self.command_exit_code) if state else None


def _binding(value: object) -> tuple[Binding | None, object]:
    """A binding of ours and the fields in it that aren't; another backend's comes back whole as these."""
    try:
        row = _BindingRow.model_validate(value)
    except ValidationError:
        return None, value
    known = {name: getattr(row, name) for name in _BindingRow.model_fields}
    return Binding(**known), dict(row.model_extra or {})


class _SessionRow(_Row):
    id: Identifier
    name: Text
    directory: Text
    terminals: list[_TerminalRow] = []
    group: Text | None = None
    active_terminal_id: Text | None = None

    def session(self) -> Session:
        terminals = [row.terminal() for row in self.terminals]
        extra = dict(self.model_extra or {})
        return Session(
            self.id, self.name, self.directory, terminals, self.group, self.active_terminal_id, extra
        )


class _Document(_Row):
    schema_: int = Field(alias="schema")
    revision: int
    written_by: Text
    sessions: list[_SessionRow]
    focused_session_id: Text | None = None


def decode(data: object) -> StoredState:
    """The state in a parsed JSON document, of this schema or an earlier one.

    Raises:
        NewerSchemaError: a newer cockpit wrote it.
        StoreError: it is no such document; the message says where.
    """
    if not isinstance(data, dict):
        raise StoreError("it is no JSON object")
    try:
        document = _Document.model_validate(migrated(data))
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in detail["loc"])
        raise StoreError(f"{place}: {detail['msg']}") from error
    sessions = [row.session() for row in document.sessions]
    _check_identifiers(sessions)
    return StoredState(
        sessions,
        document.focused_session_id,
        dict(document.model_extra or {}),
        document.revision,
        document.written_by,
    )


def encode(state: StoredState) -> dict[str, Any]:
    """The JSON document of a state, independent of the rows from then on."""
    return {
        "schema": SCHEMA,
        "revision": state.revision,
        "written_by": __version__,
        "focused_session_id": state.focused_session_id,
        "sessions": [_session_row(session) for session in state.sessions],
        **state.extra,
    }


def _session_row(session: Session) -> dict[str, Any]:
    return {
        "id": session.id,
        "name": session.name,
        "directory": session.directory,
        "group": session.group,
        "active_terminal_id": session.active_terminal_id,
        "terminals": [_terminal_row(terminal) for terminal in session.terminals],
        **session.extra,
    }


def _terminal_row(terminal: Terminal) -> dict[str, Any]:
    extra = dict(terminal.extra)
    binding = extra.pop("binding", None)
    if terminal.binding is not None:
        known = {name: getattr(terminal.binding, name) for name in _BindingRow.model_fields}
        binding = {**binding, **known} if isinstance(binding, dict) else known
    return {
        "id": terminal.id,
        "name": terminal.name,
        "cwd": terminal.cwd,
        "backend": str(terminal.backend),
        "command": terminal.command,
        "binding": binding,
        "named_by_user": terminal.named_by_user,
        "restore": terminal.restore,
        **_run_of(terminal.run),
        **extra,
    }


def _run_of(run: CommandRun | None) -> dict[str, Any]:
    """What is stored of a command in its shell: whether it had begun, and ended."""
    if run is None or run.state is CommandState.WAITING:
        return {}
    return {"command_state": str(run.state), "command_exit_code": run.exit_code}


def _check_identifiers(sessions: Sequence[Session]) -> None:
    for kind, identifiers in (
        ("session", [session.id for session in sessions]),
        ("terminal", [terminal.id for session in sessions for terminal in session.terminals]),
    ):
        if len(set(identifiers)) != len(identifiers):
            raise StoreError(f"two {kind}s have the same id")
