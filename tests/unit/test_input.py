"""What a program is sent for keys, pastes, mouse and focus, by the modes of its terminal (a real libghostty-vt)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from cockpit.model import Size
from cockpit.terminal.emulator.emulator import Emulator
from cockpit.terminal.input.decoder import InputDecoder
from cockpit.terminal.input.encoder import InputEncoder
from cockpit.terminal.input.keys import KeyPress, Modifiers, from_textual, parse_chord
from cockpit.terminal.input.mouse import MouseAction, MouseButton

LEFT, RIGHT, MIDDLE = MouseButton.LEFT, MouseButton.RIGHT, MouseButton.MIDDLE
PRESS, RELEASE, MOTION = MouseAction.PRESS, MouseAction.RELEASE, MouseAction.MOTION


class Unheard:
    """What the terminal tells is of no interest here."""

    def reply(self, data: bytes) -> None: ...

    def title_changed(self, title: str) -> None: ...

    def bell_rang(self) -> None: ...


@dataclass
class Program:
    """A program's terminal and what reaches the program."""

    terminal: Emulator
    input: InputEncoder

    def asks(self, data: bytes) -> None:
        self.terminal.feed(data)

    def gets(self, typed: bytes) -> bytes:
        """What arrives when the outer terminal sends `typed`."""
        decoder = InputDecoder()
        presses = [t for t in decoder.feed(typed) + decoder.finish() if isinstance(t, KeyPress)]
        return b"".join(self.input.key(press) for press in presses)

    def gets_chord(self, written: str) -> bytes:
        """What arrives for a chord that came without bytes, as Pilot's do."""
        return self.input.key(parse_chord(written))


def make_program(*, raw_legacy: bool = False) -> Iterator[Program]:
    terminal = Emulator(Size(80, 24), Unheard())
    encoder = InputEncoder(terminal.handle, terminal.modes, raw_legacy=raw_legacy)
    yield Program(terminal, encoder)
    encoder.close()
    terminal.close()


@pytest.fixture
def program() -> Iterator[Program]:
    yield from make_program()


@pytest.fixture
def tmux_client() -> Iterator[Program]:
    yield from make_program(raw_legacy=True)


MODIFIED = range(2, 9)
CONTROLS = [bytes([code]) for code in range(0x20) if code != 0x1B] + [b"\x7f", b"\x1b"]
PRINTABLE = [bytes([code]) for code in range(0x20, 0x7F)]
ALT = [b"\x1b" + c for c in PRINTABLE + CONTROLS if c not in (b"[", b"O", b"]", b"P", b"_", b"\x1b")]
OTHER_TEXT = [text.encode() for text in ("ä", "Ä", "ß", "€", "字", "😀", "\u0301")]
EDITING = [f"\x1b[{n}~".encode() for n in (1, 2, 3, 4, 5, 6, 7, 8)]
FUNCTION = [b"\x1bOP", b"\x1bOQ", b"\x1bOR", b"\x1bOS"] + [
    f"\x1b[{n}~".encode() for n in (15, 17, 18, 19, 20, 21, 23, 24, 25, 26, 28, 29, 31, 32, 33, 34)
]
MODIFIED_FUNCTION = [f"\x1b[1;{m}{final}".encode() for m in MODIFIED for final in "ABCDEFHPQRS"] + [
    f"\x1b[{n};{m}~".encode() for m in MODIFIED for n in (2, 3, 5, 6, 15, 17, 18, 19, 20, 21, 23, 24)
]
ODD = [
    b"\x1b[Z", b"\x1b[a", b"\x1bOd", b"\x1b[3$", b"\x1b[3^", b"\x1b[3@", b"\x1b[[A", b"\x1b\x1b[A", b"\x1b[5A",
    b"\x1b[1;5p", b"\x1b[200;1;2;3~", b"\xff", b"\xc3", b"\x1b[", b"\x1bO", b"\x1b\x1b", b"\x1b[11~", b"\x1b[1;9A",
]  # fmt: skip
PLAIN = PRINTABLE + CONTROLS + ALT + OTHER_TEXT + EDITING + FUNCTION + MODIFIED_FUNCTION + ODD
CURSOR = {"up": b"A", "down": b"B", "right": b"C", "left": b"D", "home": b"H", "end": b"F"}


class TestPlain:
    """A program that asked for nothing gets what it would get without cockpit."""

    def test_there_are_enough_keys(self) -> None:
        assert len(set(PLAIN)) > 300

    @pytest.mark.parametrize("modes", [b"", b"\x1b[?1h", b"\x1b=", b"\x1b[?2004h\x1b[?1004h\x1b[?1003h"])
    def test_what_a_plain_terminal_sends_arrives_unchanged(self, program: Program, modes: bytes) -> None:
        program.asks(modes)
        assert {typed: program.gets(typed) for typed in PLAIN} == {typed: typed for typed in PLAIN}

    @pytest.mark.parametrize("name", CURSOR)
    def test_cursor_keys_follow_the_program_s_mode_not_the_outer_terminal_s(
        self, program: Program, name: str
    ) -> None:
        for typed in (b"\x1b[" + CURSOR[name], b"\x1bO" + CURSOR[name]):
            assert program.gets(typed) == program.gets_chord(name) == b"\x1b[" + CURSOR[name]
        program.asks(b"\x1b[?1h")
        for typed in (b"\x1b[" + CURSOR[name], b"\x1bO" + CURSOR[name]):
            assert program.gets(typed) == program.gets_chord(name) == b"\x1bO" + CURSOR[name]
        assert program.gets(b"\x1b[1;5" + CURSOR[name]) == b"\x1b[1;5" + CURSOR[name]

    def test_the_keypad_follows_the_program_s_mode(self, program: Program) -> None:
        keypad = dict(zip("0123456789*+,-./=\r", "pqrstuvwxyjklmnoXM", strict=True))
        for typed, letter in keypad.items():
            assert program.gets(b"\x1bO" + letter.encode()) == typed.encode()
        assert program.gets(b"\x1b[57404u") == program.gets_chord("kp_5") == b"5"
        assert program.gets_chord("kp_enter") == b"\r"
        program.asks(b"\x1b=")
        for letter in keypad.values():
            assert program.gets(b"\x1bO" + letter.encode()) == b"\x1bO" + letter.encode()
        assert program.gets(b"\x1b[57404u") == program.gets_chord("kp_5") == b"\x1bOu"
        assert program.gets_chord("kp_enter") == b"\x1bOM"
        assert program.gets_chord("ctrl+kp_enter") == b"\r"
        assert program.gets(b"5") == b"5"

    @pytest.mark.parametrize(
        ("typed", "arrives"),
        [
            (b"\x1b[13;2u", b"\r"),
            (b"\x1b[13;5u", b"\r"),
            (b"\x1b[13;3u", b"\x1b\r"),
            (b"\x1b[9;5u", b"\t"),
            (b"\x1b[9;2u", b"\x1b[Z"),
            (b"\x1b[9;6u", b"\x1b[Z"),
            (b"\x1b[32;2u", b" "),
            (b"\x1b[32;5u", b"\x00"),
            (b"\x1b[32;7u", b"\x1b\x00"),
            (b"\x1b[127;2u", b"\x7f"),
            (b"\x1b[127;5u", b"\x08"),
            (b"\x1b[127;3u", b"\x1b\x7f"),
            (b"\x1b[127;7u", b"\x1b\x08"),
            (b"\x1b[27u", b"\x1b"),
            (b"\x1b[27;3u", b"\x1b\x1b"),
            (b"\x1b[27;2u", b"\x1b"),
            (b"\x1b[99;5u", b"\x03"),
            (b"\x1b[99;133u", b"\x03"),
            (b"\x1b[105;5u", b"\t"),
            (b"\x1b[109;5u", b"\r"),
            (b"\x1b[91;5u", b"\x1b"),
            (b"\x1b[104;5u", b"\x08"),
            (b"\x1b[97;6u", b"\x01"),
            (b"\x1b[97;3u", b"\x1ba"),
            (b"\x1b[97;4u", b"\x1bA"),
            (b"\x1b[49;4u", b"\x1b!"),
            (b"\x1b[97;7u", b"\x1b\x01"),
            (b"\x1b[228;3u", b"\x1b\xc3\xa4"),
            (b"\x1b[228;5u", b"\xc3\xa4"),
            (b"\x1b[45;6u", b"\x1f"),
            (b"\x1b[45;5u", b"-"),
            (b"\x1b[47;5u", b"\x1f"),
            (b"\x1b[50;5u", b"\x00"),
            (b"\x1b[56;5u", b"\x7f"),
            (b"\x1b[48;5u", b"0"),
            (b"\x1b[44;5u", b","),
            (b"\x1b[1;129A", b"\x1b[A"),
            (b"\x1b[1;133A", b"\x1b[1;5A"),
            (b"\x1b[1;1:2A", b"\x1b[A"),
            (b"\x1b[P", b"\x1bOP"),
            (b"\x1b[13~", b"\x1bOR"),
            (b"\x1b[13;5~", b"\x1b[1;5R"),
            (b"\x1b[57376u", b"\x1b[1;2P"),
            (b"\x1b[57388u", b"\x1b[1;5P"),
            (b"\x1b[57419u", b"\x1b[A"),
            (b"\x1b[57426;5u", b"\x1b[3;5~"),
            (b"\x1b[57363u", b"\x1b[29~"),
            (b"\x1b[107;9u", b""),
            (b"\x1b[57428u", b""),
            (b"\x1b[27;2;13~", b"\r"),
            (b"\x1b[27;5;9~", b"\t"),
            (b"\x1b[27;6;65~", b"\x01"),
            (b"\x1b[27;5;44~", b","),
        ],
    )
    def test_extended_keys_arrive_as_xterm_without_extensions_sends_them(
        self, program: Program, typed: bytes, arrives: bytes
    ) -> None:
        assert program.gets(typed) == arrives

    def test_keys_without_bytes_arrive_as_xterm_sends_them(self, program: Program) -> None:
        """Every unambiguous plain key, told by its name alone, gives its bytes again."""
        numbers_of_one_key_only = {b"\x1b[%d~" % n for n in (1, 4, 7, 8, 11, *range(25, 35))}
        for typed in set(PLAIN) - set(ODD) - numbers_of_one_key_only - {b"\xcc\x81"}:
            presses = [t for t in InputDecoder().feed(typed) if isinstance(t, KeyPress)]
            for press in presses:
                again = KeyPress(press.key, press.modifiers, press.text)
                assert program.input.key(again) == typed, typed

    def test_pilot_s_keys(self, program: Program) -> None:
        assert program.input.key(from_textual("exclamation_mark", "!")) == b"!"
        assert program.input.key(from_textual("ctrl+underscore", "\x1f")) == b"\x1f"
        assert program.input.key(from_textual("shift+tab")) == b"\x1b[Z"
        assert program.input.key(from_textual("ctrl+at")) == b"\x00"
        assert program.input.key(from_textual("alt+shift+a")) == b"\x1bA"
        assert program.input.key(from_textual("enter", "\r")) == b"\r"
        assert program.input.key(from_textual("f24")) == b"\x1b[24;2~"
        assert program.input.key(from_textual("unheard_of", "字")) == "字".encode()


class TestKitty:
    @pytest.mark.parametrize(
        ("typed", "disambiguated", "everything"),
        [
            (b"a", b"a", b"\x1b[97;;97u"),
            (b"A", b"A", b"\x1b[97;2;65u"),
            ("ä".encode(), "ä".encode(), b"\x1b[228;;228u"),
            (b"!", b"!", b"\x1b[33;;33u"),
            (b" ", b" ", b"\x1b[32;;32u"),
            (b"\r", b"\r", b"\x1b[13u"),
            (b"\t", b"\t", b"\x1b[9u"),
            (b"\x7f", b"\x7f", b"\x1b[127u"),
            (b"\x1b", b"\x1b[27u", b"\x1b[27u"),
            (b"\x01", b"\x1b[97;5u", b"\x1b[97;5u"),
            (b"\x00", b"\x1b[32;5u", b"\x1b[32;5u"),
            (b"\x1bx", b"\x1b[120;3u", b"\x1b[120;3u"),
            (b"\x1bX", b"\x1b[120;4u", b"\x1b[120;4u"),
            (b"\x1b[13;2u", b"\x1b[13;2u", b"\x1b[13;2u"),
            (b"\x1b[27;2;13~", b"\x1b[13;2u", b"\x1b[13;2u"),
            (b"\x1b[97;6u", b"\x1b[97;6u", b"\x1b[97;6u"),
            (b"\x1b[27;6;65~", b"\x1b[97;6u", b"\x1b[97;6u"),
            (b"\x1b[Z", b"\x1b[9;2u", b"\x1b[9;2u"),
            (b"\x1b[A", b"\x1b[A", b"\x1b[A"),
            (b"\x1bOA", b"\x1b[A", b"\x1b[A"),
            (b"\x1b[1;5A", b"\x1b[1;5A", b"\x1b[1;5A"),
            (b"\x1bOP", b"\x1b[P", b"\x1b[P"),
            (b"\x1bOR", b"\x1b[13~", b"\x1b[13~"),
            (b"\x1b[24;2~", b"\x1b[24;2~", b"\x1b[24;2~"),
            (b"\x1b[57376u", b"\x1b[57376u", b"\x1b[57376u"),
            (b"\x1b[57398u", b"\x1b[57398u", b"\x1b[57398u"),
            (b"\x1b[57399u", b"\x1b[57399u", b"\x1b[57399u"),
            (b"\x1b[57428u", b"\x1b[57428u", b"\x1b[57428u"),
            (b"\x1b[107;9u", b"\x1b[107;9u", b"\x1b[107;9u"),
            (b"\x1b[107;17u", b"\x1b[107;17u", b"\x1b[107;17u"),
        ],
    )
    def test_flags(self, program: Program, typed: bytes, disambiguated: bytes, everything: bytes) -> None:
        program.asks(b"\x1b[>1u")
        assert program.gets(typed) == disambiguated
        program.asks(b"\x1b[>25u")  # 1 | 8 | 16
        assert program.gets(typed) == everything
        program.asks(b"\x1b[<2u")
        assert program.gets(b"\x01") == b"\x01"

    def test_the_cursor_mode_is_overruled(self, program: Program) -> None:
        program.asks(b"\x1b[?1h\x1b[>1u")
        assert program.gets(b"\x1bOA") == b"\x1b[A"

    def test_keys_without_bytes(self, program: Program) -> None:
        program.asks(b"\x1b[>1u")
        assert program.gets_chord("shift+enter") == b"\x1b[13;2u"
        assert program.gets_chord("ctrl+shift+a") == b"\x1b[97;6u"
        assert program.gets_chord("a") == b"a"


class TestModifyOtherKeys:
    @pytest.mark.parametrize(
        ("typed", "arrives"),
        [
            (b"a", b"a"),
            (b"A", b"A"),
            (b"\r", b"\r"),
            (b"\x1b", b"\x1b"),
            (b"\x1b[13;2u", b"\x1b[27;2;13~"),
            (b"\x1b[13;5u", b"\x1b[27;5;13~"),
            (b"\x1b[27;2;13~", b"\x1b[27;2;13~"),
            (b"\x1b\r", b"\x1b[27;3;13~"),
            (b"\x1b[9;5u", b"\x1b[27;5;9~"),
            (b"\x1b[97;6u", b"\x1b[27;6;65~"),
            (b"\x01", b"\x1b[27;5;97~"),
            (b"\x1bx", b"\x1b[27;3;120~"),
            (b"\x1b[32;2u", b"\x1b[27;2;32~"),
            (b"\x1b[1;5A", b"\x1b[1;5A"),
            (b"\x1b[13;5~", b"\x1b[1;5R"),
            (b"\x1bOP", b"\x1bOP"),
        ],
    )
    def test_mode_2(self, program: Program, typed: bytes, arrives: bytes) -> None:
        program.asks(b"\x1b[>4;2m")
        assert program.gets(typed) == arrives
        program.asks(b"\x1b[>4m")
        assert program.gets(b"\x1b[13;2u") == b"\r"


class TestTmuxClient:
    def test_plain_keys_stay_plain_though_tmux_asked_for_more(self, tmux_client: Program) -> None:
        tmux_client.asks(b"\x1b[>4;2m")
        assert {typed: tmux_client.gets(typed) for typed in PLAIN} == {typed: typed for typed in PLAIN}

    @pytest.mark.parametrize(
        ("typed", "arrives"),
        [
            (b"\x1b[13;2u", b"\x1b[27;2;13~"),
            (b"\x1b[27;2;13~", b"\x1b[27;2;13~"),
            (b"\x1b[13;5u", b"\x1b[27;5;13~"),
            (b"\x1b[13;3u", b"\x1b\r"),
            (b"\x1b[9;5u", b"\x1b[27;5;9~"),
            (b"\x1b[9;2u", b"\x1b[Z"),
            (b"\x1b[97;6u", b"\x1b[27;6;65~"),
            (b"\x1b[99;5u", b"\x03"),
            (b"\x1b[105;5u", b"\x1b[27;5;105~"),
            (b"\x1b[27u", b"\x1b"),
            (b"\x1b[97;4u", b"\x1bA"),
            (b"\x1b[49;4u", b"\x1b!"),
            (b"\x1b[45;6u", b"\x1f"),
            (b"\x1b[44;5u", b"\x1b[27;5;44~"),
            (b"\x1b[127;5u", b"\x08"),
            (b"\x1b[32;2u", b" "),
            (b"\x1b[32;5u", b"\x00"),
            (b"\x1b[107;9u", b""),
        ],
    )
    def test_extended_keys(self, tmux_client: Program, typed: bytes, arrives: bytes) -> None:
        assert tmux_client.gets(typed) == arrives

    def test_chords_may_be_made_plain(self, tmux_client: Program) -> None:
        tmux_client.input.plain_chords = True
        assert tmux_client.gets(b"\x1b[13;2u") == b"\r"
        assert tmux_client.gets(b"\x1b[97;6u") == b"\x01"


class TestPaste:
    TEXT = ("printable ümläuts 字 😀\twith tabs\r\n" * 30_000).encode()[: 1 << 20]

    def test_a_megabyte_arrives_between_markers_byte_for_byte(self, program: Program) -> None:
        program.asks(b"\x1b[?2004h")
        assert program.input.paste(self.TEXT) == b"\x1b[200~" + self.TEXT + b"\x1b[201~"

    def test_without_markers_newlines_become_returns(self, program: Program) -> None:
        assert program.input.paste(self.TEXT) == self.TEXT.replace(b"\n", b"\r")
        assert program.input.paste(b"a\tb\nc\r") == b"a\tb\rc\r"

    @pytest.mark.parametrize(
        ("pasted", "arrives"),
        [
            (b"a\x1b[201~b", b"ab"),
            (b"a\x1b[201~\x1b[201~b", b"ab"),
            (b"a\x1b[20\x1b[201~1~b", b"ab"),
            (b"\x1b[2\x1b[2\x1b[201~01~01~x", b"x"),
            (b"\x1b[200~", b" [200~"),
            (b"rm\x03\x1b:q\x00", b"rm  :q "),
        ],
    )
    def test_nothing_in_a_paste_can_end_it_or_press_a_key(
        self, program: Program, pasted: bytes, arrives: bytes
    ) -> None:
        program.asks(b"\x1b[?2004h")
        assert program.input.paste(pasted) == b"\x1b[200~" + arrives + b"\x1b[201~"

    def test_many_nested_markers_take_no_time(self, program: Program) -> None:
        program.asks(b"\x1b[?2004h")
        deep = b"\x1b[201" * 20_000 + b"~" * 20_000
        started = time.perf_counter()
        pasted = program.input.paste(deep)
        assert time.perf_counter() - started < 1
        assert pasted.count(b"\x1b[201~") == 1

    def test_c0_characters_are_replaced_without_markers_too(self, program: Program) -> None:
        assert program.input.paste(b"a\x1b[Ab\x04") == b"a [Ab "


class TestMouse:
    def test_nothing_without_tracking(self, program: Program) -> None:
        assert program.input.mouse(LEFT, PRESS, 1, 1) == b""

    @pytest.mark.parametrize(
        ("modes", "expected"),
        [
            (b"\x1b[?9h", [b"\x1b[M +&", b"", b"", b"", b""]),
            (b"\x1b[?1000h", [b"\x1b[M +&", b"", b"\x1b[M#+&", b"\x1b[Mp+&", b""]),
            (
                b"\x1b[?1002h\x1b[?1006h",
                [b"\x1b[<0;11;6M", b"\x1b[<32;12;6M", b"\x1b[<0;11;6m", b"\x1b[<80;11;6M", b""],
            ),
            (
                b"\x1b[?1003h\x1b[?1006h",
                [b"\x1b[<0;11;6M", b"\x1b[<32;12;6M", b"\x1b[<0;11;6m", b"\x1b[<80;11;6M", b"\x1b[<35;13;6M"],
            ),
            (b"\x1b[?1000h\x1b[?1015h", [b"\x1b[32;11;6M", b"", b"\x1b[35;11;6M", b"\x1b[112;11;6M", b""]),
        ],
    )
    def test_protocols(self, program: Program, modes: bytes, expected: list[bytes]) -> None:
        program.asks(modes)
        mouse = program.input.mouse
        assert [
            mouse(LEFT, PRESS, 10, 5),
            mouse(LEFT, MOTION, 11, 5),
            mouse(LEFT, RELEASE, 10, 5),
            mouse(MouseButton.WHEEL_UP, PRESS, 10, 5, Modifiers.CTRL),
            mouse(MouseButton.NONE, MOTION, 12, 5),
        ] == expected

    def test_buttons_and_modifiers(self, program: Program) -> None:
        program.asks(b"\x1b[?1000h\x1b[?1006h")
        mouse = program.input.mouse
        assert mouse(RIGHT, PRESS, 0, 0) == b"\x1b[<2;1;1M"
        assert mouse(MIDDLE, PRESS, 0, 0, Modifiers.SHIFT) == b"\x1b[<5;1;1M"
        assert mouse(LEFT, PRESS, 79, 23, Modifiers.ALT) == b"\x1b[<8;80;24M"
        assert mouse(MouseButton.WHEEL_DOWN, PRESS, 0, 0) == b"\x1b[<65;1;1M"
        assert mouse(MouseButton.WHEEL_LEFT, PRESS, 0, 0) == b"\x1b[<66;1;1M"
        assert mouse(MouseButton.WHEEL_RIGHT, PRESS, 0, 0) == b"\x1b[<67;1;1M"
        assert mouse(MouseButton.WHEEL_UP, RELEASE, 0, 0) == b""
        assert mouse(MouseButton.BACK, PRESS, 0, 0) == b"\x1b[<128;1;1M"

    def test_motion_within_a_cell_is_told_once(self, program: Program) -> None:
        program.asks(b"\x1b[?1003h\x1b[?1006h")
        mouse = program.input.mouse
        assert mouse(MouseButton.NONE, MOTION, 3, 3) == b"\x1b[<35;4;4M"
        assert mouse(MouseButton.NONE, MOTION, 3, 3) == b""
        assert mouse(MouseButton.NONE, MOTION, 4, 3) == b"\x1b[<35;5;4M"

    def test_a_drag_out_of_the_pane_is_told_at_its_edge_and_its_release_too(self, program: Program) -> None:
        program.asks(b"\x1b[?1002h\x1b[?1006h")
        mouse = program.input.mouse
        mouse(LEFT, PRESS, 3, 3)
        assert mouse(LEFT, MOTION, 200, 3) == b"\x1b[<32;80;4M"
        assert mouse(LEFT, RELEASE, -5, 3) == b"\x1b[<0;1;4m"

    def test_the_size_is_followed(self, program: Program) -> None:
        program.asks(b"\x1b[?1000h\x1b[?1006h")
        program.terminal.resize(Size(300, 100))
        assert program.input.mouse(LEFT, PRESS, 299, 99) == b"\x1b[<0;300;100M"
        program.terminal.resize(Size(40, 12))
        assert program.input.mouse(LEFT, PRESS, 39, 11) == b"\x1b[<0;40;12M"

    def test_pixels_are_those_the_program_is_told_of(self, program: Program) -> None:
        program.asks(b"\x1b[?1000h\x1b[?1016h")
        assert program.input.mouse(LEFT, PRESS, 10, 5) == b"\x1b[<0;84;88M"


def test_focus_is_told_only_to_a_program_that_asked(program: Program) -> None:
    assert program.input.focus(True) == b""
    program.asks(b"\x1b[?1004h")
    assert program.input.focus(True) == b"\x1b[I"
    assert program.input.focus(False) == b"\x1b[O"


@pytest.mark.parametrize("modes", [b"", b"\x1b[>1u", b"\x1b[>4;2m"])
def test_a_key_costs_microseconds(program: Program, modes: bytes) -> None:
    program.asks(modes)
    decoder = InputDecoder()
    started = time.perf_counter()
    for _ in range(1000):
        for typed in (b"a", b"\x01", b"\x1b[A"):
            for token in decoder.feed(typed):
                assert isinstance(token, KeyPress)
                program.input.key(token)
    assert (time.perf_counter() - started) / 3000 < 200e-6  # 2 to 10 µs on an idle machine
