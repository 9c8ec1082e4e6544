"""The types told to cffi are those it would have found itself, and none that is used is missing."""

from __future__ import annotations

import json
import subprocess
import sys

_COUNTED = """
import json
from pyghostty._ffi import ffi
read = []
parse = ffi._parser.parse_type
def counted(text):
    read.append(text)
    return parse(text)
ffi._parser.parse_type = counted
from cockpit.model import Size
from cockpit.terminal.emulator import Emulator
from cockpit.terminal.input import InputEncoder
from cockpit.terminal.keys import parse_chord
class Listener:
    def reply(self, data): pass
    def title_changed(self, title): pass
    def bell_rang(self): pass
emulator = Emulator(Size(80, 24), Listener())
emulator.feed(b"hello \\x1b[1mbold e\\xcc\\x81 \\x1b]0;title\\x07")
list(emulator.all_rows()), emulator.cursor, list(emulator.damage())
encoder = InputEncoder(emulator.handle, emulator.modes)
encoder.focus(True), encoder.key(parse_chord("a")), encoder.paste(b"x")
print(json.dumps(read))
"""
_COMPARED = """
from pyghostty._ffi import ffi
from cockpit.terminal import native_types
told = dict(ffi._parsed_types)
ffi._parsed_types.clear()
names = (*native_types.LIBRARY_TYPES, *native_types.CALLBACK_TYPES, *native_types.PLAIN_TYPES)
for name in names:
    assert ffi.typeof(name) == told[name][0], name
    assert ffi._parsed_types[name] == told[name], name
print(len(names))
"""


def _run(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_starting_a_terminal_reads_hardly_any_type() -> None:
    read = json.loads(_run(_COUNTED))
    # One is the function of all types; a few that take shape elsewhere may be read by themselves, each for 6 ms.
    assert len(read) <= 4, read


def test_what_is_told_is_what_cffi_finds_itself() -> None:
    assert int(_run(_COMPARED)) > 30


_COLLECTED = """
import gc, threading
from pyghostty._ffi import ffi
from cockpit.model import Size
from cockpit.terminal.emulator import Emulator
from cockpit.terminal.kitty_keys import KittyKeyEncoder
from cockpit.terminal.mouse import MouseEncoder
class Listener:
    def reply(self, data): pass
    def title_changed(self, title): pass
    def bell_rang(self): pass
emulator = Emulator(Size(80, 24), Listener())
held = [KittyKeyEncoder(emulator.handle), MouseEncoder(emulator.handle), emulator]
def collect():
    del emulator_of[:], held[:]
    gc.collect()
emulator_of = [emulator]
del emulator
with ffi._lock:  # as while a module tells cffi its types
    collector = threading.Thread(target=collect, daemon=True)
    collector.start()
    collector.join(5)
    print("stuck" if collector.is_alive() else "freed", flush=True)
"""


def test_handles_are_freed_while_types_are_read() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _COLLECTED], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout == "freed\n", done.stderr
