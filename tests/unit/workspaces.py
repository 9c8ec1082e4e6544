"""A workspace on fake backends, for tests of the core."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from cockpit.backends.base import Backend, BackendListener
from cockpit.backends.fake import FakeBackend, FakeSurface
from cockpit.backends.router import BackendFactory
from cockpit.model import BackendKind, Size
from cockpit.paths import Paths, resolve
from cockpit.workspace.events import Event, Noticed
from cockpit.workspace.workspace import Workspace

SIZE = Size(80, 24)


@dataclass
class World:
    """One profile's home, and the fakes of every launch in it."""

    home: Path
    runtime_dir: Path | None = None
    """Where another log-in of the same user has it."""
    environment: Mapping[str, str] = field(default_factory=dict)
    pty: list[FakeBackend] = field(default_factory=list)
    tmux: list[FakeBackend] = field(default_factory=list)
    prepared_tmux: FakeBackend | None = None
    events: list[Event] = field(default_factory=list)

    @property
    def paths(self) -> Paths:
        """Where this world lives."""
        paths = resolve(environment={"COCKPIT_HOME": str(self.home / "cockpit")})
        return replace(paths, runtime_dir=self.runtime_dir) if self.runtime_dir else paths

    @property
    def notices(self) -> list[str]:
        """Everything the person was told."""
        return [event.message for event in self.events if isinstance(event, Noticed)]

    def open(self) -> Workspace:
        """A workspace that isn't started."""

        def pty(listener: BackendListener) -> Backend:
            self.pty.append(FakeBackend(listener))
            return self.pty[-1]

        def tmux(listener: BackendListener) -> Backend:
            backend = self.prepared_tmux or FakeBackend(listener, BackendKind.TMUX)
            backend.listener = listener
            self.tmux.append(backend)
            return backend

        factories: dict[str, BackendFactory] = {BackendKind.PTY: pty, BackendKind.TMUX: tmux}
        environment = {"SHELL": "/bin/sh", "PATH": "/usr/bin:/bin", **self.environment}
        workspace = Workspace.open(self.paths, environment=environment, factories=factories)
        workspace.events.subscribe(self.events.append)
        return workspace

    @contextlib.asynccontextmanager
    async def running(
        self, directory: str | None = None, size: Size | None = SIZE
    ) -> AsyncIterator[Workspace]:
        """A started workspace with a pane; closed afterwards."""
        workspace = self.open()
        try:
            if size is not None:
                workspace.pane.resize(size)
            await workspace.start(directory or str(self.home))
            await workspace.runner.adopted.wait()
            yield workspace
        finally:
            await workspace.close()


def shown(workspace: Workspace) -> FakeSurface:
    """The fake surface in the pane."""
    surface: object = workspace.surface
    assert isinstance(surface, FakeSurface)
    return surface
