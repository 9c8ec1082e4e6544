"""Goes from prompt to prompt and takes what the last command printed, where the shell marks its prompts (OSC 133)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.app.core import Core
from cockpit.app.reading.reading import Reading
from cockpit.errors import CockpitError

if TYPE_CHECKING:
    from cockpit.terminal.scrollback.local_view import LocalView

NO_MARKS = "No prompts are marked here: by the shell (OSC 133), or a tmux older than 3.7 doesn't tell where they are."


class PromptJumps:
    """Belongs to the main screen."""

    def __init__(self, reading: Reading, core: Core) -> None:
        self._reading = reading
        self._core = core
        reading.jumped = self.jump

    def previous(self) -> None:
        """Shows the prompt above at the top, also from the live screen."""
        self._reading.open(lambda local: self.jump(local, -1), everything=True)

    def next(self) -> None:
        """Shows the prompt below at the top, or the live screen."""
        self._reading.open(lambda local: self.jump(local, 1), everything=True)

    def select_output(self) -> None:
        """Selects what the last command printed; y copies it, motions change it."""
        self._reading.open(self._select_output, everything=True)

    def copy_output(self) -> None:
        """Copies what the last command printed."""
        self._reading.open(self._copy_output, everything=True)

    def jump(self, local: LocalView, step: int) -> None:
        """Goes to the next prompt in a direction, or says why it can't."""
        if local.to_previous_prompt() if step < 0 else local.to_next_prompt():
            return
        if not local.has_prompts:
            self._reading.tell(NO_MARKS, "warning")
        else:
            self._reading.tell(f"There is no prompt further {'up' if step < 0 else 'down'}.", "information")

    def _select_output(self, local: LocalView) -> None:
        if self._has_output(local):
            local.cursor_to_selection()

    def _copy_output(self, local: LocalView) -> None:
        if not local.has_prompts:
            self._reading.begin(self._copy_heard())
        elif self._has_output(local):
            self._reading.copies.selection(local)

    async def _copy_heard(self) -> None:
        """A tmux older than 3.7 doesn't tell where prompts are, but what commands print was heard."""
        try:
            read = (await self._core.scrollback(capture=False)).last_output
            text = await read() if read is not None else ""
        except CockpitError:
            self._reading.tell(NO_MARKS, "warning")
            return
        if text:
            self._reading.copies.text(text)
        else:
            self._reading.tell("The last command printed nothing.", "information")

    def _has_output(self, local: LocalView) -> bool:
        if local.select_last_output():
            return True
        has_prompts = local.has_prompts
        told = "No command has printed anything yet." if has_prompts else NO_MARKS
        self._reading.tell(told, "information" if has_prompts else "warning")
        return False
