"""From a request to its handler: greeting, subscriptions, methods, and every command of the workspace by its name."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cockpit import __version__
from cockpit.control.binding import bind
from cockpit.control.codes import ErrorCode
from cockpit.control.event_json import EVENT_NAMES
from cockpit.control.method_specs import METHODS
from cockpit.control.methods import Methods
from cockpit.control.protocol import VERSIONS, ProtocolError, Request
from cockpit.control.rows_json import session_json, terminal_json
from cockpit.model import Session, Terminal
from cockpit.text import clean_text, did_you_mean
from cockpit.workspace.workspace import Workspace

if TYPE_CHECKING:
    from cockpit.control.connection import Connection
    from cockpit.control.server import ControlServer

WRONG_PASSWORDS = 3
"""After so many a client has to connect again."""
WRONG_PASSWORD_PAUSE_S = 0.5


class Dispatcher:
    """Finds what serves a request, for all connections of one server."""

    def __init__(self, workspace: Workspace, server: ControlServer) -> None:
        self._workspace = workspace
        self._server = server
        self._methods = Methods(workspace, server.marks, server.hooks, server.about)

    def is_lasting(self, request: Request) -> bool:
        """Whether it is given up when its client goes."""
        spec = METHODS.get(request.method)
        return spec is not None and spec.lasting

    async def serve(self, connection: Connection, request: Request) -> object:
        """The result. Raises `CockpitError`."""
        if request.method == "hello":
            return await self._greet(connection, **bind(METHODS["hello"].parameters, request))
        if not connection.trusted:
            message = "a password is needed first: hello with password"
            raise ProtocolError(ErrorCode.AUTH_REQUIRED, message)
        spec = METHODS.get(request.method)
        if request.method == "events":
            return self._subscribe(connection, **bind(METHODS["events"].parameters, request))
        if spec is not None:
            return await self._methods.handler(spec.name)(**bind(spec.parameters, request))
        if request.method in self._workspace.commands:
            command = self._workspace.commands.get(request.method)
            arguments = bind(command.parameters, request)
            return self._as_json(await self._workspace.run(command.name, **arguments))
        raise self._unknown(request.method)

    async def _greet(
        self,
        connection: Connection,
        versions: Sequence[object] | None = None,
        client: str = "",
        password: str | None = None,
    ) -> dict[str, Any]:
        wanted = VERSIONS if versions is None else versions
        common = [version for version in VERSIONS if version in wanted]
        if not common:
            message = f"this cockpit speaks protocol {', '.join(map(str, VERSIONS))}"
            connection.refuse(ErrorCode.UNSUPPORTED_VERSION, message)  # what follows may mean something else
            raise ProtocolError(ErrorCode.UNSUPPORTED_VERSION, message)
        if not connection.trusted:
            await self._check_password(connection, password)
        return {"protocol": common[-1], "server": f"cockpit {__version__}"}

    async def _check_password(self, connection: Connection, password: str | None) -> None:
        if password is None:
            raise ProtocolError(
                ErrorCode.AUTH_REQUIRED,
                "a password is needed: --password, COCKPIT_SOCKET_PASSWORD or the password file",
            )
        if connection.wrong_passwords >= WRONG_PASSWORDS:  # sent before the others were answered
            raise ProtocolError(ErrorCode.ACCESS_DENIED, "too many passwords were wrong")
        decision = await self._server.try_password(connection, password)
        if decision.allowed:
            connection.trusted = True
            return
        connection.wrong_passwords += 1
        await asyncio.sleep(WRONG_PASSWORD_PAUSE_S)  # makes guessing slow
        if connection.wrong_passwords >= WRONG_PASSWORDS:
            connection.refuse(ErrorCode.ACCESS_DENIED, decision.reason)
        raise ProtocolError(ErrorCode.ACCESS_DENIED, decision.reason)

    def _subscribe(
        self,
        connection: Connection,
        names: Sequence[object] = (),
        target: str | None = None,
        session: str | None = None,
    ) -> dict[str, Any]:
        wanted = list(dict.fromkeys(map(str, names)))
        known = [*EVENT_NAMES.values()]
        for name in wanted:
            if name not in known and not any(k.startswith(name) for k in known if name.endswith(".")):
                shown = clean_text(name, 80)
                message = f"there is no event {shown!r}; there are {', '.join(known)}"
                raise ProtocolError(ErrorCode.INVALID_PARAMS, message)
        session_id = None if session is None else self._methods.rows.session(session).id
        terminal_id = None if target is None else self._methods.rows.terminal(target)[1].id
        connection.subscribe(self._server.subscribers.add(wanted, session_id, terminal_id))
        return {"subscribed": wanted or known}

    def _as_json(self, result: object) -> object:
        focused = self._workspace.focused_terminal
        if isinstance(result, Session):
            return session_json(result, focused=focused)
        if isinstance(result, Terminal):
            return terminal_json(self._workspace.rows.terminal(result.id)[0], result, focused=focused)
        return result if isinstance(result, str | int | float | bool | None) else None

    def _unknown(self, method: str) -> ProtocolError:
        known = [*METHODS, *(command.name for command in self._workspace.commands)]
        hint = did_you_mean(method, known) or "; see: cockpit help protocol"
        return ProtocolError(ErrorCode.UNKNOWN_METHOD, f"there is no method {clean_text(method, 80)!r}{hint}")
