"""A listing of windows as different versions of tmux print it."""

from __future__ import annotations

import re

import pytest

from cockpit.tmux.windows.windows import WINDOW_FORMAT, parse_windows

FIELDS = {
    "window_id": "@1",
    "window_index": "0",
    "pane_id": "%1",
    "pane_pid": "17",
    "pane_dead": "0",
    "@cockpit_row": '{"command": ["echo", "$HOME", "${x}", "$1"]}',
    "window_name": "n",
    "?pane_current_path,#{pane_current_path},#{pane_start_path}": "/a$b/\\$_/5$",
    "pane_title": "costs $5 of $USER",
}


def _printed() -> str:
    line = WINDOW_FORMAT
    for field, value in FIELDS.items():
        line = line.replace(f"#{{{field}}}", value)
    return re.sub(r"#\{[^}]*\}", "", line)


def _by_3_4(line: str) -> str:
    return re.sub(r"\$(?=[A-Za-z_{])", r"\\$", line)


@pytest.mark.parametrize("line", [_printed(), _by_3_4(_printed())], ids=["most", "3.4"])
def test_dollars_arrive_as_they_are(line: str) -> None:
    (window,) = parse_windows([line])
    assert window.options["@cockpit_row"] == FIELDS["@cockpit_row"]
    assert window.cwd == "/a$b/\\$_/5$"
    assert window.title == "costs $5 of $USER"
