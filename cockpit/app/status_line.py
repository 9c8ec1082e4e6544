"""Keeps the status line true: where a person is, which keys work now, what a key was answered. Draws nothing itself."""

from __future__ import annotations

from cockpit.app import presenter
from cockpit.app.core import Core
from cockpit.app.keys.keymap import Keymap
from cockpit.app.looks.glyphs import Glyphs
from cockpit.app.reading.reading import Reading
from cockpit.app.widgets.status_bar import LiveKey, Offer, Place, StatusBar

IN_DIALOGUE = LiveKey("esc", "closes the dialogue", "view.pane")
BRIEFLY_IN_DIALOGUE = LiveKey("esc", "closes it", "view.pane")


class StatusLine:
    """Belongs to the main screen, which has the bar itself among its widgets."""

    def __init__(self, core: Core, glyphs: Glyphs) -> None:
        self._core = core
        self._glyphs = glyphs
        self.bar = StatusBar(glyphs, id="status")
        self.asking = False
        """A program asks for something: the key that answers comes first."""
        self.silent = False
        """tmux doesn't answer."""
        self._place = Place()
        self._rang = False
        self._latency = ""
        self._reading = False

    def show(self, keymap: Keymap, reading: Reading, *, in_list: bool) -> None:
        """Shows the place and the live keys. `in_list`: the list of sessions has the keyboard."""
        bar, session, terminal = self.bar, self._core.focused_session, self._core.focused_terminal
        self._place = presenter.reading_place(reading.place) or Place(
            (
                *presenter.place_of(session, terminal, self._glyphs).words,
                *presenter.wheel_words(reading.wheel, self._glyphs),
            )
        )
        self._show_place()
        bar.pending = keymap.show(keymap.leader) if keymap.pending else ""
        bar.keys = presenter.live_keys(
            keymap,
            terminal=terminal,
            pending=keymap.pending,
            in_list=in_list,
            reading=reading.local is not None,
            selecting=reading.selecting,
            searching=reading.searching,
            asking=self.asking,
        )
        bar.brief = presenter.brief_key(keymap, bar.keys)
        self._reading = reading.local is not None
        self._speak()

    def show_dialogue(self) -> None:
        """A dialogue has the keyboard."""
        self.bar.keys, self.bar.brief = (IN_DIALOGUE,), BRIEFLY_IN_DIALOGUE

    def answer(self, text: str) -> None:
        """Says what became of the leader's key, until the next one. Every use of the leader sends an offer away."""
        self.bar.notice, self.bar.offer = text, None
        self._speak()

    def forget_answer(self) -> None:
        """The next key is typed: the answer was read. Cheap, for it is called with every key."""
        if self.bar.notice:
            self.bar.notice = ""
            self._speak()
        self.forget_bell()

    def show_latency(self, text: str) -> None:
        """Says how long keys take, beside the place; empty: nothing."""
        self._latency = text
        self._show_place()

    def mark_bell(self) -> None:
        """The shown terminal rang: says so until the next key."""
        self._rang = True
        self._show_place()

    def forget_bell(self) -> None:
        """The bell was noticed."""
        if self._rang:
            self._rang = False
            self._show_place()

    def _speak(self) -> None:
        """Tells the stylesheet whether there is something to read, for which the line comes up over a zoomed pane.

        Elsewhere the class is left alone: each change of it styles the bar anew, twice for every use of the leader.
        """
        bar = self.bar
        said = bool(bar.pending or bar.notice or self.asking or self._reading)
        bar.set_class(said and bar.screen.has_class("-zoomed"), "-speaking")

    def _show_place(self) -> None:
        bell = ((f"{self._glyphs.bell} bell", "status--warn"),) if self._rang else ()
        latency = ((self._latency, "status--muted"),) if self._latency else ()
        silent = (("tmux does not answer", "status--warn"),) if self.silent else ()
        self.bar.place = Place((*self._place.words, *silent, *latency, *bell))

    def offer(self, offer: Offer | None) -> None:
        """Says something quietly beside the place; None: there is nothing to say any more."""
        self.bar.offer = offer
