"""Ctrl and a click on a link (OSC 8): opened where the person sits at this machine, else copied; a toast says which."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.app.live_app import both_backends, executable
from tests.app.reading_app import reader

TARGET = "https://example.org/a_b?c=d"
PROGRAM = (
    rf"printf 'see \033]8;;{TARGET}\033\\the manual\033]8;;\033\\ first\r\n'; "
    f"echo 'or {TARGET}.'; echo written; exec cat"
)


@both_backends
async def test_a_link_is_opened_here_and_copied_over_ssh(
    backend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted = tmp_path / "noted"
    executable(tmp_path / "bin" / "xdg-open", f'printf "%s" "$*" > {noted}')
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    async with reader(backend, PROGRAM) as person:
        tmux = (await person.world.workspace.router.look_for_tmux()).version
        has_links = backend == "pty" or tmux >= "tmux 3.4"
        place = person.at("manual" if has_links else "example")
        await person.press_mouse(place, ctrl=True)
        await person.release_mouse(place)
        await person.world.until(lambda: f"Opened {TARGET}" in person.world.told(), "to be told")
        assert noted.read_text() == TARGET
        assert person.copied == []
        monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 22 10.0.0.2 22")
        await person.press_mouse(place, ctrl=True)
        await person.release_mouse(place)
        await person.copies(TARGET)
        assert person.reading.local is None
