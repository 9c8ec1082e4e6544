"""The verbs' arguments and a small parser for them. argparse alone would cost a fifth of a verb's time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from cockpit.control.codes import ExitCode
from cockpit.errors import UsageError

TYPE_CHECKING = False  # typing would cost a tenth of a verb's time
if TYPE_CHECKING:
    from typing import Any


class Option:
    """`--name VALUE` (or `--name` alone, without a metavar).

    `kind` turns the text into the value; the ValueError it raises says what the text must be. `choices` are the
    values completion offers: words, or what `completion.VALUES` calls them.
    """

    __slots__ = ("choices", "help", "kind", "metavar", "name", "short")

    def __init__(
        self,
        name: str,
        help: str,
        *,
        metavar: str = "",
        kind: Callable[[str], Any] = str,
        short: str = "",
        choices: str = "",
    ) -> None:
        self.name = name
        self.help = help
        self.metavar = metavar
        self.kind = kind
        self.short = short
        self.choices = choices

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
    """A positional argument. `rest` takes all that follows as a list, options and all; `choices` as an option's."""

    __slots__ = ("choices", "help", "name", "required", "rest")

    def __init__(
        self, name: str, help: str, *, required: bool = True, rest: bool = False, choices: str = ""
    ) -> None:
        self.name = name
        self.help = help
        self.required = required
        self.rest = rest
        self.choices = choices

    @property
    def spelled(self) -> str:
        """As a usage line has it."""
        name = f"{self.name.upper()}{'…' if self.rest else ''}"
        return name if self.required else f"[{name}]"


def _named(text: str) -> str:
    if not text:
        raise ValueError("a profile's name")
    return text


COMMON = (
    Option("json", "print JSON, one line of it"),
    Option(
        "profile",
        "the cockpit of this profile",
        metavar="PROFILE",
        kind=_named,
        short="L",
        choices="profiles",
    ),
    Option(
        "password",
        "the control socket's password; ps shows it to all, so rather use COCKPIT_SOCKET_PASSWORD or the file",
        metavar="PASSWORD",
    ),
    Option("help", "show this page", short="h"),
)
"""What every verb takes. A verb's `common` says which of them mean something to it."""


class Verb:
    """One verb: what it takes, what its help page says, and what it does. `run` returns the exit status.

    `prints` says what comes on stdout, `exits` what its exit statuses mean beside those that every such verb has.
    `usage_code` is the exit status of a wrong call.
    """

    __slots__ = (
        "common",
        "description",
        "examples",
        "exits",
        "name",
        "options",
        "prints",
        "run",
        "summary",
        "usage_code",
        "words",
    )

    def __init__(
        self,
        name: str,
        summary: str,
        run: Callable[[Arguments], int],
        *,
        words: Sequence[Word] = (),
        options: Sequence[Option] = (),
        common: str = "json profile password help",
        description: str = "",
        prints: str = "",
        exits: Mapping[str, str] | None = None,
        usage_code: ExitCode = ExitCode.USAGE,
        examples: Sequence[str] = (),
    ) -> None:
        self.name = name
        self.summary = summary
        self.run = run
        self.words = tuple(words)
        self.options = tuple(options)
        self.common = tuple(option for option in COMMON if option.name in common.split())
        self.description = description
        self.prints = prints
        self.exits = dict(exits or {})
        self.usage_code = usage_code
        self.examples = tuple(examples)

    @property
    def asks_cockpit(self) -> bool:
        """Whether it goes through the control socket."""
        return any(option.name == "password" for option in self.common)

    def takes(self, name: str) -> bool:
        """Whether it has an option or word of this name."""
        return name in [*(word.name for word in self.words), *(option.name for option in self.options)]


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
        UsageError: it can't be read; says what is wrong with it.
    """
    options = options_of(verb)
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
        if word.startswith("-") and word[1:2] not in ("", "-") and len(word) > 2 and word[:2] in options:
            name, equals, value = word[:2], "attached", word[2:]  # -n5, or -we for -w -e
            if not options[name].metavar:
                given.insert(0, f"-{value}")
                equals = ""
        option = options.get(name)
        if option is not None:
            _take_option(verb, option, value if equals else None, given, values)
        elif word.startswith("-") and len(word) > 1:
            raise _no_option(verb, word, options)
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


def options_of(verb: Verb) -> dict[str, Option]:
    """Its options, by each way to write them."""
    found = {f"--{option.name}": option for option in (*verb.options, *COMMON)}
    return found | {f"-{option.short}": option for option in (*verb.options, *COMMON) if option.short}


def seconds(text: str) -> float:
    """A time in seconds; `5m` and `2h` are understood too. Raises ValueError."""
    factor = {"s": 1, "m": 60, "h": 3600}.get(text[-1:], 0)
    try:
        value = float(text[:-1]) * factor if factor else float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 86_400:
        raise ValueError("a time such as 1.5, 30s, 5m or 2h, at most a day")
    return value


def count(text: str) -> int:
    """A whole number from 1 on. Raises ValueError."""
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise ValueError("a whole number from 1 on")
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
    except ValueError as error:
        raise _wrong(verb, f"--{option.name} must be {error}, not {value!r}") from None


def _take_words(verb: Verb, waiting: list[Word], given: Sequence[str], values: dict[str, Any]) -> None:
    for place, word in enumerate(given):
        if not waiting:
            raise _wrong(verb, f"there is one word too many, {word!r}; what has blanks needs quotes")
        if waiting[0].rest:
            values[waiting.pop(0).name] = list(given[place:])
            return
        values[waiting.pop(0).name] = word


def _no_option(verb: Verb, word: str, options: Mapping[str, Option]) -> UsageError:
    from cockpit.text import did_you_mean

    hint = did_you_mean(word.partition("=")[0], options) or "; put -- before a word that begins with a dash"
    return _wrong(verb, f"there is no option {word!r}{hint}")


def _wrong(verb: Verb, what: str) -> UsageError:
    return UsageError(f"{verb.name}: {what} (cockpit help {verb.name})")
