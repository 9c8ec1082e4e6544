"""Text that people and programs chose is shown safely."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from cockpit.app.branches import read_branch
from cockpit.app.directory_suggester import complete_directory
from cockpit.app.looks.glyphs import ASCII, CONSOLE, UNICODE, glyphs_for
from cockpit.app.looks.text import safe_text, short_path


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("[bold]x[/]", "[bold]x[/]"),
        ("a\nb\tc", "a b c"),
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("\u202eevil\u202c", "evil"),
        ("a\u200fb\u2066c", "abc"),
        ("nul\0", "nul"),
        ("\x9b31m", "31m"),
        ("#(touch x) #{pid} $(x)", "#(touch x) #{pid} $(x)"),
        ("sep␞sep", "sep␞sep"),
        ("e" + "\u0301" * 50, "é" + "\u0301" * 3),
        ("\ud800half", "half"),
        ("line\u2028sep", "line sep"),
        ("❤\ufe0f", "❤"),
    ],
)
def test_nothing_is_left_that_a_terminal_would_obey(text: str, shown: str) -> None:
    assert safe_text(text) == shown


@given(st.text(max_size=60), st.integers(0, 40))
def test_text_never_exceeds_its_cells(text: str, width: int) -> None:
    shown = safe_text(text, width)
    assert cell_len(shown) <= width
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for c in shown)


def test_ten_thousand_characters_are_cut() -> None:
    assert safe_text("x" * 10_000, 10) == "xxxxxxxxx…"


def test_wide_characters_are_cut_at_cells() -> None:
    assert safe_text("漢字漢字", 5) == "漢字…"
    assert safe_text("漢字漢字", 4) == "漢…"


@pytest.mark.parametrize(
    ("path", "width", "shown"),
    [
        ("/home/ada/src/cockpit", 40, "~/src/cockpit"),
        ("/home/ada", 40, "~"),
        ("/home/adam/x", 40, "/home/adam/x"),
        ("/home/ada/work/clients/acme/api", 16, "~/…/acme/api"),
        ("/usr/local/share/doc/tmux", 14, "…/doc/tmux"),
        ("/usr/local/share/averyveryverylongname", 10, "averyvery…"),
        ("/", 5, "/"),
    ],
)
def test_paths_lose_their_middle_first(path: str, width: int, shown: str) -> None:
    assert short_path(path, width, home="/home/ada") == shown


def test_every_symbol_takes_one_cell_and_states_differ_in_shape() -> None:
    for glyphs in (UNICODE, ASCII, CONSOLE):
        values = [getattr(glyphs, name) for name in glyphs.__slots__ if name != "plain"]
        assert all(cell_len(value) == 1 for value in values)
        states = [
            glyphs.running, glyphs.new, glyphs.succeeded, glyphs.ended, glyphs.detached, glyphs.unavailable,
            glyphs.failed,
        ]  # fmt: skip
        assert len(set(states)) == len(states)
    assert all(getattr(ASCII, name).isascii() for name in ASCII.__slots__)


@pytest.mark.parametrize(
    ("environment", "ascii_only"),
    [
        ({"LANG": "en_GB.UTF-8"}, False),
        ({"LC_ALL": "C.utf8"}, False),
        ({"LC_ALL": "C", "LANG": "en_GB.UTF-8"}, True),
        ({"LC_CTYPE": "de_DE.ISO-8859-1"}, True),
        ({"LANG": "en_GB.UTF-8", "COCKPIT_ASCII": "1"}, True),
    ],
)
def test_the_locale_decides_about_symbols(environment: dict[str, str], ascii_only: bool) -> None:
    assert (glyphs_for(environment) is ASCII) == ascii_only


def test_branches_are_read_from_git_files(tmp_path: Path) -> None:
    repository = tmp_path / "repo"
    (repository / ".git").mkdir(parents=True)
    (repository / ".git" / "HEAD").write_text("ref: refs/heads/fix/some thing\n")
    deep = repository / "a" / "b"
    deep.mkdir(parents=True)
    assert read_branch(str(deep)) == "fix/some thing"
    (repository / ".git" / "HEAD").write_text("0123456789abcdef0123456789abcdef01234567\n")
    assert read_branch(str(repository)) == "0123456"


def test_a_worktree_has_its_own_branch(tmp_path: Path) -> None:
    place = tmp_path / "main" / ".git" / "worktrees" / "w"
    place.mkdir(parents=True)
    (place / "HEAD").write_text("ref: refs/heads/topic\n")
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / ".git").write_text(f"gitdir: {place}\n")
    assert read_branch(str(tree)) == "topic"


@pytest.mark.parametrize("directory", ["/nonexistent/x", "/\0", "/" + "x" * 10_000])
def test_what_is_no_checkout_has_no_branch(directory: str) -> None:
    assert read_branch(directory) == ""


def test_directories_are_completed(tmp_path: Path) -> None:
    for name in ("alpha", "alps", ".hidden", "beta"):
        (tmp_path / name).mkdir()
    (tmp_path / "alarm").write_text("a file")
    assert complete_directory(f"{tmp_path}/al") == f"{tmp_path}/alpha/"
    assert complete_directory(f"{tmp_path}/alps") == f"{tmp_path}/alps/"
    assert complete_directory(f"{tmp_path}/") == f"{tmp_path}/alpha/"
    assert complete_directory(f"{tmp_path}/.h") == f"{tmp_path}/.hidden/"
    assert complete_directory(f"{tmp_path}/zz") is None
    assert complete_directory("") is None
    assert complete_directory("/nonexistent/a") is None
    assert complete_directory("a\0b") is None
