"""libghostty-vt's types (`ffi`) and functions (`lib`). Alone knows `pyghostty`, which brings the library.

`pyghostty._ffi` would do, but reads 3,500 lines of C declarations with every import, which takes 140 ms, and every type
it is asked for by name behind all of them. cffi can compile declarations beforehand ("out-of-line, ABI level" in its
manual); they lie in `ghostty_declarations` for the release they were made from. Any other release's are compiled here.
"""

from __future__ import annotations

import importlib.util
import io
import os
import runpy
import sys
from binascii import crc32
from pathlib import Path
from typing import Any

_TWINS = """
typedef struct { uint16_t x; uint32_t y; uint64_t _pad; } GhosttyPointValueS;
typedef struct { GhosttyPointTag tag; GhosttyPointValueS value; } GhosttyPointS;
typedef struct { GhosttyTerminalScrollViewportTag tag; uint64_t value; uint64_t _pad; } CockpitScroll;
"""
"""cffi can't pass unions by value; structs of the same layout are passed alike (`pyghostty._ffi` says why)."""


class GhosttyError(RuntimeError):
    """A call of the library failed."""


def package() -> Path:
    """Where `pyghostty` is; importing it would read the declarations."""
    spec = importlib.util.find_spec("pyghostty")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("pyghostty is not installed", name="pyghostty")
    return Path(spec.submodule_search_locations[0])


def fingerprint(declarations: Path) -> int:
    """Tells one release's declarations from another's."""
    return crc32(declarations.read_bytes())


def compiled(declarations: Path) -> str:
    """The Python module that cffi makes of a release's declarations. Takes a quarter of a second."""
    from cffi import FFI
    from cffi.recompiler import make_py_source

    builder = FFI()
    builder.cdef(runpy.run_path(str(declarations))["CDEF"] + _TWINS)
    module = io.StringIO()
    make_py_source(builder, "ghostty_declarations", module)
    return module.getvalue()


def _load() -> tuple[Any, Any]:
    from cockpit.terminal.emulator import ghostty_declarations as known

    home = package()
    declarations = home / "_cdef.py"
    found: Any = known.ffi
    if fingerprint(declarations) != known.FINGERPRINT:
        module: dict[str, Any] = {}
        exec(compiled(declarations), module)  # what cffi made of the installed package's own text
        found = module["ffi"]
    library = "libghostty-vt.dylib" if sys.platform == "darwin" else "libghostty-vt.so"
    return found, found.dlopen(os.environ.get("PYGHOSTTY_LIB") or str(home / "_lib" / library))


ffi, lib = _load()


def check(result: int, what: str) -> None:
    """Raises `GhosttyError` unless `result` is GHOSTTY_SUCCESS."""
    if result:
        raise GhosttyError(f"{what} failed: {result}")


def union_fn(name: str, signature: str) -> Any:
    """The library's function `name` with the twins of its structs in its `signature`."""
    return ffi.cast(signature, ffi.addressof(lib, name))
