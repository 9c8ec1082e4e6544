"""What commands printed is cut out of the stream exactly, in whatever pieces it comes, and in bounds."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.backends.output_reading import OutputReader
from cockpit.command_outputs import CommandOutputs, OutputBudget
from cockpit.errors import OutputUnknownError
from cockpit.model import Size
from cockpit.osc import OscScanner, unescape
from cockpit.shell_outputs import KEPT_OUTPUTS, LINE_LIMIT_BYTES, OUTPUT_LIMIT_BYTES, CommandOutput

PROMPT = b"\x1b]133;A;aid=cockpit\x07$ \x1b]133;B;aid=cockpit\x07"
RUN = b"\x1b]133;C;aid=cockpit;ran=1\x07"


def done(code: int) -> bytes:
    return b"\x1b]133;D;%d;aid=cockpit\x1b\\" % code


class Terminal:
    """Feeds pieces as a backend does."""

    def __init__(self, *, escaped: bool = False, from_start: bool = True) -> None:
        self.outputs = CommandOutputs(escaped=escaped, from_start=from_start)
        self._scanner = OscScanner(escaped=escaped)

    def feed(self, *pieces: bytes) -> None:
        for piece in pieces:
            data = as_tmux_writes(piece) if self.outputs.escaped else piece
            self.outputs.feed(data, self._scanner.scan(data))

    def texts(self) -> list[tuple[bytes, bytes, int | None]]:
        """Line, output and exit code of every command that is over."""
        told = [output for output in self.outputs.since(0) if output.done]
        return [(self._text(output.line), self._text(output.data), output.exit_code) for output in told]

    def _text(self, data: bytes) -> bytes:
        """What is seen of it: without titles and what pass-through adds."""
        plain = unescape(data) if self.outputs.escaped else data
        plain = re.sub(rb"\x1b\]0;[^\x07]*\x07|\x1bPtmux;\x1b?(?:\x1b\\)?", b"", plain)
        return plain.replace(b"\x1b\\", b"")


def as_tmux_writes(data: bytes) -> bytes:
    return re.sub(rb"[\x00-\x1f\\]", lambda match: b"\\%03o" % match[0][0], data)


STREAM = (
    b"motd\r\n" + PROMPT + b"ls\r\n" + RUN + b"a\r\n\x1b]0;title\x07b" + done(0)
    + PROMPT + b"false\r\n" + RUN + done(1)
    + PROMPT + b"caf\xc3\xa9 \\033\r\n" + RUN + b"back\\slash \xe5\xad\x97\r\n" + done(7) + PROMPT
)  # fmt: skip
TOLD = [
    (b"$ ls\r\n", b"a\r\nb", 0),
    (b"$ false\r\n", b"", 1),
    (b"$ caf\xc3\xa9 \\033\r\n", b"back\\slash \xe5\xad\x97\r\n", 7),
]


@pytest.mark.parametrize("escaped", [False, True])
@given(cuts=st.lists(st.integers(0, len(STREAM)), max_size=40))
def test_the_pieces_it_comes_in_do_not_matter(escaped: bool, cuts: list[int]) -> None:
    terminal = Terminal(escaped=escaped)
    for start, end in itertools.pairwise([0, *sorted(cuts), len(STREAM)]):
        terminal.feed(STREAM[start:end])
    assert terminal.texts() == TOLD
    shell = terminal.outputs.shell
    assert shell is not None
    assert (shell.at_prompt, shell.tells, shell.prompts, terminal.outputs.count) == (True, True, 4, 3)


def test_each_byte_by_itself_and_wrapped_for_a_tmux() -> None:
    terminal = Terminal()
    mark = re.compile(rb"(\x1b\]133;[^\x07\x1b]*)(?:\x07|\x1b\\)")
    wrapped = mark.sub(lambda match: b"\x1bPtmux;\x1b" + match[1] + b"\x07\x1b\\", STREAM)
    terminal.feed(*(bytes((byte,)) for byte in wrapped))
    assert terminal.texts() == TOLD


@given(st.binary(max_size=400))
def test_any_bytes_do_no_harm(data: bytes) -> None:
    data = data.replace(b"\x00", b"\x1b]133;").replace(b"\x01", b"\x07").replace(b"\x02", b"C\x07")
    terminal, escaped = Terminal(), Terminal(escaped=True)
    terminal.feed(data)
    escaped.feed(data)
    assert [o.number for o in terminal.outputs.since(0)] == [o.number for o in escaped.outputs.since(0)]


def test_what_runs_is_told_so_far_and_another_command_behind_is_another() -> None:
    terminal = Terminal()
    terminal.feed(PROMPT + b"one\r\n" + RUN + b"so far")
    last = terminal.outputs.last
    assert last is not None
    assert (last.done, last.data, last.number) == (False, b"so far", 1)
    terminal.feed(b" and on\r\n" + done(3) + PROMPT + b"two\r\n" + RUN + b"its own")
    assert terminal.texts() == [(b"$ one\r\n", b"so far and on\r\n", 3)]
    assert [output.data for output in terminal.outputs.since(1)] == [b"its own"]
    assert terminal.outputs.last == terminal.outputs.since(0)[-1]


def test_a_cancelled_line_is_no_command_and_a_code_may_be_missing() -> None:
    terminal = Terminal()
    terminal.feed(PROMPT + b"oops^C\r\n\x1b]133;D\x07" + PROMPT)
    assert terminal.outputs.last is None
    terminal.feed(b"x\r\n\x1b]133;C\x07out\x1b]133;D\x07\x1b]133;A\x07")
    assert terminal.outputs.last == CommandOutput(1, b"", b"out", done=True)
    assert terminal.outputs.shell is not None
    assert not terminal.outputs.shell.tells, "a shell that marks no exit codes"


def test_another_shell_counts_once_it_has_marked_a_command_with_its_exit_code() -> None:
    terminal = Terminal()
    terminal.feed(b"\x1b]133;A\x07% ")
    shell = terminal.outputs.shell
    assert shell is not None
    assert (shell.at_prompt, shell.tells) == (True, False)
    terminal.feed(b"\x1b]133;C;cmdline_url=x\x07out\x1b]133;D;4\x07\x1b]133;A;k=i\x07% \x1b]133;A;k=s\x07")
    assert (shell.at_prompt, shell.tells, shell.prompts) == (True, True, 2)


def test_a_shell_inside_has_outputs_of_its_own_and_fakes_end_nothing() -> None:
    terminal = Terminal()
    terminal.feed(PROMPT + b"ssh there\r\n" + RUN + b"welcome\r\n")
    inner = b"\x1b]133;A\x07there$ \x1b]133;B\x07", b"w\r\n\x1b]133;C\x07load\r\n\x1b]133;D;2\x07"
    terminal.feed(inner[0])
    assert terminal.outputs.last is not None and terminal.outputs.last.number == 1
    terminal.feed(inner[1], inner[0])
    last = terminal.outputs.last
    assert last is not None
    assert (last.number, last.line, last.data, last.exit_code) == (
        2,
        b"there$ w\r\n",
        b"load\r\n",
        2,
    )
    assert terminal.outputs.shell is not None and terminal.outputs.shell.tells
    terminal.feed(b"bye\r\n" + done(0))
    last = terminal.outputs.last
    assert last is not None
    assert (last.number, last.exit_code) == (1, 0)
    assert last.data.startswith(b"welcome\r\n") and last.data.endswith(b"bye\r\n")
    terminal.feed(b"\x1b]133;A\x07there$ ")
    assert not terminal.outputs.shell.tells, "who comes next is somebody else"


def test_a_gap_is_remembered_and_what_is_heard_behind_it_counts() -> None:
    terminal = Terminal()
    terminal.feed(PROMPT + b"one\r\n" + RUN + b"begin")
    terminal.outputs.gap()
    assert terminal.outputs.shell is not None
    assert terminal.outputs.shell.at_prompt is None
    terminal.feed(b"end" + done(5))
    terminal.outputs.gap()
    terminal.feed(b"rest" + done(6) + PROMPT)
    found = [(o.number, o.gap, o.exit_code, o.done) for o in terminal.outputs.since(0)]
    assert found == [(1, True, 5, True), (2, True, 6, True)]
    terminal.feed(b"three\r\n" + RUN + b"x" + done(0))
    terminal.outputs.gap()
    assert terminal.outputs.last is not None
    assert not terminal.outputs.last.gap, "what was over before is whole"
    running = Terminal(from_start=False)
    running.feed(b"the end of something" + done(9))
    assert running.outputs.last == CommandOutput(1, b"", done=True, exit_code=9, gap=True)


def test_long_outputs_keep_their_end_and_long_lines_too() -> None:
    terminal = Terminal()
    terminal.feed(PROMPT + b"y" * 3 * LINE_LIMIT_BYTES + RUN)
    for number in range(40):
        terminal.feed(b"%-65535d\n" % number)
    terminal.feed(b"end" + done(0))
    last = terminal.outputs.last
    assert last is not None
    assert last.cut and last.data.endswith(b"end")
    assert last.data.startswith(b"%d " % (40 - last.data.count(b"\n")))
    assert OUTPUT_LIMIT_BYTES - 128 * 1024 <= len(last.data) <= OUTPUT_LIMIT_BYTES + 128 * 1024
    assert len(last.line) <= LINE_LIMIT_BYTES + 128 * 1024
    terminal.feed(*(PROMPT + RUN + b"%d" % number + done(0) for number in range(2 * KEPT_OUTPUTS)))
    assert len(terminal.outputs.since(0)) == KEPT_OUTPUTS
    assert not terminal.outputs.since(0)[-1].cut


def test_all_together_stay_in_their_budget_and_the_longest_silent_is_forgotten() -> None:
    budget = OutputBudget(1024 * 1024)
    several = [CommandOutputs(budget) for _ in range(4)]
    for outputs in several:
        scanner = OscScanner()
        data = PROMPT + RUN + b"x" * 400_000 + done(0)
        outputs.feed(data, scanner.scan(data))
    told = [outputs.last for outputs in several]
    assert [output.gap for output in told if output] == [True, True, False, False]
    several[2].close()
    several[0].feed(data, OscScanner().scan(data))
    assert several[3].last is not None and not several[3].last.gap


async def test_what_a_shell_ended_with_is_told_by_the_screen_or_not_at_all_where_its_end_may_be_dropped() -> (
    None
):
    async def size() -> Size:
        return Size(80, 24)

    async def screen() -> str | None:
        return on_screen

    on_screen: str | None = None
    terminal = Terminal()
    terminal.feed(PROMPT + b"exit\r\n" + RUN + b"half")
    sure, broken_off = (
        OutputReader(terminal.outputs, size),
        OutputReader(terminal.outputs, size, lambda: True),
    )
    assert await sure.last(styled=False, from_screen=screen) == "half"
    with pytest.raises(OutputUnknownError, match="the shell ended first"):
        await broken_off.last(styled=False, from_screen=screen)
    on_screen = "half and half"
    assert await broken_off.last(styled=False, from_screen=screen) == on_screen
    terminal.feed(done(0))
    assert await broken_off.last(styled=False, from_screen=screen) == "half"
