"""What cockpit writes to terminals that know less: fewer colours, none, the console, a screen around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.harness.cockpit_home import PROMPT, CockpitHome
from tests.harness.pty_program import PtyProgram

COLORED = r"printf '\033[38;2;250;120;30;1;4mtrue\033[0;94mblue\033[0m\033]8;;http://a.b\033\\link\033]8;;\033\\ok\n'"
SGR = re.compile(rb"\x1b\[([\d;:]*)m")
LEADER = b"\x02"
EXTENDED = {b"38", b"48", b"58"}


class Watched:
    """cockpit in a terminal whose every byte is kept."""

    def __init__(self, program: PtyProgram) -> None:
        self.program = program
        self.written = bytearray()
        program.on_output = self.written.extend

    def shows(self, text: bytes) -> None:
        self.program.read_until(lambda received: text in received, repr(text))

    def look_around(self) -> None:
        """The pane with colours in it, a panel over it, the help, the settings, a question, zoom."""
        self.shows(PROMPT.strip().encode())
        self.program.type(COLORED.encode() + b"; echo re''ady\r")
        self.shows(b"ready")
        for keys, shown in ((b"?", b"Show the next tab"), (b"S", b"Sidebar width"), (b"X", b"Close")):
            self.program.type(LEADER + keys)
            self.shows(shown)
            self.program.type(b"\x1b")
            self.shows(b"then")  # the status line: the dialogue is gone

    @property
    def sgr(self) -> set[bytes]:
        """Every parameter of every SGR sequence; an extended colour is one, up to its kind (`38;2`)."""
        found = set()
        for match in SGR.findall(bytes(self.written)):
            parts = iter(match.replace(b":", b";").split(b";"))
            for part in parts:
                if part in EXTENDED:
                    kind = next(parts, b"")
                    found.add(part + b";" + kind)
                    for _ in range(3 if kind == b"2" else 1):
                        next(parts, None)
                else:
                    found.add(part)
        return found


@contextmanager
def watched(theme: str = "ansi-dark", **variables: str) -> Iterator[Watched]:
    settings: dict[str, dict[str, object]] = {"general": {"show_tmux_hint": False, "theme": theme}}
    with CockpitHome("pty", settings=settings) as home:
        environment = {**home.environment, "COLORTERM": "", **variables}
        program = PtyProgram(home.argv, environment=environment, columns=110, rows=40, kitty_keyboard=False)
        with program:
            yield Watched(program)


def is_color(parameter: bytes) -> bool:
    kind, _, _ = parameter.partition(b";")
    return kind.isdigit() and (30 <= int(kind) <= 49 or 90 <= int(kind) <= 107 or kind == b"58")


def test_without_colours_bold_and_underline_are_all_there_is() -> None:
    with watched(TERM="xterm-256color", COLORTERM="truecolor", NO_COLOR="1") as cockpit:
        cockpit.look_around()
        assert {parameter for parameter in cockpit.sgr if is_color(parameter)} == set()
        assert {b"1", b"4", b"7"} <= cockpit.sgr


def test_256_colours_are_all_that_is_written_where_there_are_no_more() -> None:
    with watched(TERM="xterm-256color") as cockpit:
        cockpit.look_around()
        probe = b"\x1b[48;2;7;8;9m\x1bP$qm"
        assert probe in cockpit.written, "COLORTERM may have got lost on the way"
        cockpit.written[:] = cockpit.written.replace(probe, b"")
        assert {b"38;2", b"48;2"}.isdisjoint(cockpit.sgr)
        assert b"38;5;208" in cockpit.written
        cockpit.program.type(b"\x1bP1$r0;48:2::7:8:9m\x1b\\" + COLORED.encode() + b"\r")
        cockpit.shows(b"38;2;250;120;30")  # the terminal says that it keeps such a colour


def test_sixteen_colours_are_the_first_sixteen() -> None:
    with watched(TERM="xterm-16color") as cockpit:
        cockpit.look_around()
        cockpit.written[:] = cockpit.written.replace(b"\x1b[48;2;7;8;9m", b"")
        assert {parameter for parameter in cockpit.sgr if b";" in parameter} == set()
        assert b"94" in cockpit.sgr


def test_the_console_gets_nothing_that_it_would_print() -> None:
    with watched(TERM="linux") as cockpit:
        cockpit.look_around()
        written = bytes(cockpit.written)
        for unknown in (rb"\x1b\]", rb"\x1bP", rb"\x1b\[[<=>]", rb"\x1b\[[\d;]*[ $:]", rb"\x1b\[[\d;:]*:"):
            assert not re.search(unknown, written), unknown
        assert {parameter for parameter in cockpit.sgr if b";" in parameter or parameter[:1] == b"9"} == set()
        drawn = set(written.decode()) - set(map(chr, range(128)))
        assert drawn <= set("─│┌┐└┘├┤┬┴┼█▀▄▌▐░▒▓"), drawn


def test_the_console_in_a_locale_without_utf_8_gets_ascii() -> None:
    with watched(TERM="linux", LC_ALL="C", LANG="C") as cockpit:
        cockpit.look_around()
        assert bytes(cockpit.written).isascii()


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_terminal_that_places_nothing_is_refused(term: str) -> None:
    with watched(TERM=term) as cockpit:
        cockpit.shows(b"can't place text")
        assert b"\x1b" not in cockpit.written


def test_a_terminal_that_turns_out_to_have_all_colours_gets_the_wanted_theme() -> None:
    with watched(theme="nord", TERM="xterm") as cockpit:
        cockpit.shows(PROMPT.strip().encode())
        assert b"48;2;46;52;64" not in cockpit.written, "sixteen colours are no place for shades"
        cockpit.program.type(b"\x1bP1$r0;48;2;7;8;9m\x1b\\")
        cockpit.shows(b"48;2;46;52;64")
