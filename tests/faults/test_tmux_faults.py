"""tmux stops, dies, loses its socket, its windows, its clients, its binary: what survives, and cockpit's answer."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Iterator

import pytest

from tests.faults.fault_world import FaultWorld
from tests.harness.tmux_server import tmux_binary

pytestmark = pytest.mark.tmux
ASKED = "Restart tmux server (R)"
AWAKE = "R restarts"


class Shared:
    """One world for all faults; one that a fault has broken is not used again."""

    def __init__(self) -> None:
        self._world: FaultWorld | None = None

    @contextlib.contextmanager
    def use(self) -> Iterator[FaultWorld]:
        world = self._world = self._world or FaultWorld()
        try:
            yield world
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        if self._world is not None:
            world, self._world = self._world, None
            print("leader shown after", [round(s, 3) for s in world.answered_s])
            world.close()


@pytest.fixture(scope="module")
def shared() -> Iterator[Shared]:
    if not tmux_binary():
        pytest.skip("no tmux here")
    shared = Shared()
    yield shared
    shared.close()


def stopped_and_continued(world: FaultWorld) -> None:
    """One question, no typed key answers it, nothing typed is lost, and a tab on a PTY can be used."""
    before = world.tmux_pids()
    world.say("fine")
    with world.stopped():
        world.outer.type_text("echo Rc-$((50+")
        world.outer.wait_text(ASKED)
        world.outer.type_text("Rc")
        world.outer.keys("Enter", "BSpace", "BSpace", "BSpace")
        world.outer.wait_text(AWAKE)
        world.outer.keys("Enter")
        world.outer.keys("c")
        world.outer.wait_for(lambda screen: not screen.find(ASKED), "the question to be answered")
        world.answers()
        world.tab(1)
        world.say("pty")
        world.leader("2")
        world.outer.wait_text("was not touched and is shown")
        world.answers()
        assert world.states() == ["running"] * 3
    world.outer.wait_for(lambda screen: not screen.find("does not answer"), "the answer of tmux")
    world.tab(3)
    world.outer.keys("C-c")
    world.say("again")
    assert world.tmux_pids() == before


def stopped_for_a_moment(world: FaultWorld) -> None:
    """The question goes by itself."""
    before = world.tmux_pids()
    with world.stopped():
        world.outer.type_text("x")
        world.outer.wait_text(ASKED)
    world.outer.wait_for(lambda screen: not screen.find(ASKED), "the question to go")
    world.outer.keys("C-c")
    world.say("went")
    assert world.tmux_pids() == before


def stopped_and_restarted(world: FaultWorld) -> None:
    """The server ends, its rows come back."""
    with world.ending(world.server), world.stopped():
        world.outer.type_text("x")
        world.outer.wait_text(AWAKE)
        world.outer.keys("R")
        world.other_server()
    back(world)


def dead(world: FaultWorld, end: Callable[[], object]) -> None:
    """Told with its reason; one key brings every row back."""
    with world.ending(world.server):
        end()
    world.outer.wait_text("ended with tmux")
    rows = world.rows()[1:]
    assert all(row["state"] == "exited" and "server exited" in row["reason"] for row in rows)
    world.answers()
    world.outer.keys("a")
    world.other_server()
    back(world)


def killed(world: FaultWorld) -> None:
    dead(world, lambda: os.kill(world.server, signal.SIGKILL))


def ended_by_somebody(world: FaultWorld) -> None:
    dead(world, lambda: world.home.command("kill-server"))


def back(world: FaultWorld) -> None:
    for number in (2, 3):
        world.tab(number)
        world.say(f"back{number}")
    assert world.all_run(3)


def socket_removed(world: FaultWorld) -> None:
    before = world.tmux_pids()
    world.home.paths.tmux_socket.unlink()
    world.outer.wait_for(lambda _s: world.home.server_pid() == world.server, "the socket to come back")
    world.answers()
    assert world.tmux_pids() == before
    (client,) = world.clients("display")
    with world.ending(client):
        os.kill(client, signal.SIGKILL)
    world.outer.wait_for(lambda _s: len(world.clients("display")) == 1, "the next one to find the way in")
    world.say("found")


def windows_closed(world: FaultWorld) -> None:
    """The last window too; the server lives."""
    for window in world.home.command("list-windows", "-t", "=cockpit", "-F", "#{window_id}"):
        world.home.command("kill-window", "-t", window)
    world.outer.wait_text("The program has ended")
    world.outer.wait_for(lambda _s: world.states() == ["running", "exited", "exited"], "both ends")
    world.answers()
    world.outer.keys("Enter")
    world.say("anew")
    world.leader("2")
    world.outer.wait_text("The program has ended")
    world.outer.keys("Enter")
    world.say("anew2")
    world.tab(3)
    assert world.home.server_pid() == world.server


def client_killed(world: FaultWorld, kind: str) -> None:
    """Thrice in a row, as soon as it is there."""
    before = world.tmux_pids()
    for _ in range(3):
        (client,) = world.clients(kind)
        with world.ending(client):
            os.kill(client, signal.SIGKILL)
        world.answers()
        world.outer.wait_for(lambda _s: len(world.clients(kind)) == 1, f"another {kind} client")
    world.say(kind)
    assert world.tmux_pids() == before
    assert world.states() == ["running"] * 3


def display_client_killed(world: FaultWorld) -> None:
    client_killed(world, "display")


def control_client_killed(world: FaultWorld) -> None:
    client_killed(world, "control")


def listener_client_killed(world: FaultWorld) -> None:
    client_killed(world, "listener")


def binary_gone(world: FaultWorld) -> None:
    """The living server is used on, and new clients enter it."""
    before = world.tmux_pids()
    world.binary.unlink()
    try:
        world.say("still")
        world.leader("2")
        world.say("other")
        display_client_killed(world)
        world.tab(1)
        world.say("pty")
    finally:
        world.link_binary()
    world.tab(3)
    world.say("there")
    assert world.tmux_pids() == before


FAULTS = (
    stopped_for_a_moment, stopped_and_continued, socket_removed, windows_closed, display_client_killed,
    control_client_killed, listener_client_killed, binary_gone, stopped_and_restarted, killed, ended_by_somebody,
)  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_programs_and_screen_survive(shared: Shared, fault: Callable[[FaultWorld], None]) -> None:
    with shared.use() as world:
        pty = world.pty_pid()
        fault(world)
        assert world.pty_pid() == pty
