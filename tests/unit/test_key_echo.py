"""The time from a key to its frame: the first frame after the key, and no frame that is nobody's echo."""

from __future__ import annotations

from cockpit.app.outer.key_echo import KEPT, NO_ECHO_S, KeyEcho


def test_the_first_frame_after_a_key_is_its_echo() -> None:
    echo = KeyEcho()
    heard: list[float] = []
    echo.on_sample = heard.append
    assert echo.median_ms is None
    echo.painted(0.5)
    echo.typed(1.0)
    echo.typed(1.001)  # typed on before the frame: what the person waits for is the first
    echo.painted(1.002)
    echo.painted(1.5)
    assert [round(ms, 3) for ms in heard] == [2.0]
    assert echo.last_ms == heard[0]


def test_a_key_without_an_echo_measures_nothing() -> None:
    echo = KeyEcho()
    echo.typed(1.0)
    echo.painted(1.0 + 2 * NO_ECHO_S)
    assert echo.last_ms is None
    echo.typed(10.0)
    echo.typed(10.0 + 2 * NO_ECHO_S)
    echo.painted(10.003 + 2 * NO_ECHO_S)
    assert echo.last_ms is not None
    assert round(echo.last_ms) == 3


def test_the_median_is_of_the_last_keys() -> None:
    echo = KeyEcho()
    for number in range(3 * KEPT):
        echo.typed(float(number))
        echo.painted(number + (0.001 if number >= 2 * KEPT else 0.5))
    assert echo.median_ms is not None
    assert round(echo.median_ms) == 1
