"""Leaving cockpit with real programs: what is asked, what ends, what lives on."""

from __future__ import annotations

import contextlib
import os
import select
from collections.abc import Callable, Iterator

import psutil
import pytest

from cockpit.app.screens.confirm import ConfirmScreen
from cockpit.model import TerminalState
from tests.app.live_app import DEADLINE_S, LiveCockpit, live


async def ask(world: LiveCockpit) -> str:
    """Wants to leave; the programs that are named in the question."""
    await world.key("app.quit")
    await world.screen(ConfirmScreen)
    return "\n".join(str(line.render()) for line in world.app.screen.query(".dialog-list"))


async def left(world: LiveCockpit) -> None:
    await world.until(lambda: world.app._exit, "cockpit to be left")
    assert world.app.return_code == 0


@pytest.mark.parametrize("answer", ["y", "click"])
async def test_leaving_names_the_programs_that_end_and_ends_them(answer: str) -> None:
    pid_file = ""
    async with live() as world:
        pid_file = f"{world.home.directory}/pid"
        await world.new_tab(f"echo $$ > {pid_file}; echo at-work; exec cat", "at-work")
        pid = int(await _text(pid_file))
        assert "at-work" in await ask(world)
        for keep in ("n", "escape", "enter"):
            await world.press(keep)
            await world.back()
            assert not world.app._exit
            await ask(world)
        await (world.press("y") if answer == "y" else world.click("#agree", (2, 0)))
        await left(world)
        assert psutil.pid_exists(pid)  # the workspace is closed after the screen
    assert not psutil.pid_exists(pid)


async def test_leaving_asks_nothing_when_no_program_would_end() -> None:
    async with live() as world:
        (shell,) = world.terminals
        await world.press(*"exit", "enter")
        await world.until(lambda: shell.status.state is TerminalState.EXITED, "the shell's end")
        await world.key("app.quit")
        await left(world)


async def test_leaving_asks_nothing_when_the_settings_say_so() -> None:
    async with live(settings={"general": {"confirm_close": False}}) as world:
        await world.key("app.quit")
        await left(world)


@pytest.mark.tmux
async def test_with_only_tmux_terminals_cockpit_is_left_at_once_and_they_live_on() -> None:
    async with live("tmux") as world:
        await world.new_tab()
        pids = await _pane_pids(world)
        assert len(pids) >= 2
        await world.key("app.quit")
        await left(world)
        await world.workspace.close()
        assert await _pane_pids(world) == pids
        assert all(psutil.pid_exists(pid) for pid in pids)


@pytest.mark.tmux
async def test_tmux_terminals_are_named_too_when_their_server_is_not_kept() -> None:
    async with live("tmux", settings={"experimental": {"keep_server_alive": False}}) as world:
        pids = await _pane_pids(world)
        assert "bash" in await ask(world)
        with ending(pids) as all_ended:
            await world.press("y")
            await left(world)
            await world.workspace.close()
            assert all_ended()


@pytest.mark.tmux
async def test_only_the_pty_terminals_of_a_mixed_session_are_named() -> None:
    async with live("pty", environment={"COCKPIT_TMUX_BACKEND": None}) as world:
        await world.workspace.run("settings.set", key="experimental.tmux_backend", value=True)
        await world.new_tab("echo on-tmux; exec cat", "on-tmux")
        assert [terminal.backend for terminal in world.terminals] == ["pty", "tmux"]
        named = await ask(world)
        assert "bash" in named
        assert "on-tmux" not in named
        await world.press("escape")
        await world.back()


@contextlib.contextmanager
def ending(pids: set[int]) -> Iterator[Callable[[], bool]]:
    """Yields the question whether these processes, which live now, have ended; it waits for them."""
    handles = [os.pidfd_open(pid) for pid in pids]
    try:
        yield lambda: all(select.select([handle], [], [], DEADLINE_S)[0] for handle in handles)
    finally:
        for handle in handles:
            os.close(handle)


async def _pane_pids(world: LiveCockpit) -> set[int]:
    panes = world.home.command("list-panes", "-a", "-F", "#{pane_dead} #{pane_pid}")
    # tmux 3.7 lists the hidden session's empty pane too, with the pid 0.
    return {
        int(pid) for dead, _, pid in (line.partition(" ") for line in panes) if dead == "0" and pid != "0"
    }


async def _text(path: str) -> str:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.read(descriptor, 100).decode()
    finally:
        os.close(descriptor)
