"""The main screen: puts the chrome around the pane, shows what the core says, passes on what a person wants."""

from __future__ import annotations

import os
from collections.abc import Callable, Coroutine
from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.screen import Screen

from cockpit.app import presenter
from cockpit.app.calls.calls import Calls
from cockpit.app.calls.toasts import Toasts
from cockpit.app.chrome import Chrome
from cockpit.app.clipboard.copying import Copying
from cockpit.app.clipboard.pasting import Pasting
from cockpit.app.closed_screens import forget_closed_screens
from cockpit.app.command_runner import CommandRunner
from cockpit.app.core import Core
from cockpit.app.dialogues import Dialogues
from cockpit.app.installing import Installing
from cockpit.app.keys.keyboard import Keyboard
from cockpit.app.keys.keymap import Keymap
from cockpit.app.keys.leader_keys import LeaderKeys
from cockpit.app.looks.glyphs import UNICODE, Glyphs
from cockpit.app.messages import CommandChosen
from cockpit.app.outer.latency import Latency
from cockpit.app.reading.prompt_jumps import PromptJumps
from cockpit.app.reading.reading import Reading
from cockpit.app.reading.searching import Searching
from cockpit.app.restoring import Restoring
from cockpit.app.sidebar_place import SidebarPlace
from cockpit.app.status_line import StatusLine
from cockpit.app.tmux_offer import TmuxOffer
from cockpit.app.view_commands import ViewCommands
from cockpit.app.watchdog import Watchdog
from cockpit.app.widgets.divider import Divider
from cockpit.app.widgets.hint_panel import HintPanel
from cockpit.app.widgets.pane_notice import PaneNotice
from cockpit.app.widgets.search_bar import SearchBar
from cockpit.app.widgets.session_list import SessionList
from cockpit.app.widgets.sidebar import FilterInput, Sidebar
from cockpit.app.widgets.terminal_tabs import TerminalTabs
from cockpit.app.widgets.terminal_view import TerminalView
from cockpit.app.widgets.too_small import TooSmall
from cockpit.app.wishes import wish_of
from cockpit.workspace.events import Event, FocusChanged, SettingsChanged, SurfaceChanged, TmuxLooked


class MainScreen(Screen[None]):
    """Sidebar, tabs, pane, status line. Decides nothing that the core decides."""

    AUTO_FOCUS = "#pane"
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(
        self,
        core: Core,
        keymap: Keymap | None = None,
        *,
        glyphs: Glyphs = UNICODE,
        title: str = "cockpit",
        home: str | None = None,
        installing: Installing | None = None,
    ) -> None:
        # Set later, the class would have every widget styled twice.
        super().__init__(id="main", classes="-sidebar" if core.settings.values.general.sidebar else None)
        self.core = core
        self.installing = installing or Installing()
        self.glyphs = glyphs
        self._sidebar_title = title
        self._toasts = Toasts(self, core)
        self.tell = self._toasts.tell
        self.copying = Copying(self, self.tell)
        self._pane = TerminalView(id="pane")
        self._status = StatusLine(core, glyphs)
        self.keyboard = Keyboard(self, self._status)
        self.typed = self.keyboard.typed
        self.runner = CommandRunner(
            self, core, starting=self.typed.unsettle, before_switch=self._pane.hold_input,
            after_switch=self._switched, tell=self.tell,
        )  # fmt: skip
        keymap = keymap or Keymap()
        keymap.ascii_only = bool(glyphs.plain)
        self.leader = LeaderKeys(self, self.runner, keymap, changed=self._leader_changed)
        home = home or os.path.expanduser("~")  # noqa: PTH111 - text, not a path to open
        self.chrome = Chrome(self, core, glyphs, home=home, place_changed=self.show_place)
        self.reading = Reading(
            self._pane, core, copy=self.copying.copy, open_link=self.copying.open_link, tell=self.tell,
            changed=self.show_place, start=self._starter("reading"),
        )  # fmt: skip
        self.prompts = PromptJumps(self.reading, core)
        self.searching = Searching(self.reading, self._pane, lambda: self.query_one(SearchBar))
        self.place = SidebarPlace(self, self._leader_changed)
        self.dialogues = Dialogues(self)
        self.pasting = Pasting(
            core, self._pane.typing, ask=self.dialogues.confirm_paste, start=self._starter("paste")
        )
        self.calls = Calls(self, self._toasts, self._status)
        self._tmux = TmuxOffer(core, onboard=self.dialogues.open_onboarding, offer=self._status.offer)
        self.views = ViewCommands(self, self.dialogues)
        self.latency = Latency(self._status.show_latency)
        self.watchdog = Watchdog(self, self._status)
        self._unsubscribe: Callable[[], None] | None = None

    def _starter(self, group: str) -> Callable[[Coroutine[Any, Any, None]], object]:
        """Starts work in the background; its errors are told by who asked for it."""
        return lambda work: self.run_worker(work, group=group, exit_on_error=False)

    def compose(self) -> ComposeResult:
        """The widgets, from left to right and top to bottom."""
        with Horizontal(id="body"):
            yield Sidebar(self.glyphs, title=self._sidebar_title, id="sidebar")
            yield Divider(self.glyphs, id="divider")
            with Vertical(id="work"):
                yield TerminalTabs(self.glyphs, id="tabs")
                yield self._pane
                yield PaneNotice(id="pane-notice")
                yield SearchBar(id="search")
            yield HintPanel(self.glyphs, id="hints")
        yield self._status.bar
        yield TooSmall(id="too-small")

    def on_mount(self) -> None:
        """Joins the parts and draws the first frame's data."""
        if self.glyphs.plain:
            from cockpit.app.outer.ascii_filter import AsciiFilter  # late: few terminals want it

            self.app._filters.append(AsciiFilter(self.glyphs.plain))  # Textual has no public way to add one
        for part in (self.views, Restoring(self), self.watchdog):
            part.register(self.core.commands)
        self.latency.register(self.core.commands, self._pane.key_echo)
        self._pane.key_filter = self.keyboard.filter_press
        self._pane.typing.keeps = self.core.keeps
        self._pane.hold_input()  # type-ahead for the first terminal
        self.query_one(SessionList).key_filter = self.keyboard.filter_event
        self.query_one(FilterInput).key_filter = self.keyboard.filter_event
        self.place.apply_settings()
        self.chrome.refresh()
        self.chrome.read_branches()
        self.show_surface()
        self._unsubscribe = self.core.events.subscribe(self.hear, missed=True)

    def on_unmount(self) -> None:
        """Hears no more events."""
        self.latency.stop()
        if self._unsubscribe is not None:
            self._unsubscribe()

    # What the core tells

    def hear(self, event: Event) -> None:
        """Passes an event of the core to who shows it."""
        self.pasting.hear(event)
        match event:
            case FocusChanged():
                self.searching.left()
                self.show_surface()
            case SurfaceChanged():
                self.show_surface()
                if not self.runner.switching:
                    self._pane.release_input()
            case SettingsChanged():
                self.place.apply_settings()
            case TmuxLooked():
                self._tmux.looked(self.leader.keymap)
        for part in (self._toasts, self.copying, self.chrome, self.calls, self.watchdog):
            part.hear(event)

    # What is shown

    @property
    def pane(self) -> TerminalView:
        """The pane."""
        return self._pane

    def show_surface(self) -> None:
        """Gives the pane what the core shows; what was typed meanwhile follows it."""
        self._pane.show(self.core.surface)
        session, terminal = self.core.focused_session, self.core.focused_terminal
        notice = presenter.pane_notice(session, terminal, self.leader.keymap, silent=self._status.silent)
        self.query_one(PaneNotice).explain(notice if self.core.surface is None else "")

    def _switched(self, to_come: int) -> None:
        """What was typed since the switch began, and before the next one did, is for the terminal shown now."""
        self.show_surface()
        self._pane.typing.release(keep=to_come)

    def show_place(self) -> None:
        """Draws the status line anew."""
        in_list = self.query_one(SessionList).has_focus
        self._status.show(self.leader.keymap, self.reading, in_list=in_list)
        if self.app.screen is not self:
            self._status.show_dialogue()
        if self.core.surface is None:
            self.show_surface()

    def use_keymap(self, keymap: Keymap) -> None:
        """Other keys are in force now."""
        self.leader.cancel()
        keymap.ascii_only = bool(self.glyphs.plain)
        self.leader.keymap = keymap
        self.show_place()

    def _leader_changed(self, notice: str) -> None:
        self._status.answer(notice)
        self.show_place()

    # Dialogues

    def on_screen_suspend(self) -> None:
        """A dialogue lies over everything."""
        self._status.show_dialogue()
        self._pane.give_up_cursor()

    def on_screen_resume(self) -> None:
        """The pane or the list has the keyboard again."""
        if self.is_mounted:
            self.show_place()
            self._pane.take_cursor()
            forget_closed_screens()

    # Size

    def on_resize(self, event: events.Resize) -> None:
        """Places the sidebar, and says so when there is too little room."""
        self.place.resized(event.size.width)
        self.query_one(TooSmall).measure(event.size)

    @on(TerminalView.Resized)
    def _pane_resized(self, event: TerminalView.Resized) -> None:
        self.core.set_pane_size(event.size)
        self.reading.moved()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """The keys that work depend on who has the keyboard; the pane sends an overlay away."""
        if event.widget is self._pane:
            self.place.close_overlay()
        self.show_place()

    # What is clicked

    @on(CommandChosen)
    @on(TerminalTabs.Chosen)
    @on(TerminalTabs.NewRequested)
    @on(TerminalTabs.CloseRequested)
    @on(TerminalTabs.RenameRequested)
    @on(TerminalTabs.MoveRequested)
    @on(SessionList.Chosen)
    @on(SessionList.NewRequested)
    @on(SessionList.CloseRequested)
    @on(SessionList.RenameRequested)
    @on(SessionList.MoveRequested)
    @on(SessionList.Left)
    def _wished(self, message: Message) -> None:
        """Runs what a widget asks for."""
        wish = wish_of(message)
        if wish is None:
            return
        self.leader.cancel()
        self.runner.start(wish.command, wish.arguments)
        if wish.to_pane:
            self._pane.focus()

    @on(HintPanel.Chosen)
    def _hint_chosen(self, event: HintPanel.Chosen) -> None:
        self.leader.run(event.binding)

    @on(HintPanel.Dismissed)
    def _hints_dismissed(self, event: HintPanel.Dismissed) -> None:
        """A click on a key of the status line still runs it; it is read before the line changes."""
        live = self._status.bar.key_at(event.offset)
        self.leader.cancel()
        if live is not None:
            self.runner.start(live.command, live.arguments)

    @on(events.Click, "Toast")
    def _toast_clicked(self, event: events.Click) -> None:
        if event.widget is not None:
            self.calls.toast_clicked(event.widget)

    @on(Divider.Dragged)
    def _divider_dragged(self, event: Divider.Dragged) -> None:
        self.place.drag(event.column, final=event.final)

    # Search

    @on(SearchBar.Wanted)
    @on(SearchBar.Stepped)
    @on(SearchBar.Confirmed)
    @on(SearchBar.Left)
    def _searched(self, message: Message) -> None:
        self.searching.answer(message)
