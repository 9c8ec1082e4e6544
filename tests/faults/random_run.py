"""The randomised run, by hand: `python -m tests.faults.random_run [--steps 300] [--seed 1]`."""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable

from tests.faults.random_world import RandomWorld, Row

MOST_TERMINALS = 9

Step = Callable[[RandomWorld], None]


def new_terminal(world: RandomWorld) -> None:
    if len(world.rows()) < MOST_TERMINALS:
        world.ask("terminal.new", session_id=_any(world).session)


def new_session(world: RandomWorld) -> None:
    if len(world.rows()) < MOST_TERMINALS:
        world.ask("session.new", directory=str(world.home.home))


def close_terminal(world: RandomWorld) -> None:
    row = _any(world)
    if len(world.rows()) > 1:
        world.forget(row.id)
        world.ask("terminal.close", terminal_id=row.id)


def close_session(world: RandomWorld) -> None:
    session = _any(world).session
    rows = world.rows()
    ending = [row.id for row in rows if row.session == session]
    if len(ending) < len(rows):
        world.forget(*ending)
        world.ask("session.close", session_id=session)


def rename(world: RandomWorld) -> None:
    row = _any(world)
    name = world.random.choice(["plain", "#(touch x)", "ünï ␞ 漢", "a;b 'c' \"d\"", "-n"])
    world.ask("terminal.rename", terminal_id=row.id, name=name)
    world.ask("session.rename", session_id=row.session, name=name)


def switch(world: RandomWorld) -> None:
    for _ in range(world.random.randint(1, 4)):
        world.ask("terminal.focus", terminal_id=_any(world).id)


def switch_by_key(world: RandomWorld) -> None:
    for _ in range(world.random.randint(1, 4)):
        world.outer.keys("C-b", world.random.choice(["n", "p"]))


def move(world: RandomWorld) -> None:
    row = _any(world)
    world.ask("terminal.move", terminal_id=row.id, offset=world.random.choice([-2, -1, 1, 2]))
    world.ask("session.move", session_id=row.session, offset=world.random.choice([-1, 1]))


def paste(world: RandomWorld) -> None:
    if world.shown().state == "running":
        number = world.random.randint(1000, 9999)
        world.outer.paste(f": {'x' * 40}; echo pasted$(({number}))")
        world.outer.keys("Enter")
        world.outer.wait_text(f"pasted{number}")


def resize(world: RandomWorld) -> None:
    world.outer.resize(world.random.randint(60, 140), world.random.randint(18, 45))


def toggle(world: RandomWorld) -> None:
    world.tmux_on = not world.tmux_on
    world.ask("settings.set", key="experimental.tmux_backend", value=world.tmux_on)


def restart(world: RandomWorld) -> None:
    row = _any(world)
    if row.state == "running":
        world.forget(row.id)
        world.ask("terminal.restart", terminal_id=row.id)


def end_program(world: RandomWorld) -> None:
    row = world.shown()
    if row.state == "running":
        world.forget(row.id)
        os.kill(world.programs()[row.id], signal.SIGKILL)
        world.until(lambda: world.shown().state == "exited", "the program's end")
        world.ask("terminal.restart", terminal_id=row.id)


def quit_and_launch(world: RandomWorld) -> None:
    with world.ending():
        world.outer.keys("C-b", "d")
    world.launch()


def kill_and_launch(world: RandomWorld) -> None:
    with world.ending():
        os.kill(world.outer.pid, world.random.choice([signal.SIGKILL, signal.SIGTERM, signal.SIGHUP]))
    world.launch()
    if set(world.windows()) - {
        row.id for row in world.rows()
    }:  # killed before the rows of the last moment were saved
        world.ask("terminal.recover")


def kill_server(world: RandomWorld) -> None:
    pid = world.server_pid()
    if not pid:
        return
    before = set(world.windows())
    world.forget(*before)
    noticed = world.tmux_on and before  # nobody looks at a server that isn't wanted, or has nothing
    os.kill(pid, world.random.choice([signal.SIGKILL, signal.SIGTERM]) if noticed else signal.SIGKILL)
    if noticed:  # the client of a cockpit that was killed may keep tmux 3.7 from ending: reviving sees it off
        world.until(lambda: not _any_running(world, before), "the rows to say so")
    else:
        world.until(lambda: world.server_pid() != pid, "the server's end")
    _revive(world)


def kill_display_client(world: RandomWorld) -> None:
    for pid in _clients(world, "0"):
        os.kill(pid, signal.SIGKILL)
        world.until(lambda gone=pid: gone not in _clients(world, "0"), "the client's end")  # type: ignore[misc]


def kill_control_client(world: RandomWorld) -> None:
    for pid in _clients(world, "1"):
        os.kill(pid, signal.SIGKILL)


def stop_server(world: RandomWorld) -> None:
    if pid := world.server_pid():
        os.kill(pid, signal.SIGSTOP)
        time.sleep(world.random.choice([0.05, 0.5, 0.5, 3.5]))  # how long it hangs is the fault itself
        os.kill(pid, signal.SIGCONT)


def restart_server(world: RandomWorld) -> None:
    if world.tmux_on and world.server_pid():
        world.forget(*world.windows())
        world.ask("tmux.restart_server")


def unlink_socket(world: RandomWorld) -> None:
    if world.tmux_on and world.windows():
        world.home.paths.tmux_socket.unlink()
        world.until(world.server_pid, "the socket to be there again")


def several_at_once(world: RandomWorld) -> None:
    """Nothing is waited for or checked in between."""
    for _ in range(world.random.randint(3, 6)):
        world.random.choice(QUICK)(world)
    world.random.choice([kill_display_client, kill_control_client, stop_server, resize])(world)


QUICK: tuple[Step, ...] = (
    *(new_terminal, close_terminal, rename, switch, switch_by_key, move, resize, restart),
)
STEPS: dict[Step, int] = {
    new_terminal: 8,
    new_session: 3,
    close_terminal: 5,
    close_session: 1,
    rename: 4,
    switch: 8,
    switch_by_key: 6,
    move: 4,
    paste: 4,
    resize: 5,
    toggle: 3,
    restart: 3,
    end_program: 3,
    quit_and_launch: 2,
    kill_and_launch: 3,
    kill_server: 2,
    kill_display_client: 3,
    kill_control_client: 3,
    stop_server: 3,
    restart_server: 1,
    unlink_socket: 2,
    several_at_once: 8,
}
"""What may happen, and how often beside the others."""


def run(steps: int, seed: int, tell: Callable[[str], None] = print) -> None:
    """So many random steps, everything checked after each. Raises `AssertionError` with the way that led there."""
    way: list[str] = []
    counts: Counter[str] = Counter()
    with RandomWorld(seed) as world:
        try:
            world.check()
            for number in range(steps):
                step = world.random.choices(list(STEPS), list(STEPS.values()))[0]
                way.append(step.__name__)
                counts[step.__name__] += 1
                step(world)
                world.check()
                if number % 50 == 49:
                    tell(f"seed {seed}: {number + 1} steps")
        except Exception as error:  # boundary: whatever it is, the way there and the seed belong to it
            raise AssertionError(f"seed {seed}, step {len(way)}, {' '.join(way[-6:])}: {error}") from error
    tell(f"seed {seed}: {steps} steps, {dict(counts)}")


def _any(world: RandomWorld) -> Row:
    return world.random.choice(world.rows())


def _any_running(world: RandomWorld, row_ids: set[str]) -> bool:
    return any(row.state == "running" and row.id in row_ids for row in world.rows())


def _clients(world: RandomWorld, control: str) -> list[int]:
    if not world.server_pid():
        return []
    lines = world.home.command("list-clients", "-F", "#{client_control_mode} #{client_pid}")
    return [int(pid) for flag, pid in (line.split() for line in lines) if flag == control]


def _revive(world: RandomWorld) -> None:
    """Starts again what ended with the server, as a person does: all in one go, or each."""
    if world.tmux_on and world.random.random() < 0.5 and any(row.state == "exited" for row in world.rows()):
        world.ask("tmux.revive")
    for row in world.rows():
        if row.backend == "tmux" and row.state not in ("running", "detached", "new"):
            world.ask("terminal.restart", terminal_id=row.id)


def main() -> int:
    """0 when everything held."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.random_run")
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    try:
        run(options.steps, options.seed, lambda line: print(line, flush=True))
    except AssertionError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
