"""Settings: defaults, limits, the file with its comments, edits from outside."""
# ruff: noqa: ASYNC240 - a test may touch its files on the loop

from __future__ import annotations

import asyncio
import os
import stat
from pathlib import Path

import pytest

from cockpit.errors import SettingsError, UsageError
from cockpit.settings import all_keys, parse, tmux_backend_override, value_of
from cockpit.settings_file import SettingsFile


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def test_a_missing_file_means_defaults_and_is_not_made(path: Path) -> None:
    settings = SettingsFile.load(path)
    assert settings.values.keys.leader == "ctrl+b"
    assert settings.values.experimental.tmux_backend is False
    assert "tmux_backend" not in settings.values.experimental.model_fields_set
    assert not path.exists()


def test_the_first_write_explains_every_setting_and_decides_only_one(path: Path) -> None:
    settings = SettingsFile.load(path)
    settings.update("experimental.tmux_backend", True)
    text = path.read_text()
    for key in all_keys():
        assert f"\n# {key.split('.', 1)[1]} = " in text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = SettingsFile.load(path).values
    assert again == settings.values
    assert again.experimental.tmux_backend is True
    assert again.general.model_fields_set == set()


def test_a_change_keeps_comments_order_and_unknown_keys(path: Path) -> None:
    path.write_text(
        '# mine\n[keys]\nleader = "ctrl+a"  # like screen\n\n[general]\nfuture = 7\nsidebar = false\n'
    )
    settings = SettingsFile.load(path)
    assert settings.unknown_keys == ["general.future"]
    settings.update("general.sidebar", True)
    assert path.read_text() == (
        '# mine\n[keys]\nleader = "ctrl+a"  # like screen\n\n[general]\nfuture = 7\nsidebar = true\n'
    )


def test_none_takes_a_key_out_of_the_file(path: Path) -> None:
    path.write_text("[general]\nsidebar_width = 30\n")
    settings = SettingsFile.load(path)
    settings.update("general.sidebar_width", None)
    assert settings.values.general.sidebar_width == 28
    assert "sidebar_width" not in path.read_text()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("[general]\nsidebar_width = 99\n", ("general.sidebar_width", "99", "24 to 40")),
        ("[general]\nsidebar_width = 28.0\n", ("general.sidebar_width", "28.0", "whole number")),
        ('[experimental]\ntmux_backend = "yes"\n', ("experimental.tmux_backend", "'yes'", "true or false")),
        ("[general]\ntheme = 3\n", ("general.theme", "3", "text")),
        ('[keys]\nleader = ""\n', ("keys.leader", "''", "not empty")),
        ("[keys]\n'terminal.new' = 3\n", ("keys", "terminal.new", "name of a key")),
        ("general = 3\n", ("general", "3", "a table")),
    ],
)
def test_an_invalid_value_is_told_with_file_key_value_and_what_is_allowed(
    path: Path, text: str, parts: tuple[str, ...]
) -> None:
    path.write_text(text)
    with pytest.raises(SettingsError) as caught:
        SettingsFile.load(path)
    for part in (str(path), *parts):
        assert part in str(caught.value)
    assert path.read_text() == text


@pytest.mark.parametrize("content", [b"[general\n", b"\xff\xfe", b'[general]\ntheme = "a"\ntheme = "b"\n'])
def test_a_file_that_is_no_toml_is_never_overwritten(path: Path, content: bytes) -> None:
    settings = SettingsFile.load(path)
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=r"settings\.toml"):
        SettingsFile.load(path)
    with pytest.raises(SettingsError, match=r"settings\.toml"):
        settings.update("general.theme", "dark")
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("general.sidebar_width", 3),
        ("general.nope", 1),
        ("nope", 1),
        ("general.theme", object()),
        ("keys.", "a"),
    ],
)
def test_a_refused_change_changes_nothing(path: Path, key: str, value: object) -> None:
    settings = SettingsFile.load(path)
    with pytest.raises(SettingsError):
        settings.update(key, value)
    assert not path.exists()
    assert settings.values == parse({}, "")


def test_keys_are_remapped_by_command_id_quoted_or_not(path: Path) -> None:
    path.write_text('[keys]\nterminal.new = "t"\n"session.new" = ""\n')
    settings = SettingsFile.load(path)
    assert settings.values.keys.bindings == {"terminal.new": "t", "session.new": ""}
    assert settings.unknown_keys == []
    settings.update("keys.terminal.new", "x")
    assert value_of(settings.values, "keys.terminal.new") == "x"
    assert SettingsFile.load(path).values.keys.bindings == {"terminal.new": "x", "session.new": ""}
    settings.update("keys.terminal.new", None)
    assert SettingsFile.load(path).values.keys.bindings == {"session.new": ""}


def test_a_linked_settings_file_stays_a_link(tmp_path: Path, path: Path) -> None:
    real = tmp_path / "dotfiles" / "cockpit.toml"
    real.parent.mkdir()
    real.write_text("# dotfiles\n")
    path.symlink_to(real)
    SettingsFile.load(path).update("general.theme", "nord")
    assert path.is_symlink()
    assert real.read_text().startswith("# dotfiles\n")
    assert 'theme = "nord"' in real.read_text()


def test_a_directory_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    settings = SettingsFile.load(tmp_path / "missing" / "settings.toml")
    with pytest.raises(SettingsError, match="can't be written"):
        settings.update("general.theme", "nord")
    assert settings.values.general.theme == "ansi-dark"


async def edited(settings: SettingsFile, edit: object) -> SettingsError | None:
    """What the watch says after `edit()`."""
    told: asyncio.Queue[SettingsError | None] = asyncio.Queue()
    stop = settings.watch(told.put_nowait)
    try:
        assert callable(edit)
        edit()
        return await asyncio.wait_for(told.get(), 5)
    finally:
        stop()
        stop()


async def test_an_edit_in_place_is_noticed(path: Path) -> None:
    settings = SettingsFile.load(path)
    assert await edited(settings, lambda: path.write_text("[general]\nsidebar = false\n")) is None
    assert settings.values.general.sidebar is False


async def test_an_editor_that_renames_is_noticed(tmp_path: Path, path: Path) -> None:
    path.write_text("")
    settings = SettingsFile.load(path)

    def save() -> None:
        other = tmp_path / "settings.toml~"
        other.write_text("[general]\nsidebar = false\n")
        other.rename(path)

    assert await edited(settings, save) is None
    assert settings.values.general.sidebar is False


async def test_an_edit_behind_a_link_is_noticed(tmp_path: Path, path: Path) -> None:
    real = tmp_path / "dotfiles" / "c.toml"
    real.parent.mkdir()
    real.touch()
    path.symlink_to(real)
    settings = SettingsFile.load(path)
    assert await edited(settings, lambda: real.write_text("[general]\nsidebar = false\n")) is None


async def test_an_invalid_edit_is_told_and_the_last_good_values_stay(path: Path) -> None:
    path.write_text("[general]\nsidebar_width = 30\n")
    settings = SettingsFile.load(path)
    error = await edited(settings, lambda: path.write_text("[general]\nsidebar_width = 300\n"))
    assert "sidebar_width = 300" in str(error)
    assert settings.values.general.sidebar_width == 30


async def test_our_own_writes_and_other_files_are_no_edits(tmp_path: Path, path: Path) -> None:
    settings = SettingsFile.load(path)

    def write() -> None:
        settings.update("general.sidebar", False)
        (tmp_path / "other").write_text("x")
        path.write_text(path.read_text() + "# a comment\n")
        path.write_text("[general]\nsidebar_width = 33\n")

    assert await edited(settings, write) is None
    assert settings.values.general.sidebar_width == 33


async def test_an_ended_watch_leaves_no_descriptor(path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    stop = SettingsFile.load(path).watch(lambda error: None)
    assert len(os.listdir("/proc/self/fd")) > before  # noqa: PTH208
    stop()
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("1", True),
        ("TRUE", True),
        ("yes", True),
        (" on ", True),
        ("0", False),
        ("False", False),
        ("no", False),
        ("off", False),
        ("", None),
        (None, None),
    ],
)
def test_the_environment_overrides_the_toggle(word: str | None, expected: bool | None) -> None:
    environment = {} if word is None else {"COCKPIT_TMUX_BACKEND": word}
    assert tmux_backend_override(environment) is expected


def test_another_word_for_the_toggle_is_refused_with_the_allowed_ones() -> None:
    with pytest.raises(UsageError, match=r"'maybe'.*1, true, yes or on.*0, false, no or off"):
        tmux_backend_override({"COCKPIT_TMUX_BACKEND": "maybe"})


@pytest.mark.parametrize(
    ("section", "name", "value", "allowed"),
    [
        ("notifications", "bell", "loud", '"visible", "outer" or "off"'),
        ("clipboard", "program_write", "maybe", '"allow", "ask" or "deny"'),
        ("clipboard", "confirm_paste", "no", "true or false"),
    ],
)
def test_what_programs_may_do_is_checked(section: str, name: str, value: str, allowed: str) -> None:
    with pytest.raises(SettingsError) as refused:
        parse({section: {name: value}}, "settings.toml")
    assert f"{section}.{name} = {value!r} is not allowed" in str(refused.value)
    assert allowed in str(refused.value)
