"""The verb that sums up what cockpit measured of itself: stats."""

from __future__ import annotations

import re
import sys

from cockpit.control.verbs.arguments import Arguments, Verb
from cockpit.control.verbs.calling import show

TYPE_CHECKING = False  # typing would cost a tenth of a verb's time
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

_LINE = re.compile(r"time=\S+ event=([a-z_]+)(?: outcome=([a-z_]+))? count=(\d+)((?: [a-z0-9]+=[0-9.]+)*)")
_MEASURES = ("min", "p50", "p95", "max")


def _stats(arguments: Arguments) -> int:
    from cockpit.paths import resolve

    file = resolve(arguments.profile or "default").telemetry_file
    found = summary(_lines(file.with_name(file.name + ".1"), file))
    if not found:
        print(f"cockpit: nothing was measured yet; {file} is empty", file=sys.stderr)
    return show(arguments, found, "\n".join(_rows(found)))


def summary(lines: Iterable[str]) -> dict[str, dict[str, Any]]:
    """By event, or event and outcome: `count`, and for times `min`, `p50`, `p95`, `max` in milliseconds.

    The percentiles are the means of those in the file, weighted by how much each line counts. Other lines are
    passed over.
    """
    found: dict[str, dict[str, Any]] = {}
    for line in lines:
        match = _LINE.fullmatch(line.strip())
        if match is None:
            continue
        number = int(match[3])
        total = found.setdefault(f"{match[1]} {match[2] or ''}".strip(), {"count": 0})
        values = {name: float(value) for name, _, value in (word.partition("=") for word in match[4].split())}
        if values.keys() >= set(_MEASURES):
            before = total["count"] if "p50" in total else 0
            for name in ("p50", "p95"):
                total[name] = round(
                    (total.get(name, 0) * before + values[name] * number) / (before + number), 2
                )
            total["min"] = min(total.get("min", values["min"]), values["min"])
            total["max"] = max(total.get("max", values["max"]), values["max"])
        total["count"] += number
    return found


def _lines(*files: Any) -> Iterable[str]:
    for file in files:
        try:
            yield from file.read_text(errors="replace").splitlines()
        except FileNotFoundError:
            continue


def _rows(found: dict[str, dict[str, Any]]) -> Iterable[str]:
    width = max(map(len, found), default=0)
    for name, values in sorted(found.items()):
        times = "".join(f"  {measure} {values[measure]:g}" for measure in _MEASURES if measure in values)
        yield f"{name:<{width}}  count {values['count']}{times}"


VERBS = {
    "stats": Verb(
        "stats",
        "Sums up what cockpit measured of itself on this machine",
        _stats,
        description=(
            "Times are in milliseconds; p50 and p95 are means over the lines of the log. The log is telemetry.log in "
            "the state directory, nothing of it leaves this machine, and general.telemetry turns it off."
        ),
        common="json profile help",
        prints="A line for each thing measured: count, min, p50, p95, max. With --json an object of them by name.",
        examples=("cockpit stats", "cockpit stats --json | jq .key_echo_ms.p95"),
    ),
}
