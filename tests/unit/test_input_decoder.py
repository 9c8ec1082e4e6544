"""What the outer terminal sends, taken apart: keys of many terminals, pastes, replies, and rubbish."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.terminal.input.decoder import SEQUENCE_LIMIT_BYTES, InputDecoder, Other, Paste, Token
from cockpit.terminal.input.keys import KeyPress

KEYS = {
    # text and controls
    b"a": "a",
    b"A": "A",
    b"~": "~",
    b" ": "space",
    "ä".encode(): "ä",
    "Ä".encode(): "Ä",
    "字".encode(): "字",
    "😀".encode(): "😀",
    b"\x00": "ctrl+space",
    b"\x01": "ctrl+a",
    b"\x03": "ctrl+c",
    b"\x08": "ctrl+h",
    b"\t": "tab",
    b"\n": "ctrl+j",
    b"\r": "enter",
    b"\x1a": "ctrl+z",
    b"\x1c": "ctrl+\\",
    b"\x1d": "ctrl+]",
    b"\x1e": "ctrl+^",
    b"\x1f": "ctrl+_",
    b"\x7f": "backspace",
    # behind ESC
    b"\x1bx": "alt+x",
    b"\x1bX": "alt+shift+x",
    b"\x1b1": "alt+1",
    b"\x1b ": "alt+space",
    "\x1bä".encode(): "alt+ä",
    b"\x1b\r": "alt+enter",
    b"\x1b\t": "alt+tab",
    b"\x1b\x7f": "alt+backspace",
    b"\x1b\x01": "ctrl+alt+a",
    b"\x1b\x00": "ctrl+alt+space",
    b"\x1bN": "alt+shift+n",
    b"\x1b\\": "alt+\\",
    # cursor and editing keys
    b"\x1b[A": "up",
    b"\x1bOB": "down",
    b"\x1b[C": "right",
    b"\x1bOD": "left",
    b"\x1b[H": "home",
    b"\x1bOF": "end",
    b"\x1b[1;2A": "shift+up",
    b"\x1b[1;3B": "alt+down",
    b"\x1b[1;5C": "ctrl+right",
    b"\x1b[1;6D": "ctrl+shift+left",
    b"\x1b[1;7H": "ctrl+alt+home",
    b"\x1b[1;8F": "ctrl+alt+shift+end",
    b"\x1b[1;9A": "super+up",
    b"\x1b[5A": "ctrl+up",
    b"\x1bO5A": "ctrl+up",
    b"\x1b[1~": "home",
    b"\x1b[2~": "insert",
    b"\x1b[3~": "delete",
    b"\x1b[4~": "end",
    b"\x1b[5~": "pageup",
    b"\x1b[6~": "pagedown",
    b"\x1b[7~": "home",
    b"\x1b[8~": "end",
    b"\x1b[3;2~": "shift+delete",
    b"\x1b[3;5~": "ctrl+delete",
    b"\x1b[6;3~": "alt+pagedown",
    b"\x1b[Z": "shift+tab",
    b"\x1b\x1b[A": "alt+up",
    b"\x1b\x1bOA": "alt+up",
    b"\x1b\x1b[3~": "alt+delete",
    # function keys
    b"\x1bOP": "f1",
    b"\x1bOS": "f4",
    b"\x1b[11~": "f1",
    b"\x1b[15~": "f5",
    b"\x1b[24~": "f12",
    b"\x1b[1;2P": "shift+f1",
    b"\x1b[1;5R": "ctrl+f3",
    b"\x1b[R": "f3",
    b"\x1bO2P": "shift+f1",
    b"\x1b[24;8~": "ctrl+alt+shift+f12",
    b"\x1b[25~": "f13",
    b"\x1b[34~": "f20",
    b"\x1b[[A": "f1",
    b"\x1b[[E": "f5",
    # rxvt
    b"\x1b[a": "shift+up",
    b"\x1b[d": "shift+left",
    b"\x1bOa": "ctrl+up",
    b"\x1bOd": "ctrl+left",
    b"\x1b[3$": "shift+delete",
    b"\x1b[3^": "ctrl+delete",
    b"\x1b[3@": "ctrl+shift+delete",
    b"\x1b[23$": "shift+f11",
    b"\x1b[24^": "ctrl+f12",
    # application keypad
    b"\x1bOp": "kp_0",
    b"\x1bOy": "kp_9",
    b"\x1bOM": "kp_enter",
    b"\x1bOk": "kp_add",
    b"\x1bOX": "kp_equal",
    b"\x1b[E": "kp_begin",
    b"\x1bOE": "kp_begin",
    # kitty keyboard protocol
    b"\x1b[97u": "a",
    b"\x1b[97;5u": "ctrl+a",
    b"\x1b[97;6u": "ctrl+shift+a",
    b"\x1b[97:65;2u": "A",
    b"\x1b[97;;97u": "a",
    b"\x1b[97;2;65u": "A",
    b"\x1b[45;6u": "ctrl+_",
    b"\x1b[27u": "escape",
    b"\x1b[13;2u": "shift+enter",
    b"\x1b[9;5u": "ctrl+tab",
    b"\x1b[32;2u": "shift+space",
    b"\x1b[127;3u": "alt+backspace",
    b"\x1b[97;69u": "ctrl+a",  # caps lock
    b"\x1b[97;133u": "ctrl+a",  # num lock
    b"\x1b[97;5:1u": "ctrl+a",
    b"\x1b[97;5:2u": "ctrl+a",  # repeat
    b"\x1b[107;9u": "super+k",
    b"\x1b[107;17u": "hyper+k",
    b"\x1b[57344u": "escape",
    b"\x1b[57376u": "f13",
    b"\x1b[57398u": "f35",
    b"\x1b[57399u": "kp_0",
    b"\x1b[57414;5u": "ctrl+kp_enter",
    b"\x1b[57417u": "kp_left",
    b"\x1b[57427~": "kp_begin",
    b"\x1b[57428u": "media_play",
    b"\x1b[57363u": "menu",
    b"\x1b[1;1:1A": "up",
    b"\x1b[1;129A": "up",
    b"\x1b[3;5:2~": "ctrl+delete",
    b"\x1b[13~": "f3",
    b"\x1b[P": "f1",
    b"\x1b[1092::97;5u": "ctrl+ф",
    # modifyOtherKeys
    b"\x1b[27;2;13~": "shift+enter",
    b"\x1b[27;5;9~": "ctrl+tab",
    b"\x1b[27;6;65~": "ctrl+shift+a",
    b"\x1b[27;5;44~": "ctrl+,",
    b"\x1b[27;3;228~": "alt+ä",
}
NOT_TYPED = [
    b"\x1b[I",
    b"\x1b[O",
    b"\x1b[<0;10;5M",
    b"\x1b[<35;10;5M",
    b"\x1b[<0;10;5m",
    b"\x1b[M !!",
    b"\x1b[M\x60\xff\xe1",
    b"\x1b[M\x1b[A",
    b"\x1b[32;10;5M",
    b"\x1b[?62;22c",
    b"\x1b[>1;4000;0c",
    b"\x1b[0n",
    b"\x1b[12;40R",
    b"\x1b[?997;1n",
    b"\x1b[?2026;2$y",
    b"\x1b[4;1$y",
    b"\x1b[?1u",
    b"\x1b[>4;2m",
    b"\x1b[48;24;80;384;640t",
    b"\x1b[8;24;80t",
    b"\x1b]11;rgb:1c1c/1c1c/1c1c\x1b\\",
    b"\x1b]11;rgb:1c1c/1c1c/1c1c\x07",
    b"\x1b]52;c;aGVsbG8=\x07",
    b"\x1bP>|cockpit(1.0)\x1b\\",
    b"\x1bP1+r524742=38\x1b\\",
    b"\x1bP1$r0m\x1b\\",
    b"\x1b_Gi=1;OK\x1b\\",
    b"\x1b[97;5:3u",  # a release
    b"\x1b[1;1:3A",
    b"\x1b[57441;2u",  # shift alone
    b"\x1b[57454u",
]


def decode(data: bytes) -> list[Token]:
    decoder = InputDecoder()
    return decoder.feed(data) + decoder.flush()


def raw_of(tokens: list[Token]) -> bytes:
    return b"".join(token.raw for token in tokens)


@pytest.mark.parametrize(("data", "spelled"), KEYS.items(), ids=repr)
def test_a_key_is_one_press(data: bytes, spelled: str) -> None:
    (press,) = decode(data)
    assert isinstance(press, KeyPress)
    assert (press.chord, press.raw) == (spelled, data)


@pytest.mark.parametrize("data", NOT_TYPED, ids=repr)
def test_what_nobody_typed_is_kept_apart(data: bytes) -> None:
    assert decode(data) == [Other(data)]
    assert decode(b"\x1b" + data)[1:] == [Other(data)]  # escape, then a report in the same read


@pytest.mark.parametrize(
    "data", [b"\x1b[1;5p", b"\x1b[99~", b"\x1b[!p", b"\x1bOz", b"\x1b[57999u", b"\x1b[5;5;5;5~"]
)
def test_an_unknown_sequence_is_a_press_without_a_name(data: bytes) -> None:
    (press,) = decode(data)
    assert isinstance(press, KeyPress)
    assert press.raw == data
    assert press.key == "" or press.chord != ""


def test_only_forms_a_plain_terminal_lacks_are_extended() -> None:
    extended = {
        data for data in KEYS for token in decode(data) if isinstance(token, KeyPress) and token.extended
    }
    kitty_forms = {data for data in KEYS if data.endswith(b"u") or data.startswith(b"\x1b[27;")}
    also_kitty = {b"\x1b[1;1:1A", b"\x1b[1;129A", b"\x1b[3;5:2~", b"\x1b[13~", b"\x1b[P"}
    assert extended == kitty_forms | also_kitty


def test_text_of_presses() -> None:
    def text(data: bytes) -> str:
        (press,) = decode(data)
        assert isinstance(press, KeyPress)
        return press.text

    assert text(b"A") == "A"
    assert text(b"\x1b[97;2u") == "A"
    assert text(b"\x1b[97:65;2u") == "A"
    assert text(b"\x1b[49:33;2u") == "!"
    assert text(b"\x1b[97;;228u") == "ä"
    assert text(b"\x1b[0;;228:8364u") == ""  # no key: the raw says all there is
    assert text(b"\x1b[97;5u") == ""
    assert text(b"\x1b[32;2u") == " "
    assert text(b"\x1b[13;2u") == ""


@pytest.mark.parametrize(
    ("data", "spelled"),
    [
        (b"\x1b", "escape"),
        (b"\x1b\x1b", "alt+escape"),
        (b"\x1b[", "alt+["),
        (b"\x1bO", "alt+shift+o"),
        (b"\x1b]", "alt+]"),
        (b"\x1bP", "alt+shift+p"),
        (b"\x1b_", "alt+_"),
    ],
)
def test_the_beginning_of_a_sequence_is_a_key_once_nothing_followed(data: bytes, spelled: str) -> None:
    decoder = InputDecoder()
    assert decoder.feed(data) == []
    assert decoder.pending
    (press,) = decoder.flush()
    assert isinstance(press, KeyPress)
    assert (press.chord, press.raw) == (spelled, data)
    assert not decoder.pending
    assert decoder.flush() == []
    assert decoder.feed(b"A")[0].raw == b"A"


@pytest.mark.parametrize("data", [b"\x1b[<0;1", b"\xe5\xad", b"\x1b]11;rgb", b"\x1b[200~half", b"\x1b[1;"])
def test_what_only_a_slow_line_cuts_goes_on_waiting(data: bytes) -> None:
    decoder = InputDecoder()
    assert decoder.feed(data) == []
    assert not decoder.pending
    assert decoder.flush() == []
    assert raw_of(decoder.finish()) == data


def test_a_sequence_broken_off_by_another_loses_nothing() -> None:
    assert [t.raw for t in decode(b"\x1b[1;5\x1b[A")] == [b"\x1b[1;5", b"\x1b[A"]
    assert [t.raw for t in decode(b"\x1b[\rx")] == [b"\x1b[", b"\r", b"x"]
    assert [t.raw for t in decode(b"\x1bO\x03")] == [b"\x1bO", b"\x03"]
    assert [t.raw for t in decode(b"\x1b]11;rg\x1b[A")] == [b"\x1b]11;rg", b"\x1b[A"]
    assert [t.raw for t in decode(b"\x1b]11;rg\x03")] == [b"\x1b]11;rg", b"\x03"]
    assert [t.raw for t in decode(b"\x1b\xffx")] == [b"\x1b", b"\xff", b"x"]
    assert [t.raw for t in decode(b"\xc3(")] == [b"\xc3", b"("]


def test_an_alt_chord_before_text_does_not_swallow_it() -> None:
    spelled = [t.chord for t in decode(b"\x1b]abc\x1bPxyz\x1b_q") if isinstance(t, KeyPress)]
    assert spelled == ["alt+]", "a", "b", "c", "alt+shift+p", "x", "y", "z", "alt+_", "q"]


def test_an_endless_sequence_is_cut() -> None:
    data = b"\x1b[" + b"1" * (3 * SEQUENCE_LIMIT_BYTES)
    decoder = InputDecoder()
    tokens = decoder.feed(data)
    assert len(tokens[0].raw) == SEQUENCE_LIMIT_BYTES
    assert raw_of(tokens + decoder.finish()) == data


class TestPaste:
    def test_a_paste_is_one_token_byte_for_byte(self) -> None:
        text = b"one\r\ntwo\x00\x03\x1b[A\x1b[200~\xff" + "ä".encode()
        assert decode(b"x\x1b[200~" + text + b"\x1b[201~y")[1] == Paste(text)

    def test_an_empty_paste(self) -> None:
        assert decode(b"\x1b[200~\x1b[201~") == [Paste(b"")]

    def test_a_stray_end_is_nobody_s_key(self) -> None:
        (token,) = decode(b"\x1b[201~")
        assert isinstance(token, KeyPress)
        assert token.key == ""

    def test_a_megabyte_in_small_reads_takes_little_time(self) -> None:
        text = ("a line of text with ümläuts\t\n" * 40_000).encode()[: 1 << 20]
        data = b"\x1b[200~" + text + b"\x1b[201~"
        decoder = InputDecoder()
        tokens: list[Token] = []
        started = time.perf_counter()
        for start in range(0, len(data), 100):
            tokens += decoder.feed(data[start : start + 100])
        assert time.perf_counter() - started < 2  # 20 ms; quadratic would be minutes
        assert tokens == [Paste(text)]


PIECES = st.one_of(
    st.binary(max_size=6),
    st.sampled_from([*KEYS, *NOT_TYPED]),
    st.sampled_from(
        [b"\x1b", b"\x1b[", b"\x1bO", b"\x1b]", b"\x1bP", b"\x1b[200~", b"\x1b[201~", b"\x1b[20", b"$", b"\\"]
    ),
    st.text(max_size=3).map(str.encode),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=12).map(b"".join), st.data())
def test_cutting_makes_no_difference_and_nothing_is_lost(data: bytes, draw: st.DataObject) -> None:
    whole = InputDecoder()
    at_once = whole.feed(data) + whole.finish()
    assert raw_of(at_once) == data

    cuts = sorted(draw.draw(st.sets(st.integers(0, len(data)), max_size=20)))
    pieces = InputDecoder()
    in_pieces: list[Token] = []
    for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True):
        in_pieces += pieces.feed(data[start:end])
    assert in_pieces + pieces.finish() == at_once


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=12).map(b"".join))
def test_the_escape_time_loses_nothing_either(data: bytes) -> None:
    decoder = InputDecoder()
    tokens: list[Token] = []
    for byte in data:
        tokens += decoder.feed(bytes([byte]))
        tokens += decoder.flush()
        assert not decoder.pending
    assert raw_of(tokens + decoder.finish()) == data


def test_the_linux_consoles_f1_may_arrive_in_two_pieces() -> None:
    decoder = InputDecoder()
    assert decoder.feed(b"\x1b[[") == []
    (press,) = decoder.feed(b"A")
    assert isinstance(press, KeyPress)
    assert press.key == "f1"
