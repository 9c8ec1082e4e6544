"""The compiled declarations are the library's. `python -m tests.contracts.test_ghostty` makes them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from cockpit.terminal.emulator import ghostty, ghostty_declarations

_MODULE = Path(ghostty_declarations.__file__)
_SHOWN = """
import sys
from cockpit.model import Size
from cockpit.terminal.emulator.emulator import Emulator
class Listener:
    def reply(self, data): pass
    def title_changed(self, title): pass
    def bell_rang(self): pass
emulator = Emulator(Size(20, 2), Listener())
emulator.feed(b"made anew")
print(emulator.row_text(0) if hasattr(emulator, "row_text") else dict(emulator.all_rows())[0])
print("cffi.cparser" in sys.modules)
"""


def generated() -> str:
    """The module's text as it has to be."""
    declarations = ghostty.package() / "_cdef.py"
    made = ghostty.compiled(declarations).replace("# auto-generated file\n", "")
    says = (
        '"""The C declarations of libghostty-vt as cffi compiles them; see `ghostty`.\n\n'
        'Generated: `python -m tests.contracts.test_ghostty`.\n"""\n'
    )
    imports, rest = made.split("\n", 1)
    return f"{says}\n{imports}\n\nFINGERPRINT = {ghostty.fingerprint(declarations)}\n{rest}"


def test_the_compiled_declarations_are_the_librarys() -> None:
    assert _MODULE.read_text() == generated()


def _run(program: str, **environment: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_no_declaration_is_read_at_a_launch() -> None:
    shown, reads = _run(_SHOWN)
    assert "made anew" in shown
    assert reads == "False"


def test_another_release_is_compiled_when_it_is_used() -> None:
    other = "from cockpit.terminal.emulator import ghostty_declarations as known; known.FINGERPRINT += 1\n"
    shown, reads = _run(other + _SHOWN)
    assert "made anew" in shown
    assert reads == "True"


if __name__ == "__main__":
    _MODULE.write_text(generated())
