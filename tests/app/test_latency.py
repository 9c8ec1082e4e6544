"""The key latency is shown when wanted, calmly, and counted for the telemetry without being shown."""

from __future__ import annotations

import pytest

from cockpit.app.outer import latency
from cockpit.app.outer.key_echo import KeyEcho
from cockpit.app.outer.latency import Latency
from cockpit.workspace.commands import CommandRegistry
from tests.app.live_app import live


def typed(echo: KeyEcho, *took_ms: float) -> None:
    for took in took_ms:
        echo.typed(1.0)
        echo.painted(1.0 + took / 1000)


def test_every_time_is_noted_and_nothing_shown_until_it_is_wanted() -> None:
    shown: list[str] = []
    noted: list[float] = []
    echo = KeyEcho()
    readout = Latency(shown.append)
    readout.noted = noted.append
    readout.register(CommandRegistry(), echo)
    typed(echo, 1.0, 2.0, 9.0)
    assert [round(ms) for ms in noted] == [1, 2, 9]
    assert not shown
    readout.toggle()
    assert shown == ["key 2.0 ms (last 9.0)"]
    readout.toggle()
    assert shown[1:] == [""]


async def test_the_figure_is_in_the_status_line_and_in_the_telemetry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latency, "REFRESH_S", 0.01)
    async with live() as world:
        await world.workspace.run("view.key_latency")
        texts = [text for text, _ in world.status.place.words]
        assert "key – ms" in texts
        typed(world.main.latency._echo, *[1.5] * 100)
        await world.until(
            lambda: any("key 1.5 ms (last 1.5)" in text for text, _ in world.status.place.words), "the figure"
        )
        await world.workspace.run("view.key_latency")
        assert not any("key " in text for text, _ in world.status.place.words)
        file = world.workspace.paths.telemetry_file
        await world.workspace.close()
        assert "event=key_echo_ms count=100 " in file.read_text()
