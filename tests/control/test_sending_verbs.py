"""What send and run say of an answer that is no success. No cockpit runs: the answers are given."""

from __future__ import annotations

import pytest

from cockpit.control.codes import ErrorCode
from cockpit.control.protocol import ProtocolError
from cockpit.control.verbs.calling import main
from cockpit.control.verbs.sending import PIECE_BYTES


class Answers:
    """Stands in the place of cockpit: gives these answers, one after the other."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)

    def __call__(self, *_: object, **__: object) -> object:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.mark.parametrize(
    ("last", "code", "told"),
    [
        (ProtocolError(ErrorCode.NOT_FOUND, "there is none"), 6, "sent, then: the terminal was closed"),
        (ProtocolError(ErrorCode.ENDED, "5 of 9 bytes were sent: it ended"), 6, "sent, then: 5 of 9 bytes"),
        (ProtocolError(ErrorCode.TIMED_OUT, "it does not read"), 124, "sent, then: it does not read"),
    ],
)
def test_a_long_text_that_breaks_off_says_how_much_went(
    last: Exception, code: int, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    piece = {"terminal": "t-1", "sent": PIECE_BYTES}
    monkeypatch.setattr("cockpit.control.verbs.sending.ask", Answers(piece, piece, last))
    assert main(["send", "t-1", "x" * (3 * PIECE_BYTES)], None) == code
    assert f"cockpit: {2 * PIECE_BYTES:,} of {3 * PIECE_BYTES:,} bytes were {told}" in capsys.readouterr().err


def test_a_long_text_for_nobody_is_refused_as_a_short_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    nobody = ProtocolError(ErrorCode.NOT_FOUND, "there is none")
    monkeypatch.setattr("cockpit.control.verbs.sending.ask", Answers(nobody))
    assert main(["send", "t-1", "x" * (3 * PIECE_BYTES)], None) == 5
    assert capsys.readouterr().err == "cockpit: there is none\n"


@pytest.mark.parametrize(
    ("ended", "told"),
    [
        (True, "the terminal was closed before the command ended"),
        (False, "how the command ended is not known"),
    ],
)
def test_a_command_whose_end_nobody_saw_is_told(
    ended: bool, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    result = {"terminal": "t-1", "output": "half", "exit_code": None, "signal": None, "ended": ended}
    monkeypatch.setattr("cockpit.control.verbs.sending.ask", Answers(result))
    assert main(["run", "--wait", "t-1", "make"], None) == 125
    assert capsys.readouterr() == ("half\n", f"cockpit: {told}\n")
