"""A real tmux on private sockets in a short directory; whatever a test leaves is ended by its socket.

`COCKPIT_TEST_TMUX` or `COCKPIT_TMUX` names the binary under test; without them, the `tmux` on the PATH. Tests with a
whole cockpit heed only the second.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from cockpit.tmux.server.discovery import TmuxBinary, find_tmux
from cockpit.tmux.server.lifecycle import end_process
from cockpit.tmux.server.probe import probe_socket
from cockpit.tmux.server.server import TmuxServer
from tests.harness.tmux_server import tmux_binary
from tests.tmux.support import Recorder

ServerFactory = Callable[..., TmuxServer]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.tmux)


@pytest.fixture(scope="session")
def binary() -> TmuxBinary:
    name = os.environ.get("COCKPIT_TEST_TMUX") or tmux_binary() or "tmux"
    found = find_tmux({**os.environ, "COCKPIT_TMUX": name})
    if found is None:
        pytest.skip(f"no tmux here ({name})")
    return found


@pytest.fixture
def short_dir() -> Iterator[Path]:
    """A directory whose sockets fit `sun_path`, which pytest's own may not."""
    directory = Path(tempfile.mkdtemp(prefix="ct-", dir="/tmp"))
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def home(short_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own, so that no dotfile of the person running it is read."""
    directory = short_dir / "home"
    directory.mkdir()
    monkeypatch.setenv("HOME", str(directory))
    monkeypatch.setenv("SHELL", "/bin/sh")
    return directory


@pytest.fixture
def socket_path(short_dir: Path) -> Path:
    return short_dir / "s"


@pytest.fixture
async def make_server(
    binary: TmuxBinary, socket_path: Path, home: Path, short_dir: Path
) -> AsyncIterator[ServerFactory]:
    """Makes `TmuxServer`s on the test's socket; at the end they let go, and every server below is ended."""
    made: list[TmuxServer] = []

    def make(**options: object) -> TmuxServer:
        arguments = {"timeout_s": 5.0, **options}
        made.append(TmuxServer(binary, socket_path, **arguments))  # type: ignore[arg-type]  # as the test says
        return made[-1]

    yield make
    for server in made:
        await server.shutdown(keep=True)
    for pid in _server_pids(short_dir):
        os.kill(pid, signal.SIGCONT)
        await end_process(pid, 0)


def _server_pids(directory: Path) -> list[int]:
    found = (probe_socket(path)[1] for path in directory.rglob("*") if path.is_socket())
    return [pid for pid in found if pid is not None]


@pytest.fixture
async def server(make_server: ServerFactory) -> TmuxServer:
    """A started server."""
    made = make_server()
    await made.start()
    return made


@pytest.fixture
def events(server: TmuxServer) -> Recorder:
    """Everything the started server tells."""
    recorder = Recorder()
    server.subscribe(recorder)
    return recorder
