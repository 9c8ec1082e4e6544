"""Tells cffi all types of libghostty-vt that cockpit names, in one go: it saves a quarter of a second at every launch.

cffi reads every type it is given as text anew, each time behind all 400 names the library declares: 6 ms for each of
45 types. Here they are read as the parameters of one function; the answers go where cffi would have put them itself.
"""

from __future__ import annotations

from typing import Any

from cffi import FFI
from pyghostty._ffi import ffi

LIBRARY_TYPES = tuple(
    f"Ghostty{name}*"
    for name in (
        "Buffer", "CellsView", "ClipboardReadReply", "ColorRgb", "GridRef", "KeyEncoder", "KeyEvent", "MouseEncoder",
        "MouseEncoderSize", "MouseEvent", "MousePosition", "PointS", "RenderState", "RenderStateCursor",
        "RenderStateDirty", "RenderStateRowCells", "RenderStateRowId", "RenderStateRowIterator", "String", "Style",
        "Terminal", "TerminalCursorStyle", "TerminalModeConfig", "TerminalScreen",
    )
)  # fmt: skip
CALLBACK_TYPES = tuple(
    f"GhosttyTerminal{name}Fn"
    for name in (
        "Bell", "ClipboardRead", "ColorScheme", "RenderHold", "Size", "TitleChanged", "WritePty", "Xtversion",
    )
)  # fmt: skip
PLAIN_TYPES = ("bool*", "char[]", "size_t*", "uint16_t*", "uint32_t*", "uint8_t*", "uint8_t[]")


def tell_types() -> None:
    """Must run before the types are used. Where cffi keeps its types elsewhere, nothing is changed or saved."""
    known: dict[str, Any] | None = getattr(ffi, "_parsed_types", None)
    if known is None:
        return
    named = (*LIBRARY_TYPES, *CALLBACK_TYPES)
    for name, ctype in zip(named, ffi.typeof(f"void(*)({', '.join(named)})").args, strict=True):
        known.setdefault(name, (ctype, False))
        if name.endswith("*"):
            known.setdefault(name[:-1], (ctype.item, False))
    plain = FFI()  # knows no other names, so reads quickly; its types are the same
    for name in PLAIN_TYPES:
        known.setdefault(name, (plain.typeof(name), False))


tell_types()
