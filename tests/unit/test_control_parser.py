from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.tmux.control.parser import (
    ControlEvent,
    ControlParser,
    Exited,
    Notification,
    Output,
    Reply,
    SubscriptionChanged,
)

STREAM = (
    b"%begin 100 1 0\n%end 100 1 0\n%session-changed $0 _ctl\n"
    b"%begin 101 2 1\nfirst\n%end 101 3 1\n%window-add @9\nlast \xff\n%end 101 2 1\n"
    b"%window-add @1\n"
    b"%begin 102 4 1\ncan't find window: @99\n%error 102 4 1\n"
    b"%output %1 a\\033[1mb\\134\n"
    b"%extended-output %2 17 : x\\012\n"
    b"%subscription-changed cockpit $0 @1 1 %2 : a : b\n"
    b"%window-renamed @1 two words\n"
    b"%exit server exited\n"
)
EVENTS: list[ControlEvent] = [
    Reply(100, 1, 0, True, ()),
    Notification("session-changed", "$0 _ctl"),
    Reply(101, 2, 1, True, ("first", "%end 101 3 1", "%window-add @9", "last \udcff")),
    Notification("window-add", "@1"),
    Reply(102, 4, 1, False, ("can't find window: @99",)),
    Output("%1", b"a\\033[1mb\\134"),
    Output("%2", b"x\\012", 17),
    SubscriptionChanged("cockpit", "@1", "%2", "a : b"),
    Notification("window-renamed", "@1 two words"),
    Exited("server exited"),
]


def test_a_stream_becomes_its_events() -> None:
    assert ControlParser().feed(STREAM) == EVENTS


@given(st.lists(st.integers(0, len(STREAM)), max_size=30))
def test_the_pieces_it_arrives_in_do_not_matter(cuts: list[int]) -> None:
    parser = ControlParser()
    edges = [0, *sorted(cuts), len(STREAM)]
    events = [event for start, end in itertools.pairwise(edges) for event in parser.feed(STREAM[start:end])]
    assert events == EVENTS
    assert parser.pending_bytes == 0


def test_what_is_incomplete_is_counted() -> None:
    parser = ControlParser()
    assert parser.feed(b"%begin 1 2 1\nhello\nwor") == []
    assert parser.pending_bytes == len(b"hello\nwor")


@pytest.mark.parametrize("line", [b"", b"noise", b"%end 1 2 1 extra", b"%begin x"])
def test_foreign_lines_do_not_open_a_reply(line: bytes) -> None:
    parser = ControlParser()
    parser.feed(line + b"\n")
    assert parser.feed(b"%window-add @1\n") == [Notification("window-add", "@1")]


def test_a_subscription_of_unknown_shape_is_kept_as_a_notice() -> None:
    assert ControlParser().feed(b"%subscription-changed odd\n") == [
        Notification("subscription-changed", "odd")
    ]


def test_exit_without_a_reason() -> None:
    assert ControlParser().feed(b"%exit\n") == [Exited("")]


@given(st.binary())
def test_no_bytes_break_the_parser(data: bytes) -> None:
    ControlParser().feed(data)


def test_escapes_are_resolved_once() -> None:
    (event,) = ControlParser().feed(b"%output %1 \\134033\n")
    assert isinstance(event, Output)
    assert event.data == b"\\033"


def test_the_first_word_is_what_changed() -> None:
    assert Notification("window-renamed", "@4 a name").first == "@4"
