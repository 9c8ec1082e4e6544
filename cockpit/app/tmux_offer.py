"""What is said of tmux once it was looked for: how to get it when it is wanted, that it is there while undecided."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from cockpit.app.core import Core
from cockpit.app.keys.keymap import Keymap
from cockpit.app.widgets.status_bar import LiveKey, Offer


class TmuxOffer:
    """Belongs to the main screen. `onboard` opens the onboarding, `offer` shows a quiet line or takes it away."""

    def __init__(
        self, core: Core, *, onboard: Callable[[], None], offer: Callable[[Offer | None], None]
    ) -> None:
        self._core = core
        self._onboard = onboard
        self._offer = offer
        self._onboarded = False

    def looked(self, keymap: Keymap) -> None:
        """tmux was looked for. Onboarding comes by itself only once."""
        due = what_is_due(self._core)
        if due == "onboarding" and not self._onboarded:
            self._onboarded = True
            self._onboard()
        self._offer(offer_of(keymap) if due == "offer" else None)


def what_is_due(core: Core) -> Literal["onboarding", "offer", "nothing"]:
    """Onboarding when tmux is wanted and can't be used; the offer when it can and nothing is decided yet."""
    values = core.settings.values
    wanted = values.experimental.tmux_backend if core.overridden is None else core.overridden
    if wanted:
        return "nothing" if core.tmux.usable else "onboarding"
    undecided = core.overridden is None and "tmux_backend" not in values.experimental.model_fields_set
    return "offer" if core.tmux.usable and undecided and values.general.show_tmux_hint else "nothing"


def offer_of(keymap: Keymap) -> Offer | None:
    """The quiet line that says that terminals can outlive cockpit; None when the settings have no key."""
    key = keymap.shown("view.settings")
    if not key:
        return None
    texts = (
        f"Terminals can outlive cockpit, with tmux: {key}, Experimental",
        f"tmux is here: {key}, Experimental",
    )
    live = LiveKey(key, "settings", "view.settings", {"tab": "experimental"}, "Open Settings, Experimental")
    return Offer(texts, live)
