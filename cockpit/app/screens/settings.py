"""The settings: five tabs over the one file. Changes are saved at once; what is refused is said beside its field."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import ClassVar, get_args

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Button, Switch, TabbedContent, TabPane, Tabs

from cockpit.app.core import Core
from cockpit.app.looks.text import safe_text
from cockpit.app.looks.themes import offered
from cockpit.app.screens.dialog import Dialog, Plain
from cockpit.app.widgets.setting_field import FieldSpec, SettingField
from cockpit.errors import CockpitError
from cockpit.settings import TMUX_BACKEND_VARIABLE, Automation, Notifications, Policy, value_of
from cockpit.workspace.events import Event, SettingsChanged, TmuxLooked

TRADE = (
    "On: new terminals run in a private tmux and live on when cockpit quits, the connection drops or something "
    "crashes. It costs a little: keys pass through one more program, and images and other exotic escapes may not "
    "get through. Off: terminals run inside cockpit and end with it; tmux terminals live on unseen."
)
TABS = ("general", "automation", "workspaces", "notifications", "experimental")


class SettingsScreen(Dialog[None]):
    """Shows and changes the settings. `open_onboarding` is called when a person asks how to get tmux."""

    AUTO_FOCUS = "Tabs"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+pagedown", "tab(1)", "Next tab", id="settings.next_tab", priority=True),
        Binding("ctrl+pageup", "tab(-1)", "Previous tab", id="settings.previous_tab", priority=True),
        Binding("down", "app.focus_next", "Next", show=False, id="settings.next"),
        Binding("up", "app.focus_previous", "Previous", show=False, id="settings.previous"),
    ]

    def __init__(
        self, core: Core, *, tab: str = "general", open_onboarding: Callable[[], None] | None = None
    ) -> None:
        super().__init__()
        self._core = core
        self._tab = tab
        self._open_onboarding = open_onboarding
        self._unsubscribe: Callable[[], None] | None = None

    def compose(self) -> ComposeResult:
        """Title, five tabs, one line on where it is kept."""
        with Vertical(classes="dialog dialog-settings"):
            yield Plain("Settings", classes="dialog-title")
            with TabbedContent(initial=self._tab):
                with TabPane("General", id="general"), VerticalScroll(can_focus=False):
                    yield from self._fields(_general(offered(self.app.available_themes)))
                with TabPane("Automation", id="automation"), VerticalScroll(can_focus=False):
                    yield from self._fields(AUTOMATION)
                with TabPane("Workspaces", id="workspaces"), VerticalScroll(can_focus=False):
                    yield from self._fields(WORKSPACES)
                with TabPane("Notifications", id="notifications"), VerticalScroll(can_focus=False):
                    yield from self._fields(NOTIFICATIONS)
                with TabPane("Experimental", id="experimental"), VerticalScroll(can_focus=False):
                    yield from self._fields(EXPERIMENTAL[:1])
                    yield Plain("", id="tmux-state", classes="setting-state")
                    yield Button(
                        "How to get tmux", id="get-tmux", compact=True, tooltip="Say how tmux is installed"
                    )
                    yield Plain(TRADE, classes="setting-description setting-trade")
                    yield from self._fields(EXPERIMENTAL[1:])
            yield Plain("saved at once · esc closes · ctrl+pgup/pgdn changes the tab", classes="field-hint")

    def _fields(self, specs: tuple[FieldSpec, ...]) -> ComposeResult:
        for spec in specs:
            yield SettingField(spec, self._value(spec.key))

    def _value(self, key: str) -> bool | int | str:
        value = value_of(self._core.settings.values, key)
        return value if isinstance(value, bool | int | str) else ""

    def on_mount(self) -> None:
        """Follows changes from elsewhere."""
        self._unsubscribe = self._core.events.subscribe(self._hear)
        self._show_tmux()

    def on_unmount(self) -> None:
        """Hears no more."""
        if self._unsubscribe is not None:
            self._unsubscribe()

    def _hear(self, event: Event) -> None:
        if isinstance(event, SettingsChanged):
            for field in self.query(SettingField):
                field.show(self._value(field.spec.key))
            self._show_tmux()
        elif isinstance(event, TmuxLooked):
            self._show_tmux()

    def _show_tmux(self) -> None:
        core = self._core
        field = self.query_one("#field-experimental-tmux_backend", SettingField)
        overridden, usable = core.overridden, core.tmux.usable
        switch = field.control
        switch.disabled = overridden is not None
        if overridden is not None and isinstance(switch, Switch):
            with self.prevent(Switch.Changed):
                switch.value = overridden
        self.query_one("#tmux-state", Plain).say(
            _tmux_state(overridden, usable, core.tmux.version, core.tmux.reason)
        )
        self.query_one("#get-tmux", Button).display = not usable and self._open_onboarding is not None

    @on(SettingField.Changed)
    def _changed(self, event: SettingField.Changed) -> None:
        save: Callable[[], Awaitable[None]] = partial(self._save, event.field, event.value)
        self.run_worker(save, group=f"save-{event.key}", exit_on_error=False)

    async def _save(self, field: SettingField, value: bool | int | str) -> None:
        key = field.spec.key
        try:
            await self._core.run("settings.set", key=key, value=value)
        except CockpitError as error:
            field.explain(_short(str(error), key))
            return
        field.explain("")
        field.show(self._value(key))
        if (
            key == "experimental.tmux_backend"
            and value is True
            and self._core.tmux.reason
            and self._open_onboarding
        ):
            self._open_onboarding()

    @on(Button.Pressed, "#get-tmux")
    def _get_tmux(self) -> None:
        if self._open_onboarding is not None:
            self._open_onboarding()

    def action_tab(self, step: int) -> None:
        """Changes the tab from anywhere, and gives the tabs the keyboard."""
        tabs = self.query_one(Tabs)
        tabs.focus()
        if step > 0:
            tabs.action_next_tab()
        else:
            tabs.action_previous_tab()


def _general(themes: list[tuple[str, str]]) -> tuple[FieldSpec, ...]:
    return (
        FieldSpec(
            "general.theme",
            "Theme",
            "Counts at once. Programs in the pane always have your terminal's palette.",
            [name for name, _ in themes],
            labels=dict(themes),
        ),
        FieldSpec(
            "keys.leader", "Leader key", "The one key cockpit takes from your programs; twice sends it."
        ),
        FieldSpec("general.confirm_close", "Confirm closing", "Ask before a running program is ended."),
        FieldSpec("general.sidebar", "Sidebar", "Show the sidebar beside the pane."),
        FieldSpec(
            "general.sidebar_width", "Sidebar width", "24 to 40 columns; its edge can also be dragged."
        ),
        FieldSpec(
            "general.show_tmux_hint", "Hint about tmux", "One quiet line, while nothing is decided yet."
        ),
        FieldSpec(
            "general.telemetry",
            "Telemetry",
            "Times and counts in a log on this machine, nothing typed or named.",
        ),
    )


POLICIES = get_args(Policy)
WORKSPACES = (
    FieldSpec("workspaces.shell", "Shell", "What terminals run.", placeholder="your login shell"),
    FieldSpec(
        "workspaces.default_directory",
        "Directory",
        "Where a session starts without one.",
        placeholder="your home",
    ),
    FieldSpec(
        "workspaces.shell_integration",
        "Prompt marks",
        "bash, zsh and fish mark prompts and tell when they are ready.",
    ),
    FieldSpec(
        "workspaces.command_in_shell",
        "Command in shell",
        "A tab's command runs in your shell, which stays.",
    ),
    FieldSpec("workspaces.scrollback_lines", "Scrollback", "Lines kept above the screen, for new terminals."),
    FieldSpec(
        "clipboard.confirm_paste", "Confirm pastes", "Ask before a shell would run pasted lines at once."
    ),
    FieldSpec(
        "clipboard.program_write", "Programs may copy", "Put text into your clipboard (OSC 52).", POLICIES
    ),
    FieldSpec(
        "clipboard.program_read",
        "Programs may paste",
        "See what is in your clipboard.",
        POLICIES,
    ),
)
NOTIFICATIONS = (
    FieldSpec("notifications.muted", "Muted", "Show no notifications; warnings and errors are still said."),
    FieldSpec(
        "notifications.bell",
        "Bell",
        "A mark; outer rings your own terminal too, unless muted.",
        get_args(Notifications.model_fields["bell"].annotation),
    ),
)
AUTOMATION = (
    FieldSpec(
        "automation.socket_access",
        "Control socket",
        "Who may drive cockpit by its commands; at once.",
        get_args(Automation.model_fields["socket_access"].annotation),
        labels={
            "off": "nobody",
            "cockpit-only": "programs in cockpit",
            "automation": "all your programs",
            "password": "with the password",
            "allow-all": "everybody (unsafe)",
        },
    ),
    FieldSpec(
        "automation.restore_commands",
        "Commands at a start",
        "Of tabs that run neither a shell nor an agent: each tab can have its own way.",
        get_args(Automation.model_fields["restore_commands"].annotation),
        labels={"nothing": "wait for enter", "shell": "a shell in place", "relaunch": "run again"},
    ),
)
EXPERIMENTAL = (
    FieldSpec(
        "experimental.tmux_backend",
        "tmux backend",
        "Takes effect at once, for terminals opened from then on.",
    ),
    FieldSpec(
        "experimental.keep_server_alive",
        "Keep programs",
        "Quitting leaves the tmux server and its programs running.",
    ),
)


def _tmux_state(overridden: bool | None, usable: bool, version: str, reason: str) -> str:
    if overridden is not None:
        state = "on" if overridden else "off"
        return f"{TMUX_BACKEND_VARIABLE} in the environment turns it {state}, whatever is set here."
    if usable:
        return f"Found {safe_text(version, 40)}." if version else ""
    return safe_text(reason, 300) or "tmux was not looked for yet."


def _short(message: str, key: str) -> str:
    """An error without the file and the key in front: both are in sight."""
    first = message.splitlines()[0] if message else "refused"
    _, found, rest = first.partition(f"{key} = ")
    return safe_text(f"{rest}" if found else first, 300)
