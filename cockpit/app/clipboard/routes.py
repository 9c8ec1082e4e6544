"""Which ways a text can take to the person's clipboard from here, best first. Pure; `clipboard` goes them."""

from __future__ import annotations

import base64
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

OSC_52_LIMIT = 100_000
"""The longest OSC 52 that terminals are known to take whole, in bytes on the wire."""
OSC_52_TEXT_LIMIT_BYTES = (OSC_52_LIMIT - len("\x1b]52;c;\x07")) // 4 * 3
SCREEN_CHUNK = 76
"""GNU screen passes strings on only up to a few hundred bytes."""

_SSH_VARIABLES = ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY")
_FORWARDED_DISPLAY = re.compile(r"(localhost|127\.0\.0\.1|\[::1\]):\d+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class ToolRoute:
    """A program that takes the text on its standard input and ends with 0 when the clipboard has it."""

    name: str
    write: tuple[str, ...]
    read: tuple[str, ...] = ()
    """Prints the clipboard, for checking; empty where there is no such program."""
    encoding: str = "utf-8"


@dataclass(frozen=True, slots=True)
class OuterTmuxRoute:
    """The buffer of the tmux around cockpit."""

    name: str = "tmux"


@dataclass(frozen=True, slots=True)
class TerminalRoute:
    """OSC 52, which the terminal around cockpit takes or leaves without a word."""

    name: str = "OSC 52"


Route = ToolRoute | OuterTmuxRoute | TerminalRoute

WL_COPY = ToolRoute("wl-copy", ("wl-copy",), ("wl-paste", "--no-newline"))
XCLIP = ToolRoute("xclip", ("xclip", "-selection", "clipboard"), ("xclip", "-selection", "clipboard", "-o"))
XSEL = ToolRoute("xsel", ("xsel", "--clipboard", "--input"), ("xsel", "--clipboard", "--output"))
PBCOPY = ToolRoute("pbcopy", ("pbcopy",), ("pbpaste",))
CLIP_EXE = ToolRoute("clip.exe", ("clip.exe",), encoding="utf-16-le")
TOOLS = (WL_COPY, XCLIP, XSEL, PBCOPY, CLIP_EXE)


def routes(environment: Mapping[str, str], platform: str, tools: Collection[str]) -> list[Route]:
    """The ways to go, in order, until one confirms.

    Args:
        platform: as `sys.platform`.
        tools: the names of `TOOLS` that can be run here.
    """
    local: list[Route] = [tool for tool in _local_tools(environment, platform) if tool.name in tools]
    around: list[Route] = [OuterTmuxRoute()] if environment.get("TMUX") else []
    if environment.get("TERM") != "linux":  # the console has no clipboard, and older ones print the sequence
        around.append(TerminalRoute())
    return [*around, *local] if is_remote(environment) else [*local, *around]


def is_remote(environment: Mapping[str, str]) -> bool:
    """The person sits at another machine, so a clipboard of this one is not theirs."""
    return any(environment.get(variable) for variable in _SSH_VARIABLES)


def osc_52(text: str, environment: Mapping[str, str]) -> str:
    """The sequence that asks the outer terminal to take `text` (ctlseqs, "Manipulate Selection Data").

    Wrapped so that a tmux or a screen in between hands it through (screen(1), "DCS"; tmux(1), allow-passthrough).

    Raises:
        ValueError: it is longer than `OSC_52_TEXT_LIMIT_BYTES`.
    """
    data = text.encode("utf-8", "surrogateescape")
    if len(data) > OSC_52_TEXT_LIMIT_BYTES:
        raise ValueError("too long for OSC 52")
    encoded = base64.b64encode(data).decode()
    sequence = f"\x1b]52;c;{encoded}\x07"
    if environment.get("TMUX"):
        doubled = sequence.replace("\x1b", "\x1b\x1b")
        return f"{sequence}\x1bPtmux;{doubled}\x1b\\"  # one of the two arrives, by tmux's settings
    if is_in_screen(environment):
        chunks = [sequence[start : start + SCREEN_CHUNK] for start in range(0, len(sequence), SCREEN_CHUNK)]
        return "".join(f"\x1bP{chunk}\x1b\\" for chunk in chunks)
    return sequence


def is_in_screen(environment: Mapping[str, str]) -> bool:
    """Whether the outer terminal is GNU screen."""
    return bool(environment.get("STY")) and not environment.get("TMUX")


def osc_52_advice(environment: Mapping[str, str], platform: str) -> str:
    """What to do when the terminal didn't take it: by its own name where it tells that, else a tool for here."""
    program = environment.get("TERM_PROGRAM", "") or environment.get("LC_TERMINAL", "")
    if environment.get("TERM") == "linux":
        return "The console has no clipboard."
    if environment.get("ZELLIJ") is not None:
        tool = _or_tool(environment, platform).removeprefix(", or ") or "set copy_command in its config.kdl"
        return f"If it didn't arrive, your terminal or zellij doesn't let it (OSC 52) through: {tool}."
    if is_in_screen(environment):
        through = "your terminal doesn't take it (OSC 52) through screen"
        return f"If it didn't arrive, {through}{_or_tool(environment, platform)}."
    if program == "Apple_Terminal":
        return "Terminal.app has no OSC 52: use another terminal, or copy with its own selection (fn+drag)."
    if program.startswith("iTerm"):
        return "If it didn't arrive, allow it in iTerm2: Settings, General, Selection, “Applications in terminal…”."
    if environment.get("VTE_VERSION"):
        return f"This terminal (VTE) may not have OSC 52{_or_tool(environment, platform)}."
    if environment.get("XTERM_VERSION"):
        return "If it didn't arrive, allow it in xterm: XTerm*disallowedWindowOps: 20,21,SetXprop"
    return f"If it didn't arrive, allow clipboard access (OSC 52) in your terminal{_or_tool(environment, platform)}."


def _or_tool(environment: Mapping[str, str], platform: str) -> str:
    if is_remote(environment) or platform == "darwin":
        return ""
    if environment.get("WAYLAND_DISPLAY"):
        return ", or install wl-clipboard here"
    return ", or install xclip here" if environment.get("DISPLAY") else ""


def _local_tools(environment: Mapping[str, str], platform: str) -> list[ToolRoute]:
    """The tools whose clipboard is the person's own."""
    display = environment.get("DISPLAY", "")
    if is_remote(environment):
        return [XCLIP, XSEL] if _FORWARDED_DISPLAY.fullmatch(display) else []
    if platform == "darwin":
        return [PBCOPY]
    tools = []
    if environment.get("WSL_DISTRO_NAME") or environment.get("WSL_INTEROP"):
        tools.append(CLIP_EXE)
    if environment.get("WAYLAND_DISPLAY"):
        tools.append(WL_COPY)
    if display:
        tools += [XCLIP, XSEL]
    return tools
