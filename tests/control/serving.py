"""A control server on a workspace of fakes, and clients that say exactly what they want."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from cockpit.control.server import ControlServer
from cockpit.workspace.workspace import Workspace
from tests.unit.workspaces import World

DEADLINE_S = 15.0


class RawClient:
    """A connection that sends bytes and reads lines."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self._last_id = 0

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def line(self) -> bytes:
        async with asyncio.timeout(DEADLINE_S):
            return await self.reader.readline()

    async def frame(self) -> dict[str, Any]:
        line = await self.line()
        assert line.endswith(b"\n"), line
        found: dict[str, Any] = json.loads(line)
        return found

    async def ask(self, method: str, **params: object) -> dict[str, Any]:
        """The whole answer to one request; nothing else may come before it."""
        self.post(method, **params)
        return await self.frame()

    def post(self, method: str, **params: object) -> int:
        """Asks without waiting; returns the request's id."""
        self._last_id += 1
        self.send(json.dumps({"id": self._last_id, "method": method, "params": params}).encode() + b"\n")
        return self._last_id

    async def result(self, method: str, **params: object) -> Any:
        answer = await self.ask(method, **params)
        assert answer["ok"], answer
        return answer["result"]

    async def refusal(self, method: str, **params: object) -> str:
        answer = await self.ask(method, **params)
        assert not answer["ok"], answer
        return str(answer["error"]["code"])

    async def at_end(self) -> bool:
        """Whether the server closes the connection, whatever it says before."""
        async with asyncio.timeout(DEADLINE_S):
            with contextlib.suppress(ConnectionError):
                await self.reader.read()
        return self.reader.at_eof()


class Serving:
    """One world with its server."""

    def __init__(self, world: World, workspace: Workspace, server: ControlServer) -> None:
        self.world = world
        self.workspace = workspace
        self.server = server
        self._clients: list[RawClient] = []

    @property
    def path(self) -> str:
        return str(self.workspace.paths.control_socket)

    @property
    def written(self) -> bytearray:
        """What the focused fake terminal was sent."""
        terminal = self.workspace.focused_terminal
        assert terminal is not None
        return self.world.pty[0].surfaces[terminal.id].written

    @property
    def socket_exists(self) -> bool:
        return self.workspace.paths.control_socket.exists()

    @property
    def socket_mode(self) -> int:
        return self.workspace.paths.control_socket.stat().st_mode & 0o777

    async def client(self) -> RawClient:
        reader, writer = await asyncio.open_unix_connection(self.path, limit=32 * 1024 * 1024)
        self._clients.append(RawClient(reader, writer))
        return self._clients[-1]

    async def access(self, mode: str) -> None:
        await self.workspace.run("settings.set", key="automation.socket_access", value=mode)
        await self.workspace.settle()

    def close_clients(self) -> None:
        for client in self._clients:
            client.writer.close()


@contextlib.asynccontextmanager
async def serving(directory: Path, mode: str = "automation") -> AsyncIterator[Serving]:
    world = World(directory)
    config = world.paths.config_dir
    config.mkdir(parents=True)
    world.paths.settings_file.write_text(f'[automation]\nsocket_access = "{mode}"\n')
    async with world.running() as workspace:
        server = ControlServer(workspace)
        workspace.before_close(server.close)
        await server.start()
        found = Serving(world, workspace, server)
        try:
            yield found
        finally:
            found.close_clients()
