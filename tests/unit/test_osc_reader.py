"""What programs say through OSC strings, clean whatever they write."""

from __future__ import annotations

import base64
import socket

import pytest

from cockpit.terminal.speech.events import (
    BODY_LIMIT,
    TITLE_LIMIT,
    ClipboardRead,
    ClipboardWrite,
    DirectoryChanged,
    Notification,
    ProgramEvent,
    Progress,
    ProgressState,
    PromptMark,
    PromptMarked,
    Selection,
)
from cockpit.terminal.speech.osc_reader import PARTIAL_NOTIFICATIONS, OscReader


@pytest.mark.parametrize(
    ("payload", "event"),
    [
        (b"9;the build is done", Notification("", "the build is done")),
        (b"9;two; parts", Notification("", "two; parts")),
        (b"9;42 tests passed", Notification("", "42 tests passed")),
        (b"9;", None),
        (b"9;\x01\x02", None),
        (b"9;1;500", None),
        (b"9;11;a comment", None),
        (b"9;4;1;50", Progress(ProgressState.RUNNING, 50)),
        (b"9;4;1;250", Progress(ProgressState.RUNNING, 100)),
        (b"9;4;1;9999999999999999999999", Progress(ProgressState.RUNNING, 100)),
        (b"9;4;1", Progress(ProgressState.RUNNING, 0)),
        (b"9;4;2", Progress(ProgressState.ERROR)),
        (b"9;4;2;80", Progress(ProgressState.ERROR, 80)),
        (b"9;4;3", Progress(ProgressState.BUSY)),
        (b"9;4;4;20", Progress(ProgressState.PAUSED, 20)),
        (b"9;4;0;", Progress(ProgressState.NONE)),
        (b"9;4;7;1", None),
        (b"9;4", None),
        (b'9;9;"/tmp/a"', DirectoryChanged("/tmp/a")),
        (b"9;9;C:\\x", None),
        (b"777;notify;Title;Body; with more", Notification("Title", "Body; with more")),
        (b"777;notify;Title", Notification("Title", "")),
        (b"777;notify;;", None),
        (b"777;precmd", None),
        (b"99;;plain", Notification("plain", "")),
        (b"99;e=1:p=body;aGVsbG8=", Notification("", "hello")),
        (b"99;i=1:p=close;", None),
        (b"99;i=1:p=?;", None),
        (b"7;file:///tmp/a%20b", DirectoryChanged("/tmp/a b")),
        (b"7;file://localhost/tmp/%C3%A4", DirectoryChanged("/tmp/ä")),
        (b"7;file:///tmp/a%00b", None),
        (b"7;file:///tmp/a%1b]0;x", None),
        (b"7;file://elsewhere.example/tmp", None),
        (b"7;http://localhost/tmp", None),
        (b"7;file://[broken/tmp", None),
        (b"7;/tmp", None),
        (b"7;file:///" + b"a" * 5000, None),
        (b"7;kitty-shell-cwd:///tmp/100%/a b", DirectoryChanged("/tmp/100%/a b")),
        (b"133;A", PromptMarked(PromptMark.PROMPT)),
        (b"133;A;cl=m;aid=7", PromptMarked(PromptMark.PROMPT)),
        (b"133;A;k=s", None),
        (b"133;B", PromptMarked(PromptMark.COMMAND)),
        (b"133;C", PromptMarked(PromptMark.OUTPUT)),
        (b"133;D", PromptMarked(PromptMark.DONE)),
        (b"133;D;127;aid=7", PromptMarked(PromptMark.DONE, 127)),
        (b"133;D;nonsense", PromptMarked(PromptMark.DONE)),
        (b"133;Z", None),
        (b"52;c;aGVsbG8=", ClipboardWrite("hello")),
        (b"52;;aGVsbG8", ClipboardWrite("hello")),
        (b"52;cp;aGVs\nbG8=", ClipboardWrite("hello")),
        (b"52;p;aGVsbG8=", ClipboardWrite("hello", Selection.PRIMARY)),
        (b"52;c;/w==", ClipboardWrite("\ufffd")),
        (b"52;q;aGVsbG8=", None),
        (b"52;c;", None),
        (b"52;c;!", None),
        (b"52;c;a", None),
        (b"52;aGVsbG8=", None),
        (b"52;c;?", ClipboardRead("c")),
        (b"52;;?", ClipboardRead("")),
        (b"2;title", None),
        (b"", None),
    ],
)
def test_every_protocol_is_understood(payload: bytes, event: ProgramEvent | None) -> None:
    assert OscReader().read(payload) == event


def test_this_machines_own_name_is_here() -> None:
    uri = b"7;file://" + socket.gethostname().encode() + b"/tmp"
    assert OscReader().read(uri) == DirectoryChanged("/tmp")


def test_texts_are_cleaned_and_cut() -> None:
    told = OscReader().read(b"777;notify;" + b"T\x9b\xe2\x80\xae\x7f" * 2000 + b";" + b"b\n" * 2000)
    assert isinstance(told, Notification)
    assert len(told.title) <= TITLE_LIMIT
    assert len(told.body) <= BODY_LIMIT
    assert told.title.isprintable()
    assert "\u202e" not in told.title
    assert told.body.startswith("b b b")


def test_a_notification_in_parts_is_told_when_it_is_complete() -> None:
    reader = OscReader()
    assert reader.read(b"99;i=7:d=0;Build ") is None
    assert reader.read(b"99;i=7:d=0;of x") is None
    assert reader.read(b"99;i=8;another") == Notification("another", "")
    assert reader.read(b"99;i=7:p=body;has failed") == Notification("Build of x", "has failed")
    assert reader.read(b"99;i=7:p=body;again") == Notification("", "again")


def test_notifications_that_never_end_are_forgotten() -> None:
    reader = OscReader()
    for number in range(1000):
        reader.read(b"99;i=%d:d=0;" % number + b"x" * 8000)
    assert len(reader._partials) <= PARTIAL_NOTIFICATIONS
    assert sum(len(partial.title) for partial in reader._partials.values()) < 20_000


def test_the_answer_to_a_question_for_the_clipboard() -> None:
    answer = ClipboardRead("c").answer("ä\n")
    assert answer == b"\x1b]52;c;" + base64.b64encode("ä\n".encode()) + b"\x1b\\"
    assert ClipboardRead("").answer("") == b"\x1b]52;;\x1b\\"
