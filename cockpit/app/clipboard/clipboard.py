"""Copies text to the person's clipboard and says honestly by which way, and whether anything confirmed it."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cockpit.app.clipboard.routes import (
    OSC_52_TEXT_LIMIT_BYTES,
    TOOLS,
    OuterTmuxRoute,
    Route,
    ToolRoute,
    osc_52,
    osc_52_advice,
    routes,
)
from cockpit.tmux.outer_clipboard import copy_to_outer, read_from_outer

TOOL_DEADLINE_S = 2.0
READ_BACK_DEADLINE_S = 0.5
READ_BACK_LIMIT_BYTES = 64 * 1024
READ_LIMIT_BYTES = 1024 * 1024
"""What a program that asks is told at most."""


@dataclass(frozen=True, slots=True)
class CopyResult:
    """How a copy went."""

    route: str
    """By which way the text went, as a person calls it; empty when there was none."""
    characters: int
    confirmed: bool
    """Whoever keeps the text said so, or was asked and showed it."""
    advice: str = ""
    """What else to know or to mend; empty when there is nothing."""

    @property
    def message(self) -> str:
        """One or two sentences for a toast."""
        count = f"{self.characters:,} character{'s' * (self.characters != 1)}"
        if not self.route:
            said = f"{count} could not be copied."
        elif self.confirmed:
            said = f"Copied {count} ({self.route})."
        else:
            said = f"Sent {count} to your terminal ({self.route}), which confirms nothing."
        return f"{said} {self.advice}".rstrip()


class Clipboard:
    """The way from here to the person's clipboard. One copy at a time, so that the last one asked for stays.

    Args:
        environment: cockpit's own.
        write: writes to the outer terminal.
    """

    def __init__(
        self, environment: Mapping[str, str], write: Callable[[str], None], platform: str = sys.platform
    ) -> None:
        self._environment = dict(environment)
        self._write = write
        self._platform = platform
        self._turn = asyncio.Lock()

    async def copy(self, text: str) -> CopyResult:
        """Puts `text` into the clipboard by the first way that confirms it. Never raises; bounded in time."""
        async with self._turn:
            tools = await asyncio.to_thread(self._installed)
            best: CopyResult | None = None
            for route in routes(self._environment, self._platform, tools):
                result = await self._go(route, text)
                if result is not None and (result.confirmed or best is None):
                    best = result
                if best is not None and best.confirmed:
                    break
            return best or CopyResult("", len(text), False, "There is no way to a clipboard here.")

    async def read(self) -> str:
        """What is in the clipboard, from the first place that tells; empty where none does. Never raises.

        The terminal around cockpit is not asked (OSC 52 with `?`): hardly any answers, and none says that it won't.
        """
        tools = await asyncio.to_thread(self._installed)
        for route in routes(self._environment, self._platform, tools):
            kept = None
            if isinstance(route, ToolRoute) and route.read:
                kept = await self._run(route.read, None, TOOL_DEADLINE_S)
            elif isinstance(route, OuterTmuxRoute):
                kept = await read_from_outer(self._environment)
            if kept is not None:
                return kept[:READ_LIMIT_BYTES].decode("utf-8", "replace")
        return ""

    def _installed(self) -> set[str]:
        path = self._environment.get("PATH", "")
        return {tool.name for tool in TOOLS if shutil.which(tool.write[0], path=path)}

    async def _go(self, route: Route, text: str) -> CopyResult | None:
        """One way's result; None when it failed and says nothing about the next."""
        if isinstance(route, ToolRoute):
            copied = await self._by_tool(route, text)
            return CopyResult(route.name, len(text), True) if copied else None
        if isinstance(route, OuterTmuxRoute):
            return await self._by_tmux(text)
        return self._by_terminal(text)

    async def _by_tool(self, tool: ToolRoute, text: str) -> bool:
        data = text.encode(tool.encoding, "replace")
        done = await self._run(tool.write, data, TOOL_DEADLINE_S)
        if done is None:
            return False
        if not tool.read or len(data) > READ_BACK_LIMIT_BYTES:
            return True
        kept = await self._run(tool.read, None, READ_BACK_DEADLINE_S)
        return kept is None or kept == data  # a tool that can't read back has still taken it

    async def _by_tmux(self, text: str) -> CopyResult | None:
        copied = await copy_to_outer(self._environment, text)
        if copied is None:
            return None
        if copied.passed_on:
            advice = "It was passed on to your terminal, which confirms nothing."
        else:
            advice = copied.mend
            with contextlib.suppress(
                ValueError
            ):  # too long for the way around tmux, where its pass-through is on
                self._write(osc_52(text, self._environment))
        return CopyResult("tmux's buffer", len(text), True, advice)

    def _by_terminal(self, text: str) -> CopyResult:
        try:
            self._write(osc_52(text, self._environment))
        except ValueError:
            limit = f"{OSC_52_TEXT_LIMIT_BYTES // 1000} kB"
            advice = f"At most {limit} go through the terminal (OSC 52); a clipboard tool takes more."
            return CopyResult("", len(text), False, advice)
        return CopyResult("OSC 52", len(text), False, osc_52_advice(self._environment, self._platform))

    async def _run(self, argv: tuple[str, ...], stdin: bytes | None, deadline_s: float) -> bytes | None:
        """What a tool printed, or None when it failed or took too long.

        A tool that keeps the selection alive goes on in the background and must not hold a pipe of ours: nothing is
        read from one that takes the text, and its group is left alone once it ended well.
        """
        reading = stdin is None
        executable = shutil.which(argv[0], path=self._environment.get("PATH", ""))
        if executable is None:
            return None
        try:
            process = await asyncio.create_subprocess_exec(
                executable,
                *argv[1:],
                stdin=asyncio.subprocess.DEVNULL if reading else asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE if reading else asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
                env=self._environment,
                start_new_session=True,
            )
        except OSError:
            return None
        try:
            async with asyncio.timeout(deadline_s):
                printed, _ = await process.communicate(stdin)
        except TimeoutError:
            return None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return (printed or b"") if process.returncode == 0 else None
