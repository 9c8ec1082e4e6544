"""What a person searches for, as something that finds it in text. Knows nothing of terminals."""

from __future__ import annotations

import re
from typing import Any, Protocol

from cockpit.terminal.scrollback.text_index import fold

Span = tuple[int, int]
"""Offsets of the first character and after the last one."""


class PatternError(ValueError):
    """The pattern is no regular expression; the message says why and where."""


class Pattern(Protocol):
    """Finds its matches in a part of a text that begins and ends with whole lines."""

    is_slow: bool
    """Whether it may take long and is to be used in a thread."""

    def find(self, text: str, folded: str, start: int, end: int, budget_s: float) -> list[Span]:
        """The matches between two offsets, none of them empty and none across lines.

        Raises `TimeoutError` when that takes longer than `budget_s`.
        """
        ...


def compile_pattern(pattern: str, *, regular: bool = False) -> Pattern:
    """A pattern that ignores case unless it has an upper-case letter itself. Raises `PatternError`."""
    if not regular:
        return _Plain(pattern)
    return _Regular(pattern)


class _Plain:
    is_slow = False

    def __init__(self, text: str) -> None:
        self._ignores_case = fold(text) == text
        self._text = text
        self._expression = re.compile(re.escape(text))

    def find(self, text: str, folded: str, start: int, end: int, budget_s: float) -> list[Span]:
        if not self._text:
            return []
        length = len(self._text)
        within = folded if self._ignores_case else text
        return [
            (at, at + length) for at in [m.start() for m in self._expression.finditer(within, start, end)]
        ]


class _Regular:
    is_slow = True

    def __init__(self, expression: str) -> None:
        # A module of its own and not `re`: it has a time limit and lets other threads run while it matches.
        import regex  # type: ignore[import-untyped]  # the package has no type information

        letters = re.sub(r"\\.", "", expression)
        flags = regex.MULTILINE | (regex.IGNORECASE if letters == letters.lower() else 0)
        try:
            self._expression: Any = regex.compile(expression, flags)
        except (regex.error, RecursionError, OverflowError) as error:
            raise PatternError(str(error)) from error

    def find(self, text: str, folded: str, start: int, end: int, budget_s: float) -> list[Span]:
        part = text[start:end]
        spans = [(start + a, start + b) for a, b in self._spans(part, budget_s)]
        if not any("\n" in text[a:b] for a, b in spans):
            return spans
        spans = []
        for line in part.splitlines(keepends=True):
            bare = line.rstrip("\n")
            spans += [(start + a, start + b) for a, b in self._spans(bare, budget_s)]
            start += len(line)
        return spans

    def _spans(self, text: str, budget_s: float) -> list[Span]:
        matches = self._expression.finditer(text, timeout=budget_s, concurrent=True)
        return [span for span in [match.span() for match in matches] if span[0] < span[1]]
