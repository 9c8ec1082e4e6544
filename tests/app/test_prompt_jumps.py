"""From prompt to prompt, and what the last command printed; where nothing is marked, that is said."""

from __future__ import annotations

import pytest

from tests.app.live_app import both_backends
from tests.app.reading_app import Reader, reader

MARKED = """
mark() { printf '\\033]133;%s\\007' "$1"; }
command() { mark A; printf '$ '; mark B; printf '%s\\r\\n' "$1"; mark C; seq -f "$1 %g" "$2"; mark 'D;0'; }
command one 40; command two 40; command three 2; mark A; printf '$ '; mark B; echo written; exec cat -v
"""


async def test_jumps_from_the_live_screen_to_prompts_and_back() -> None:
    async with reader("pty", MARKED) as person:
        await person.world.key("view.previous_prompt")
        await person.reads()
        assert person.rows()[0] == "$ two"
        await person.world.key("view.previous_prompt")
        assert person.rows()[0] == "$ one"
        await person.world.key("view.previous_prompt")
        assert "There is no prompt further up." in person.world.told()
        assert person.rows()[0] == "$ one"
        await person.world.key("view.next_prompt")
        assert person.rows()[0] == "$ two"
        await person.world.key("view.next_prompt")
        await person.live()
        await person.world.key("view.next_prompt")
        assert "There is no prompt further down." in person.world.told()
        assert person.reading.local is None


async def test_the_keyboards_cursor_goes_from_prompt_to_prompt() -> None:
    async with reader("pty", MARKED) as person:
        await person.world.key("view.read")
        await person.world.until(lambda: person.reading.selecting, "the keyboard's cursor")
        await person.world.press("{", "{", "V", "j", "y")
        await person.copies("$ three\nthree 1")


async def test_the_last_output_is_copied_or_selected() -> None:
    async with reader("pty", MARKED) as person:
        await person.world.key("view.copy_output")
        await person.copies("three 1\nthree 2")
        await person.world.press("escape")
        await person.live()
        await person.world.key("view.select_output")
        await person.world.until(lambda: person.reading.selecting, "the selection")
        await person.world.press("k", "y")
        await person.copies("three 1\nthree 2", "three 1")
        await person.live()


@both_backends
async def test_the_last_output_is_copied_where_prompts_are_not_seen_too(backend: str) -> None:
    """tmux before 3.7 doesn't tell where they are."""
    async with reader(backend, MARKED) as person:
        await person.world.key("view.copy_output")
        await person.copies("three 1\nthree 2")


@both_backends
@pytest.mark.parametrize("binding", ["view.copy_output", "view.select_output", "view.previous_prompt"])
async def test_without_marks_that_is_said(backend: str, binding: str) -> None:
    async with reader(backend) as person:
        await said_to_be_unmarked(person, binding)
        await person.live()
        assert person.copied == []


async def said_to_be_unmarked(person: Reader, binding: str) -> None:
    await person.world.key(binding)
    await person.world.until(lambda: any("OSC 133" in told for told in person.world.told()), "to be told")
