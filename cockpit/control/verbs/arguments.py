"""The verbs' arguments: a small parser and their help pages. argparse alone would cost a fifth of a verb's time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from cockpit.errors import UsageError

if TYPE_CHECKING:
    from typing import Any

WIDTH = 96


class Option:
    """`--name VALUE` (or `--name` alone, without a metavar). `kind` turns the text into the value."""

    __slots__ = ("help", "kind", "metavar", "name", "short")

    def __init__(
        self, name: str, help: str, *, metavar: str = "", kind: Callable[[str], Any] = str, short: str = ""
    ) -> None:
        self.name = name
        self.help = help
        self.metavar = metavar
        self.kind = kind
        self.short = short

    @property
    def key(self) -> str:
        """Its name among the values."""
        return self.name.replace("-", "_")

    @property
    def spelled(self) -> str:
        """As a help page has it."""
        short = f"-{self.short}, " if self.short else ""
        return f"{short}--{self.name}{f' {self.metavar}' if self.metavar else ''}"


class Word:
    """A positional argument. `rest` takes all that follows as a list, options and all."""

    __slots__ = ("help", "name", "required", "rest")

    def __init__(self, name: str, help: str, *, required: bool = True, rest: bool = False) -> None:
        self.name = name
        self.help = help
        self.required = required
        self.rest = rest

    @property
    def spelled(self) -> str:
        """As a usage line has it."""
        name = f"{self.name.upper()}{'…' if self.rest else ''}"
        return name if self.required else f"[{name}]"


COMMON = (
    Option("json", "print JSON, one line of it"),
    Option("profile", "the cockpit of this profile", metavar="PROFILE", short="L"),
    Option(
        "password",
        "the control socket's password; ps shows it to all, so rather use COCKPIT_SOCKET_PASSWORD or the file",
        metavar="PASSWORD",
    ),
    Option("help", "show this page", short="h"),
)
"""What every verb takes."""


class Verb:
    """One verb: what it takes, its help page, and what it does. `run` returns the exit status."""

    __slots__ = ("description", "examples", "name", "options", "run", "summary", "words")

    def __init__(
        self,
        name: str,
        summary: str,
        run: Callable[[Arguments], int],
        *,
        words: Sequence[Word] = (),
        options: Sequence[Option] = (),
        description: str = "",
        examples: Sequence[str] = (),
    ) -> None:
        self.name = name
        self.summary = summary
        self.run = run
        self.words = tuple(words)
        self.options = tuple(options)
        self.description = description
        self.examples = tuple(examples)

    @property
    def usage(self) -> str:
        """Its usage line."""
        words = " ".join(word.spelled for word in self.words)
        return f"cockpit {self.name} [OPTION…]{f' {words}' if words else ''}"

    def page(self) -> str:
        """Its help page."""
        lines = [f"usage: {self.usage}", "", self.summary]
        if self.description:
            lines += ["", *_wrapped(self.description)]
        if self.words:
            lines += ["", "arguments:", *_table((w.name.upper(), w.help) for w in self.words)]
        options = [*self.options, *COMMON]
        lines += ["", "options:", *_table((o.spelled, o.help) for o in options)]
        if self.examples:
            lines += ["", "examples:", *(f"  {example}" for example in self.examples)]
        return "\n".join(lines) + "\n"


class Arguments:
    """What a verb was called with: words by name, options by name with underscores, None where left out."""

    def __init__(self, verb: Verb, values: dict[str, Any]) -> None:
        self.verb = verb
        self._values = values

    def __getattr__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(name) from None


def parse(verb: Verb, words: Sequence[str]) -> Arguments:
    """Reads a command line.

    Raises:
        UsageError: it can't be read; says how it is meant.
    """
    options = {f"--{option.name}": option for option in (*verb.options, *COMMON)}
    options |= {f"-{option.short}": option for option in (*verb.options, *COMMON) if option.short}
    values: dict[str, Any] = {option.key: None for option in options.values()}
    values |= {word.name: None for word in verb.words}
    waiting = list(verb.words)
    given = list(words)
    while given:
        word = given.pop(0)
        if word == "--":
            _take_words(verb, waiting, given, values)
            break
        name, equals, value = word.partition("=")
        option = options.get(name if word.startswith("--") else word)
        if option is not None:
            _take_option(verb, option, value if equals else None, given, values)
        elif word.startswith("-") and len(word) > 1:
            raise _wrong(verb, f"there is no option {word!r}")
        elif waiting and waiting[0].rest:
            _take_words(verb, waiting, [word, *given], values)
            break
        else:
            _take_words(verb, waiting, [word], values)
    if values["help"] is None:
        for missing in waiting:
            if missing.required:
                raise _wrong(verb, f"{missing.name.upper()} is missing")
    return Arguments(verb, values)


def seconds(text: str) -> float:
    """A time in seconds; `5m` and `2h` are understood too. Raises ValueError."""
    factor = {"s": 1, "m": 60, "h": 3600}.get(text[-1:], 0)
    value = float(text[:-1]) * factor if factor else float(text)
    if not 0 < value <= 86_400:
        raise ValueError(text)
    return value


def count(text: str) -> int:
    """A whole number from 1 on. Raises ValueError."""
    value = int(text)
    if value < 1:
        raise ValueError(text)
    return value


def _take_option(
    verb: Verb, option: Option, value: str | None, given: list[str], values: dict[str, Any]
) -> None:
    if not option.metavar:
        if value is not None:
            raise _wrong(verb, f"--{option.name} takes no value")
        values[option.key] = True
        return
    if value is None:
        if not given:
            raise _wrong(verb, f"--{option.name} needs {option.metavar}")
        value = given.pop(0)
    try:
        values[option.key] = option.kind(value)
    except ValueError:
        raise _wrong(verb, f"--{option.name} can't be {value!r}") from None


def _take_words(verb: Verb, waiting: list[Word], given: Sequence[str], values: dict[str, Any]) -> None:
    for place, word in enumerate(given):
        if not waiting:
            raise _wrong(verb, f"there is one word too many: {word!r}")
        if waiting[0].rest:
            values[waiting.pop(0).name] = list(given[place:])
            return
        values[waiting.pop(0).name] = word


def _wrong(verb: Verb, what: str) -> UsageError:
    return UsageError(f"{verb.name}: {what}\nusage: {verb.usage}")


def _table(rows: object) -> list[str]:
    pairs = list(rows)  # type: ignore[call-overload] # pairs of texts
    lines = []
    for left, right in pairs:
        first, *others = _wrapped(right, WIDTH - 26)
        lines.append(f"  {left:<22}  {first}" if len(left) <= 22 else f"  {left}\n{'':26}{first}")
        lines += [f"{'':26}{line}" for line in others]
    return lines


def _wrapped(text: str, width: int = WIDTH) -> list[str]:
    import textwrap

    paragraphs = text.split("\n")
    return [line for part in paragraphs for line in (textwrap.wrap(part, width) or [""])]
