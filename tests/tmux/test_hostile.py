"""Names a directory, a branch, a person or a program may choose: nothing of them is run, expanded or shown raw."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest

from cockpit.tmux.events import TitleChanged, WindowExited, WindowRenamed
from cockpit.tmux.quoting import clean_text
from cockpit.tmux.server.server import TmuxServer
from cockpit.tmux.windows.creation import Program
from tests.tmux.support import Recorder, sh

HOSTILE = [
    "#(touch PROOF)",
    "#{pid}",
    "#{E:#(touch PROOF)}",
    "#[fg=red]x",
    "##(touch PROOF)",
    "###(touch PROOF)",
    "#{?pane_active,#(touch PROOF),}",
    "#,#}#{l:x}",
    "%H:%M %%",
    "$(touch PROOF)",
    "`touch PROOF`",
    "$HOME ~ ${USER}",
    "; kill-server ;",
    "a ; run-shell 'touch PROOF'",
    "{ kill-server }",
    "}' ; kill-server ; '{",
    'it\'s "quoted" \\ back\\\\slash\\',
    "two\nlines\r\n%exit\n%end 1 1 1",
    "\nkill-server\n",
    "tab\tbell\aescape\x1b]0;evil\x07\x1b[2J",
    "\x7f\x9b31m\x85",
    "record ␞ separator",
    "right\u202eto\u200fleft\u2066",
    "-t -n --",
    "=cockpit:@0",
    "ü 日本 👩‍👩‍👧",
    "x" * 10_000,
    ";",
    "trailing;",
    "trailing\\",
]


def _armed(text: str, tmp_path: Path) -> str:
    return text.replace("PROOF", str(tmp_path / "PROOF"))


async def _nothing_ran(server: TmuxServer, events: Recorder, tmp_path: Path) -> None:
    """A job that tmux started for a `#(…)` would have had the time of a later program to leave its proof."""
    count = len(events.of(WindowExited)) + 1
    await server.new_window("later", sh("sleep 0.05"))
    await events.wait_count(WindowExited, count)
    assert server.running
    assert not (tmp_path / "PROOF").exists()


async def test_the_proof_would_be_seen(server: TmuxServer, events: Recorder, tmp_path: Path) -> None:
    window = await server.new_window("one", sh("read _"))
    await server.run(("rename-window", "-t", window.window_id, _armed("#(touch PROOF)", tmp_path)))
    with pytest.raises(AssertionError):
        await _nothing_ran(server, events, tmp_path)


@pytest.mark.parametrize("text", HOSTILE)
async def test_names_options_and_environment_arrive_as_they_are(
    server: TmuxServer, events: Recorder, tmp_path: Path, text: str
) -> None:
    text = _armed(text, tmp_path)
    out = tmp_path / "out"
    window = await server.new_window(
        text,
        sh(f'printf %s "$HOSTILE" >{shlex.quote(str(out))}', tmp_path, {"HOSTILE": text}),
        options={"@cockpit_name": text},
    )
    assert (await events.wait_for(WindowExited)).exit_code == 0
    assert out.read_bytes() == os.fsencode(text)
    (created,) = await server.list_windows()
    await server.describe_window(window.window_id, text, {"@cockpit_row": text})
    (renamed,) = await server.list_windows()
    for listed in (created, renamed):
        # tmux itself puts a backslash before a backslash, and before a `$`, in a window's name.
        assert listed.name.replace("\\", "") == clean_text(text).replace("\\", "")
        assert listed.options["@cockpit_name"] == text
    assert renamed.options["@cockpit_row"] == text
    await _nothing_ran(server, events, tmp_path)


@pytest.mark.parametrize("text", [text for text in HOSTILE if len(text) < 200])
async def test_directories_are_entered_as_they_are(
    server: TmuxServer, events: Recorder, tmp_path: Path, text: str
) -> None:
    directory = tmp_path / "d" / _armed(text, tmp_path).replace("/", "∕")
    directory.mkdir(parents=True)
    out = tmp_path / "out"
    program = sh(f"pwd >{shlex.quote(str(out))}; read _", directory)
    window = await server.new_window("one", program)
    (listed,) = await server.list_windows()
    assert listed.window_id == window.window_id
    await server.send(window.window_id, b"\n")
    await events.wait_for(WindowExited)
    assert out.read_bytes() == os.fsencode(directory) + b"\n"
    out.unlink()
    await server.respawn_window(window.window_id, sh(f"pwd >{shlex.quote(str(out))}", directory))
    await events.wait_count(WindowExited, 2)
    assert out.read_bytes() == os.fsencode(directory) + b"\n"
    await _nothing_ran(server, events, tmp_path)


async def test_a_directory_that_is_not_utf8(server: TmuxServer, events: Recorder, tmp_path: Path) -> None:
    directory = os.fsencode(tmp_path) + b"/\xff\xfe"
    os.mkdir(directory)  # noqa: PTH102 - bytes
    out = tmp_path / "out"
    await server.new_window("one", sh(f"pwd >{out}", os.fsdecode(directory)))
    await events.wait_for(WindowExited)
    assert out.read_bytes() == directory + b"\n"


async def test_the_listed_directory_is_the_programs_own(server: TmuxServer, tmp_path: Path) -> None:
    for name in ("#{pid} 'x'", "two\nlines", "esc\x1b[31m", "a$b ${c} $_ \\$d $1"):
        directory = tmp_path / name
        directory.mkdir()
        window = await server.new_window("one", sh("echo ready; read _", directory))
        listed = {found.window_id: found for found in await server.list_windows()}
        assert listed[window.window_id].cwd == str(directory)


@pytest.mark.parametrize("text", [text for text in HOSTILE if "\x07" not in text and "\x9b" not in text])
async def test_titles_are_told_clean_and_break_no_listing(
    server: TmuxServer, events: Recorder, tmp_path: Path, text: str
) -> None:
    title = _armed(text, tmp_path).replace("\n", " ").replace("\r", " ")
    script = f"printf '\\033]2;before %s after\\007' {shlex.quote(title)}; read _"
    window = await server.new_window("one", sh(script, tmp_path))
    told = await events.wait_for(TitleChanged)
    assert told.window_id == window.window_id
    assert told.title.startswith("before ")
    assert told.title.isprintable() or "\u200d" in told.title
    assert len(told.title) <= 256
    (listed,) = await server.list_windows()
    assert listed.title == told.title
    assert listed.window_id == window.window_id
    await _nothing_ran(server, events, tmp_path)


async def test_a_stranger_s_rename_is_told_clean(server: TmuxServer, events: Recorder) -> None:
    window = await server.new_window("one", sh("read _"))
    await server.run(("rename-window", "-t", window.window_id, "evil ##(x) \u202egnp.exe"))
    told = await events.wait_for(WindowRenamed)
    assert told.name == "evil #(x) gnp.exe"


async def test_arguments_are_not_read_by_a_shell(
    server: TmuxServer, events: Recorder, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    arguments = [_armed(text, tmp_path) for text in HOSTILE]
    script = f'printf "%s\\0" "$@" >{out}'
    await server.new_window("one", Program(str(tmp_path), ("/bin/sh", "-c", script, "sh", *arguments)))
    await events.wait_for(WindowExited)
    assert out.read_bytes() == b"".join(os.fsencode(argument) + b"\0" for argument in arguments)
    await _nothing_ran(server, events, tmp_path)
