"""Measures cockpit beside its peers in one run: `python -m tests.benchmarks [--quick] [--only PART] [--markdown]`.

Peers that are absent are said. A figure is `median / p95`, or one number where only one was taken.
"""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Callable

from tests.benchmarks import control_probes, pane_probes, probes
from tests.benchmarks.effort import QUICK, Effort, Figures
from tests.benchmarks.subjects import Subject, all_subjects

Probe = Callable[[Subject, Effort], Figures]
PROBES: dict[str, Probe] = {
    "echo": probes.key_echo,
    "busy": probes.busy_echo,
    "flood": probes.flood,
    "switch": probes.tab_switch,
    "history": pane_probes.history_and_search,
    "scroll": pane_probes.scrolled_line,
    "slow": pane_probes.slow_link,
    "verb": control_probes.verb_round_trip,
    "send": control_probes.send_megabyte,
    "ready": control_probes.readiness,
    "events": control_probes.events,
    "launch": probes.launch,
    "idle": probes.idle,
}


def main() -> int:
    """Runs the probes asked for and prints the table; 1 when a probe of cockpit itself failed."""
    arguments = _parser().parse_args()
    effort = QUICK if arguments.quick else Effort()
    subjects = [s for s in all_subjects() if not arguments.subject or arguments.subject in s.name]
    for subject in subjects:
        if subject.missing:
            print(f"{subject.name}: left out, {subject.missing}", file=sys.stderr)
    subjects = [subject for subject in subjects if not subject.missing]
    table: dict[str, Figures] = {subject.name: {} for subject in subjects}
    failed = False
    for name in arguments.only or PROBES:
        for subject in subjects:
            print(f"{name}: {subject.name}", file=sys.stderr, flush=True)
            try:
                table[subject.name] |= PROBES[name](subject, effort)
            except AssertionError as error:
                failed = failed or bool(subject.backend)
                print(f"{name}: {subject.name} failed: {error}", file=sys.stderr)
    if not arguments.only or "launch" in arguments.only:
        table['python -c "import textual.app"'] = {"launch to first frame": probes.textual_import(effort)}
    print(f"{platform.system()} {platform.machine()}, Python {platform.python_version()}; median / p95\n")
    print(_render(table, markdown=arguments.markdown))
    return int(failed)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="few samples: shows that it runs, no more")
    parser.add_argument("--only", action="append", choices=sorted(PROBES), help="this part (repeatable)")
    parser.add_argument("--subject", default="", help="only subjects whose name contains this")
    parser.add_argument("--markdown", action="store_true", help="the table as the README has it")
    return parser


def _render(table: dict[str, Figures], *, markdown: bool) -> str:
    """Subjects as columns, quantities as rows."""
    quantities = list(dict.fromkeys(name for figures in table.values() for name in figures))
    rows = [["", *table]]
    for quantity in quantities:
        cells = [str(figures[quantity]) if quantity in figures else "–" for figures in table.values()]
        rows.append([quantity, *cells])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [_line(row, widths, markdown=markdown) for row in rows]
    if markdown:
        lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def _line(row: list[str], widths: list[int], *, markdown: bool) -> str:
    cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
    return "| " + " | ".join(cells) + " |" if markdown else "  ".join(cells).rstrip()


if __name__ == "__main__":
    sys.exit(main())
