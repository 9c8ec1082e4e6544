"""What the OSC strings of a program mean (ctlseqs; ConEmu's and kitty's protocols). Pure; remembers only what kitty's
notifications in several parts need."""

from __future__ import annotations

import base64
import binascii
import re
import socket
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes, urlsplit

from cockpit.osc import CLIPBOARD_LIMIT_BYTES
from cockpit.shell_marks import read_mark
from cockpit.terminal.speech.events import (
    BODY_LIMIT,
    PATH_LIMIT,
    TITLE_LIMIT,
    ClipboardRead,
    ClipboardWrite,
    DirectoryChanged,
    Notification,
    ProgramEvent,
    Progress,
    ProgressState,
    PromptMark,
    PromptMarked,
    Selection,
)
from cockpit.text import clean_text

PARTIAL_NOTIFICATIONS = 8
PARTIAL_LIMIT = 4 * BODY_LIMIT

_CONEMU_COMMAND = re.compile(r"(1[0-2]|[1-9])(?:;|\Z)")
_PROGRESS_STATES = {str(number): state for number, state in enumerate(ProgressState)}
_PROMPT_MARKS = dict(zip("ABCD", PromptMark, strict=True))
_BASE64 = re.compile(rb"[A-Za-z0-9+/\s]*={0,2}\s*")


@dataclass(slots=True)
class _Partial:
    """One of kitty's notifications whose end has not come yet."""

    title: str = ""
    body: str = ""


@dataclass(slots=True)
class OscReader:
    """One program's strings, read in order."""

    _partials: dict[str, _Partial] = field(default_factory=dict)

    def read(self, payload: bytes) -> ProgramEvent | None:
        """What `payload`, the text between `ESC ]` and its end, tells; None when it is nothing we know."""
        number, _, rest = payload.partition(b";")
        if number == b"52":
            return _clipboard(rest)
        text = rest.decode("utf-8", "replace")
        match number:
            case b"9":
                return _conemu(text)
            case b"777":
                kind, _, content = text.partition(";")
                title, _, body = content.partition(";")
                return notification(title, body) if kind == "notify" else None
            case b"99":
                return self._kitty(text)
            case b"7":
                return _directory(rest)
            case b"133":
                return _prompt(rest)
        return None

    def _kitty(self, text: str) -> Notification | None:
        """kitty, "Desktop notifications": `key=value:…;payload`, in parts until one that doesn't say `d=0`."""
        head, _, payload = text.partition(";")
        keys = dict(part.partition("=")[::2] for part in head.split(":"))
        kind = keys.get("p", "title")
        if kind not in ("title", "body"):
            return None
        if keys.get("e") == "1":
            payload = (_decoded(payload.encode()) or b"").decode("utf-8", "replace")
        name = keys.get("i", "")[:TITLE_LIMIT]
        partial = self._partials.pop(name, None) or _Partial()
        joined = (getattr(partial, kind) + payload)[:PARTIAL_LIMIT]
        setattr(partial, kind, joined)
        if keys.get("d") != "0":
            return notification(partial.title, partial.body)
        if len(self._partials) >= PARTIAL_NOTIFICATIONS:
            del self._partials[next(iter(self._partials))]
        self._partials[name] = partial
        return None


def notification(title: str, body: str) -> Notification | None:
    """A notification with clean texts, or None when nothing readable is left."""
    clean = Notification(clean_text(title, TITLE_LIMIT), clean_text(body, BODY_LIMIT))
    return clean if clean.title or clean.body else None


def _conemu(text: str) -> ProgramEvent | None:
    """OSC 9: iTerm2's notification, unless it starts like one of ConEmu's numbered commands."""
    if _CONEMU_COMMAND.match(text) is None:
        return notification("", text)
    command, _, rest = text.partition(";")
    if command == "4":
        return _progress(rest)
    return _local_path(rest.strip('"')) if command == "9" else None


def _progress(text: str) -> Progress | None:
    number, _, rest = text.partition(";")
    state = _PROGRESS_STATES.get(number)
    if state is None:
        return None
    if state in (ProgressState.NONE, ProgressState.BUSY):
        return Progress(state)
    digits = rest.partition(";")[0]
    if digits.isascii() and digits.isdigit():
        return Progress(state, min(int(digits[:4]), 100))
    return Progress(state, 0 if state is ProgressState.RUNNING else None)


def _directory(uri: bytes) -> DirectoryChanged | None:
    """`file://host/path` with percent escapes. Another machine's directory says nothing about ours."""
    try:
        parts = urlsplit(uri.decode("utf-8", "surrogateescape"))
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme not in ("file", "kitty-shell-cwd") or not _is_here(host):
        return None
    path = uri.split(b"//", 1)[1].partition(b"/")[2]  # `?` and `#` are part of it in some shells
    raw = path if parts.scheme == "kitty-shell-cwd" else unquote_to_bytes(path)
    return _local_path("/" + raw.decode("utf-8", "surrogateescape"))


def _is_here(host: str) -> bool:
    own = socket.gethostname().lower()
    return host in ("", "localhost", own, own.partition(".")[0]) or host.partition(".")[0] == own


def _local_path(path: str) -> DirectoryChanged | None:
    if not path.startswith("/") or len(path) > PATH_LIMIT or any(ord(c) < 0x20 or c == "\x7f" for c in path):
        return None
    return DirectoryChanged(path)


def _prompt(rest: bytes) -> PromptMarked | None:
    mark = read_mark(rest)
    return None if mark is None else PromptMarked(_PROMPT_MARKS[mark.letter], mark.exit_code)


def _clipboard(rest: bytes) -> ClipboardWrite | ClipboardRead | None:
    """`selection;base64`, or `selection;?`. What would only clear the clipboard is left out."""
    names, separator, data = rest.partition(b";")
    if not separator:
        return None
    name = names.decode("ascii", "ignore")[:1]
    if name not in ("", "c", "p", "s"):
        return None
    if data == b"?":
        return ClipboardRead(name)
    decoded = _decoded(data)
    if not decoded or len(decoded) > CLIPBOARD_LIMIT_BYTES:
        return None
    primary = name in ("p", "s")
    selection = Selection.PRIMARY if primary else Selection.CLIPBOARD
    return ClipboardWrite(decoded.decode("utf-8", "replace"), selection)


def _decoded(data: bytes) -> bytes | None:
    """Base64, also where its padding was left out; None when it is none."""
    if _BASE64.fullmatch(data) is None:
        return None
    bare = b"".join(data.split()).rstrip(b"=")
    try:
        return base64.b64decode(bare + b"=" * (-len(bare) % 4))
    except binascii.Error:
        return None
