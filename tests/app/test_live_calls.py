"""What real programs say in hidden terminals of both backends arrives on the screen, and they get their answers."""

from __future__ import annotations

import shlex

from cockpit.app.clipboard.clipboard import CopyResult
from cockpit.app.screens.clipboard_question import ClipboardQuestionScreen
from tests.app.live_app import LiveCockpit, both_backends, live

SPEAKER = r"""
stty raw -echo; printf listening; head -c 1 >/dev/null
printf '\033]2;bu\001ild\033\\\033]9;4;1;42\007\033]777;notify;Build;is done\007\007\033]52;c;aGVsbG8=\007'
head -c 1 >/dev/null
printf '\033]52;c;?\007'
head -c 14 | od -An -c -v -w14; printf answered
exec cat
"""
ASK = {"clipboard": {"program_write": "ask", "program_read": "ask"}}


class Person:
    """Looks at the chrome; has a clipboard without any program."""

    def __init__(self, world: LiveCockpit) -> None:
        self.world = world
        self.clipboard = ""
        requests = world.main.calls._requests
        requests._copy, requests._read = self._copy, self._read

    async def _copy(self, text: str) -> CopyResult:
        self.clipboard = text
        return CopyResult("a test", len(text), True)

    async def _read(self) -> str:
        return self.clipboard

    def tabs(self) -> str:
        return self.world.tabs.render_line(0).text

    def row(self) -> str:
        return self.world.session_list.render_line(0).text

    def asked(self) -> bool:
        return self.world.main.calls._requests.waiting


@both_backends
async def test_a_hidden_program_is_heard_asked_about_and_answered(backend: str) -> None:
    async with live(backend, settings=ASK) as world:
        person = Person(world)
        shell = world.terminal
        speaker = await world.new_tab("sh -c " + shlex.quote(SPEAKER), shows="listening")
        await world.workspace.run("terminal.focus", terminal_id=shell.id)
        await world.prompt()
        await world.workspace.run("terminal.send", terminal_id=speaker.id, data=b"x")
        await world.until(lambda: any("Build · is done" in told for told in world.told()), "the notification")
        await world.until(lambda: "2 build 42% ♪" in person.tabs(), "the tab to tell it")
        await world.until(lambda: " 42% 2 " in person.row(), "the session to tell it")
        await world.until(person.asked, "the question")
        await world.press("y")
        assert person.clipboard == ""
        await world.key("view.answer_program")
        await world.screen(ClipboardQuestionScreen)
        await world.press("y")
        await world.until(lambda: person.clipboard == "hello", "the copy")
        await world.workspace.run("terminal.send", terminal_id=speaker.id, data=b"x")
        await world.until(person.asked, "the second question")
        await world.key("view.answer_program")
        await world.screen(ClipboardQuestionScreen)
        await world.press("y")
        await world.key("view.jump_to_notification")
        await world.pane_shows("answered")
        assert "] 5 2 ; c ; a G V s b G 8" in " ".join(world.pane_text().split())
        assert world.terminal is speaker
        await world.until(lambda: "♪" not in person.tabs(), "the badge to go")
        assert world.used == {"view.answer_program", "view.jump_to_notification"}
