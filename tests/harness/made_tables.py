"""Tables in a page that are made from the code: what stands between their markers, and writing it anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class MadeTables:
    """The tables of one page. `module`: run as a program, it writes them."""

    page: Path
    module: str
    makers: Mapping[str, Callable[[], list[str]]]

    def check(self, name: str) -> None:
        """Asserts that the table is what its maker makes."""
        begin, end = self._markers(name)
        written = self.page.read_text(encoding="utf-8").partition(begin)[2].partition(end)[0]
        hint = f"{self.page.name} and the code have parted. Write its tables anew: python -m {self.module}"
        assert written.strip().splitlines() == self.makers[name](), hint

    def write(self) -> None:
        """Puts all of them into the page."""
        text = self.page.read_text(encoding="utf-8")
        for name, make in self.makers.items():
            begin, end = self._markers(name)
            assert begin in text and end in text, f"{self.page.name} has no markers for {name}"
            before, _, rest = text.partition(begin)
            lines = "\n".join(make())
            text = f"{before}{begin}\n{lines}\n\n{end}{rest.partition(end)[2]}"
        self.page.write_text(text, encoding="utf-8")

    def _markers(self, name: str) -> tuple[str, str]:
        return f"<!-- {name}: python -m {self.module} -->\n", f"<!-- end of {name} -->\n"
