"""Script files of command lines: written whole, or not there."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from cockpit.errors import CockpitError
from cockpit.files import write_atomically
from cockpit.workspace import command_lines
from cockpit.workspace.command_lines import Script


def files_in(directory: Path) -> list[Path]:
    return list(directory.iterdir())


async def test_a_caller_that_is_cancelled_while_it_is_written_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writes, go_on = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def slowly(path: Path, data: bytes) -> None:
        loop.call_soon_threadsafe(writes.set)
        assert go_on.wait(5)
        write_atomically(path, data)

    monkeypatch.setattr(command_lines, "write_atomically", slowly)
    removed = asyncio.Event()
    real = Script.remove

    def remove(script: Script) -> None:
        assert script.file.exists()
        real(script)
        removed.set()

    monkeypatch.setattr(Script, "remove", remove)
    task = asyncio.create_task(Script.named(tmp_path, "/").write("true", "bash", tells=False))
    await asyncio.wait_for(writes.wait(), 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    go_on.set()
    await asyncio.wait_for(removed.wait(), 5)
    assert files_in(tmp_path) == []


async def test_where_it_cannot_be_written_the_error_says_so(tmp_path: Path) -> None:
    script = Script.named(tmp_path / "none", "/")
    with pytest.raises(CockpitError, match=r"run-.*\.sh can't be written: No such file or directory"):
        await script.write("true", "bash", tells=True)
