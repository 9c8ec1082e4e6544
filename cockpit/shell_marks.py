"""A shell's marks (OSC 133, FinalTerm; "semantic prompts"): where prompts, commands and outputs begin and end. Pure."""

from __future__ import annotations

from dataclasses import dataclass

OUR_PARAMETER = b"aid=cockpit"
"""The application's id (semantic prompts, `aid`) in the marks of our own wrapper, which never leaves one out."""
SCRIPT_PARAMETER = b"aid=cockpit-run"
"""The same in what a script of ours prints at its end. It is no shell's."""
LETTERS = frozenset({b"A", b"B", b"C", b"D"})


@dataclass(frozen=True, slots=True)
class ShellMark:
    """One mark: A a prompt begins, B it ends and a command is typed, C the command runs, D it is over."""

    letter: str
    exit_code: int | None = None
    """With D, if the shell tells it."""
    ours: bool = False
    """Made by the shell that our wrapper runs in, not by one started inside of it."""
    scripted: bool = False
    """Made by a script of ours in place of a shell."""


def read_mark(text: bytes) -> ShellMark | None:
    """What stands behind `133;` in the command; None when it is no mark that counts."""
    letter, *parameters = text.split(b";")
    if letter not in LETTERS or b"k=s" in parameters or b"k=c" in parameters:
        return None  # a prompt's second line is no new prompt
    code = parameters[0].removeprefix(b"exit=") if letter == b"D" and parameters else b""
    plausible = code.isdigit() and len(code) < 6
    ours, scripted = OUR_PARAMETER in parameters, SCRIPT_PARAMETER in parameters
    return ShellMark(letter.decode(), int(code) if plausible else None, ours, scripted)
