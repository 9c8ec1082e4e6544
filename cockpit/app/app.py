"""The screen of one cockpit: puts the main screen on the core, and asks before programs end."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from rich.text import Text
from textual import events
from textual.app import App

from cockpit.app import closing
from cockpit.app.installing import Installing
from cockpit.app.keys.keymap import Keymap, build_keymap
from cockpit.app.keys.leader import LeaderChoice, choose_leader
from cockpit.app.looks.glyphs import glyphs_for
from cockpit.app.looks.stylesheets import LazyStylesheet, stylesheets
from cockpit.app.looks.themes import DEFAULT_THEME, shown_theme
from cockpit.app.looks.theming import use_colors
from cockpit.app.outer.driver import CockpitDriver
from cockpit.app.screens.main import MainScreen
from cockpit.app.taking_over import farewell
from cockpit.control.socket_file import SocketFile
from cockpit.telemetry import Event as Measured
from cockpit.terminal.input.decoder import Paste
from cockpit.terminal.input.keys import KeyPress
from cockpit.terminal.outer import OUTER_TERMINAL
from cockpit.text import clean_text
from cockpit.workspace.commands import Command
from cockpit.workspace.events import Event, SettingsChanged, TakenOver
from cockpit.workspace.workspace import Workspace

log = logging.getLogger(__name__)

SETTLED_S = 5.0
"""After this long the objects of the launch are as many as they will be."""


class CockpitApp(App[int], inherit_bindings=False):
    """One screen over one workspace. Takes no key for itself: the main screen's keymap decides."""

    TITLE = "cockpit"
    ENABLE_COMMAND_PALETTE = False
    CSS_PATH = stylesheets()

    def __init__(
        self,
        workspace: Workspace,
        *,
        start: Callable[[], Awaitable[None]],
        environment: Mapping[str, str] | None = None,
        outer_prefix: str | None = None,
        listening: SocketFile | None = None,
    ) -> None:
        super().__init__(driver_class=CockpitDriver)
        self.stylesheet = LazyStylesheet(variables=self.get_css_variables())
        self.animation_level = "none"
        use_colors(self)
        self.workspace = workspace
        workspace.events.keep()
        self._open_workspace = start
        """Has the workspace begin, or waits until it has; awaited once the first frame is on the screen."""
        self._environment = dict(os.environ if environment is None else environment)
        self._outer_prefix = outer_prefix
        self._listening = listening
        self._leader = LeaderChoice("")
        self._use_theme()
        keymap = self._read_keymap()
        profile = workspace.paths.profile
        self.main = MainScreen(
            workspace,
            keymap,
            glyphs=glyphs_for(self._environment),
            title="cockpit" if profile == "default" else f"cockpit · {profile}",
            installing=Installing(_install_hint()),
        )
        workspace.commands.add(
            Command("app.quit", "Quit", "Leave cockpit; terminals on tmux live on.", self.leave)
        )

    def get_default_screen(self) -> MainScreen:
        """The only screen that is always there. Textual's own one below it would be drawn first, for nothing."""
        return self.main

    def on_mount(self) -> None:
        self.main.latency.noted = partial(self.workspace.measuring.telemetry.time, Measured.KEY_ECHO_MS)
        self.call_after_refresh(self._start)

    async def _start(self) -> None:
        """Everything that may wait until the first frame is on the screen."""
        self.workspace.events.subscribe(self._hear, missed=True)
        self.workspace.events.keep_no_more()
        await self._open_workspace()
        if self._leader.notice:
            self.main.tell(self._leader.notice, "warning")
        for problem in self._keymap_problems:
            self.main.tell(problem, "warning")
        await self._open_control_socket()
        self.set_timer(SETTLED_S, freeze)

    async def _open_control_socket(self) -> None:
        from cockpit.control.server import ControlServer  # not needed for the first frame

        server = ControlServer(self.workspace, self._listening)
        self.workspace.before_close(server.close)
        await server.start()

    def take_typed(self, token: KeyPress | Paste) -> bool:
        """Gives what was typed to whoever has the keyboard (see `driver.PaneInput`)."""
        self.main.typed.take(token)
        return True

    def take_mouse(self, event: events.MouseEvent, give: Callable[[events.MouseEvent], None]) -> None:
        """Gives a mouse event in its turn among the keys (see `driver.PaneInput`)."""
        self.main.typed.take_mouse(event, give)

    def leave(self) -> None:
        """Leaves cockpit; asks first when that ends programs."""
        ending = self.workspace.leaving.ends_with_cockpit
        question = closing.of_quitting(ending, self.main.glyphs)
        if not question.ends_something or not self.workspace.settings.values.general.confirm_close:
            self.exit(0)
            return
        from cockpit.app.screens.confirm import ConfirmScreen  # not needed for the first frame

        self.push_screen(ConfirmScreen(question), lambda agreed: self.exit(0) if agreed else None)

    def on_colors_found(self) -> None:
        """The wanted theme can be shown after all."""
        self._use_theme()
        self.refresh_css(animate=False)

    def _set_pointer_shape(self, shape: str) -> None:
        if not OUTER_TERMINAL.simple:  # it would print the sequence
            super()._set_pointer_shape(shape)

    def _fatal_error(self) -> None:
        """Leaves with two lines instead of pages: the details, with whatever the values hold, go to the local log."""
        error = self._exception
        log.critical("cockpit crashed", exc_info=error)
        self._exit_renderables.append(
            Text(
                f"cockpit crashed: {type(error).__name__}: {clean_text(str(error))}\n"
                f"The details are in {self.workspace.paths.log_file}. Terminals on tmux live on: start cockpit again."
            )
        )
        self._close_messages_no_wait()

    def _hear(self, event: Event) -> None:
        if isinstance(event, TakenOver):
            self.exit(0, message=Text(farewell(event.successor)))
        if isinstance(event, SettingsChanged):
            self._use_theme()
            self.main.use_keymap(self._read_keymap())
            for problem in self._keymap_problems:
                self.main.tell(problem, "warning")

    def _use_theme(self) -> None:
        wanted = self.workspace.settings.values.general.theme
        themes = self.available_themes
        if wanted not in themes:
            self.workspace.notice(
                f"general.theme: there is no theme {wanted!r}; {DEFAULT_THEME} is used", "warning"
            )
            wanted = DEFAULT_THEME
        self.theme = shown_theme(wanted, themes, OUTER_TERMINAL.depth)

    def _read_keymap(self) -> Keymap:
        keys = self.workspace.settings.values.keys
        self._leader = choose_leader(keys.leader, self._environment, self._outer_prefix)
        self.workspace.runner.leader = self._leader.chord
        keymap, self._keymap_problems = build_keymap(keys.bindings, self._leader.chord)
        return keymap


def freeze() -> None:
    """Leaves what lives now, and lives long, out of collections: their pauses would fall between keys."""
    gc.collect()
    gc.freeze()
    gc.enable()


def _install_hint() -> str:
    from cockpit.tmux.server.discovery import install_hint

    return install_hint()
